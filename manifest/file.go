package manifest

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// file is a file while it is being scanned.
type file struct {
	path     string
	data     []byte
	starts   []int       // where each line starts, filled when a line is first asked for
	docs     []*document // YAML documents, filled when first asked for
	uses     uses        // of values that several references can share
	refs     []Ref
	problems []Problem
}

// position is the line and the column, in bytes, of an offset; both from 1.
func (f *file) position(offset int) (line, column int) {
	if f.starts == nil {
		f.starts = lineStarts(f.data)
	}
	line = sort.SearchInts(f.starts, offset+1)
	return line, offset - f.starts[line-1] + 1
}

// lineStarts are the offsets after each line feed, and 0.
func lineStarts(data []byte) []int {
	starts := make([]int, 1, 1+bytes.Count(data, []byte{'\n'}))
	for i := 0; ; {
		n := bytes.IndexByte(data[i:], '\n')
		if n < 0 {
			return starts
		}
		i += n + 1
		starts = append(starts, i)
	}
}

// problem notes what could not be read; line 0 is the whole file.
func (f *file) problem(line int, format string, args ...any) {
	f.problems = append(f.problems, Problem{File: f.path, Line: line, Message: fmt.Sprintf(format, args...)})
}

// ref is a reference of this file that shows at span.
func (f *file) ref(kind Kind, span Span, image Image) Ref {
	line, column := f.position(span.Start)
	return Ref{File: f.path, Kind: kind, Span: span, Line: line, Column: column, Image: image}
}

// variable is a reference that cannot be evaluated: its name is what is written.
func (f *file) variable(kind Kind, span Span, written, source string) Ref {
	r := f.ref(kind, span, Image{Name: written})
	r.Variable, r.Source = true, source
	return r
}

// image parses what stands at offset as an image. Text that is none is no
// problem, except where only hidden characters keep it from being one: those
// make a reviewer see another image than the one that is pulled.
func (f *file) image(text string, offset int) (Image, bool) {
	image, err := ParseImage(text)
	if err == nil {
		return image, !isLocal(image.Name)
	}
	visible := strings.Map(func(r rune) rune {
		if isHidden(r) {
			return -1
		}
		return r
	}, text)
	if _, err := ParseImage(visible); err == nil {
		line, _ := f.position(offset)
		f.problem(line, "the image %s contains the hidden character %U, so it is not what it looks like; remove the character", visible, hidden(text))
	}
	return Image{}, false
}

// isHidden covers control characters and format characters such as the
// directional overrides and the zero-width space.
func isHidden(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.IsControl(r) || r == unicode.ReplacementChar
}

func hidden(s string) rune {
	r, _ := utf8.DecodeRuneInString(s[strings.IndexFunc(s, isHidden):])
	return r
}

// isLocal reports names that no registry has: images built on this machine,
// and those of a cluster's own registry.
func isLocal(name string) bool {
	host, _, _ := strings.Cut(name, "/")
	host, _, _ = strings.Cut(host, ":")
	return strings.HasPrefix(name, "localhost/") || strings.HasSuffix(host, ".svc") || strings.HasSuffix(host, ".svc.cluster.local")
}
