package resolver

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"pinbot/manifest"
)

// inventory is what is known of one repository's tags while one image of it is
// decided. On long lists it is a part of them, grown by targeted questions.
type inventory struct {
	reg        Registry
	repository string
	scheme     Scheme

	tags     map[string]Tag
	versions map[string]Version
	byDigest map[string]map[string]bool // names of tags
	shorter  map[string]bool            // numbers that longer tags continue, by prefix
	usual    map[string]int             // how many numbers most releases have, by prefix; nil until it is counted
	words    map[string]bool            // variant words of versioned tags
	complete bool                       // tags are all tags of the repository
	cut      bool                       // the list is longer than may be read
	listed   bool                       // the listing carries digests
	collects bool                       // the registry soon deletes manifests that no tag holds
	pages    int                        // newest-first pages read
	newest   int                        // tags on them
	answered []string                   // texts of which all tags that contain them are known
	searched map[string]int             // pages read of the tags that contain a text
	widened  map[string]bool            // tags whose family was looked for
	reached  time.Time                  // the oldest push on the newest-first pages
	fetched  map[string]Manifest        // by digest
}

func newInventory(reg Registry, repository string, scheme Scheme) *inventory {
	return &inventory{
		reg: reg, repository: repository, scheme: scheme,
		tags: map[string]Tag{}, versions: map[string]Version{}, byDigest: map[string]map[string]bool{},
		shorter: map[string]bool{}, words: map[string]bool{},
		searched: map[string]int{}, widened: map[string]bool{}, fetched: map[string]Manifest{},
	}
}

// clone is for another goroutine to go on with.
func (inv *inventory) clone() *inventory {
	c := newInventory(inv.reg, inv.repository, inv.scheme)
	c.complete, c.listed, c.pages, c.answered = inv.complete, inv.listed, inv.pages, slices.Clone(inv.answered)
	for _, t := range inv.tags {
		c.add(t)
	}
	maps.Copy(c.fetched, inv.fetched)
	maps.Copy(c.searched, inv.searched)
	maps.Copy(c.widened, inv.widened)
	c.reached, c.collects, c.newest, c.cut = inv.reached, inv.collects, inv.newest, inv.cut
	return c
}

// ask puts a question to the registry and keeps the tags of the answer, as far as
// they may be tags at all.
func (inv *inventory) ask(ctx context.Context, q TagQuery) (TagPage, error) {
	page, err := inv.reg.Tags(ctx, inv.repository, q)
	if err != nil {
		return page, err
	}
	inv.collects, inv.cut = inv.collects || page.Collects, inv.cut || page.Cut
	for _, t := range page.Tags {
		if manifest.ValidTag(t.Name) {
			inv.add(t)
		}
	}
	return page, nil
}

// add keeps a tag, and what an earlier answer knew more of it.
func (inv *inventory) add(t Tag) {
	old := inv.tags[t.Name]
	t.Digest = cmp.Or(t.Digest, old.Digest)
	if t.Pushed.IsZero() {
		t.Pushed = old.Pushed
	}
	if t.Platforms == nil {
		t.Platforms = old.Platforms
	}
	inv.tags[t.Name] = t
	if old.Digest != t.Digest {
		delete(inv.byDigest[old.Digest], t.Name)
		if inv.byDigest[t.Digest] == nil {
			inv.byDigest[t.Digest] = map[string]bool{}
		}
		inv.byDigest[t.Digest][t.Name] = true
	}
	if _, ok := inv.versions[t.Name]; !ok {
		inv.index(inv.scheme.Parse(t.Name))
	}
}

// index keeps what a version tells of the others.
func (inv *inventory) index(v Version) {
	inv.versions[v.Tag] = v
	if v.Versioned() {
		for _, w := range v.Words {
			inv.words[w] = true
		}
	}
	if v.Kind != TagRelease && v.Kind != TagPrerelease {
		return
	}
	inv.usual = nil
	for n := 1; n < len(v.Numbers); n++ {
		inv.shorter[numbersKey(v.Prefix, v.Numbers[:n])] = true
	}
}

