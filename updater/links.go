package updater

import (
	"net/url"
	"strings"
)

// registryPage is the address at which a person sees the tag, "" for registries
// that have no pages.
func registryPage(repository, tag string) string {
	host, path, _ := strings.Cut(repository, "/")
	tag = url.QueryEscape(tag)
	switch host {
	case "quay.io":
		return "https://quay.io/repository/" + path + "?tab=tags&tag=" + tag
	case "docker.io":
		if name, ok := strings.CutPrefix(path, "library/"); ok {
			return "https://hub.docker.com/_/" + name + "/tags?name=" + tag
		}
		return "https://hub.docker.com/r/" + path + "/tags?name=" + tag
	case "ghcr.io", "gcr.io", "public.ecr.aws":
		return "https://" + host + "/" + path
	}
	return ""
}
