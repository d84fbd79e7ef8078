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

// repositoryFile is the file as it is written.
type repositoryFile struct {
	Policy       []rule       `key:"policy" example:"- images: [\"quay.io/metallb/*\"]"`
	IgnorePaths  []string     `key:"ignorePaths" check:"glob" example:"[\"vendor/**\"]"`
	PullRequests PullRequests `key:"pullRequests"`
}

// rule has the fields of resolver.Rule, which the conversion makes sure of, and
// their keys.
type rule struct {
	Images []string `key:"images" check:"glob" example:"[\"quay.io/metallb/*\"]"`
	Files  []string `key:"files" check:"glob" example:"[\"k8s/**\"]"`
	Kinds  []string `key:"kinds" check:"kind" example:"[kubernetes, helm]"`

	Allow       string         `key:"allow" check:"constraint"`
	MinimumAge  *time.Duration `key:"minimumAge"`
	Age         string         `key:"age" oneof:"strict"`
	Group       string         `key:"group"`
	Floating    string         `key:"floating" oneof:"release digest ignore"`
	Follow      string         `key:"follow"`
	Level       string         `key:"level" oneof:"none patch minor major"`
	Prereleases *bool          `key:"prereleases"`
	Ignore      *bool          `key:"ignore"`
	Style       string         `key:"style" oneof:"tag+digest digest"`
	TagDigest   *bool          `key:"tagDigest"`
	Perishable  *bool          `key:"perishable"`
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
