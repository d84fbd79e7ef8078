package fakeregistry

import (
	"cmp"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// TagList is a repository's tags as the shared corpus keeps them: which have
// the same content, and when they were pushed.
type TagList struct {
	Repository       string              `json:"repository"` // "quay.io/metallb/speaker"
	Tags             []string            `json:"tags"`
	SameDigestGroups [][]string          `json:"same_digest_groups"`
	HistoricalGroups []HistoricalGroup   `json:"historical_groups"`
	Digests          map[string][]string `json:"digests"` // real digests and their tags; only the grouping is kept
	PushOrder        []Push              `json:"push_order"`
	Twinless         []string            `json:"floating_without_semver_twin"` // built from branches
}

// HistoricalGroup is tags that had one content until their versions were
// dropped at Date. Groups overlap: a tag belongs to the first that names it.
type HistoricalGroup struct {
	Date string   `json:"date"` // 2006-01-02
	Tags []string `json:"tags"`
}

// Push is the day that a tag was pushed.
type Push struct {
	Tag  string `json:"tag"`
	Date string `json:"date"`
}

// newestDay is when a list without any date ends.
var newestDay = time.Date(2026, 8, 1, 12, 0, 0, 0, time.UTC)

// LoadTagList adds all tags of a list in the shared corpus' JSON format. Where
// the list has no time, times are made up, the same ones each time: today's
// groups and development lines are newer than all releases, a branch of a
// version line is newer than its line, and the rest is spread over three years
// in the order of its numbers.
func (r *Registry) LoadTagList(data []byte) (TagList, error) {
	var list TagList
	if err := json.Unmarshal(data, &list); err != nil {
		return list, fmt.Errorf("reading a tag list: %w", err)
	}
	host, repo, found := strings.Cut(list.Repository, "/")
	if !found {
		return list, fmt.Errorf("reading a tag list: %q is not a repository with its host", list.Repository)
	}
	r.Add(host, repo, list.tags()...)
	return list, nil
}

func (l TagList) tags() []Tag {
	contents, times := l.groups()
	last := l.last(times)
	l.dateTwinless(times, last)
	l.dateRest(times, last)
	tags := make([]Tag, 0, len(l.Tags))
	for _, name := range l.Tags {
		content := ""
		if group, found := contents[name]; found {
			content = l.Repository + " " + group
		}
		tags = append(tags, Tag{Name: name, Content: content, Pushed: times[name]})
	}
	return tags
}

// groups gives each tag its group, today's groups first, and the times that
// the list knows.
func (l TagList) groups() (contents map[string]string, times map[string]time.Time) {
	contents, times = map[string]string{}, map[string]time.Time{}
	for _, p := range l.PushOrder {
		times[p.Tag] = parseDay(p.Date)
	}
	join := func(group string, tags []string, at time.Time) {
		own := slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return contents[t] != "" })
		for _, t := range own {
			at = later(at, times[t])
		}
		for _, t := range own {
			contents[t], times[t] = group, at
		}
	}
	for i, tags := range l.SameDigestGroups {
		join("current "+strconv.Itoa(i), tags, time.Time{})
	}
	for digest, tags := range l.Digests {
		join(digest, tags, time.Time{})
	}
	for i, g := range l.HistoricalGroups {
		join("historical "+strconv.Itoa(i), g.Tags, parseDay(g.Date))
	}
	return contents, times
}

// last is the newest time that is known.
func (l TagList) last(times map[string]time.Time) time.Time {
	last := time.Time{}
	for _, t := range times {
		last = later(last, t)
	}
	if last.IsZero() {
		return newestDay
	}
	return last
}

// dateTwinless dates tags that are built from branches a day after the newest
// version of their line; "main", which is of no line, after everything.
func (l TagList) dateTwinless(times map[string]time.Time, last time.Time) {
	for _, name := range l.Twinless {
		newest := time.Time{}
		for _, p := range l.PushOrder {
			if strings.HasPrefix(p.Tag, name+".") {
				newest = later(newest, parseDay(p.Date))
			}
		}
		if newest.IsZero() {
			newest = last
		}
		times[name] = newest.AddDate(0, 0, 1)
	}
}

// dateRest dates what has no time yet: today's groups at the end, single tags
// spread over the three years before.
func (l TagList) dateRest(times map[string]time.Time, last time.Time) {
	for i, tags := range l.SameDigestGroups {
		at := last.Add(time.Duration(i) * time.Minute)
		for _, t := range tags {
			if times[t].IsZero() {
				times[t] = at
			}
		}
	}
	var rest []string
	parts := map[string][]string{}
	for _, name := range l.Tags {
		if times[name].IsZero() {
			rest = append(rest, name)
			parts[name] = numbers.FindAllString(name, -1)
		}
	}
	slices.SortFunc(rest, func(a, b string) int {
		return cmp.Or(slices.CompareFunc(parts[a], parts[b], compareNumbers), cmp.Compare(a, b))
	})
	const span = 3 * 365 * 24 * time.Hour
	for i, name := range rest {
		times[name] = last.Add(-span + span*time.Duration(i)/time.Duration(len(rest)))
	}
}

var numbers = regexp.MustCompile(`[0-9]+`)

// compareNumbers orders numbers without leading zeros, of any length.
func compareNumbers(a, b string) int {
	return cmp.Or(cmp.Compare(len(a), len(b)), cmp.Compare(a, b))
}

func parseDay(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return time.Time{}
	}
	return t.Add(12 * time.Hour)
}

func later(a, b time.Time) time.Time {
	if b.After(a) {
		return b
	}
	return a
}
