package manifest

import (
	"bytes"
	"unicode/utf8"
)

// inert replaces what the YAML parser refuses wherever it stands, comments
// included: bytes that are not UTF-8 and control characters. The text keeps its
// length, so positions hold; a text without such bytes is returned as it is.
func inert(text []byte) []byte {
	var out []byte
	for i := 0; i < len(text); {
		c := text[i]
		if c >= 0x20 && c < utf8.RuneSelf || c == '\n' || c == '\t' || c == '\r' {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if c < 0x20 || r == utf8.RuneError || r > 0xfffd && r < 0x10000 {
			if out == nil {
				out = bytes.Clone(text)
			}
			fill(out[i : i+size])
		}
		i += size
	}
	if out == nil {
		return text
	}
	return out
}

// fill writes a byte that means nothing in YAML.
func fill(b []byte) {
	for i := range b {
		if b[i] != '\n' && b[i] != '\r' {
			b[i] = '_'
		}
	}
}

// maskTemplates replaces the actions of a Go template by as many bytes that
// mean nothing to YAML: a line that begins with an action becomes a comment, an
// action within a line becomes a word.
func maskTemplates(text []byte) []byte {
	out := bytes.Clone(text)
	for i := 0; i < len(out); {
		open := bytes.Index(out[i:], []byte("{{"))
		if open < 0 {
			break
		}
		open += i
		length := bytes.Index(out[open:], []byte("}}"))
		if length < 0 {
			break
		}
		end := open + length + 2
		if beginsLine(out, open) {
			i = commentOut(out, open, end)
			continue
		}
		fill(out[open:end])
		i = end
	}
	return out
}

func beginsLine(text []byte, at int) bool {
	before := bytes.TrimRight(text[:at], " \t")
	return len(before) == 0 || before[len(before)-1] == '\n'
}

// commentOut makes comments of the lines that [from, to) touches, and returns
// the end of the last.
func commentOut(text []byte, from, to int) int {
	text[from] = '#'
	for i := from; i < to; i++ {
		if text[i] == '\n' && i+1 < to && text[i+1] != '\n' && text[i+1] != '\r' {
			text[i+1] = '#'
		}
	}
	end := bytes.IndexByte(text[to:], '\n')
	if end < 0 {
		return len(text)
	}
	return to + end
}

// hasLiteralImage reports whether a template has an image line without an
// action: only then is it worth reading, and worth a problem if it can't be.
func hasLiteralImage(text []byte) bool {
	for line := range bytes.Lines(text) {
		_, value, found := bytes.Cut(line, []byte("image:"))
		if found && len(bytes.TrimSpace(value)) > 0 && !bytes.Contains(line, []byte("{{")) {
			return true
		}
	}
	return false
}
