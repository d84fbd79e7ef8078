package updater

import (
	"cmp"
	"crypto/sha256"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"pinbot/resolver"
)

// subject is what a change is about: a lockstep group, or an image that is in
// none. Groups that were found by themselves have the name of their owner, and
// owners of other registries may have the same; those that the policy names are
// one, wherever their members come from.
type subject struct {
	group string
	of    string // the owner of a group, or the image's repository
}

func subjectOf(r resolver.Result) subject {
	switch {
	case r.Group == "":
		return subject{of: r.Repository}
	case r.ByPolicy:
		return subject{group: r.Group}
	}
	return subject{r.Group, path.Dir(r.Repository)}
}

// names are what the subjects of a plan are called.
type names map[subject]name

type name struct {
	slug  string // in branches
	title string
}

// nameAll calls each subject by its own name. Of those that would be called the same
// the first one is, a group before an image; the others get a hash of what they
// are, and groups their owner in titles.
func nameAll(results []resolver.Result) names {
	var subjects []subject
	for _, r := range results {
		subjects = append(subjects, subjectOf(r))
	}
	slices.SortFunc(subjects, func(a, b subject) int {
		if (a.group == "") != (b.group == "") {
			return cmp.Compare(b.group, a.group)
		}
		return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.of, b.of))
	})
	all, taken := names{}, map[string]bool{}
	for _, s := range slices.Compact(subjects) {
		n := name{slug(s), cmp.Or(s.group, s.of)}
		if taken[n.slug] {
			n = name{fmt.Sprintf("%s-%x", n.slug, sha256.Sum256([]byte(s.group+" "+s.of)))[:len(n.slug)+9], cmp.Or(s.of, s.group)}
		}
		taken[n.slug] = true
		all[s] = n
	}
	return all
}

// slug names a subject in a branch's name: the group, or the repository without
// docker.io/library. A repository's slashes become plus signs, which no image
// name contains, so that different names stay different and no branch is another
// one's folder.
func slug(s subject) string {
	name := s.group
	if name == "" {
		name = strings.ReplaceAll(strings.TrimPrefix(s.of, "docker.io/library/"), "/", "+")
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
