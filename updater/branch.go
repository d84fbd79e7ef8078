package updater

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"

	"pinbot/resolver"
)

// slug names what a change is about in a branch's name: the group, or the
// repository without docker.io/library. A repository's slashes become plus
// signs, which no image name contains, so that different names stay different
// and no branch is another one's folder.
func slug(r resolver.Result) string {
	name := r.Group
	if name == "" {
		name = strings.ReplaceAll(strings.TrimPrefix(r.Repository, "docker.io/library/"), "/", "+")
	}
	return safeRef(name)
}

// unsafeRef matches what a branch's name should not contain: what git refuses,
// and what shells and people stumble over.
var unsafeRef = regexp.MustCompile(`[^A-Za-z0-9._+-]+|\.\.+|^[.-]+|[.-]+$|\.lock\b`)

// safeRef makes a name that is valid in a branch's. Where that loses anything, a
// hash of the name keeps it apart from others.
func safeRef(name string) string {
	safe := unsafeRef.ReplaceAllString(name, "-")
	safe = strings.Trim(safe[:min(len(safe), 120)], "-.")
	if safe == name {
		return safe
	}
	return fmt.Sprintf("%s-%x", strings.Trim(safe, "-."), sha256.Sum256([]byte(name)))[:min(len(safe), 120)+9]
}

// lineOf names the major line of a step's target. Some projects' lines begin
// with the same number (nginx 1.27 and 1.28): leaving one for another is a major
// that needs two numbers to stand apart from what stays within it.
func lineOf(s step) string {
	scheme := resolver.DockerTags{}
	to := scheme.Parse(s.tag)
	line := to.Major()
	if s.updateType == resolver.UpdateMajor && len(to.Numbers) > 1 && line == to.Numbers[0] && line == scheme.Parse(s.from()).Major() {
		line += "." + to.Numbers[1]
	}
	return safeRef(line)
}
