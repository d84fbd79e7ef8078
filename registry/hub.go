package registry

import (
	"context"
	"net/url"
	"slices"
	"strconv"
	"time"

	"pinbot/resolver"
)

// hubTag is a tag as Docker Hub lists it. Old tags have no digest of their own.
type hubTag struct {
	Name          string `json:"name"`
	Digest        string `json:"digest"`
	TagLastPushed string `json:"tag_last_pushed"`
	LastUpdated   string `json:"last_updated"`
	Images        []struct {
		OS           string `json:"os"`
		Architecture string `json:"architecture"`
		Variant      string `json:"variant"`
	} `json:"images"`
}

// hubTags asks Docker Hub. Its "next" is not followed: pages have numbers.
func (s *site) hubTags(ctx context.Context, path string, q resolver.TagQuery) (resolver.TagPage, error) {
	u := s.api.JoinPath("v2/repositories", path, "tags")
	if q.Name != "" {
		var got hubTag
		if err := s.list(ctx, u.JoinPath(q.Name), &got); err != nil {
			return resolver.TagPage{}, err
		}
		got.Name = q.Name
		return resolver.TagPage{Tags: valid([]resolver.Tag{got.tag()})}, nil
	}
	query := url.Values{"page_size": {"100"}, "page": {strconv.Itoa(q.Page)}}
	if q.Like != "" {
		query.Set("name", q.Like)
	}
	u.RawQuery = query.Encode()
	var got struct {
		Next    string   `json:"next"`
		Results []hubTag `json:"results"`
	}
	if err := s.list(ctx, u, &got); err != nil {
		return resolver.TagPage{}, err
	}
	page := resolver.TagPage{More: got.Next != "", Tags: make([]resolver.Tag, 0, len(got.Results))}
	for _, t := range got.Results {
		page.Tags = append(page.Tags, t.tag())
	}
	page.Tags = valid(page.Tags)
	page.All = q.Like == "" && q.Page == 1 && !page.More
	return page, nil
}

func (t hubTag) tag() resolver.Tag {
	tag := resolver.Tag{Name: t.Name, Digest: t.Digest, Pushed: parseTime(firstOf(t.TagLastPushed, t.LastUpdated))}
	for _, img := range t.Images {
		if p := platformName(img.OS, img.Architecture, img.Variant); p != "" {
			tag.Platforms = append(tag.Platforms, p)
		}
	}
	slices.Sort(tag.Platforms)
	tag.Platforms = slices.Compact(tag.Platforms)
	return tag
}

// parseTime reads a time; what is none counts as unknown.
func parseTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}
