package resolver

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// byNeighbour lets floating tags that are in no exact group join the exact
// version of the same application that stands nearest: in the file, in the
// directory, in the tree.
func (g *grouping) byNeighbour() {
	near := g.surroundings(g.exactRefs())
	for i := range g.refs {
		if !g.floats(i) {
			continue
		}
		for _, ring := range near.rings(ownerOf(g.itemOf[i].inv.repository), g.refs[i].File) {
			if versions := g.versionsAmong(ring, g.itemOf[i]); len(versions) > 0 {
				g.attach(i, versions)
				break
			}
		}
	}
}

// floats reports whether a reference may be healed by its neighbours: it
// floats, is not pinned, and its group, if any, has no version of its own.
func (g *grouping) floats(i int) bool {
	it := g.itemOf[i]
	if !it.class.floating() || it.ref.Image.Digest != "" || it.settings.ignore || it.settings.group != "" || it.err != nil || ownerOf(it.inv.repository) == "" {
		return false
	}
	return it.class == ClassPartial || newestByDefault(it.class, it.version)
}

func (g *grouping) exactRefs() []int {
	var exact []int
	for i, it := range g.itemOf {
		if it.class == ClassExact && it.settings.group == "" && !it.settings.ignore {
			exact = append(exact, i)
		}
	}
	return exact
}

// versionsAmong lists the exact versions that a floating item may join, one
// reference for each: those of the same image before those of its siblings.
func (g *grouping) versionsAmong(refs []int, it *item) map[string]int {
	own, siblings := map[string]int{}, map[string]int{}
	for _, j := range refs {
		other := g.itemOf[j]
		if it.class == ClassPartial && !it.version.Within(other.version) {
			continue
		}
		release := other.version.Release()
		switch {
		case other.inv.repository == it.inv.repository:
			own[release] = j
		case it.inv.hasRelease(release) && g.sameReleases(it, other):
			siblings[release] = j
		}
	}
	if len(own) > 0 {
		return own
	}
	return siblings
}

// hasRelease reports whether the repository has a version: a sibling's version
// that it never had is another application's.
func (inv *inventory) hasRelease(release string) bool {
	for _, v := range inv.versions {
		if v.Release() == release {
			return true
		}
	}
	return false
}

// attach joins a floating reference to the one version near it. Several
// versions cannot be chosen from: the reference is then held.
func (g *grouping) attach(i int, versions map[string]int) {
	owner := path.Base(ownerOf(g.itemOf[i].inv.repository))
	if len(versions) > 1 {
		g.join(i, fmt.Sprintf("torn %d", i), owner).torn = tornReason(sortedKeys(versions))
		return
	}
	for release, j := range versions {
		key := g.unitOf[j]
		if key == "" {
			key = fmt.Sprintf("version %s %s %s", ownerOf(g.itemOf[j].inv.repository), release, path.Dir(g.refs[j].File))
			g.join(j, key, owner)
		}
		g.join(i, key, owner).anchor = release
	}
}

func sortedKeys(m map[string]int) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// build makes the units: one per group, and one per image that is in none. An
// image that is in several units gets its own copy in each.
func (g *grouping) build() []*unit {
	members := map[place]*item{}
	var units []*unit
	listed := map[string]bool{}
	used := map[*item]bool{}
	for i, it := range g.itemOf {
		p := place{g.unitOf[i], it}
		m := members[p]
		if m == nil {
			m = it.member(used[it])
			used[it] = true
			members[p] = m
			u := g.units[p.key]
			if u == nil {
				u = &unit{}
			}
			u.members = append(u.members, m)
			m.group = u.name
			if p.key == "" || !listed[p.key] {
				units = append(units, u)
				listed[p.key] = true
			}
		}
		m.refs = append(m.refs, i)
	}
	return units
}

// member is the item as one unit decides it.
func (it *item) member(again bool) *item {
	m := *it
	m.refs = nil
	if again {
		m.inv = it.inv.clone()
	}
	return &m
}

// skewInGroups reports groups whose members are written at different versions.
func (g *grouping) skewInGroups() []GroupFinding {
	byUnit := map[string][]int{}
	var order []string
	for i, key := range g.unitOf {
		if key == "" {
			continue
		}
		if byUnit[key] == nil {
			order = append(order, key)
		}
		byUnit[key] = append(byUnit[key], i)
	}
	var findings []GroupFinding
	for _, key := range order {
		findings = g.appendSkew(findings, g.units[key].name, byUnit[key])
	}
	return findings
}

// skewInWorkloads reports pods that run one image at different versions.
func (g *grouping) skewInWorkloads() []GroupFinding {
	byPod := map[string][]int{}
	var order []string
	for i, r := range g.refs {
		if r.Workload == "" || g.unitOf[i] != "" || r.Variable {
			continue
		}
		key := strings.Join([]string{r.File, r.Workload, r.Image.Repository()}, "\x00")
		if byPod[key] == nil {
			order = append(order, key)
		}
		byPod[key] = append(byPod[key], i)
	}
	var findings []GroupFinding
	for _, key := range order {
		findings = g.appendSkew(findings, g.refs[byPod[key][0]].Workload, byPod[key])
	}
	return findings
}

// appendSkew adds a finding where the references are not all at one version.
func (g *grouping) appendSkew(findings []GroupFinding, name string, refs []int) []GroupFinding {
	var images []string
	first := -1
	for _, i := range refs {
		it := g.itemOf[i]
		if image := it.ref.Image.String(); !slices.Contains(images, image) {
			images = append(images, image)
		}
		if first < 0 || it.class.floating() && !g.itemOf[first].class.floating() {
			first = i
		}
	}
	if distinctVersions(g, refs) < 2 {
		return findings
	}
	at := g.refs[first]
	return append(findings, GroupFinding{
		Finding: FindingSkew, Group: name, Images: images, File: at.File, Line: at.Line, refs: refs,
		Message: fmt.Sprintf("%s is not at one version: %s", name, strings.Join(images, ", ")),
	})
}

// distinctVersions counts the tags that members are written with, v or no v;
// digests count only between references of the same image.
func distinctVersions(g *grouping, refs []int) int {
	tags, digests := map[string]bool{}, map[string]string{}
	for _, i := range refs {
		it := g.itemOf[i]
		tags[strings.TrimPrefix(it.tagName(), "v")] = true
		if d, seen := digests[it.inv.repository]; seen && d != it.ref.Image.Digest && d != "" && it.ref.Image.Digest != "" {
			return 2
		}
		digests[it.inv.repository] = it.ref.Image.Digest
	}
	return len(tags)
}
