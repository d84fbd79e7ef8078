package renovatecompat

import "path"

// Files lists the configuration files of Renovate that a repository has, in the
// order in which Renovate looks for them
// (https://docs.renovatebot.com/configuration-options), and then those in the
// folders of Gitea and Forgejo. Paths are relative to the repository's root.
func Files(exists func(path string) bool) []string {
	var found []string
	for _, folder := range []string{"", ".github", ".gitlab", ".gitea", ".forgejo"} {
		for _, name := range []string{"renovate.json", "renovate.jsonc", "renovate.json5"} {
			if p := path.Join(folder, name); exists(p) {
				found = append(found, p)
			}
		}
	}
	for _, name := range []string{".renovaterc", ".renovaterc.json", ".renovaterc.jsonc", ".renovaterc.json5"} {
		if exists(name) {
			found = append(found, name)
		}
	}
	return found
}
