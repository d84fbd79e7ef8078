package config

import (
	"fmt"
	"strings"

	"pinbot/internal/text"
)

// Error is one thing that is wrong in a file.
type Error struct {
	File    string
	Line    int // from 1; 0 where it concerns the whole file
	Column  int // in characters, from 1
	Message string
}

// Error returns "FILE:LINE:COLUMN: MESSAGE" in one line.
func (e Error) Error() string {
	file := text.Outside(e.File).Terminal()
	if e.Line == 0 {
		return file + ": " + e.Message
	}
	return fmt.Sprintf("%s:%d:%d: %s", file, e.Line, e.Column, e.Message)
}

// Errors are all things that are wrong in a file, in its order. Values that
// could be secrets are not in their texts.
type Errors []Error

// Error returns one line an error.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, err := range e {
		lines[i] = err.Error()
	}
	return strings.Join(lines, "\n")
}
