// Package text carries text that came from outside: tags, answers of
// registries, file names, image labels, what people wrote.
//
// Such text is hostile until shown otherwise: an escape sequence repaints a
// terminal, "Closes #1" in a pull request closes somebody's bug, a line break
// in a tag forges a commit trailer. What is harmful depends on where the text
// goes, not on where it came from. So [Outside] is one type with one method
// per sink, and the choice is made where the text is printed.
//
// All sinks share one rule: what cannot be seen is written as an escape, such
// as \x1b, \n or \u202e. A backslash that was there stays single; the escapes
// are for eyes, and nothing decodes them.
//
// Forges (measured on Gitea's source, and documented by GitHub) look for
// mentions and references twice: in the Markdown with its markup stripped,
// when it is stored, and in the text of the rendered page. Escaping "#" alone
// therefore stops nothing: something must stand between "#" and "1".
// [Outside.Markdown] puts a zero-width space there; code spans are left alone
// by both searches, so [Outside.Code] keeps every byte for copying.
package text

import (
	"fmt"
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Outside is text that pinbot did not write. Print it through the method of
// its sink; encoding/json is the only sink that takes it as it is.
type Outside string

// Terminal returns one line without anything that a terminal would obey or
// hide.
func (o Outside) Terminal() string { return visible(string(o), "") }

// Log returns a value for a key=value line: bare where that is unambiguous,
// else in double quotes.
func (o Outside) Log() string {
	s := string(o)
	if shown := visible(s, `"\`); shown != s || s == "" || strings.ContainsAny(s, " =") {
		return `"` + shown + `"`
	}
	return s
}

// HTML returns text for an element or for an attribute in quotes.
func (o Outside) HTML() string { return html.EscapeString(visible(string(o), "")) }

// visible writes what cannot be seen as an escape, and puts a backslash before
// each byte of marks.
func visible(s, marks string) string {
	var b strings.Builder
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case hidden(r):
			b.WriteString(escaped(r))
		default:
			if strings.ContainsRune(marks, r) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		}
		i += size
	}
	return b.String()
}

// hidden tells whether a rune has no ink of its own: controls, all spaces but
// U+0020, directional and zero-width characters, fillers.
func hidden(r rune) bool {
	return !unicode.IsPrint(r) || unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

func escaped(r rune) string {
	switch {
	case r == '\n':
		return `\n`
	case r == '\r':
		return `\r`
	case r == '\t':
		return `\t`
	case r < 0x80:
		return fmt.Sprintf(`\x%02x`, r)
	case r <= 0xffff:
		return fmt.Sprintf(`\u%04x`, r)
	}
	return fmt.Sprintf(`\U%08x`, r)
}
