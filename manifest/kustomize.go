package manifest

import (
	"bytes"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// isKustomization goes by the three names that kustomize looks for.
func isKustomization(base string) bool {
	return base == "kustomization.yaml" || base == "kustomization.yml" || base == "Kustomization"
}

func claimsKustomization(root *yaml.Node) bool {
	return root.Kind == yaml.MappingNode
}

// scanKustomization reads the entries of images. Each replaces the name, the
// tag and the digest of the images that have the name it matches.
func scanKustomization(d *document) {
	_, images := d.value(d.root, "images")
	if images == nil || images.Kind != yaml.SequenceNode {
		return
	}
	for _, item := range images.Content {
		if entry := target(item); entry.Kind == yaml.MappingNode && !d.seen[entry] {
			d.seen[entry] = true
			d.kustomizeImage(entry)
		}
	}
}

// kustomizeImage adds one entry. The name that it matches is never edited.
func (d *document) kustomizeImage(entry *yaml.Node) {
	match, named := d.field(entry, "name")
	name, renamed := d.field(entry, "newName")
	if !renamed {
		name = match
	}
	if !named && !renamed {
		return
	}
	split := splitForm{kind: KindKustomize, entry: entry, name: name, tagKey: "newTag", digestKeys: kustomizeDigest}
	r, ok := d.split(split)
	if !ok {
		return
	}
	if renamed && match.raw != name.raw {
		r.Replaces = match.raw
	}
	switch {
	case r.Variable || r.Fixed != "":
	case d.isRepeated(entry, "newTag") || d.isRepeated(entry, "digest"):
		r.fix("one of its keys is there more than once; remove one")
	case r.Image.Tag == "" && r.Image.Digest == "":
		r.markPlaceholder("the tag of the images that kustomize matches as " + match.raw)
	case r.Digest == nil:
		r.Digest = d.insertion(entry, "newTag", "digest")
	case r.Tag == nil:
		r.Tag = d.insertion(entry, "digest", "newTag")
	}
	d.f.refs = append(d.f.refs, r)
}

// isRepeated reports whether a key is there, and yet has no value that counts.
func (d *document) isRepeated(m *yaml.Node, name string) bool {
	key, _ := d.value(m, name)
	return key == nil && slices.ContainsFunc(m.Content, func(n *yaml.Node) bool { return n.Kind == yaml.ScalarNode && n.Value == name })
}

// insertion is the slot of a key that is not there yet: behind the line of the
// key after, or behind its value where the mapping stands within braces.
func (d *document) insertion(m *yaml.Node, after, name string) *Slot {
	key, value := d.value(m, after)
	if value == nil || value.Anchor != "" {
		return nil
	}
	k, v := d.scalar(key, nil), d.scalar(value, key)
	if v.Start < k.Start {
		return nil // an alias: its anchor's line is not this mapping's
	}
	if m.Style&yaml.FlowStyle != 0 {
		if k.plain {
			return &Slot{Span: Span{v.after, v.after}, Before: ", " + name + ": ", Plain: true}
		}
		return &Slot{Span: Span{v.after, v.after}, Before: `, "` + name + `": "`, After: `"`}
	}
	rest := d.f.data[v.after:]
	end, eol := v.after+len(rest), "\n"
	if n := bytes.IndexByte(rest, '\n'); n >= 0 {
		end = v.after + n
	}
	if end > v.after && d.f.data[end-1] == '\r' || end == len(d.f.data) && bytes.Contains(d.f.data, []byte("\r\n")) {
		eol = "\r\n"
	}
	if end > v.after && d.f.data[end-1] == '\r' {
		end--
	}
	_, column := d.f.position(k.Start)
	if !k.plain {
		column--
	}
	return &Slot{Span: Span{end, end}, Before: eol + strings.Repeat(" ", column-1) + name + ": ", Plain: true}
}
