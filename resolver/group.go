package resolver

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"pinbot/manifest"
)

// grouping finds which images must move together.
//
// A policy's groups are taken as named. Beyond them, images are members of one
// application where registry and owner are the same, their releases have been
// the same in the past, they stand in one directory tree, and the tag as written
// is the same. A floating tag joins the exact version that its neighbours stand
// at. Short owners such as docker.io/library are never one application.
type grouping struct {
	refs   []manifest.Ref
	itemOf []*item // by reference
	units  map[string]*unit
	unitOf []string // key into units, by reference
	same   map[[2]*item]bool
}

// group puts items into units, and reports skew within them.
func group(refs []manifest.Ref, items []*item) ([]*unit, []GroupFinding) {
	g := &grouping{refs: refs, itemOf: make([]*item, len(refs)), units: map[string]*unit{}, unitOf: make([]string, len(refs)), same: map[[2]*item]bool{}}
	for _, it := range items {
		for _, i := range it.refs {
			g.itemOf[i] = it
		}
	}
	g.byPolicy()
	g.byTag()
	g.byNeighbour()
	units := g.build()
	return units, append(g.skewInGroups(), g.skewInWorkloads()...)
}

// join puts a reference into the unit of that key, making it where needed.
func (g *grouping) join(ref int, key, name string) *unit {
	if g.units[key] == nil {
		g.units[key] = &unit{name: name}
	}
	g.unitOf[ref] = key
	return g.units[key]
}

// usable reports whether a reference can be a member of anything.
func (g *grouping) usable(i int) bool {
	it := g.itemOf[i]
	return g.unitOf[i] == "" && it.class != ClassVariable && it.class != ClassDigest && !it.settings.ignore
}

func (g *grouping) byPolicy() {
	for i := range g.refs {
		if name := g.itemOf[i].settings.group; name != "" && g.usable(i) {
			g.join(i, "policy "+name, name)
		}
	}
	g.anchorPolicyGroups()
}

// anchorPolicyGroups heals floating members of named groups at the version of
// the exact ones, where they agree.
func (g *grouping) anchorPolicyGroups() {
	versions := map[string]map[string]bool{}
	for i, key := range g.unitOf {
		if it := g.itemOf[i]; key != "" && it.class == ClassExact {
			if versions[key] == nil {
				versions[key] = map[string]bool{}
			}
			versions[key][it.version.Release()] = true
		}
	}
	for key, set := range versions {
		if len(set) == 1 {
			g.units[key].anchor = slices.Collect(maps.Keys(set))[0]
		} else {
			g.units[key].torn = tornReason(slices.Sorted(maps.Keys(set)))
		}
	}
}

func tornReason(versions []string) string {
	return fmt.Sprintf("its neighbours stand at different versions (%s), so a person must choose one", strings.Join(versions, ", "))
}

// byTag groups different images of one owner that are written with the same tag
// in one tree of directories.
func (g *grouping) byTag() {
	buckets := map[string][]int{}
	for i := range g.refs {
		if owner := ownerOf(g.itemOf[i].inv.repository); owner != "" && g.usable(i) {
			key := owner + " " + g.itemOf[i].tagName()
			buckets[key] = append(buckets[key], i)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(buckets)) {
		for n, tree := range g.trees(buckets[key]) {
			g.groupTree(fmt.Sprintf("tag %s %d", key, n), tree)
		}
	}
}

// groupTree makes a group of the references of one tree, without the images
// whose releases differ from the others'.
func (g *grouping) groupTree(key string, tree []int) {
	var items []*item
	for _, i := range tree {
		if !slices.Contains(items, g.itemOf[i]) {
			items = append(items, g.itemOf[i])
		}
	}
	related := slices.DeleteFunc(slices.Clone(tree), func(i int) bool {
		return !slices.ContainsFunc(items, func(b *item) bool {
			a := g.itemOf[i]
			return a.inv.repository != b.inv.repository && g.sameReleases(a, b)
		})
	})
	if len(related) < 2 {
		return
	}
	owner := ownerOf(g.itemOf[related[0]].inv.repository)
	for _, i := range related {
		u := g.join(i, key, path.Base(owner))
		if it := g.itemOf[i]; it.class == ClassExact {
			u.anchor = it.version.Release()
		}
	}
}

// ownerOf is registry and path above an image, "" where that is not one
// project's: docker.io/library, or a registry's root.
func ownerOf(repository string) string {
	owner := path.Dir(repository)
	if owner == "docker.io/library" || !strings.Contains(owner, "/") {
		return ""
	}
	return owner
}

// sameReleases reports whether two images have had the same releases: at least
// half of the newest of each are the other's too. An image that could not be
// looked up is given the benefit of the doubt, so that its group waits for it;
// one that the registry does not have is nobody's sibling.
func (g *grouping) sameReleases(a, b *item) bool {
	if errors.Is(a.err, ErrNotFound) || errors.Is(b.err, ErrNotFound) {
		return false
	}
	if a.err != nil || b.err != nil {
		return true
	}
	same, known := g.same[[2]*item{a, b}]
	if !known {
		same = sharesNewest(a.inv, b.inv) && sharesNewest(b.inv, a.inv)
		g.same[[2]*item{a, b}] = same
	}
	return same
}

func sharesNewest(a, b *inventory) bool {
	const sample = 10
	theirs := map[string]bool{}
	for _, v := range b.versions {
		theirs[v.Release()] = true
	}
	n, shared := 0, 0
	for _, v := range a.all() {
		if partial, _ := a.partial(v); partial || v.Kind != TagRelease || len(v.Words) > 0 {
			continue
		}
		n++
		if theirs[v.Release()] {
			shared++
		}
		if n == sample {
			break
		}
	}
	return shared > 0 && 2*shared >= n
}
