package fakeregistry

import (
	"slices"
	"strings"
	"time"
)

// Tag is one tag of a repository.
type Tag struct {
	Name string
	// Content stands for the image's bytes: tags of equal Content have equal
	// digests. "" is a content of this tag alone. Of several tags of one
	// content the first that was added says what is in the image.
	Content   string
	Pushed    time.Time
	Platforms []string // "linux/arm64/v8"; nil is linux/amd64 and linux/arm64; one alone is a manifest without index
	Labels    map[string]string
	Env       map[string]string
	// Attested adds what BuildKit adds to an index: an attestation per
	// platform, which is no platform.
	Attested bool
}

type repository struct {
	name   string // with its host
	tags   map[string]Tag
	held   map[string]bool // contents that a digest can ask for, tagged or not
	newest []Tag           // sorted; nil after a change
	names  []string        // sorted; nil after a change
}

// Add adds tags to a repository ("metallb/speaker") of a host ("quay.io"), and
// makes both when needed. A tag of a name that exists is moved.
func (r *Registry) Add(hostName, repo string, tags ...Tag) {
	r.mu.Lock()
	defer r.mu.Unlock()
	h := r.host(hostName)
	if h.repos[repo] == nil {
		h.repos[repo] = &repository{name: hostName + "/" + repo, tags: map[string]Tag{}, held: map[string]bool{}}
	}
	for _, t := range tags {
		r.put(h.repos[repo], t)
	}
}

// Move lets the tag point to other content from now on. The old content can
// still be asked for by digest.
func (r *Registry) Move(hostName, repo string, tag Tag) { r.Add(hostName, repo, tag) }

func (r *Registry) put(repo *repository, t Tag) {
	if t.Content == "" {
		t.Content = repo.name + ":" + t.Name
	}
	if len(t.Platforms) == 0 {
		t.Platforms = []string{"linux/amd64", "linux/arm64"}
	}
	if _, known := r.specs[t.Content]; !known {
		r.specs[t.Content] = t
	}
	repo.tags[t.Name] = t
	repo.held[t.Content] = true
	repo.newest, repo.names = nil, nil
}

// Delete removes tags. Their content can still be asked for by digest.
func (r *Registry) Delete(hostName, repo string, names ...string) {
	r.edit(hostName, repo, func(rp *repository) {
		for _, n := range names {
			delete(rp.tags, n)
		}
	})
}

// Collect drops all content that no tag holds, as Quay does within minutes to
// weeks.
func (r *Registry) Collect(hostName, repo string) {
	r.edit(hostName, repo, func(rp *repository) {
		clear(rp.held)
		for _, t := range rp.tags {
			rp.held[t.Content] = true
		}
	})
}

func (r *Registry) edit(hostName, repo string, change func(*repository)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if rp := r.host(hostName).repos[repo]; rp != nil {
		change(rp)
		rp.newest, rp.names = nil, nil
	}
}

// Digest is the digest that a tag has now, "" where there is no such tag.
func (r *Registry) Digest(hostName, repo, tag string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	rp := r.host(hostName).repos[repo]
	if rp == nil {
		return ""
	}
	t, found := rp.tags[tag]
	if !found {
		return ""
	}
	return r.image(t.Content).digest
}

// byTime lists the tags, newest first.
func (rp *repository) byTime() []Tag {
	if rp.newest == nil {
		for _, t := range rp.tags {
			rp.newest = append(rp.newest, t)
		}
		slices.SortFunc(rp.newest, func(a, b Tag) int {
			if c := b.Pushed.Compare(a.Pushed); c != 0 {
				return c
			}
			return strings.Compare(a.Name, b.Name)
		})
	}
	return rp.newest
}

// byName lists the names in lexical order, as tags/list does.
func (rp *repository) byName() []string {
	if rp.names == nil {
		for n := range rp.tags {
			rp.names = append(rp.names, n)
		}
		slices.Sort(rp.names)
	}
	return rp.names
}

// page cuts the page of that number, from 1, out of the tags that match.
func page(tags []Tag, match func(Tag) bool, number, size int) (cut []Tag, total int) {
	from := (number - 1) * size
	for _, t := range tags {
		if !match(t) {
			continue
		}
		if total >= from && total < from+size {
			cut = append(cut, t)
		}
		total++
	}
	return cut, total
}
