package manifest

import (
	"bytes"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v4"
)

// scalar is a YAML scalar with the place of its bytes.
type scalar struct {
	Span         // in the file, without quotes
	after int    // behind the closing quote
	value string // as the parser has it
	raw   string // as the file has it, templates and hidden bytes included
	plain bool   // written without quotes
	null  bool
	text  bool   // a string, not a number or the like
	fixed string // why Span is not value's bytes
}

const notItsBytes = "it is written with escapes, or over several lines, so that its bytes are not its value; write it on one line"

// scalar locates n. The key before it says where a value goes that is not
// there; it may be nil.
func (d *document) scalar(n, key *yaml.Node) scalar {
	s := scalar{value: n.Value, null: n.ShortTag() == "!!null", text: n.ShortTag() == "!!str"}
	if s.null && n.Value == "" && key != nil {
		return d.empty(key, s)
	}
	at := d.skipProperties(n)
	s.plain = n.Style&(yaml.DoubleQuotedStyle|yaml.SingleQuotedStyle|yaml.LiteralStyle|yaml.FoldedStyle) == 0
	quote := ""
	switch {
	case n.Style&yaml.DoubleQuotedStyle != 0:
		quote = `"`
	case n.Style&yaml.SingleQuotedStyle != 0:
		quote = "'"
	}
	if n.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0 || !bytes.HasPrefix(d.text[at:], []byte(quote+n.Value+quote)) {
		s.fixed, s.raw = notItsBytes, n.Value
		s.Span = Span{d.base + at, d.base + at + len(firstLine(d.text[at:]))}
		s.after = s.End
		return s
	}
	start := d.base + at + len(quote)
	s.Span = Span{start, start + len(n.Value)}
	s.after = s.End + len(quote)
	s.raw = string(d.f.data[s.Start:s.End])
	return s
}

// firstLine is the text up to its end of line or the first blank.
func firstLine(text []byte) []byte {
	if i := bytes.IndexAny(text, " \r\n"); i >= 0 {
		return text[:i]
	}
	return text
}

// empty is the scalar of a key without a value: it stands behind the colon.
func (d *document) empty(key *yaml.Node, s scalar) scalar {
	k := d.scalar(key, nil)
	s.plain = true
	colon := bytes.IndexByte(d.f.data[k.after:], ':')
	if colon < 0 || len(bytes.TrimSpace(d.f.data[k.after:k.after+colon])) > 0 {
		s.fixed = notItsBytes
		colon = -1
	}
	s.after = k.after + colon + 1
	s.Span = Span{s.after, s.after}
	return s
}

// skipProperties is the offset in d.text of n's content: an anchored or tagged
// node's position is that of the anchor or tag.
func (d *document) skipProperties(n *yaml.Node) int {
	at := d.columns.offset(n.Line, n.Column)
	if n.Anchor == "" && n.Style&yaml.TaggedStyle == 0 {
		return at
	}
	for at < len(d.text) && (d.text[at] == '&' || d.text[at] == '!') {
		for at < len(d.text) && !isSpace(d.text[at]) {
			at++
		}
		for at < len(d.text) && isSpace(d.text[at]) {
			at++
		}
	}
	return at
}

// slot is the place for another value of s.
func (s scalar) slot() *Slot {
	slot := &Slot{Span: s.Span, Plain: s.plain}
	if s.null && s.Start == s.End {
		slot.Before = " "
	}
	return slot
}

// template says which template or variable a value holds, "" for none.
func (s scalar) template() string {
	switch {
	case strings.Contains(s.raw, "{{"):
		return "a template"
	case strings.Contains(s.raw, "$(") || strings.Contains(s.raw, "${"):
		return "a variable that is set elsewhere"
	}
	return ""
}

// asNumber says what is wrong with a tag that YAML reads as a number and
// prints differently, "" if nothing is.
func (s scalar) asNumber() string {
	if s.text || s.null || s.value == "" {
		return ""
	}
	number, err := strconv.ParseFloat(s.value, 64)
	if printed := strconv.FormatFloat(number, 'g', -1, 64); err != nil || printed != s.value {
		return "YAML does not read " + strconv.Quote(s.value) + " as text, so that another tag is used; put it in quotes"
	}
	return ""
}

// value finds the value of a key, aliases resolved, and the key; nil where
// there is none. A key that is there twice is a problem, and counts as not
// there: readers differ in which one they take.
func (d *document) value(m *yaml.Node, name string) (key, value *yaml.Node) {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if k := m.Content[i]; k.Kind != yaml.ScalarNode || k.Value != name {
			continue
		}
		if key != nil && !d.masked {
			d.repeated(m.Content[i])
			return nil, nil
		}
		key, value = m.Content[i], target(m.Content[i+1])
	}
	return key, value
}

// repeated notes that a mapping has a key more than once.
func (d *document) repeated(key *yaml.Node) {
	if d.seen[key] {
		return
	}
	d.seen[key] = true
	line, _ := d.f.position(d.base + d.columns.offset(key.Line, key.Column))
	d.f.problem(line, "the key %q is there more than once in this mapping, so it is not clear which one counts; remove one", key.Value)
}

// field is a key's scalar value. ok is false where the key is not there or
// its value is not a scalar.
func (d *document) field(m *yaml.Node, name string) (s scalar, ok bool) {
	key, value := d.value(m, name)
	if value == nil || value.Kind != yaml.ScalarNode {
		return scalar{}, false
	}
	return d.scalar(value, key), true
}

// target is what an alias stands for, one step far: anchors can be nested so
// that following all of them never ends.
func target(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}
