package config

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"

	"pinbot/internal/text"
)

const (
	// maxBytes is far beyond any policy that people write.
	maxBytes = 1 << 20
	// maxNodes bounds the values that are read, aliases counted each time: ten
	// lines of anchors can stand for a billion values.
	maxNodes = 50_000
	// maxDepth bounds an anchor that contains itself.
	maxDepth = 20
)

// decode reads a document into out, a pointer to a struct with key tags, and
// then asks check for what concerns several keys. The error is of type Errors.
func decode(name string, data []byte, out any, unknown explain, check func(*decoder)) error {
	d := &decoder{file: name, explain: unknown, at: map[string]*yaml.Node{}}
	if root := d.document(data); root != nil {
		d.value(root, "", reflect.ValueOf(out).Elem(), "")
		check(d)
	}
	if len(d.errs) == 0 {
		return nil
	}
	slices.SortStableFunc(d.errs, func(a, b Error) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	// An anchor's mistakes are found again at each of its aliases.
	return slices.CompactFunc(d.errs, func(a, b Error) bool { return a.Line == b.Line && a.Column == b.Column })
}

// document returns the file's one document, or nil where there is nothing to
// read or no way to.
func (d *decoder) document(data []byte) *yaml.Node {
	if len(data) > maxBytes {
		d.fail(nil, "The file has more than %d KiB, which no configuration needs.", maxBytes>>10)
		return nil
	}
	if i := invalid(data); i >= 0 {
		d.fail(&yaml.Node{Line: 1 + bytes.Count(data[:i], []byte("\n")), Column: 1}, "This line is not UTF-8. Save the file as UTF-8.")
		return nil
	}
	loader, err := yaml.NewLoader(bytes.NewReader(data))
	if err != nil {
		d.syntax(err)
		return nil
	}
	var first, second yaml.Node
	if err := loader.Load(&first); err != nil {
		d.syntax(err)
		return nil
	}
	if err := loader.Load(&second); err == nil {
		d.fail(&second, "The file holds a second document. Put everything into one, without a line of ---.")
		return nil
	} else if !errors.Is(err, io.EOF) {
		d.syntax(err)
		return nil
	}
	if len(first.Content) == 0 {
		return nil
	}
	return first.Content[0]
}

// invalid returns the offset of the first byte that is not UTF-8, or -1.
func invalid(data []byte) int {
	for i := 0; i < len(data); {
		r, size := utf8.DecodeRune(data[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return -1
}

// syntax reports an error of the YAML library; the end of an empty file is
// none.
func (d *decoder) syntax(err error) {
	var at yaml.Node
	message := err.Error()
	var load *yaml.LoadError
	switch {
	case errors.Is(err, io.EOF):
		return
	case errors.As(err, &load):
		at.Line, at.Column, message = load.Mark.Line, max(load.Mark.Column, 1), load.Message
	}
	d.fail(&at, "This is not YAML: %s.", text.Outside(message).Terminal())
}

// fail notes an error at a node; nil is the whole file.
func (d *decoder) fail(n *yaml.Node, format string, args ...any) {
	e := Error{File: d.file, Message: fmt.Sprintf(format, args...)}
	if n != nil {
		e.Line, e.Column = n.Line, n.Column
	}
	d.errs = append(d.errs, e)
}

// failAt notes an error at the key that stands at a path such as "forge.url".
func (d *decoder) failAt(path, format string, args ...any) {
	d.fail(d.at[path], format, args...)
}
