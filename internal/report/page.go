package report

import (
	"bytes"
	"io"
	"strings"
)

// Layout says how a table is printed.
type Layout struct {
	Width    int  // cells on a line; 0 where there is no limit, as in a pipe
	Color    bool // with escape sequences for colors
	Terminal bool // for eyes, and not for a program that reads it
}

// page collects lines, so that a report is written at once or not at all.
type page struct {
	Layout
	out bytes.Buffer
}

// writeTo writes what was collected.
func (p *page) writeTo(w io.Writer) error {
	_, err := w.Write(p.out.Bytes())
	return err
}

// blank adds an empty line, but none at the top.
func (p *page) blank() {
	if p.out.Len() > 0 {
		p.out.WriteByte('\n')
	}
}

// heading begins a section.
func (p *page) heading(indent int, title string) {
	p.blank()
	p.put(indent, phrase(bold, title))
}

// put adds words as lines that start behind indent spaces.
func (p *page) put(indent int, words ...[]word) { p.hang(indent, indent, words...) }

// hang is put with another indent for the lines after the first.
func (p *page) hang(first, rest int, phrases ...[]word) {
	width := p.Width
	if width > 0 {
		width = max(width-rest, 1)
	}
	indent := first
	for _, line := range wrap(sentence(phrases...), width) {
		p.line(indent, line)
		indent = rest
	}
}

// line adds one line as it is.
func (p *page) line(indent int, words []word) {
	if len(words) > 0 {
		p.out.WriteString(strings.Repeat(" ", indent))
	}
	p.out.WriteString(p.render(words))
	p.out.WriteByte('\n')
}

// render writes words with their styles. Neighbours of one style share a
// sequence, so that a line can be selected and searched in what a terminal
// recorder kept.
func (p *page) render(words []word) string {
	var b strings.Builder
	now := plain
	change := func(next style) {
		if !p.Color || next == now {
			return
		}
		if now != plain {
			b.WriteString("\x1b[0m")
		}
		if next != plain {
			b.WriteString("\x1b[" + string(next) + "m")
		}
		now = next
	}
	for i, w := range words {
		if space := i > 0 && !w.glued; space {
			if w.style != now {
				change(plain)
			}
			b.WriteByte(' ')
		}
		change(w.style)
		b.WriteString(w.text)
	}
	change(plain)
	return b.String()
}
