package resolver

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pinbot/manifest"
)

// listing is a Registry made of literals: repositories with their tags. It
// answers in pages like quay's listing, or like a plain registry.
type listing struct {
	repos   map[string][]Tag
	created time.Time // in every image
	plain   bool      // no digests and times in listings, all tags at once
	single  []string  // tags that are single manifests
	loose   []string  // contents that no tag has
	cut     int       // of a plain list only so many tags can be read; 0: all

	mu    sync.Mutex
	asked []string
	fails map[string]error
}

var _ Registry = (*listing)(nil)

func (l *listing) record(format string, args ...any) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	q := fmt.Sprintf(format, args...)
	if !slices.Contains(l.asked, q) { // the real client remembers answers
		l.asked = append(l.asked, q)
	}
	return cmp.Or(l.fails[q], l.fails[strings.Fields(q)[1]])
}

// Tags answers like Quay, which collects what no tag holds, or like a plain
// registry.
func (l *listing) Tags(_ context.Context, repository string, q TagQuery) (TagPage, error) {
	page, err := l.page(repository, q)
	page.Collects = strings.HasPrefix(repository, "quay.io/")
	return page, err
}

func (l *listing) page(repository string, q TagQuery) (TagPage, error) {
	if err := l.record("tags %s %q %q %d", repository, q.Name, q.Like, max(q.Page, 1)); err != nil {
		return TagPage{}, err
	}
	all, ok := l.repos[repository]
	if !ok {
		return TagPage{}, ErrNotFound
	}
	var match []Tag
	for _, t := range all {
		if (q.Name == "" || t.Name == q.Name) && (l.plain || strings.Contains(t.Name, q.Like)) {
			if l.plain && q.Name == "" {
				t = Tag{Name: t.Name}
			}
			match = append(match, t)
		}
	}
	if q.Name != "" && len(match) == 0 {
		return TagPage{}, ErrNotFound
	}
	if l.plain && q.Name == "" && l.cut > 0 {
		return TagPage{Tags: match[:l.cut], More: true, Cut: true}, nil
	}
	if l.plain {
		return TagPage{Tags: match, All: q.Name == ""}, nil
	}
	newestFirst := func(a, b Tag) int { return b.Pushed.Compare(a.Pushed) }
	if !slices.IsSortedFunc(match, newestFirst) {
		slices.SortStableFunc(match, newestFirst)
	}
	from := min(100*(max(q.Page, 1)-1), len(match))
	to := min(from+100, len(match))
	return TagPage{Tags: match[from:to], More: to < len(match), All: q == TagQuery{} && to == len(match)}, nil
}

func (l *listing) Manifest(_ context.Context, repository, reference string) (Manifest, error) {
	if err := l.record("manifest %s %s", repository, reference); err != nil {
		return Manifest{}, err
	}
	for _, t := range l.repos[repository] {
		if t.Name == reference || t.Digest == reference {
			platforms := t.Platforms
			if platforms == nil {
				platforms = []string{"linux/amd64", "linux/arm64"}
			}
			if slices.Contains(l.single, t.Name) {
				return Manifest{Digest: t.Digest}, nil
			}
			m := Manifest{Digest: t.Digest, Platforms: platforms}
			for _, p := range platforms {
				m.Children = append(m.Children, Child{Digest: t.Digest + p, Platform: p})
			}
			return m, nil
		}
	}
	for _, content := range l.loose {
		if digestOf(content) == reference {
			return Manifest{Digest: reference}, nil
		}
	}
	return Manifest{}, ErrNotFound
}

func (l *listing) Config(_ context.Context, repository, digest string) (Config, error) {
	if err := l.record("config %s %s", repository, digest); err != nil {
		return Config{}, err
	}
	return Config{Platform: "linux/amd64", Created: l.created, Env: map[string]string{"VERSION": l.fullest(repository, digest)}}, nil
}

// fullest is the version of most numbers that has a digest, as images of the
// official library carry it in their environment.
func (l *listing) fullest(repository, digest string) string {
	best := Version{}
	for _, t := range l.repos[repository] {
		if v := (DockerTags{}).Parse(t.Name); t.Digest == digest && v.Kind == TagRelease && len(v.Numbers) > len(best.Numbers) {
			best = v
		}
	}
	return best.numbersText()
}

// digestOf makes a digest of any content.
func digestOf(content string) string {
	return fmt.Sprintf("sha256:%x", sha256.Sum256([]byte(content)))
}

// tagList is a list of real tags with groups of the same content.
type tagList struct {
	Repository string     `json:"repository"`
	Tags       []string   `json:"tags"`
	Same       [][]string `json:"same_digest_groups"`
	Historical []struct {
		Date string   `json:"date"`
		Tags []string `json:"tags"`
	} `json:"historical_groups"`
	Pushes []struct {
		Tag  string `json:"tag"`
		Date string `json:"date"`
	} `json:"push_order"`
}

// sharedTags reads a list of the shared corpus, or skips.
func sharedTags(t testing.TB, name string) tagList {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "shared", "tags", name+".json"))
	if err != nil {
		t.Skipf("the shared corpus of tag lists is not beside this project: %v", err)
	}
	var list tagList
	if err := json.Unmarshal(data, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

// groups lists all sets of tags with one content; a tag is in the first.
func (l tagList) groups() [][]string {
	groups := slices.Clone(l.Same)
	for _, h := range l.Historical {
		groups = append(groups, h.Tags)
	}
	return groups
}

// tagged makes the list's tags: digests by group, times by the order of pushes,
// and tags that are built from a branch newest of all.
func (l tagList) tagged() []Tag {
	digest, pushed := map[string]string{}, map[string]time.Time{}
	for i, g := range l.groups() {
		when := testNow.AddDate(0, 0, -10-i/20)
		if h := i - len(l.Same); h >= 0 {
			when, _ = time.Parse("2006-01-02", l.Historical[h].Date)
		}
		for _, name := range g {
			digest[name] = cmp.Or(digest[name], digestOf(fmt.Sprint(l.Repository, " group ", i)))
			if pushed[name].IsZero() {
				pushed[name] = when
			}
		}
	}
	for _, p := range l.Pushes {
		if when, err := time.Parse("2006-01-02", p.Date); err == nil {
			pushed[p.Tag] = when
		}
	}
	tags := make([]Tag, 0, len(l.Tags))
	for _, name := range l.Tags {
		t := Tag{Name: name, Digest: cmp.Or(digest[name], digestOf(l.Repository+name)), Pushed: pushed[name]}
		if t.Pushed.IsZero() && development(DockerTags{}.Parse(name)) {
			t.Pushed = testNow.AddDate(0, 0, -1)
		}
		tags = append(tags, t)
	}
	return tags
}

var testNow = time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC)

// refsOf makes one reference per image, all in one file unless "file|image" says
// another.
func refsOf(t testing.TB, images ...string) []manifest.Ref {
	t.Helper()
	var refs []manifest.Ref
	for i, s := range images {
		file, image, found := strings.Cut(s, "|")
		if !found {
			file, image = "deploy/app.yaml", s
		}
		img, err := manifest.ParseImage(image)
		if err != nil {
			t.Fatal(err)
		}
		refs = append(refs, manifest.Ref{File: file, Kind: manifest.KindKubernetes, Line: i + 1, Image: img, Whole: &manifest.Slot{}})
	}
	return refs
}

// resolveAll resolves images against a registry, with the default policy.
func resolveAll(t testing.TB, reg Registry, opts Options, images ...string) Report {
	t.Helper()
	opts.Now = testNow
	r, err := Resolve(context.Background(), reg, refsOf(t, images...), opts)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
