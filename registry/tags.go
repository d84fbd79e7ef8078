package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"pinbot/manifest"
	"pinbot/resolver"
)

// tags answers a query, and says of the registry what it does to manifests: that
// a Quay collects them does not depend on which API tells of its tags.
func (s *site) tags(ctx context.Context, path string, q resolver.TagQuery) (resolver.TagPage, error) {
	page, err := s.ownTags(ctx, path, q)
	page.Collects = s.listing == "quay"
	return page, err
}

// ownTags asks the host's own listing, or the distribution API where there is
// none.
func (s *site) ownTags(ctx context.Context, path string, q resolver.TagQuery) (resolver.TagPage, error) {
	if q.Page > s.opts.Limits.Pages {
		return resolver.TagPage{}, fmt.Errorf("page %d of the tags of %s: %w", q.Page, path, resolver.ErrLimit)
	}
	if q.Name != "" && !manifest.ValidTag(q.Name) {
		return resolver.TagPage{}, fmt.Errorf("%q is not a tag: %w", q.Name, resolver.ErrNotFound)
	}
	if s.isListed(path) {
		page, err := s.listed(ctx, path, q)
		if !s.lacksListing(ctx, path, err) {
			return page, err
		}
	}
	if q.Name != "" {
		tag, err := s.headTag(ctx, path, q.Name)
		return resolver.TagPage{Tags: []resolver.Tag{tag}}, err
	}
	return s.lists.do(ctx, path, func(ctx context.Context) (resolver.TagPage, error) { return s.allTags(ctx, path) })
}

func (s *site) listed(ctx context.Context, path string, q resolver.TagQuery) (resolver.TagPage, error) {
	if s.listing == "quay" {
		return s.quayTags(ctx, path, q)
	}
	return s.hubTags(ctx, path, q)
}

// lacksListing reports whether an error means that the listing cannot answer
// for this repository, or for any, and remembers it. A listing's own "not
// found" is believed only where nobody is logged in: it shows no private
// repositories.
func (s *site) lacksListing(ctx context.Context, path string, err error) bool {
	var e *Error
	if !errors.As(err, &e) {
		return false
	}
	switch {
	case e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden,
		e.missing && e.Status == http.StatusNotFound && s.hasCredentials(ctx):
		s.setUnlisted(path)
		return true
	case e.missing && e.Status == http.StatusNotFound:
		return false
	case e.page, e.Status == http.StatusNotFound, e.Status == http.StatusMethodNotAllowed:
		s.setUnlisted("")
		return true
	}
	return false
}

// valid keeps the tags that are tags, each once: a listing that pages by number
// repeats itself when tags are pushed meanwhile. A digest that is none is left
// out, as if the listing had not told it.
func valid(tags []resolver.Tag) []resolver.Tag {
	seen := map[string]bool{}
	kept := tags[:0]
	for _, t := range tags {
		if seen[t.Name] || !manifest.ValidTag(t.Name) {
			continue
		}
		seen[t.Name] = true
		if !isSHA256(t.Digest) {
			t.Digest = ""
		}
		kept = append(kept, t)
	}
	return kept
}
