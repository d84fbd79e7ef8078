package manifest

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"sort"

	"go.yaml.in/yaml/v4"
)

// Target is what one reference of a file should have become.
type Target struct {
	Ref    Ref // as it was found before the edit
	Tag    string
	Digest string
}

// Verify checks an edit that was made. Before and after are the file's bytes;
// targets are the references that should have changed, in any order, with the
// tag and digest that were given to [Ref.Rewrite]. It is nil if
//
//   - after is before with the targets' splices, and not a byte else,
//   - a new scan finds the same references in the same order, of which only the
//     targets differ, and they name exactly the new tag and digest,
//   - in YAML, a parser that knows nothing of references sees no other value,
//     key or type changed.
//
// The error says what differs, and where.
func Verify(name string, before, after []byte, targets []Target) error {
	writes, err := targetWrites(targets)
	if err != nil {
		return err
	}
	if !bytes.Equal(apply(before, writes), after) {
		return fmt.Errorf("checking %s: other bytes changed than those of its %d edited references", name, len(targets))
	}
	if err := verifyRefs(name, before, after, targets); err != nil {
		return err
	}
	if base := path.Base(name); !isYAML(base) && !isKustomization(base) {
		return nil
	}
	return verifyYAML(name, before, after, writes)
}

// targetWrites are all the writes of the targets, in byte order.
func targetWrites(targets []Target) ([]write, error) {
	var writes []write
	for _, t := range targets {
		if err := t.Ref.refusal(t.Tag, t.Digest); err != nil {
			return nil, err
		}
		writes = append(writes, t.Ref.writes(t.Tag, t.Digest)...)
	}
	slices.SortFunc(writes, func(a, b write) int { return a.slot.Start - b.slot.Start })
	return writes, nil
}

// apply is the text with the writes made.
func apply(text []byte, writes []write) []byte {
	var out []byte
	at := 0
	for _, w := range writes {
		s := w.splice()
		if s.Start < at || s.End > len(text) {
			return nil
		}
		out = append(append(out, text[at:s.Start]...), s.New...)
		at = s.End
	}
	return append(out, text[at:]...)
}

// verifyRefs scans again and compares.
func verifyRefs(path string, before, after []byte, targets []Target) error {
	old, oldProblems := Scan(path, before)
	now, problems := Scan(path, after)
	if len(old) != len(now) || len(oldProblems) != len(problems) {
		return fmt.Errorf("checking %s: it had %d references and %d problems, and has %d and %d after the edit", path, len(old), len(oldProblems), len(now), len(problems))
	}
	wanted := map[Span]Image{}
	for _, t := range targets {
		wanted[t.Ref.Span] = t.image()
	}
	for i, r := range old {
		want, ok := wanted[r.Span]
		if !ok {
			want = r.Image
		}
		got := now[i]
		if got.Image != want || got.Kind != r.Kind || got.Variable != r.Variable || got.Fixed != r.Fixed || got.Workload != r.Workload {
			return fmt.Errorf("checking %s:%d: %s should be %s after the edit, and is %s", path, r.Line, r.Image, want, got.Image)
		}
	}
	return nil
}

// image is what the target's reference should name.
func (t Target) image() Image {
	image := t.Ref.Image
	digestOnly := t.Ref.DigestOnly && t.Digest != ""
	if t.Tag != "" || t.Ref.Whole != nil {
		image.Tag = t.Tag
	}
	if digestOnly {
		image.Tag = ""
	}
	if t.Ref.Whole != nil || t.Ref.TagTakesDigest || t.Ref.Digest != nil {
		image.Digest = t.Digest
	}
	return image
}

