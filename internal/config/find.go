package config

import (
	"fmt"
	"path"
	"strings"
)

// Find names a repository's configuration file, "" where it has none, and the
// files of Renovate that are there and that this package does not read. Paths
// are relative to the repository's root. Several files of pinbot's are an
// error that names them.
func Find(exists func(path string) bool) (file string, renovate []string, err error) {
	own := existing(exists, []string{"", ".gitea", ".forgejo", ".github"}, []string{"pinbot.yaml", ".pinbot.yaml"})
	renovate = append(
		existing(exists, []string{"", ".github", ".gitlab", ".gitea", ".forgejo"}, []string{"renovate.json", "renovate.json5", "renovate.jsonc"}),
		existing(exists, []string{""}, []string{".renovaterc", ".renovaterc.json", ".renovaterc.json5", ".renovaterc.jsonc"})...)
	switch len(own) {
	case 0:
		return "", renovate, nil
	case 1:
		return own[0], renovate, nil
	}
	return "", renovate, Errors{{File: own[0], Message: fmt.Sprintf("this repository has %d configuration files of pinbot's: %s. Keep one of them", len(own), strings.Join(own, ", "))}}
}

func existing(exists func(string) bool, folders, names []string) []string {
	var found []string
	for _, folder := range folders {
		for _, name := range names {
			if p := path.Join(folder, name); exists(p) {
				found = append(found, p)
			}
		}
	}
	return found
}
