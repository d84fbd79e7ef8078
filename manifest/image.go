package manifest

import (
	"fmt"
	"regexp"
	"strings"
)

// Image is a reference as it is written, taken apart but not normalised:
// "nginx" stays "nginx".
//
// It exists because go-containerregistry parses a reference with tag and digest
// as a digest and forgets the tag.
type Image struct {
	Name   string `json:"name"` // registry, when written, and path
	Tag    string `json:"tag,omitempty"`
	Digest string `json:"digest,omitempty"` // "sha256:…"
}

// The grammar of github.com/distribution/reference, without its upper limits,
// which ParseImage checks.
var (
	nameGrammar = regexp.MustCompile(`^(?:(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[a-fA-F0-9:]+\])(?::[0-9]{1,5})?/)?` +
		`[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$`)
	tagGrammar    = regexp.MustCompile(`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`)
	digestGrammar = regexp.MustCompile(`^sha256:[a-f0-9]{64}$|^sha512:[a-f0-9]{128}$`)
)

// ParseImage takes apart "[registry/]path[:tag][@digest]". It follows the
// grammar of the distribution specification, so that nothing that could mean
// something else to a shell, a terminal or a URL gets through.
func ParseImage(s string) (Image, error) {
	rest, digest, hasDigest := strings.Cut(s, "@")
	if hasDigest && !ValidDigest(digest) {
		return Image{}, fmt.Errorf("%q is not an image reference: %q is not a digest such as sha256:… with 64 hexadecimal digits", s, digest)
	}
	name, tag := rest, ""
	if i := strings.LastIndexByte(rest, ':'); i > strings.LastIndexByte(rest, '/') {
		name, tag = rest[:i], rest[i+1:]
		if !ValidTag(tag) {
			return Image{}, fmt.Errorf("%q is not an image reference: %q is not a tag", s, tag)
		}
	}
	if len(name) > 255 || !nameGrammar.MatchString(name) {
		return Image{}, fmt.Errorf("%q is not an image reference: %q is not a repository name", s, name)
	}
	return Image{Name: name, Tag: tag, Digest: digest}, nil
}

// ValidTag reports whether s may be a tag.
func ValidTag(s string) bool { return tagGrammar.MatchString(s) }

// ValidDigest reports whether s is a digest of a registered algorithm in its
// canonical form.
func ValidDigest(s string) bool { return digestGrammar.MatchString(s) }

// String is the reference as written.
func (i Image) String() string {
	s := i.Name
	if i.Tag != "" {
		s += ":" + i.Tag
	}
	if i.Digest != "" {
		s += "@" + i.Digest
	}
	return s
}

// Repository is the fully qualified name, as Docker completes it: "nginx" is
// "docker.io/library/nginx".
func (i Image) Repository() string {
	host, path, found := strings.Cut(i.Name, "/")
	switch {
	case !found:
		return "docker.io/library/" + i.Name
	case !strings.ContainsAny(host, ".:") && host != "localhost" && host == strings.ToLower(host):
		return "docker.io/" + i.Name
	case host == "index.docker.io" || host == "registry-1.docker.io":
		host = "docker.io"
	}
	if host == "docker.io" && !strings.Contains(path, "/") {
		path = "library/" + path
	}
	return host + "/" + path
}

// Short reports whether the registry is not written and docker.io is assumed.
func (i Image) Short() bool {
	host, _, found := strings.Cut(i.Name, "/")
	return !found || !strings.ContainsAny(host, ".:") && host != "localhost" && host == strings.ToLower(host)
}
