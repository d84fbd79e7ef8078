package manifest

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

// image is the reference of a scalar that is a whole image string. ok is false
// where it is none, or was added before: an anchor's image stands once.
func (d *document) image(kind Kind, n *yaml.Node) (r Ref, ok bool) {
	if d.seen[n] {
		return Ref{}, false
	}
	s := d.scalar(n, nil)
	if !s.text || strings.TrimSpace(s.raw) == "" {
		return Ref{}, false
	}
	d.seen[n] = true
	if source := s.template(); source != "" {
		return d.f.variable(kind, s.Span, s.raw, source), true
	}
	if s.fixed != "" {
		s.raw = strings.TrimRight(s.raw, "\n") // a block scalar's, which templates trim
	}
	image, ok := d.f.image(s.raw, s.Start)
	if !ok {
		return Ref{}, false
	}
	r = d.f.ref(kind, s.Span, image)
	if r.Fixed = s.fixed; r.Fixed == "" {
		r.Whole = s.slot()
	}
	return r, true
}

// fix takes the slots away, for a reason.
func (r *Ref) fix(reason string) {
	r.Whole, r.Tag, r.Digest, r.TagTakesDigest = nil, nil, nil, false
	r.Fixed = reason
}

// markPlaceholder makes r a name that is not pulled itself.
func (r *Ref) markPlaceholder(source string) {
	r.fix("")
	r.Variable, r.Source, r.PullsAlways = true, source, false
}
