package report

import (
	"strings"
	"unicode/utf8"

	"github.com/mattn/go-runewidth"

	"pinbot/internal/text"
)

// style is the parameter of an SGR sequence (ECMA-48, 8.3.117), "" for plain
// text. Libraries for colors obey the environment of the process, where only
// the caller's word should count.
type style string

const (
	plain  style = ""
	bold   style = "1"
	faint  style = "2"
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
	alarm  style = "1;31"
	loud   style = "1;33" // what runs changes
)

// word is text that stays together on a line.
type word struct {
	text  string
	style style
	glued bool // no space before it: the line may break here, but need not
}

// cells measures text. The library's default would ask the environment for the
// language, and take arrows for two cells in some.
var cells = runewidth.Condition{StrictEmojiNeutral: true}

// width is the number of cells that a terminal gives the word. Most words are
// ASCII, for which the library's search for grapheme clusters is too slow.
func (w word) width() int {
	for i := range len(w.text) {
		if w.text[i] >= utf8.RuneSelf {
			return cells.StringWidth(w.text)
		}
	}
	return len(w.text)
}

// phrase takes text from anywhere apart into words that can be printed.
func phrase(s style, outside string) []word {
	var words []word
	for _, field := range strings.Fields(text.Outside(outside).Terminal()) {
		words = append(words, seams(s, field)...)
	}
	return words
}

// named takes one name from anywhere, spaces and all.
func named(s style, outside string) []word { return seams(s, text.Outside(outside).Terminal()) }

// seams breaks a name where it may continue on the next line: behind slashes,
// before a tag, a digest or a line number.
func seams(s style, name string) []word {
	var words []word
	from := 0
	for i := 1; i < len(name); i++ {
		if name[i-1] == '/' && name[i] != '/' || name[i] == '@' || name[i] == ':' && i+1 < len(name) && name[i+1] != '/' {
			// The colon of "sha256:…" belongs to the digest.
			if name[i] == ':' && strings.HasSuffix(name[from:i], "sha256") {
				continue
			}
			words = append(words, word{name[from:i], s, from > 0})
			from = i
		}
	}
	return append(words, word{name[from:], s, from > 0})
}

// sentence puts phrases behind each other.
func sentence(phrases ...[]word) []word {
	var all []word
	for _, p := range phrases {
		all = append(all, p...)
	}
	return all
}

// glue joins phrases without a space between them.
func glue(phrases ...[]word) []word {
	var all []word
	for _, p := range phrases {
		for i, w := range p {
			if i == 0 && len(all) > 0 {
				w.glued = true
			}
			all = append(all, w)
		}
	}
	return all
}

// join lists phrases with a separator that is glued to what it follows.
func join(separator string, phrases ...[]word) []word {
	var all []word
	for _, p := range phrases {
		if len(p) == 0 {
			continue
		}
		if len(all) > 0 {
			all = append(all, word{separator, plain, true})
		}
		all = append(all, p...)
	}
	return all
}

// widthOf is the number of cells that words take on one line.
func widthOf(words []word) int {
	n := 0
	for i, w := range words {
		if i > 0 && !w.glued {
			n++
		}
		n += w.width()
	}
	return n
}

// wrap breaks words into lines of at most width cells, 0 being no limit. It
// breaks at spaces, and at a seam only in a name that is longer than a line. A
// word that is longer still stands on a line of its own, for the terminal to
// break: what is cut cannot be copied.
func wrap(words []word, width int) [][]word {
	if width <= 0 || len(words) == 0 {
		return [][]word{words}
	}
	var lines [][]word
	var line []word
	used := 0
	for _, name := range names(words) {
		if need := widthOf(name) + 1; len(line) > 0 && used+need <= width {
			line, used = append(line, name...), used+need
			continue
		}
		if len(line) > 0 {
			lines = append(lines, line)
		}
		parts := pack(name, width)
		lines = append(lines, parts[:len(parts)-1]...)
		line = parts[len(parts)-1]
		used = widthOf(line)
	}
	return append(lines, line)
}

// names parts words at the spaces.
func names(words []word) [][]word {
	var all [][]word
	from := 0
	for i := 1; i <= len(words); i++ {
		if i == len(words) || !words[i].glued {
			all = append(all, words[from:i:i])
			from = i
		}
	}
	return all
}

// pack breaks one name at its seams, with as much on each line as fits.
func pack(name []word, width int) [][]word {
	var lines [][]word
	from, used := 0, 0
	for i, w := range name {
		if i > from && used+w.width() > width {
			lines = append(lines, name[from:i:i])
			from, used = i, 0
		}
		used += w.width()
	}
	return append(lines, name[from:])
}
