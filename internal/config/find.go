package config

import (
	"fmt"
	"path"
	"strings"
)

// Find names a repository's configuration file, "" where it has none. Paths are
// relative to the repository's root. Several files are an error that names them.
func Find(exists func(path string) bool) (string, error) {
	var own []string
	for _, folder := range []string{"", ".gitea", ".forgejo", ".github"} {
		for _, name := range []string{"pinbot.yaml", ".pinbot.yaml"} {
			if p := path.Join(folder, name); exists(p) {
				own = append(own, p)
			}
		}
	}
	switch len(own) {
	case 0:
		return "", nil
	case 1:
		return own[0], nil
	}
	return "", Errors{{File: own[0], Message: fmt.Sprintf("this repository has %d configuration files of pinbot's: %s. Keep one of them", len(own), strings.Join(own, ", "))}}
}
