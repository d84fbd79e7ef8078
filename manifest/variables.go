package manifest

import (
	"slices"
	"strings"
)

// piece is part of a value: text that stands at one place of the file.
type piece struct {
	text string
	at   int    // offset in the file
	from string // which variable it is the value of, "" where it stands in the reference itself
}

const (
	maxValue   = 4096 // bytes of an expanded value; variables that double each other grow without end
	maxNesting = 8    // defaults within defaults
)

// expand replaces the variables in text, which stands at offset at, by the
// pieces that lookup gives or by the default that is written beside them
// (${NAME:-default}, ${NAME-default}). Where a variable has no value, its name
// is returned and the pieces are useless.
func expand(text string, at int, lookup func(name string) ([]piece, bool)) (pieces []piece, missing string) {
	return expander{lookup}.expand(text, at, "", 0)
}

type expander struct {
	lookup func(name string) ([]piece, bool)
}

func (e expander) expand(text string, at int, from string, depth int) (pieces []piece, missing string) {
	for len(text) > 0 {
		dollar := strings.IndexByte(text, '$')
		if dollar != 0 {
			if dollar < 0 {
				dollar = len(text)
			}
			pieces = append(pieces, piece{text[:dollar], at, from})
			text, at = text[dollar:], at+dollar
			continue
		}
		v := parseVariable(text)
		value, ok := e.value(v, at, depth)
		if pieces = append(pieces, value...); !ok || size(pieces) > maxValue {
			return nil, v.name
		}
		text, at = text[v.length:], at+v.length
	}
	return pieces, ""
}

// value is what a variable stands for.
func (e expander) value(v variable, at, depth int) ([]piece, bool) {
	value, known := e.lookup(v.name)
	switch {
	case known && (size(value) > 0 || !v.unlessEmpty):
		return value, true
	case !v.hasDefault || depth > maxNesting:
		return nil, false
	}
	value, missing := e.expand(v.fallback, at+v.fallbackAt, "the default of "+v.name, depth+1)
	return value, missing == ""
}

// variable is a use of a variable in a text that begins with it.
type variable struct {
	name        string
	length      int // bytes of the whole of it
	hasDefault  bool
	unlessEmpty bool // ":-": the default also stands for an empty value
	fallback    string
	fallbackAt  int
}

// parseVariable reads "$NAME" or "${NAME…}" at the start of text. Forms other
// than those with a default have no value that the file knows, except for the
// plain one.
func parseVariable(text string) variable {
	if !strings.HasPrefix(text, "${") {
		n := nameLength(text[1:])
		return variable{name: text[1 : 1+n], length: 1 + n}
	}
	end := closingBrace(text)
	n := nameLength(text[2:end])
	v := variable{name: text[2 : 2+n], length: min(end+1, len(text))}
	rest := text[2+n : end]
	switch {
	case rest == "":
	case strings.HasPrefix(rest, ":-"):
		v.hasDefault, v.unlessEmpty, v.fallback, v.fallbackAt = true, true, rest[2:], 2+n+2
	case strings.HasPrefix(rest, "-"):
		v.hasDefault, v.fallback, v.fallbackAt = true, rest[1:], 2+n+1
	default:
		v.name = text[2:end]
	}
	return v
}

// closingBrace is the offset of the brace that ends "${…", or the text's end.
func closingBrace(text string) int {
	depth := 0
	for i := 1; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return len(text)
}

func nameLength(s string) int {
	n := strings.IndexFunc(s, func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
	if n < 0 {
		return len(s)
	}
	return n
}

func size(pieces []piece) int {
	n := 0
	for _, p := range pieces {
		n += len(p.text)
	}
	return n
}

// composed is the reference that pieces make together. It is edited where its
// tag stands, if that is one place.
func (f *file) composed(kind Kind, span Span, pieces []piece) (Ref, bool) {
	pieces = slices.DeleteFunc(pieces, func(p piece) bool { return p.text == "" })
	var text, source []string
	for _, p := range pieces {
		text = append(text, p.text)
		if p.from != "" && !slices.Contains(source, p.from) {
			source = append(source, p.from)
		}
	}
	image, ok := f.image(strings.Join(text, ""), span.Start)
	f.share(pieces, image)
	if !ok {
		return Ref{}, false
	}
	r := f.ref(kind, span, image)
	r.Source = strings.Join(source, ", ")
	r.place(f, pieces)
	return r, true
}

// share notes that the values among the pieces are part of the image; text that
// is none, or not known, counts as an image without a name.
func (f *file) share(pieces []piece, image Image) {
	for _, p := range pieces {
		if p.from != "" {
			f.uses.add(p, image)
		}
	}
}

// place says where r is edited, which is where it shows.
func (r *Ref) place(f *file, pieces []piece) {
	last := pieces[len(pieces)-1]
	end := last.at + len(last.text)
	tail := strings.TrimPrefix(r.Image.String(), r.Image.Name)
	switch {
	case len(pieces) == 1:
		r.Whole = &Slot{Span: Span{last.at, end}}
		r.show(f, r.Whole.Span)
	case tail == "" && last.from == "":
		r.Tag, r.TagTakesDigest = &Slot{Span: Span{end, end}, Before: ":"}, true
	case r.Image.Tag == "" || len(tail)-1 > len(last.text):
		r.placeWithin(f, pieces)
	default:
		r.Tag = &Slot{Span: Span{end - len(tail) + 1, end}}
		r.TagTakesDigest = last.from == "" || r.Image.Digest != ""
		r.show(f, r.Tag.Span)
	}
}

// placeWithin says where r is edited whose tag is put together from several
// places: at the first of them that has a digit, as versions do, else at the
// first value of a variable ("latest"). The rest of the tag stays, so it must
// not be part of the same version.
func (r *Ref) placeWithin(f *file, pieces []piece) {
	start, at := len(r.Image.Name)+1, 0
	var place Span
	first := -1
	for _, p := range pieces {
		from, end := max(at, start), at+len(p.text)
		isVersion := end > from && strings.ContainsAny(p.text[from-at:], digits)
		if isVersion || end > from && p.from != "" && first < 0 {
			place, first = Span{p.at + from - at, p.at + len(p.text)}, from-start
		}
		if isVersion {
			break
		}
		at = end
	}
	r.placePart(f, place, first)
}

const digits = "0123456789"

// placePart makes the span the place of the tag's bytes from an offset on.
func (r *Ref) placePart(f *file, span Span, from int) {
	tag, to := r.Image.Tag, from+span.End-span.Start
	if from < 0 || to > len(tag) || r.Image.Digest != "" || strings.HasSuffix(tag[:from], ".") || strings.IndexAny(tag[to:], "."+digits) == 0 {
		r.fix("its tag is put together from several places")
		return
	}
	r.Tag = &Slot{Span: span, Prefix: tag[:from], Suffix: tag[to:]}
	r.show(f, span)
}

func (r *Ref) show(f *file, span Span) {
	r.Span = span
	r.Line, r.Column = f.position(span.Start)
}
