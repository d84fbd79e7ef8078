package report

import "strings"

// cell is what stands in one field of a table: paragraphs, one below the other.
type cell [][]word

// row is the fields of one thing that a table lists.
type row []cell

const gutter = 2 // cells between columns

// columns prints rows side by side, and reports false without printing where a
// name would not fit into its column.
func (p *page) columns(titles []string, rows []row) bool {
	widths, ok := p.fit(titles, rows)
	if !ok {
		return false
	}
	head := make(row, len(titles))
	for i, t := range titles {
		head[i] = cell{phrase(bold, t)}
	}
	p.row(head, widths)
	for _, r := range rows {
		p.row(r, widths)
	}
	return true
}

// fit gives each column what it needs. Where that is too much, the widest
// shrink together, each down to its longest word.
func (p *page) fit(titles []string, rows []row) (widths []int, ok bool) {
	widths = make([]int, len(titles))
	least := make([]int, len(titles))
	for i, t := range titles {
		widths[i], least[i] = len(t), len(t)
		for _, r := range rows {
			for _, paragraph := range r[i] {
				widths[i] = max(widths[i], widthOf(paragraph))
				least[i] = max(least[i], leastOf(paragraph))
			}
		}
	}
	if p.Width > 0 {
		return widths, shrink(widths, least, p.Width-gutter*(len(titles)-1))
	}
	return widths, true
}

// indent is where the lines of a paragraph go on, so that they are told from
// the next paragraph.
var indent = word{"  ", plain, false}

// hanging wraps a paragraph, and indents all lines but the first.
func hanging(paragraph []word, width int) [][]word {
	lines := wrap(paragraph, width)
	if len(lines) == 1 {
		return lines
	}
	lines = wrap(paragraph, width-indent.width())
	for i, line := range lines[1:] {
		lines[i+1] = glue([]word{indent}, line)
	}
	return lines
}

// leastOf is the width that a paragraph needs for its longest word.
func leastOf(paragraph []word) int {
	least := 0
	for _, w := range paragraph {
		least = max(least, w.width())
	}
	if len(paragraph) > 1 {
		least += indent.width()
	}
	return least
}

// shrink takes from the widest that has more than its least until the sum fits
// into room, and reports whether it does.
func shrink(widths, least []int, room int) bool {
	for _, w := range widths {
		room -= w
	}
	for ; room < 0; room++ {
		widest := -1
		for i := range widths {
			if widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return false
		}
		widths[widest]--
	}
	return true
}

// row prints the fields of one row, whose height is that of its tallest.
func (p *page) row(r row, widths []int) {
	lines := make([][][]word, len(r))
	height := 0
	for i, c := range r {
		for _, paragraph := range c {
			lines[i] = append(lines[i], hanging(paragraph, widths[i])...)
		}
		height = max(height, len(lines[i]))
	}
	for y := range height {
		var b strings.Builder
		space := 0
		for i := range lines {
			used := 0
			if y < len(lines[i]) && len(lines[i][y]) > 0 {
				b.WriteString(strings.Repeat(" ", space))
				space = 0
				b.WriteString(p.render(lines[i][y]))
				used = widthOf(lines[i][y])
			}
			space += max(widths[i]-used, 0) + gutter
		}
		p.out.WriteString(b.String() + "\n")
	}
}
