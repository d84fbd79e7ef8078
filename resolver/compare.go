package resolver

import (
	"cmp"
	"slices"
	"strings"
)

// Compare implements Scheme: numbers, then pre-releases before their release,
// then revisions, then the tag's text so that the order is total. A date is
// older than any version.
func (DockerTags) Compare(a, b Version) int {
	return cmp.Or(
		cmp.Compare(orderOfKind(a), orderOfKind(b)),
		compareNumbers(a.Numbers, b.Numbers),
		comparePre(a.Pre, b.Pre),
		compareNumbers(a.Revision, b.Revision),
		strings.Compare(a.Tag, b.Tag),
	)
}

func orderOfKind(v Version) int {
	switch v.Kind {
	case TagRelease, TagPrerelease:
		return 2
	case TagDate:
		return 1
	}
	return 0
}

// comparePre orders pre-releases as semver does: numbers by value and before
// words, words by text, none after all.
func comparePre(a, b []string) int {
	switch {
	case len(a) == 0 || len(b) == 0:
		return cmp.Compare(len(b), len(a))
	default:
		return slices.CompareFunc(a, b, comparePart)
	}
}

func comparePart(a, b string) int {
	an, bn := number.MatchString(a), number.MatchString(b)
	switch {
	case an && bn:
		return compareNumber(a, b)
	case an != bn:
		if an {
			return -1
		}
		return 1
	}
	return strings.Compare(a, b)
}

// Step implements Scheme.
func (DockerTags) Step(from, to Version) UpdateType {
	switch {
	case from.Kind == TagDate && to.Kind == TagDate:
		return UpdateMinor
	case from.Major() != to.Major():
		return UpdateMajor
	case compareNumbers(from.Numbers, to.Numbers) == 0:
		return UpdatePatch // a revision, or the release of a pre-release
	case len(from.Numbers) < 2 || len(to.Numbers) < 2 || compareNumber(from.Numbers[1], to.Numbers[1]) != 0:
		return UpdateMinor
	}
	return UpdatePatch
}
