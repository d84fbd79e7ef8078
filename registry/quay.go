package registry

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strconv"

	"pinbot/resolver"
)

// quayPage is an answer of Quay's "list repository tags".
type quayPage struct {
	Tags []struct {
		Name           string `json:"name"`
		ManifestDigest string `json:"manifest_digest"`
		StartTS        int64  `json:"start_ts"` // seconds since 1970
	} `json:"tags"`
	HasAdditional bool `json:"has_additional"`
}

// quayTags asks Quay. Without onlyActiveTags it would give the history.
func (s *site) quayTags(ctx context.Context, path string, q resolver.TagQuery) (resolver.TagPage, error) {
	query := url.Values{"limit": {"100"}, "page": {strconv.Itoa(q.Page)}, "onlyActiveTags": {"true"}}
	switch {
	case q.Name != "":
		query.Set("specificTag", q.Name)
	case q.Like != "":
		query.Set("filter_tag_name", "like:"+q.Like)
	}
	u := s.base.JoinPath("api/v1/repository", path, "tag/")
	u.RawQuery = query.Encode()
	var got quayPage
	if err := s.list(ctx, u, &got); err != nil {
		return resolver.TagPage{}, err
	}
	page := resolver.TagPage{More: got.HasAdditional, Tags: make([]resolver.Tag, 0, len(got.Tags))}
	for _, t := range got.Tags {
		page.Tags = append(page.Tags, resolver.Tag{Name: t.Name, Digest: t.ManifestDigest, Pushed: sinceEpoch(t.StartTS * 1000)})
	}
	page.Tags = valid(page.Tags)
	if q.Name == "" {
		page.All = q.Like == "" && q.Page == 1 && !page.More
		return page, nil
	}
	page.More = false
	page.Tags = slices.DeleteFunc(page.Tags, func(t resolver.Tag) bool { return t.Name != q.Name })
	if len(page.Tags) == 0 {
		return page, fmt.Errorf("tag %s: %w", q.Name, resolver.ErrNotFound)
	}
	return page, nil
}
