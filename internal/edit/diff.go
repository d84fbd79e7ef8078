package edit

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/aymanbagabas/go-udiff"
)

// Diff returns the change of one file as a unified diff that git apply and
// patch accept, and "" where nothing changes. The path is slash-separated and
// relative; the lines keep their ends, carriage returns too.
func Diff(path string, before, after []byte) string {
	old := string(before)
	// Lines yields edits of old in order, which is all that ToUnified can
	// complain about.
	diff, err := udiff.ToUnified(header("a/"+path), header("b/"+path), old, udiff.Lines(old, string(after)), udiff.DefaultContextLines)
	if err != nil {
		panic(fmt.Sprintf("edit: the diff library contradicts itself: %v", err))
	}
	return diff
}

// header writes a name as git does after "--- ": a name with spaces ends in a
// tab, because readers take what follows a space for a time stamp; one that
// could be misread is quoted like a C string.
func header(name string) string {
	if needsQuotes(name) {
		return quote(name)
	}
	if strings.Contains(name, " ") {
		return name + "\t"
	}
	return name
}

func needsQuotes(name string) bool {
	return !utf8.ValidString(name) || strings.ContainsFunc(name, func(r rune) bool {
		return r == '"' || r == '\\' || !unicode.IsPrint(r)
	})
}

// quote uses octal for all but printable ASCII: git reads no other escape for
// bytes.
func quote(name string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(name) {
		switch c := name[i]; {
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, "\\%03o", c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
