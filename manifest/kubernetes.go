package manifest

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// imageKeys are the keys whose string value is an image, in any mapping of a
// Kubernetes object: custom resources have them in places of their own.
var imageKeys = map[string]bool{"image": true}

// isImageKey reports whether a key below the key under holds an image: the
// usual one, or the reference of a volume that is an image.
func isImageKey(key, under string) bool {
	return imageKeys[key] || key == "reference" && under == "image"
}

// podKeys hold the containers of a pod.
var podKeys = map[string]bool{"containers": true, "initContainers": true, "ephemeralContainers": true}

// containerKeys hold what runs as a container in custom resources: Argo
// Workflows' container and script, Tekton's steps and sidecars. Under these a
// single word is an image too; elsewhere it may be anything.
var containerKeys = map[string]bool{"container": true, "script": true, "steps": true, "sidecars": true, "stepTemplate": true, "containerTemplate": true}

// notPulled are kinds whose image keys are not references that are pulled as
// they stand: build outputs, text, and names whose tag stands elsewhere. An
// empty kind is all of the group.
var notPulled = []struct{ group, kind string }{
	{"skaffold", ""},                  // artifacts that a build makes
	{"upgrade.cattle.io", "Plan"},     // the tag is spec.version
	{"kustomize.config.k8s.io", ""},   // read as a kustomization or not at all
	{"apiextensions.k8s.io", ""},      // schemas
	{"image.toolkit.fluxcd.io", ""},   // names whose tags Flux lists itself
	{"", "ConfigMap"}, {"", "Secret"}, // text that something else interprets
}

// placeholderNames are conventions for an image that a kustomization replaces:
// kubebuilder scaffolds "controller", which no registry has.
var placeholderNames = map[string]bool{"controller": true}

// isYAML leaves out JSON schemas, which are large and speak of images only.
func isYAML(base string) bool {
	return !strings.HasSuffix(base, ".schema.json") && slices.Contains([]string{".yaml", ".yml", ".json"}, strings.ToLower(path.Ext(base)))
}

var (
	mentionsContainers = anyOf("ontainers:", `ontainers"`, "ontainers'")
	mentionsSchema     = anyOf("\nkind: CustomResourceDefinition")
)

// mentionsKubernetesImage looks for an image key in what may be an object or a
// part of one. Schemas are large, and have such keys without an image.
func mentionsKubernetesImage(data []byte) bool {
	return mentionsKey(data, "image") && !mentionsSchema(data) && (mentionsKey(data, "apiVersion") || mentionsContainers(data))
}

// mentionsKey reports whether a word stands where YAML or JSON may have it as a
// key: after white space, a quote or an opening, and before a colon.
func mentionsKey(data []byte, name string) bool {
	for i := 0; ; i += len(name) {
		n := bytes.Index(data[i:], []byte(name))
		if n < 0 {
			return false
		}
		i += n
		if i > 0 && !strings.ContainsRune(" \t\r\n{,\"'", rune(data[i-1])) {
			continue
		}
		rest := bytes.TrimLeft(bytes.TrimLeft(data[i+len(name):], `"'`), " \t")
		if len(rest) > 0 && rest[0] == ':' {
			return true
		}
	}
}

// claimsKubernetes takes objects, and fragments of them such as patches: there
// only the containers of pods count.
func claimsKubernetes(root *yaml.Node) bool {
	return root.Kind == yaml.MappingNode || root.Kind == yaml.SequenceNode
}

func scanKubernetes(d *document) {
	object{d: d}.walk(d.root, "")
}

// object is the Kubernetes object around the nodes that are being walked.
type object struct {
	d        *document
	known    bool   // there is one: apiVersion and kind are written
	workload string // "Kind namespace/name"
}

// walk looks for images in and below n, which stands under the key under.
// Aliases are not followed: what they stand for is walked at its anchor.
func (o object) walk(n *yaml.Node, under string) {
	switch n.Kind {
	case yaml.SequenceNode:
		for _, item := range n.Content {
			o.walk(item, under)
		}
	case yaml.MappingNode:
		if inner, pulled := o.enter(n); pulled {
			inner.mapping(n, under)
		}
	}
}

