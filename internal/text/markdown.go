package text

import (
	"fmt"
	"strings"
)

// zeroWidthSpace is written as a reference, so that who edits the text can see
// it.
const zeroWidthSpace = "&#8203;"

// Markdown returns inline Markdown that shows the text and does nothing: no
// markup, link, image, HTML, mention, reference or emoji, at the start of a
// line as well as inside of a table's cell. What is to be copied belongs into
// [Outside.Code].
//
// Every character that Markdown could take for markup is written as a numeric
// character reference, which the specification never reads as markup
// (CommonMark 0.31, 2.5). A backslash would not do: Gitea reads \( and \[ as
// mathematics.
func (o Outside) Markdown() string {
	s := strings.Trim(visible(string(o), ""), " ")
	separators := breaks(s, acting, linking)
	var b strings.Builder
	for i := range len(s) {
		if len(separators) > 0 && separators[0] == i {
			b.WriteString(zeroWidthSpace)
			separators = separators[1:]
		}
		if markup(s, i) {
			fmt.Fprintf(&b, "&#%d;", s[i])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}

// markup tells whether the byte at i could be read as Markdown. Bytes of
// characters beyond ASCII never are.
func markup(s string, i int) bool {
	switch c := s[i]; {
	case strings.IndexByte("&<>|\\`[]*~#$^", c) >= 0:
		return true
	case c == '_': // between letters it is one
		return i == 0 || i == len(s)-1 || !alphanumeric(s[i-1]) || !alphanumeric(s[i+1])
	case i == 0: // lists, rules, underlines of headings, definitions
		return c < 0x80 && !alphanumeric(c)
	case c == '.' || c == ')': // "1. " and "1) " begin lists
		return strings.Trim(s[:i], "0123456789") == "" && (i+1 == len(s) || s[i+1] == ' ')
	}
	return false
}

func alphanumeric(c byte) bool {
	return '0' <= c && c <= '9' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
}

// Code returns a code span of Markdown that shows the text and can be copied
// from, inside of a table's cell too. Empty text gives "".
//
// A pipe is the one character that no code span can hold both inside and
// outside of a table. Text with one becomes an element of HTML, which loses
// nothing but exact copying.
func (o Outside) Code() string {
	s := visible(string(o), "")
	if s == "" {
		return ""
	}
	if strings.Contains(s, "|") {
		return "<code>" + o.Markdown() + "</code>"
	}
	fence := strings.Repeat("`", longestRun(s, '`')+1)
	if strings.ContainsAny(s[:1]+s[len(s)-1:], "` ") && strings.Trim(s, " ") != "" {
		s = " " + s + " " // one space each side is taken off again
	}
	return fence + s + fence
}

func longestRun(s string, c byte) int {
	longest, run := 0, 0
	for i := range len(s) {
		if s[i] == c {
			run++
		} else {
			run = 0
		}
		longest = max(longest, run)
	}
	return longest
}