// verifyYAML compares the documents' nodes.
func verifyYAML(path string, before, after []byte, writes []write) error {
	old, now := splitDocuments(&file{path: path, data: before}), splitDocuments(&file{path: path, data: after})
	if len(old) != len(now) {
		return fmt.Errorf("checking %s: it had %d YAML documents, and has %d after the edit", path, len(old), len(now))
	}
	for i := range old {
		if bytes.Equal(old[i].text, now[i].text) {
			continue
		}
		was, is := old[i].parse(), now[i].parse()
		if was == nil || is == nil {
			return fmt.Errorf("checking %s: the document that begins on line %d does not parse after the edit", path, old[i].firstLine())
		}
		c := comparison{d: old[i], writes: writes}
		if diff := c.nodes(was, is); diff != "" {
			return fmt.Errorf("checking %s: the document that begins on line %d has other values than intended after the edit: %s", path, old[i].firstLine(), diff)
		}
	}
	return nil
}

func (d *document) firstLine() int {
	line, _ := d.f.position(d.base)
	return line
}

// comparison walks a document as it was and as it is.
type comparison struct {
	d      *document // as it was
	writes []write
}

// nodes says how the node differs from what it should have become, "" for not
// at all. Aliases are compared by name: what they stand for is walked once.
func (c comparison) nodes(was, is *yaml.Node) string {
	switch {
	case was.Kind != is.Kind || was.Anchor != is.Anchor:
		return fmt.Sprintf("line %d is another kind of value", was.Line)
	case was.Kind == yaml.AliasNode:
		return c.equal(was, is)
	case was.Kind == yaml.ScalarNode:
		return c.scalar(was, is)
	case was.Kind == yaml.MappingNode && len(was.Content) < len(is.Content):
		return c.inserted(was, is)
	}
	return c.children(was.Content, is.Content, was.Line)
}

func (c comparison) children(was, is []*yaml.Node, line int) string {
	if len(was) != len(is) {
		return fmt.Sprintf("the value on line %d has another number of entries", line)
	}
	for i := range was {
		if diff := c.nodes(was[i], is[i]); diff != "" {
			return diff
		}
	}
	return ""
}

func (c comparison) equal(was, is *yaml.Node) string {
	if was.Value != is.Value || was.ShortTag() != is.ShortTag() {
		return fmt.Sprintf("%q on line %d became %q", was.Value, was.Line, is.Value)
	}
	return ""
}

// scalar allows what the writes within it make of it, as a string.
func (c comparison) scalar(was, is *yaml.Node) string {
	if was.Value == is.Value && was.ShortTag() == is.ShortTag() {
		return ""
	}
	if is.ShortTag() != "!!str" {
		return c.equal(was, is)
	}
	if was.ShortTag() == "!!null" {
		if slices.ContainsFunc(c.writes, func(w write) bool { return w.old == "" && w.new == is.Value }) {
			return ""
		}
		return c.equal(was, is)
	}
	s := c.d.scalar(was, nil)
	want, at := "", s.Start
	first := sort.Search(len(c.writes), func(i int) bool { return c.writes[i].slot.Start >= s.Start })
	for _, w := range c.writes[first:] {
		if w.slot.Start > s.End {
			break
		}
		if w.slot.End <= s.End && w.slot.Start >= at && !w.slot.isKey() {
			want += string(c.d.f.data[at:w.slot.Start]) + w.within()
			at = w.slot.End
		}
	}
	if s.fixed != "" || want+string(c.d.f.data[at:s.End]) != is.Value {
		return c.equal(was, is)
	}
	return ""
}

// isKey reports whether the slot inserts a key of its own.
func (s *Slot) isKey() bool { return s.Start == s.End && len(s.Before) > 1 }

// within is the text of a write as a part of its scalar's value.
func (w write) within() string {
	if w.slot.Start == w.slot.End {
		return w.slot.Before + w.new + w.slot.After
	}
	return w.new
}

// inserted compares a mapping that has more keys than it had: each must be one
// that a write inserts.
func (c comparison) inserted(was, is *yaml.Node) string {
	var rest []*yaml.Node
	for i := 0; i+1 < len(is.Content); i += 2 {
		key, value := is.Content[i], is.Content[i+1]
		if plainValue(was, key.Value) == "" && value.ShortTag() == "!!str" && slices.ContainsFunc(c.writes, func(w write) bool { return w.slot.isKey() && w.new == value.Value }) {
			continue
		}
		rest = append(rest, key, value)
	}
	return c.children(was.Content, rest, was.Line)
}
