package manifest

import (
	"path"
	"strings"

	"go.yaml.in/yaml/v4"
)

// isCompose goes by the names that Docker Compose looks for and their usual
// variations (compose.prod.yaml, docker-compose-dev.yml, podman-compose.yml),
// and those of swarm stacks.
func isCompose(base string) bool {
	base = strings.ToLower(base)
	ext := path.Ext(base)
	return (ext == ".yaml" || ext == ".yml") && (strings.Contains(base, "compose") || strings.HasPrefix(base, "docker-stack") || base == "stack"+ext)
}

func claimsCompose(root *yaml.Node) bool {
	if root.Kind != yaml.MappingNode || plainValue(root, "apiVersion") != "" {
		return false
	}
	for i := 0; i+1 < len(root.Content); i += 2 {
		if root.Content[i].Value == "services" {
			return target(root.Content[i+1]).Kind == yaml.MappingNode
		}
	}
	return isFirstFormat(root)
}

// isFirstFormat recognises the first format of compose files: a mapping of
// services and nothing else.
func isFirstFormat(root *yaml.Node) bool {
	for i := 1; i < len(root.Content); i += 2 {
		service := target(root.Content[i])
		if service.Kind != yaml.MappingNode || plainValue(service, "image") == "" && plainValue(service, "build") == "" {
			return false
		}
	}
	return len(root.Content) > 0
}

// scanCompose reads the image of each service. What a service builds itself is
// named by its image key, but not pulled.
func scanCompose(d *document) {
	_, services := d.value(d.root, "services")
	if services == nil {
		services = d.root
	}
	for i := 1; i < len(services.Content); i += 2 {
		service := target(services.Content[i])
		if service.Kind != yaml.MappingNode || d.inherited(service, "build") != nil {
			continue
		}
		if image := d.inherited(service, "image"); image != nil && image.Kind == yaml.ScalarNode {
			d.composeImage(image)
		}
	}
}

// heir is a mapping, or a list of what is merged, that is asked for a key.
type heir struct {
	node *yaml.Node
	key  string
}

// inherited is the value of a key in n, or in what is merged into it by "<<";
// nil where there is none. Answers are kept: merges can form long chains, and
// circles.
func (d *document) inherited(n *yaml.Node, name string) *yaml.Node {
	n = target(n)
	asked := heir{n, name}
	if value, known := d.heirs[asked]; known {
		return value
	}
	if d.heirs == nil {
		d.heirs = map[heir]*yaml.Node{}
	}
	d.heirs[asked] = nil
	value := d.merged(n, name)
	d.heirs[asked] = value
	return value
}

// merged looks into a mapping, or into each entry of a list of them.
func (d *document) merged(n *yaml.Node, name string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		if _, value := d.value(n, name); value != nil {
			return value
		}
		if _, merged := d.value(n, "<<"); merged != nil {
			return d.inherited(merged, name)
		}
		return nil
	}
	for _, item := range n.Content {
		if value := d.inherited(item, name); value != nil {
			return value
		}
	}
	return nil
}

// composeImage adds a service's image. Compose itself replaces variables in
// it, so that a default beside the variable is a value like any other.
func (d *document) composeImage(n *yaml.Node) {
	s := d.scalar(n, nil)
	if d.seen[n] || !strings.Contains(s.raw, "$") || strings.Contains(s.raw, "{{") || s.fixed != "" {
		if r, ok := d.image(KindCompose, n); ok {
			d.f.refs = append(d.f.refs, r)
		}
		return
	}
	d.seen[n] = true
	pieces, missing := expand(s.raw, s.Start, func(string) ([]piece, bool) { return nil, false })
	if missing != "" {
		d.f.refs = append(d.f.refs, d.f.variable(KindCompose, s.Span, s.raw, "the variable "+missing+", which has no default in this file"))
		return
	}
	if r, ok := d.f.composed(KindCompose, s.Span, pieces); ok {
		d.f.refs = append(d.f.refs, r)
	}
}
