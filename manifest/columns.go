package manifest

import (
	"bytes"
	"unicode/utf8"
)

// columns turns yaml/v4's positions into byte offsets. Its columns count runes,
// and its lines end at more characters than the line feed.
type columns struct {
	text   []byte
	starts []int
	ascii  bool
	// every holds, for a long line, the offset of each step'th rune, so that a
	// megabyte of JSON on one line is not walked again for each value.
	every map[int][]int
}

const step = 256

// lineBreaks are the characters that end a line besides CR and LF: NEL, LS, PS.
var lineBreaks = [][]byte{[]byte("\u0085"), []byte("\u2028"), []byte("\u2029")}

func newColumns(text []byte) columns {
	c := columns{text: text, starts: []int{0}, ascii: true, every: map[int][]int{}}
	for i := 0; i < len(text); {
		n := lineBreak(text[i:])
		c.ascii = c.ascii && text[i] < utf8.RuneSelf
		if n == 0 {
			i++
			continue
		}
		i += n
		c.starts = append(c.starts, i)
	}
	return c
}

// lineBreak is the length of the line break that text begins with.
func lineBreak(text []byte) int {
	switch {
	case text[0] == '\n':
		return 1
	case text[0] == '\r' && len(text) > 1 && text[1] == '\n':
		return 2
	case text[0] == '\r':
		return 1
	case text[0] < utf8.RuneSelf:
		return 0
	}
	for _, b := range lineBreaks {
		if bytes.HasPrefix(text, b) {
			return len(b)
		}
	}
	return 0
}

// offset is the offset in text of a line and column, both from 1. A position
// beyond the text is its end.
func (c *columns) offset(line, column int) int {
	if line < 1 || line > len(c.starts) || column < 1 {
		return len(c.text)
	}
	at, runes := c.starts[line-1], column-1
	if c.ascii {
		return min(at+runes, len(c.text))
	}
	if index := c.index(line); len(index) > 0 {
		at = index[min(runes/step, len(index)-1)]
		runes -= step * min(runes/step, len(index)-1)
	}
	for ; runes > 0 && at < len(c.text); runes-- {
		_, size := utf8.DecodeRune(c.text[at:])
		at += size
	}
	return at
}

// index is the offset of every step'th rune of a line, nil for a short one.
func (c *columns) index(line int) []int {
	end := len(c.text)
	if line < len(c.starts) {
		end = c.starts[line]
	}
	start := c.starts[line-1]
	if end-start <= 4*step {
		return nil
	}
	if index, ok := c.every[line]; ok {
		return index
	}
	var index []int
	for at, runes := start, 0; at < end; runes++ {
		if runes%step == 0 {
			index = append(index, at)
		}
		_, size := utf8.DecodeRune(c.text[at:])
		at += size
	}
	c.every[line] = index
	return index
}
