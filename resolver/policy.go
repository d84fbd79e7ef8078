package resolver

import "time"

// Rule is one entry of a repository's policy. Every rule whose patterns match a
// reference applies, in order; a later one overrides what an earlier one set.
// A nil pointer or empty value leaves what was decided before.
type Rule struct {
	Images []string // globs over the fully qualified repository; a short name means docker.io
	Files  []string // globs over the file's path
	Kinds  []string

	Allow       string         // semver constraint (Masterminds)
	MinimumAge  *time.Duration // of an upgrade's target; pins never wait
	Age         string         // "strict" refuses ages that a publisher could have set
	Group       string         // lockstep group
	Floating    string         // "release", "digest" or "ignore": what becomes of a floating tag without a twin
	Follow      string         // a channel whose exact tag is to be followed
	Level       string         // "none", "patch", "minor" or "major": how far upgrades may go
	Prereleases *bool          // allow pre-releases as targets
	Ignore      *bool          // leave the image alone altogether
	Style       string         // "tag+digest" (default), "digest"
	HelmDigest  *bool          // write tag@digest into split forms without a digest key
	Perishable  *bool          // write digests that only a moving tag holds
}

// Policy is a repository's rules in the order of its file. The zero value is a
// good policy: pin everything, propose patches and minors that are three days
// old, and majors apart.
type Policy []Rule
