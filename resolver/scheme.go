package resolver

import (
	"slices"
	"strings"
)

// Scheme is a way of versioning: how tags are read, ordered and compared.
// Schemes hold no state and may be used from several goroutines.
type Scheme interface {
	// Parse reads a tag. Every tag has a Version; one without a version number
	// is of TagChannel.
	Parse(tag string) Version
	// Compare orders two versions of one family: negative where a is older.
	// The order is total.
	Compare(a, b Version) int
	// Step says how far it is from one version of a family to a newer one:
	// patch, minor or major.
	Step(from, to Version) UpdateType
}

// TagKind is what a tag looks like on its own, before the repository's other
// tags tell whether its version is full.
type TagKind int

// The kinds of tags.
const (
	TagChannel    TagKind = iota // words only
	TagRelease                   // numbers
	TagPrerelease                // numbers and a pre-release word
	TagDate                      // a date instead of a version
	TagCommit                    // a commit, alone or behind a version
	TagArtifact                  // a signature, attestation or SBOM beside an image
)

// Version is a tag, read by a Scheme.
type Version struct {
	Tag     string
	Kind    TagKind
	Prefix  string   // as written before the numbers: "v", "release-", "bookworm-"
	Numbers []string // decimal digits, of any length
	// Wild is set where the last number is written as x: 1.27.x.
	Wild bool
	// Pre holds the pre-release's parts: rc, 1.
	Pre []string
	// RevisionWord and Revision are what advances behind the numbers while the
	// version stays: "r" and 5 in 1.2.3-r5; "#" and 4 in v1.14.2-4; "_" and 8
	// in 21.0.12_8.
	RevisionWord string
	Revision     []string
	// Words are the variant, in order: slim, bookworm. Of a channel they are all
	// its words.
	Words []string
}

// Variant is the words beside the version, as written.
func (v Version) Variant() string { return strings.Join(v.Words, "-") }

// Versioned reports whether the tag has an order among its kind.
func (v Version) Versioned() bool {
	return v.Kind == TagRelease || v.Kind == TagPrerelease || v.Kind == TagDate
}

// Release is the version without prefix and variant: what members of a
// lockstep group have in common.
func (v Version) Release() string {
	s := strings.Join(v.Numbers, ".")
	for _, p := range v.Pre {
		s += "-" + p
	}
	switch v.RevisionWord {
	case "":
	case "#":
		s += "-" + strings.Join(v.Revision, ".")
	case "_":
		s += "_" + strings.Join(v.Revision, ".")
	default:
		s += "-" + v.RevisionWord + strings.Join(v.Revision, ".")
	}
	return s
}

// SameFamily reports whether b is a version of the same thing as v: same
// prefix, same variant, and revisions written the same way.
func (v Version) SameFamily(b Version) bool {
	return v.Prefix == b.Prefix && slices.Equal(v.Words, b.Words) &&
		v.RevisionWord == b.RevisionWord && (v.Kind == TagDate) == (b.Kind == TagDate)
}

// Within reports whether full is one of the versions that the shorter v stands
// for: 1.27.3 is within 1.27.
func (v Version) Within(full Version) bool {
	if len(full.Numbers) < len(v.Numbers) || v.Kind == TagDate || full.Kind == TagDate {
		return false
	}
	for i, n := range v.Numbers {
		if compareNumber(n, full.Numbers[i]) != 0 {
			return false
		}
	}
	return true
}

// size counts the numbers that make a tag exact: of two tags with the same
// content, the one of the larger size moves less.
func (v Version) size() int { return len(v.Numbers) + len(v.Revision) + len(v.Pre) }

// Major names the line in which an upgrade is not a major: the first number,
// in 0.x the first two.
func (v Version) Major() string {
	switch {
	case len(v.Numbers) == 0:
		return v.Tag
	case trimZeros(v.Numbers[0]) == "0" && len(v.Numbers) > 1:
		return "0." + v.Numbers[1]
	}
	return v.Numbers[0]
}

// compareNumber orders decimal strings of any length.
func compareNumber(a, b string) int {
	a, b = trimZeros(a), trimZeros(b)
	if len(a) != len(b) {
		return len(a) - len(b)
	}
	return strings.Compare(a, b)
}

// trimZeros removes leading zeros but leaves one digit.
func trimZeros(s string) string {
	if t := strings.TrimLeft(s, "0"); t != "" {
		return t
	}
	return "0"
}

// compareNumbers orders lists of numbers; a shorter list is older than one that
// continues it.
func compareNumbers(a, b []string) int {
	for i := range min(len(a), len(b)) {
		if c := compareNumber(a[i], b[i]); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}
