package manifest

import (
	"fmt"
	"regexp"
	"strings"

	"go.yaml.in/yaml/v4"
)

// Rewrite gives the splices that make r name tag and digest in r's own form.
// An empty digest writes only the tag; an empty tag leaves a tag of its own
// key alone, and writes name@digest where name, tag and digest are one string.
//
// digestWritten tells whether the form has a place for the digest: a chart's
// tag key has none, and the image is then still unpinned. The splices are in
// byte order and do not overlap. The error is a whole sentence.
func (r Ref) Rewrite(tag, digest string) (splices []Splice, digestWritten bool, err error) {
	if err := r.refusal(tag, digest); err != nil {
		return nil, false, err
	}
	for _, w := range r.writes(tag, digest) {
		splices = append(splices, w.splice())
		digestWritten = digestWritten || w.digest
	}
	return splices, digestWritten && digest != "", nil
}

// refusal says why r cannot become tag and digest.
func (r Ref) refusal(tag, digest string) error {
	where := fmt.Sprintf("%s:%d: %s", r.File, r.Line, r.Image)
	switch {
	case tag != "" && !ValidTag(tag):
		return fmt.Errorf("%s is left as it is, because %q is not a tag", where, tag)
	case digest != "" && !ValidDigest(digest):
		return fmt.Errorf("%s is left as it is, because %q is not a digest", where, digest)
	case r.Variable:
		return fmt.Errorf("%s is left as it is, because its value comes from somewhere else: %s", where, r.Source)
	case r.Fixed != "":
		return fmt.Errorf("%s is left as it is, because %s", where, r.Fixed)
	case r.Whole != nil:
		return nil
	case r.Tag != nil && tag != "" && !r.Tag.holds(tag):
		return fmt.Errorf("%s is left as it is, because the new tag %s does not have the parts of the old one that stand elsewhere (%s…%s); change it by hand", where, tag, r.Tag.Prefix, r.Tag.Suffix)
	case r.Tag == nil && r.Digest == nil:
		return fmt.Errorf("%s is left as it is, because nothing in the file holds its tag", where)
	case r.DigestOnly && digest != "":
		return fmt.Errorf("%s is left as it is, because policy asks for a digest without a tag, and its tag stands apart from its name; change it by hand", where)
	case r.TagTakesDigest && tag == "" && r.Image.Tag == "" && digest != "":
		return fmt.Errorf("%s is left as it is, because its digest can only be written behind a tag", where)
	case r.Digest != nil && r.Image.Digest != "" && digest == "":
		return fmt.Errorf("%s is left as it is, because a new tag beside the old digest would change nothing", where)
	}
	return nil
}

// holds reports whether the slot can hold its part of the tag.
func (s *Slot) holds(tag string) bool {
	return len(tag) > len(s.Prefix)+len(s.Suffix) && strings.HasPrefix(tag, s.Prefix) && strings.HasSuffix(tag, s.Suffix) || s.Prefix+s.Suffix == ""
}

// part is what the slot holds of a tag.
func (s *Slot) part(tag string) string {
	return strings.TrimSuffix(strings.TrimPrefix(tag, s.Prefix), s.Suffix)
}

// write is one value and the slot it goes into.
type write struct {
	slot     *Slot
	old, new string
	digest   bool // the slot can take the digest
}

// writes are the values of r's slots for a tag and a digest, in byte order.
func (r Ref) writes(tag, digest string) []write {
	if r.Whole != nil {
		next := Image{Name: r.Image.Name, Tag: tag, Digest: digest}
		if r.DigestOnly && digest != "" {
			next.Tag = ""
		}
		return []write{{r.Whole, r.Image.String(), next.String(), true}}
	}
	if tag == "" {
		tag = r.Image.Tag
	}
	var out []write
	if r.Tag != nil && tag != "" && (tag != r.Image.Tag || r.Tag.Prefix+r.Tag.Suffix == "") {
		out = append(out, r.tagWrite(tag, digest))
	}
	if r.Digest != nil && digest != "" {
		out = append(out, write{r.Digest, r.Digest.digestText(r.Image.Digest), r.Digest.digestText(digest), true})
	}
	if len(out) == 2 && out[1].slot.Start < out[0].slot.Start {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

func (r Ref) tagWrite(tag, digest string) write {
	old := r.Image.Tag
	if r.TagTakesDigest {
		old = strings.TrimPrefix(Image{Tag: old, Digest: r.Image.Digest}.String(), ":")
		tag = strings.TrimPrefix(Image{Tag: tag, Digest: digest}.String(), ":")
	}
	return write{r.Tag, r.Tag.part(old), r.Tag.part(tag), r.TagTakesDigest}
}

func (s *Slot) digestText(digest string) string {
	if s.Bare {
		return strings.TrimPrefix(digest, "sha256:")
	}
	return digest
}

// splice writes the value. A value that does not change keeps its bytes.
func (w write) splice() Splice {
	text := w.new
	if w.slot.Plain && text != w.old && needsQuotes(text) {
		text = `"` + text + `"`
	}
	if w.slot.Start == w.slot.End {
		text = w.slot.Before + text + w.slot.After
	}
	return Splice{w.slot.Span, text}
}

// yaml11 matches what older YAML readers, kubectl's and Helm's among them, do
// not take for a string: truth values, octal numbers, sexagesimal numbers.
var yaml11 = regexp.MustCompile(`(?i)^(?:y|n|yes|no|on|off|true|false|null|[0-9][0-9_]*|[0-9][0-9_]*\.[0-9_]*|0x[0-9a-f_]+|0b[01_]+|0o[0-7]+|[0-9][0-9_.]*e[-+]?[0-9]+|[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}.*|[0-9][0-9_]*(?::[0-5]?[0-9])+)$`)

// needsQuotes reports whether a value of a tag, a digest or an image would not
// be a string where it stands in YAML without quotes.
func needsQuotes(value string) bool {
	node := yaml.Node{Kind: yaml.ScalarNode, Value: value}
	return node.ShortTag() != "!!str" || yaml11.MatchString(value)
}
