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

// inherited is the value of a key in m, or in what is merged into it by "<<".
func (d *document) inherited(m *yaml.Node, name string) *yaml.Node {
	visited := map[*yaml.Node]bool{}
	var look func(n *yaml.Node) *yaml.Node
	look = func(n *yaml.Node) *yaml.Node {
		n = target(n)
		if visited[n] {
			return nil
		}
		visited[n] = true
		if n.Kind == yaml.MappingNode {
			if _, value := d.value(n, name); value != nil {
				return value
			}
			if _, merged := d.value(n, "<<"); merged != nil {
				return look(merged)
			}
			return nil
		}
		for _, item := range n.Content {
			if value := look(item); value != nil {
				return value
			}
		}
		return nil
	}
	return look(m)
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