// enter is the object that n begins, or o where it begins none.
func (o object) enter(n *yaml.Node) (object, bool) {
	apiVersion, kind := plainValue(n, "apiVersion"), plainValue(n, "kind")
	if apiVersion == "" || kind == "" {
		return o, true
	}
	group, _, _ := strings.Cut(apiVersion, "/")
	for _, no := range notPulled {
		if (no.group == "" || no.group == group) && (no.kind == "" || no.kind == kind) {
			return o, false
		}
	}
	o.known, o.workload = true, kind
	if _, meta := o.d.value(n, "metadata"); meta != nil && meta.Kind == yaml.MappingNode {
		o.workload = strings.TrimSpace(kind + " " + path.Join(o.text(meta, "namespace"), o.text(meta, "name")))
	}
	return o, true
}

// text is a field as it is written, templates included.
func (o object) text(m *yaml.Node, name string) string {
	s, _ := o.d.field(m, name)
	return s.raw
}

// plainValue is the value of a key, "" where it is no scalar.
func plainValue(m *yaml.Node, name string) string {
	for i := 0; i+1 < len(m.Content); i += 2 {
		if m.Content[i].Value == name && m.Content[i+1].Kind == yaml.ScalarNode {
			return m.Content[i+1].Value
		}
	}
	return ""
}

func (o object) mapping(m *yaml.Node, under string) {
	var images []int
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		if isImageKey(key.Value, under) && target(value).Kind == yaml.ScalarNode {
			images = append(images, i)
			continue
		}
		o.walk(value, key.Value)
	}
	if len(images) > 1 && !o.d.masked {
		o.d.repeated(m.Content[images[1]])
		return
	}
	for _, i := range images {
		o.image(m, m.Content[i+1], under)
	}
}

// image adds the image of the mapping m, if it is one.
func (o object) image(m, value *yaml.Node, under string) {
	inPod := podKeys[under]
	if !o.known && !(inPod && plainValue(m, "name") != "") || under == "output" {
		return // no object, or what a build pushes
	}
	r, ok := o.d.image(KindKubernetes, target(value))
	if !ok || !inPod && !o.plausible(m, r, under) {
		return
	}
	r.Workload = o.workload
	if placeholderNames[r.Image.Name] && !r.Variable {
		r.markPlaceholder("kustomize replaces the image name " + r.Image.Name)
	}
	_, policy := o.d.value(m, "imagePullPolicy")
	r.PullsAlways = inPod && !r.Variable && policy == nil && r.Image.Digest == "" && (r.Image.Tag == "" || r.Image.Tag == "latest")
	o.d.f.refs = append(o.d.f.refs, r)
}

// runs reports whether the mapping describes how an image runs, as operators'
// own lists of containers do.
func (o object) runs(m *yaml.Node) bool {
	for _, name := range []string{"command", "args", "env", "imagePullPolicy", "volumeMounts"} {
		if key, _ := o.d.value(m, name); key != nil {
			return true
		}
	}
	return false
}

// plausible tells images from other strings under the same key, outside of
// pods: names of virtual machine images, pictures, and names whose tag has a
// key of its own.
func (o object) plausible(m *yaml.Node, r Ref, under string) bool {
	if r.Variable || r.Image.Tag != "" || r.Image.Digest != "" {
		return true
	}
	for _, key := range []string{"tag", "imageTag", "imageVersion"} {
		if _, tag := o.d.value(m, key); tag != nil {
			return false
		}
	}
	if slices.Contains([]string{".png", ".svg", ".jpg", ".gif", ".ico", ".webp", ".qcow2", ".iso", ".img", ".vmdk"}, path.Ext(r.Image.Name)) {
		return false
	}
	return containerKeys[under] || o.runs(m) || strings.Contains(r.Image.Name, "/") && !strings.HasPrefix(r.Image.Name, "projects/") // Google's virtual machines
}