func numbersKey(prefix string, numbers []string) string {
	key := prefix
	for _, n := range numbers {
		key += "/" + trimZeros(n)
	}
	return key
}

// more reads the next newest-first page, if there is one.
func (inv *inventory) more(ctx context.Context) error {
	if inv.exhausted() {
		return nil
	}
	page, err := inv.ask(ctx, TagQuery{Page: inv.pages + 1})
	if err != nil {
		return err
	}
	inv.pages++
	inv.newest += len(page.Tags)
	inv.complete = page.All || !page.More
	if n := len(page.Tags); n > 0 {
		inv.reached = page.Tags[n-1].Pushed
	}
	inv.listed = inv.listed || slices.ContainsFunc(page.Tags, func(t Tag) bool { return t.Digest != "" })
	return nil
}

// exhausted reports whether no question about many tags tells more.
func (inv *inventory) exhausted() bool { return inv.complete || inv.cut }

// tag returns a tag with its digest, which it asks for where the listing did
// not tell.
func (inv *inventory) tag(ctx context.Context, name string) (Tag, error) {
	if t, ok := inv.tags[name]; ok && t.Digest != "" {
		return t, nil
	}
	if _, err := inv.ask(ctx, TagQuery{Name: name}); err != nil {
		return Tag{}, err
	}
	t, ok := inv.tags[name]
	if !ok || t.Digest == "" {
		return Tag{}, fmt.Errorf("looking up %s:%s: %w", inv.repository, name, ErrNotFound)
	}
	return t, nil
}

// confirm fetches what a tag names now. The listing may be older than that: the
// fetched bytes win, provided that the registry also has them by digest.
func (inv *inventory) confirm(ctx context.Context, name string) (Manifest, error) {
	m, err := inv.reg.Manifest(ctx, inv.repository, name)
	if err != nil {
		return m, err
	}
	if listed := inv.tags[name].Digest; listed != "" && listed != m.Digest {
		if _, err := inv.reg.Manifest(ctx, inv.repository, m.Digest); err != nil {
			return m, fmt.Errorf("fetching %s:%s, which changed while it was looked up, by its digest %s: %w", inv.repository, name, m.Digest, err)
		}
	}
	t := inv.tags[name]
	t.Name, t.Digest = name, m.Digest
	inv.add(t)
	inv.fetched[m.Digest] = m
	return m, nil
}

// manifest fetches what a digest names, unless its bytes were fetched already.
func (inv *inventory) manifest(ctx context.Context, digest string) (Manifest, error) {
	if m, ok := inv.fetched[digest]; ok {
		return m, nil
	}
	m, err := inv.reg.Manifest(ctx, inv.repository, digest)
	if err == nil {
		inv.fetched[digest] = m
	}
	return m, err
}

// sameContent lists the other tags that have a digest, newest first.
func (inv *inventory) sameContent(digest, except string) []Version {
	var same []Version
	if digest == "" {
		return nil
	}
	for name := range inv.byDigest[digest] {
		if name != except {
			same = append(same, inv.versions[name])
		}
	}
	inv.sort(same)
	return same
}

// all lists every known version, newest first.
func (inv *inventory) all() []Version {
	versions := slices.Collect(maps.Values(inv.versions))
	inv.sort(versions)
	return versions
}

// considered lists every known tag, newest version first.
func (inv *inventory) considered() []Considered {
	var list []Considered
	for _, v := range inv.all() {
		partial, _ := inv.partial(v)
		list = append(list, Considered{Tag: inv.tags[v.Tag], Version: v, Partial: partial})
	}
	return list
}

func (inv *inventory) sort(versions []Version) {
	slices.SortFunc(versions, func(a, b Version) int { return inv.scheme.Compare(b, a) })
}
