package resolver

import (
	"context"
	"errors"
	"time"
)

// Registry answers questions about container repositories. The resolver asks
// it and nothing else; package registry implements it.
//
// Repository names are fully qualified ("docker.io/library/nginx"). All methods
// may be called from several goroutines at once. Errors wrap one of the
// sentinels of this file where the caller has to tell them apart; everything
// that arrived from outside and stands in an error's text is as the registry
// sent it, so printers must escape it.
type Registry interface {
	// Tags lists tags of a repository, newest first where the registry knows
	// times. See [TagQuery] for what can be asked.
	Tags(ctx context.Context, repository string, q TagQuery) (TagPage, error)
	// Manifest fetches what a tag or a digest names. The digest in the answer
	// is computed from the fetched bytes.
	Manifest(ctx context.Context, repository, reference string) (Manifest, error)
	// Config fetches the image configuration behind a manifest or index digest
	// (of its first real platform).
	Config(ctx context.Context, repository, digest string) (Config, error)
}

var (
	// ErrNotFound: the registry answered, and the repository, tag or digest is
	// not there.
	ErrNotFound = errors.New("not found in the registry")
	// ErrUnconfigured: the registry is private or cannot be reached, and the
	// operator's configuration does not name it. Its images are skipped with a
	// hint.
	ErrUnconfigured = errors.New("registry is private or cannot be reached, and is not configured")
	// ErrLimit: an answer was larger, or went on longer, than pinbot accepts.
	ErrLimit = errors.New("answer exceeds a limit")
	// ErrDigestMismatch: the bytes that were fetched do not have the digest
	// that the registry says they have.
	ErrDigestMismatch = errors.New("digest mismatch")
	// ErrDeferred: the registry asked to come back later than this run lasts.
	ErrDeferred = errors.New("registry asks to come back later")
)

// TagQuery asks for tags. The zero value asks for the newest page.
type TagQuery struct {
	// Name asks for this one tag only: its digest, and its time where known.
	// A registry without a listing of its own answers with a HEAD request.
	Name string
	// Like asks only for tags whose names contain this. A registry that cannot
	// filter ignores it, and says so by a page with All set.
	Like string
	// Page is the page to fetch, from 1; 0 is 1.
	Page int
}

// TagPage is an answer to a TagQuery.
type TagPage struct {
	Tags []Tag
	// More is set where further pages match the query.
	More bool
	// All is set where Tags are all tags of the repository.
	All bool
	// Cut is set where More is, and no question gets at what is missing: the list
	// is longer than may be read.
	Cut bool
	// Collects is set where the registry soon deletes manifests that no tag holds,
	// within minutes to weeks as Quay does: a digest that only a moving tag holds
	// cannot be pulled for long.
	Collects bool
}

// Tag is one tag as a registry lists it. Only Name is always there.
type Tag struct {
	Name      string    `json:"name"`
	Digest    string    `json:"digest,omitempty"`    // empty where the listing has none
	Pushed    time.Time `json:"pushed,omitzero"`     // zero where the listing has none
	Platforms []string  `json:"platforms,omitempty"` // "linux/arm64/v8", sorted; nil where the listing has none
}

// Manifest is what a tag or digest names: an index (or manifest list), or the
// manifest of one image.
type Manifest struct {
	Digest    string   `json:"digest"`
	MediaType string   `json:"mediaType"`
	Children  []Child  `json:"children,omitempty"`  // of an index, attestations left out
	Platforms []string `json:"platforms,omitempty"` // sorted; nil for a single manifest, whose platform is in its Config
}

// Child is one platform's manifest in an index.
type Child struct {
	Digest   string `json:"digest"`
	Platform string `json:"platform"`
}

// Config is the part of an image's configuration that decisions use.
type Config struct {
	Platform string            `json:"platform"`
	Created  time.Time         `json:"created,omitzero"`
	Labels   map[string]string `json:"labels,omitempty"`
	Env      map[string]string `json:"env,omitempty"`
}
