package registry

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"pinbot/resolver"
)

// tagList is an answer of tags/list. Google's registries add what each digest
// is called and when it was uploaded, and give all tags at once.
type tagList struct {
	Tags     []string `json:"tags"`
	Manifest map[string]struct {
		Tag            []string `json:"tag"`
		TimeUploadedMs string   `json:"timeUploadedMs"`
	} `json:"manifest"`
}

// allTags follows the pages of tags/list (distribution specification, "Content
// discovery") by their Link headers. All pages together may be four times as
// large as one answer; of a longer list, what was read until then is given.
func (s *site) allTags(ctx context.Context, path string) (resolver.TagPage, error) {
	next := s.base.JoinPath("v2", path, "tags/list")
	next.RawQuery = "n=100"
	var tags []resolver.Tag
	seen, pages, size := map[string]bool{}, 0, int64(0)
	for next != nil && pages < s.opts.Limits.Pages && size <= 4*s.opts.Limits.BodyBytes {
		pages++
		seen[next.String()] = true
		a, err := s.get(ctx, &authorized{site: s, path: path}, http.MethodGet, next, "application/json")
		if err != nil {
			return resolver.TagPage{}, err
		}
		seen[a.url.String()] = true
		size += int64(len(a.body))
		var list tagList
		if err := a.decode(&list); err != nil {
			return resolver.TagPage{}, err
		}
		tags = append(tags, list.tags()...)
		if next, err = nextPage(a, seen); err != nil {
			return resolver.TagPage{}, err
		}
	}
	tags = valid(tags)
	slices.SortStableFunc(tags, func(x, y resolver.Tag) int { return y.Pushed.Compare(x.Pushed) })
	return resolver.TagPage{Tags: tags, All: next == nil, More: next != nil, Cut: next != nil}, nil
}

// tags gives the tags with what the list says of them.
func (l tagList) tags() []resolver.Tag {
	known := map[string]resolver.Tag{}
	for digest, m := range l.Manifest {
		for _, name := range m.Tag {
			known[name] = resolver.Tag{Digest: digest, Pushed: parseMillis(m.TimeUploadedMs)}
		}
	}
	tags := make([]resolver.Tag, 0, len(l.Tags))
	for _, name := range l.Tags {
		t := known[name]
		t.Name = name
		tags = append(tags, t)
	}
	return tags
}

// parseMillis reads milliseconds since 1970.
func parseMillis(s string) time.Time {
	ms, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return time.Time{}
	}
	return sinceEpoch(ms)
}

// sinceEpoch is the time that many milliseconds after 1970 began; 0 or less is
// how listings write that they do not know.
func sinceEpoch(ms int64) time.Time {
	if ms <= 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}

var linkNext = regexp.MustCompile(`<([^>]*)>\s*;[^,]*\brel="?next"?`)

// nextPage is where the Link header (RFC 8288) leads: only to the host that sent
// it, and never to a page that was read.
func nextPage(a answer, seen map[string]bool) (*url.URL, error) {
	m := linkNext.FindStringSubmatch(strings.Join(a.header.Values("Link"), ", "))
	if m == nil {
		return nil, nil
	}
	next, err := a.url.Parse(m[1])
	if err != nil {
		return nil, fmt.Errorf("%s links to a next page that is no URL", a.url.Host)
	}
	if origin(next) != origin(a.url) || next.User != nil {
		return nil, fmt.Errorf("%s links to a next page on another host, %s: %w", a.url.Host, next.Host, errBlocked)
	}
	if seen[next.String()] {
		return nil, fmt.Errorf("%s links to a page that was read already: %w", a.url.Host, resolver.ErrLimit)
	}
	return next, nil
}

// headTag asks for the digest of one tag. Where the registry does not say it,
// the manifest is fetched and the digest computed.
func (s *site) headTag(ctx context.Context, path, tag string) (resolver.Tag, error) {
	a, err := s.pull(ctx, http.MethodHead, path, "manifests/"+tag, manifestTypes...)
	if err != nil {
		return resolver.Tag{}, err
	}
	digest := a.header.Get(digestHeader)
	if digest == "" {
		doc, err := s.document(ctx, path, tag)
		return resolver.Tag{Name: tag, Digest: doc.Digest}, err
	}
	if !isSHA256(digest) {
		return resolver.Tag{}, notADigest(a, digest)
	}
	return resolver.Tag{Name: tag, Digest: digest}, nil
}
