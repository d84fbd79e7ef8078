package manifest

import (
	"cmp"
	"fmt"
	"path"
	"slices"
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
		v.hub, _ = d.field(global, "hub")
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
	hub      scalar // global.hub, which Istio's charts put before names and follow by global.tag
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

// mapping adds the image of m, if it has one: repository and tag, name and tag,
// image and tag or registry, or image alone with the whole reference.
func (v values) mapping(m *yaml.Node, under string) {
	if repository, ok := v.d.field(m, "repository"); ok && v.isImage(m, under) {
		v.repository(m, repository)
		return
	}
	if v.isNamed(m, under) {
		name, _ := v.d.field(m, "name")
		v.split(m, name)
		return
	}
	image, ok := v.d.field(m, "image")
	switch {
	case !ok:
	case v.tagKey(m) != "" || v.has(m, "registry"):
		v.split(m, image)
	default:
		v.whole(m, under)
	}
}

func (v values) has(m *yaml.Node, name string) bool {
	key, _ := v.d.value(m, name)
	return key != nil
}

// tagKey is the key of m that holds the tag, "" for none.
func (v values) tagKey(m *yaml.Node) string {
	for _, name := range []string{"tag", "imageTag"} {
		if v.has(m, name) {
			return name
		}
	}
	return ""
}

// isImage tells an image's repository from a chart's or a git repository.
func (v values) isImage(m *yaml.Node, under string) bool {
	for _, sign := range []string{"tag", "imageTag", "digest", "sha", "registry", "pullPolicy"} {
		if v.has(m, sign) {
			return true
		}
	}
	return underImage(under)
}

func underImage(under string) bool { return strings.HasSuffix(strings.ToLower(under), "image") }

// isNamed reports whether m is an image whose repository stands in a key
// "name", as in JupyterHub's charts.
func (v values) isNamed(m *yaml.Node, under string) bool {
	return underImage(under) && v.has(m, "name") && v.tagKey(m) != "" && !v.has(m, "repository")
}

// repository adds the image of m. Beside a registry, some charts (Strimzi,
// MySQL's operator) write the last element of the path in a key "name".
func (v values) repository(m *yaml.Node, repository scalar) {
	name, named := v.d.field(m, "name")
	switch last := path.Base(repository.value); {
	case !named || !name.text || name.value == "" || repository.value == "" || name.value == last:
	case v.has(m, "registry"):
		repository.raw += "/" + name.raw
		repository.value += "/" + name.value
	default:
		line, _ := v.d.f.position(name.Start)
		v.d.f.refs = append(v.d.f.refs, v.d.f.variable(KindHelm, repository.Span, repository.raw, fmt.Sprintf("the chart, which may put the name on line %d behind the repository", line)))
		return
	}
	v.split(m, repository)
}

// whole adds an image that is not followed by a tag of its own. A single word,
// or a name beside a version, is mostly completed by the chart.
func (v values) whole(m *yaml.Node, under string) {
	_, node := v.d.value(m, "image")
	r, ok := v.d.image(KindHelm, node)
	if !ok {
		return
	}
	if source := v.completion(m, r, under); source != "" {
		r.markPlaceholder(source)
	}
	v.d.f.refs = append(v.d.f.refs, r)
}

// completion says what a chart probably adds to a name without a tag, "" where
// the name stands for itself, as it does in extraContainers and the like.
func (v values) completion(m *yaml.Node, r Ref, under string) string {
	if r.Variable || r.Image.Tag != "" || r.Image.Digest != "" || strings.HasSuffix(under, "ontainers") {
		return ""
	}
	for _, name := range []string{"version", "imageVersion", "image_tag", "hub"} {
		if s, ok := v.d.field(m, name); ok && s.value != "" && !s.null {
			return v.from(name, s)
		}
	}
	switch {
	case strings.Contains(r.Image.Name, "/"):
		return ""
	case v.hub.value != "":
		return v.from("global.hub", v.hub)
	}
	return "the chart, which may put a registry before this name and a tag behind it"
}

// split adds an image of several keys. A digest key is used where there is
// one; none is inserted, because a chart would not look at it.
func (v values) split(m *yaml.Node, name scalar) {
	if name.value == "" || !name.text {
		return
	}
	registry, source := v.registry(m, name)
	form := splitForm{kind: KindHelm, entry: m, registry: registry, name: name, tagKey: cmp.Or(v.tagKey(m), "tag"), digestKeys: helmDigest}
	r, ok := v.d.split(form)
	if !ok {
		return
	}
	if r.Source == "" {
		r.Source = source
	}
	if reason := v.composed(m); reason != "" && r.Fixed == "" && !r.Variable {
		r.fix(reason)
	}
	if r.Image.Tag == "" && !r.Variable {
		r.markPlaceholder(v.appVersion(m))
	}
	v.d.f.refs = append(v.d.f.refs, r)
}

// composed says which other keys of m the chart makes the image of, so that a
// new tag alone would name an image that does not exist. "" for none.
func (v values) composed(m *yaml.Node) string {
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i].Value, target(m.Content[i+1])
		if value.Kind != yaml.ScalarNode || value.Value == "" || value.ShortTag() != "!!str" {
			continue
		}
		switch {
		case slices.Contains([]string{"tagPrefix", "tagSuffix", "flavour", "flavor", "variant"}, key):
			return "the chart makes its tag of more: " + v.from(key, v.d.scalar(value, m.Content[i]))
		case strings.HasSuffix(key, "Digest") && ValidDigest(value.Value):
			return "its digest belongs to another name: " + v.from(key, v.d.scalar(value, m.Content[i]))
		}
	}
	return ""
}

// appVersion says where the tag of an image comes from that has none.
func (v values) appVersion(m *yaml.Node) string {
	key, _ := v.d.value(m, cmp.Or(v.tagKey(m), "tag"))
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
	if own.value == "" || own.null {
		own, _ = v.d.field(m, "defaultRegistry") // Kyverno's
	}
	host := name.raw
	if i := strings.IndexByte(host, '/'); i >= 0 {
		host = host[:i]
	}
	complete := host != name.raw && strings.ContainsAny(host, ".:")
	switch {
	case v.override.value != "" && !v.override.null && !complete:
		return v.override.raw, "registry from " + v.from("global.imageRegistry", v.override)
	case own.value != "" && !own.null:
		return own.raw, ""
	case v.fallback.value != "" && !v.fallback.null && !complete:
		return v.fallback.raw, "registry from " + v.from("global.image.registry", v.fallback)
	}
	return "", ""
}

func (v values) from(key string, s scalar) string {
	line, _ := v.d.f.position(s.Start)
	return fmt.Sprintf("%s on line %d", key, line)
}
