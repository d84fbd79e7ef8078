package manifest

import (
	"path"
	"strings"
)

// MarkPlaceholders finds, among the references of a whole tree, the images of
// Kubernetes objects that a kustomization of that tree replaces by another
// name. They are never pulled under the name that is written, so they become
// Variable, with the kustomization as their source.
//
// Which kustomization includes which file cannot be known from references
// alone. A kustomization counts for the files in the folder that holds its own
// folder (config/manager counts for config), and for a single word without tag,
// the usual form of a placeholder, one folder further up (overlays/prod counts
// for base beside overlays). The slice is changed in place.
func MarkPlaceholders(refs []Ref) {
	type rule struct{ scope, wide, file string }
	rules := map[string][]rule{}
	for _, r := range refs {
		if r.Kind == KindKustomize && r.Replaces != "" {
			scope := path.Dir(path.Dir(r.File))
			rules[r.Replaces] = append(rules[r.Replaces], rule{scope, path.Dir(scope), r.File})
		}
	}
	for i := range refs {
		r := &refs[i]
		if r.Kind != KindKubernetes || r.Variable {
			continue
		}
		word := r.Image.Tag == "" && r.Image.Digest == "" && !strings.Contains(r.Image.Name, "/")
		for _, rule := range rules[r.Image.Name] {
			if within(r.File, rule.scope) || word && within(r.File, rule.wide) {
				r.markPlaceholder("the images of " + rule.file + ", which replace the name " + r.Image.Name)
				break
			}
		}
	}
}

func within(file, dir string) bool {
	return dir == "." || strings.HasPrefix(file, strings.TrimSuffix(dir, "/")+"/")
}
