package config

import (
	"fmt"
	"reflect"
	"slices"
	"time"

	"pinbot/resolver"
)

// Repository is a repository's configuration: policy and nothing else.
type Repository struct {
	Policy       resolver.Policy
	IgnorePaths  []string // doublestar globs over paths
	PullRequests PullRequests
}

// repositoryFile is the file as it is written. The comments of its fields, and
// of those of all structs below it, are docs/configuration.md.
type repositoryFile struct {
	// Rules, in order. All that match a reference apply to it, and a later one
	// overrides what an earlier one set.
	Policy []rule `key:"policy" example:"- images: [\"quay.io/metallb/*\"]"`
	// Paths that are not read, from the repository's root. No default.
	IgnorePaths []string `key:"ignorePaths" check:"glob" example:"[\"vendor/**\"]"`
	// How many pull requests are made.
	PullRequests PullRequests `key:"pullRequests"`
}

// rule has the fields of resolver.Rule, which the conversion makes sure of, and
// their keys.
type rule struct {
	// Which images: patterns over the full name (docker.io/library/nginx) or the
	// name as written (nginx). One star stays within a path element, two cross
	// them. Default: all.
	Images []string `key:"images" check:"glob" example:"[\"quay.io/metallb/*\"]"`
	// Which files: patterns over the path from the repository's root. Default:
	// all.
	Files []string `key:"files" check:"glob" example:"[\"k8s/**\"]"`
	// Which kinds of manifests. Default: all.
	Kinds []string `key:"kinds" check:"kind" example:"[kubernetes, helm]"`

	// The versions that upgrades may go to, releases for floating tags among
	// them. A version is compared by its first three numbers. Default: all.
	Allow string `key:"allow" check:"constraint" example:"\"~0.13\""`
	// How long a version must have been there before it is proposed. Pins never
	// wait. Default: 3d.
	MinimumAge *time.Duration `key:"minimumAge" example:"1w"`
	// With strict, the date inside an image, which its publisher can set, does
	// not count as its age: where the registry has no time of push, a version
	// waits from when pinbot first saw it. Default: that date counts, where it is
	// plausible.
	Age string `key:"age" oneof:"strict"`
	// The name of a lockstep group: all images with it move to one version
	// together, or not at all. Default: groups are found.
	Group string `key:"group" example:"metallb"`
	// What becomes of a floating tag whose content no exact tag has: release,
	// the newest release; digest, the tag stays and gets its digest; ignore,
	// floating tags are left alone. Default: release for latest, no tag,
	// development lines and short versions; digest for other channels.
	Floating string `key:"floating" oneof:"release digest ignore"`
	// A channel whose content is followed instead of the newest version: when it
	// changes, the exact tag that has it is proposed, an older one too. No
	// default.
	Follow string `key:"follow" example:"stable"`
	// How far upgrades may go. Default: major, in pull requests of their own.
	Level string `key:"level" oneof:"none patch minor major"`
	// Whether upgrades may go to pre-releases from a release. Default: false.
	Prereleases *bool `key:"prereleases"`
	// Leave the image alone altogether. Default: false.
	Ignore *bool `key:"ignore"`
	// How an image in one string is written: NAME:TAG@DIGEST, or NAME@DIGEST for
	// consumers that refuse both. Default: tag+digest.
	Style string `key:"style" oneof:"tag+digest digest"`
	// Write TAG@DIGEST into a tag key that has no digest key beside it. Default:
	// false, because charts put the tag into labels.
	TagDigest *bool `key:"tagDigest"`
	// Write digests that only a moving tag holds, on Quay and other registries
	// that drop them once it moves. Default: false.
	Perishable *bool `key:"perishable"`
}

// ParseRepository reads a repository's file; name is for its errors, which are
// Errors. No data gives the zero value, which is a good configuration.
func ParseRepository(name string, data []byte) (Repository, error) {
	var f repositoryFile
	if err := decode(name, data, &f, explainRepository, func(*decoder) {}); err != nil {
		return Repository{}, err
	}
	r := Repository{IgnorePaths: f.IgnorePaths, PullRequests: f.PullRequests}
	for _, entry := range f.Policy {
		r.Policy = append(r.Policy, resolver.Rule(entry))
	}
	return r, nil
}

// explainRepository tells apart what was mistyped from what a repository must
// not say.
func explainRepository(key string) string {
	switch {
	case secretKey.MatchString(key):
		return fmt.Sprintf("The key %q is not read: a repository's file never holds credentials. They belong to the operator: see \"tokenEnv\" and \"tokenFile\" in the operator's file.", key)
	case slices.Contains(keysBelow(reflect.TypeFor[operatorFile]()), key):
		return fmt.Sprintf("The key %q belongs to the operator's file (--config): a repository's file holds policy only, and can never name a server, a credential or a command.", key)
	}
	return ""
}
