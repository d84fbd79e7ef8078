package manifest

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// digestKey is a key that may hold the digest beside a tag.
type digestKey struct {
	name string
	bare bool // takes the hexadecimal digits without "sha256:"
}

var (
	kustomizeDigest = []digestKey{{"digest", false}}
	helmDigest      = []digestKey{{"digest", false}, {"sha", true}}
)

// splitForm is an image whose name, tag and digest stand in keys of their own.
type splitForm struct {
	kind       Kind
	entry      *yaml.Node
	registry   string // prefix of the name, "" where the name is complete
	name       scalar
	tagKey     string
	digestKeys []digestKey
}

// split composes the reference of a split form. It shows at its tag, or at its
// name where no tag is written. Both slots are nil where nothing is written
// that could be replaced.
func (d *document) split(form splitForm) (Ref, bool) {
	tag, hasTag := d.field(form.entry, form.tagKey)
	hasTag = hasTag && !tag.null && tag.value != ""
	at := form.name.Span
	if hasTag {
		at = tag.Span
	}
	written := form.written(tag)
	digest, key, hasDigest := d.digestField(form)
	for _, s := range []scalar{form.name, tag, digest} {
		if source := s.template(); source != "" {
			return d.f.variable(form.kind, at, written, source), true
		}
	}
	if hasDigest && digest.value != "" && !digest.null {
		written, _, _ = strings.Cut(written, "@")
		written += "@" + key.complete(digest.raw)
	}
	image, ok := d.f.image(written, at.Start)
	if !ok {
		return Ref{}, false
	}
	r := d.f.ref(form.kind, at, image)
	r.TagTakesDigest = strings.Contains(tag.value, "@")
	switch r.fixSplit(tag, digest); {
	case r.Fixed != "":
	case !hasTag && image.Tag != "":
		r.fix("its tag stands in the same key as its name; write it in the key " + form.tagKey)
	case r.TagTakesDigest && digest.value != "" && !digest.null:
		r.fix("it has a digest in its tag and another beside it; remove one")
	default:
		r.slots(tag, digest, hasTag, hasDigest, key.bare)
	}
	return r, true
}

// slots are the places of the tag and of the digest, of those that are there.
func (r *Ref) slots(tag, digest scalar, hasTag, hasDigest, bare bool) {
	if hasTag {
		r.Tag = tag.slot()
	}
	if hasDigest && !r.TagTakesDigest {
		r.Digest = digest.slot()
		r.Digest.Bare = bare && !strings.HasPrefix(digest.value, "sha256:")
	}
}

// written is the name and, where there is one, the tag.
func (form splitForm) written(tag scalar) string {
	name := form.name.raw
	if form.registry != "" {
		name = strings.TrimSuffix(form.registry, "/") + "/" + name
	}
	if tag.raw == "" || tag.null {
		return name
	}
	return name + ":" + tag.raw
}

// fixSplit keeps a reference from being edited whose keys' bytes are not their
// values.
func (r *Ref) fixSplit(keys ...scalar) {
	for _, s := range keys {
		if s.fixed != "" {
			r.fix(s.fixed)
		} else if reason := s.asNumber(); reason != "" {
			r.fix(reason)
		}
	}
}

// digestField is the first of the form's digest keys that is there.
func (d *document) digestField(form splitForm) (scalar, digestKey, bool) {
	for _, key := range form.digestKeys {
		if s, ok := d.field(form.entry, key.name); ok {
			return s, key, true
		}
	}
	return scalar{}, digestKey{}, false
}

// complete is the digest with its algorithm.
func (k digestKey) complete(digest string) string {
	if k.bare && !strings.Contains(digest, ":") {
		return "sha256:" + digest
	}
	return digest
}
