package manifest

import (
	"fmt"
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

// isValues goes by the names that people give to Helm values: values.yaml,
// values-prod.yaml, prod-values.yaml, app.values.yaml.
func isValues(base string) bool {
	ext := path.Ext(base)
	stem := strings.ToLower(strings.TrimSuffix(base, ext))
	if ext != ".yaml" && ext != ".yml" {
		return false
	}
	return strings.HasPrefix(stem, "values") || strings.HasSuffix(stem, "-values") || strings.HasSuffix(stem, ".values") || strings.HasSuffix(stem, "_values")
}

// claimsValues takes any mapping that is not a Kubernetes object.
func claimsValues(root *yaml.Node) bool {
	return root.Kind == yaml.MappingNode && (plainValue(root, "apiVersion") == "" || plainValue(root, "kind") == "")
}

func scanValues(d *document) {
	v := values{d: d}
	_, global := d.value(d.root, "global")
	if global != nil && global.Kind == yaml.MappingNode {
		v.override, _ = d.field(global, "imageRegistry")
		if _, image := d.value(global, "image"); image != nil && image.Kind == yaml.MappingNode {
			v.fallback, _ = d.field(image, "registry")
		}
	}
	v.walk(d.root, "")
}

// values is a values file with its global registries.
type values struct {
	d        *document
	override scalar // global.imageRegistry, which charts put before a registry of the image's own
	fallback scalar // global.image.registry, which they put behind it
}

// walk looks for images in and below n, which stands under the key under.
func (v values) walk(n *yaml.Node, under string) {
	if n.Kind == yaml.MappingNode {
		v.mapping(n, under)
	}
	for i, child := range n.Content {
		if n.Kind == yaml.SequenceNode {
			v.walk(child, under)
		} else if i%2 == 1 {
			v.walk(child, n.Content[i-1].Value)
		}
	}
}

// mapping adds the image of m, if it has one: repository and tag, image and
// tag, or image alone with the whole reference.
func (v values) mapping(m *yaml.Node, under string) {
	if repository, ok := v.d.field(m, "repository"); ok && v.isImage(m, under) {
		v.split(m, repository)
		return
	}
	image, ok := v.d.field(m, "image")
	if !ok {
		return
	}
	if _, tag := v.d.value(m, "tag"); tag != nil {
		v.split(m, image)
		return
	}
	_, node := v.d.value(m, "image")
	if r, ok := v.d.image(KindHelm, node); ok {
		v.d.f.refs = append(v.d.f.refs, r)
	}
}

// isImage tells an image's repository from a chart's or a git repository.
func (v values) isImage(m *yaml.Node, under string) bool {
	for _, sign := range []string{"tag", "digest", "sha", "registry", "pullPolicy"} {
		if key, _ := v.d.value(m, sign); key != nil {
			return true
		}
	}
	return strings.HasSuffix(strings.ToLower(under), "image")
}

// split adds an image of several keys. A digest key is used where there is
// one; none is inserted, because a chart would not look at it.
func (v values) split(m *yaml.Node, name scalar) {
	if name.value == "" || !name.text {
		return
	}
	registry, source := v.registry(m, name)
	form := splitForm{kind: KindHelm, entry: m, registry: registry, name: name, tagKey: "tag", digestKeys: helmDigest}
	r, ok := v.d.split(form)
	if !ok {
		return
	}
	if r.Source == "" {
		r.Source = source
	}
	if r.Image.Tag == "" && !r.Variable {
		r.markPlaceholder(v.appVersion(m))
	}
	v.d.f.refs = append(v.d.f.refs, r)
}

// appVersion says where the tag of an image comes from that has none.
func (v values) appVersion(m *yaml.Node) string {
	key, _ := v.d.value(m, "tag")
	if key == nil {
		return "the chart's appVersion, because no tag is written"
	}
	line, _ := v.d.f.position(v.d.scalar(key, nil).Start)
	return fmt.Sprintf("the chart's appVersion, because the tag on line %d is empty", line)
}

// registry is what stands before the name, and where it comes from if that is
// not beside it.
func (v values) registry(m *yaml.Node, name scalar) (registry, source string) {
	own, _ := v.d.field(m, "registry")
	host := name.raw
	if i := strings.IndexByte(host, '/'); i >= 0 {
		host = host[:i]
	}
	complete := host != name.raw && strings.ContainsAny(host, ".:")
	switch {
	case v.override.value != "" && !v.override.null && !complete:
		return v.override.raw, v.from("global.imageRegistry", v.override)
	case own.value != "" && !own.null:
		return own.raw, ""
	case v.fallback.value != "" && !v.fallback.null && !complete:
		return v.fallback.raw, v.from("global.image.registry", v.fallback)
	}
	return "", ""
}

func (v values) from(key string, s scalar) string {
	line, _ := v.d.f.position(s.Start)
	return fmt.Sprintf("registry from %s on line %d", key, line)
}
