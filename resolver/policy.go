package resolver

import (
	"fmt"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/bmatcuk/doublestar/v4"

	"pinbot/manifest"
)

// Rule is one entry of a repository's policy. Every rule whose patterns match a
// reference applies, in order; a later one overrides what an earlier one set.
// A nil pointer or empty value leaves what was decided before.
type Rule struct {
	Images []string // globs over the fully qualified repository, or a short name ("nginx"); none: all
	Files  []string // globs over the file's path; none: all
	Kinds  []string // kinds of manifests; none: all

	Allow       string         // semver constraint (Masterminds) that upgrade targets meet
	MinimumAge  *time.Duration // of an upgrade's target; pins never wait
	Age         string         // AgeStrict refuses ages that a publisher could have set
	Group       string         // lockstep group
	Floating    string         // what becomes of a floating tag without a twin: a Floating… constant
	Follow      string         // a channel whose exact tag is to be followed
	Level       string         // how far upgrades may go: a Level… constant
	Prereleases *bool          // allow pre-releases as targets
	Ignore      *bool          // leave the image alone altogether
	Style       string         // how image strings are written: a Style… constant
	TagDigest   *bool          // write tag@digest into split forms without a digest key
	Perishable  *bool          // write digests that only a moving tag holds
}

// The values that a Rule's words may have.
const (
	FloatingRelease = "release" // the newest release (default for latest and development lines)
	FloatingDigest  = "digest"  // keep the tag, write its digest
	FloatingIgnore  = "ignore"

	LevelNone  = "none"
	LevelPatch = "patch"
	LevelMinor = "minor"
	LevelMajor = "major" // default

	StyleTagDigest = "tag+digest" // default
	StyleDigest    = "digest"     // for consumers that refuse both

	AgeStrict = "strict"
)

// Policy is a repository's rules in the order of its file. The zero value is a
// good policy: pin everything, propose patches and minors that are three days
// old, and majors apart.
type Policy []Rule

// DefaultMinimumAge is how long an upgrade's target has been pushed at least.
const DefaultMinimumAge = 72 * time.Hour

// settings are what a policy says of one reference. It is comparable, so that
// references with the same settings are decided once.
type settings struct {
	allow       string
	minimumAge  time.Duration
	strictAge   bool
	group       string
	floating    string
	follow      string
	level       string
	prereleases bool
	ignore      bool
	digestOnly  bool
	tagDigest   bool
	perishable  bool
}

// For returns what the policy says of a reference.
func (p Policy) settings(ref manifest.Ref) settings {
	s := settings{minimumAge: DefaultMinimumAge, level: LevelMajor}
	for _, r := range p {
		if r.matches(ref) {
			r.apply(&s)
		}
	}
	return s
}

func (r Rule) matches(ref manifest.Ref) bool {
	return matchesAny(r.Images, ref.Image.Repository(), ref.Image.Name) &&
		matchesAny(r.Files, ref.File) && matchesAny(r.Kinds, string(ref.Kind))
}

// matchesAny reports whether any pattern matches any of the texts. No patterns
// match everything.
func matchesAny(patterns []string, texts ...string) bool {
	for _, p := range patterns {
		for _, t := range texts {
			if ok, err := doublestar.Match(p, t); err == nil && ok {
				return true
			}
		}
	}
	return len(patterns) == 0
}

func (r Rule) apply(s *settings) {
	setText(&s.allow, r.Allow)
	setText(&s.group, r.Group)
	setText(&s.floating, r.Floating)
	setText(&s.follow, r.Follow)
	setText(&s.level, r.Level)
	set2(&s.minimumAge, r.MinimumAge)
	set2(&s.prereleases, r.Prereleases)
	set2(&s.ignore, r.Ignore)
	set2(&s.tagDigest, r.TagDigest)
	set2(&s.perishable, r.Perishable)
	if r.Style != "" {
		s.digestOnly = r.Style == StyleDigest
	}
	if r.Age != "" {
		s.strictAge = r.Age == AgeStrict
	}
}

func setText(to *string, value string) {
	if value != "" {
		*to = value
	}
}

func set2[T any](to *T, value *T) {
	if value != nil {
		*to = *value
	}
}

// allows reports whether the constraint admits a version. A version that is not
// a semantic one is compared by its first three numbers.
func (s settings) allows(v Version) (bool, error) {
	if s.allow == "" {
		return true, nil
	}
	c, err := semver.NewConstraint(s.allow)
	if err != nil {
		return false, fmt.Errorf("the policy's constraint %q: %w", s.allow, err)
	}
	sv, err := v.semver()
	if err != nil {
		return false, nil // has no version that a constraint could admit
	}
	c.IncludePrerelease = s.prereleases
	return c.Check(sv), nil
}

// reaches reports whether upgrades of this type are within the policy's level.
func (s settings) reaches(t UpdateType) bool {
	rank := map[string]int{LevelNone: 0, LevelPatch: 1, LevelMinor: 2, LevelMajor: 3}
	need := map[UpdateType]int{UpdatePatch: 1, UpdateMinor: 2, UpdateMajor: 3}
	return need[t] <= rank[s.level]
}
