package updater

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"pinbot/internal/text"
)

// link is the image's name, leading to its registry's page, and its source.
func (u Update) link() string {
	name := text.Outside(shortName(u.Repository)).Code()
	if page := registryPage(u.Repository, u.ToTag); plainLink(page) {
		name = fmt.Sprintf("[%s](%s)", name, page)
	}
	// A fragment is of no use here, and forges read "#1" in it.
	if source, _, _ := strings.Cut(u.Source, "#"); plainLink(source) {
		name += fmt.Sprintf(" ([source](%s))", source)
	}
	return name
}

// inertURL matches addresses in which nothing ends a link, a cell or a line, and
// nothing mentions or refers to anything.
var inertURL = regexp.MustCompile(`^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~%/+:=&?-]*)?$`)

// reference matches addresses of a forge's issues, pull requests and commits,
// which forges would note there.
var reference = regexp.MustCompile(`/(issues|pulls?|merge_requests|commits?)/`)

func plainLink(address string) bool {
	return inertURL.MatchString(address) && !reference.MatchString(address)
}

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
	case "public.ecr.aws":
		return "https://gallery.ecr.aws/" + path
	case "ghcr.io", "gcr.io":
		return "https://" + host + "/" + path
	}
	return ""
}
