package resolver

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
)

// semver is the version as Masterminds reads it: the first three numbers and
// the pre-release.
func (v Version) semver() (*semver.Version, error) {
	if v.Kind != TagRelease && v.Kind != TagPrerelease {
		return nil, fmt.Errorf("%s is not a version", v.Tag)
	}
	numbers := make([]string, 0, 3)
	for _, n := range v.Numbers[:min(3, len(v.Numbers))] {
		numbers = append(numbers, trimZeros(n))
	}
	s := strings.Join(numbers, ".")
	if len(v.Pre) > 0 {
		for len(numbers) < 3 {
			numbers = append(numbers, "0")
		}
		s = strings.Join(numbers, ".") + "-" + strings.Join(v.Pre, ".")
	}
	return semver.NewVersion(s)
}

// upgrades lists the versions of from's family that are newer than it and that
// the policy allows, newest first. Age, platforms and existence are not looked
// at yet.
func (inv *inventory) upgrades(from Version, s settings) ([]Version, error) {
	var newer []Version
	for _, v := range inv.all() {
		if !from.SameFamily(v) || inv.scheme.Compare(from, v) >= 0 || !inv.eligible(from, v, s) {
			continue
		}
		if !s.reaches(inv.step(from, v)) {
			continue
		}
		ok, err := s.allows(v)
		if err != nil {
			return nil, err
		}
		if ok {
			newer = append(newer, v)
		}
	}
	return inv.withoutAbandoned(newer, from.Major(), inv.tags[from.Tag].Pushed), nil
}

// eligible reports whether v is a full version that from may move to:
// pre-releases only from pre-releases, or where the policy says so.
func (inv *inventory) eligible(from, v Version, s settings) bool {
	if partial, _ := inv.partial(v); partial || v.Kind != TagDate && len(v.Numbers) < min(len(from.Numbers), inv.usualCount(v.Prefix)) {
		return false
	}
	if inv.isPrerelease(v) {
		return s.prereleases || from.Kind == TagPrerelease
	}
	return v.Kind == TagRelease || v.Kind == TagDate && from.Kind == TagDate
}

// isPrerelease reports whether a version is one by its own words, or because
// the only names that the repository gives to its content besides versions are
// those of development lines (ubuntu's devel).
func (inv *inventory) isPrerelease(v Version) bool {
	if v.Kind == TagPrerelease {
		return true
	}
	t := inv.tags[v.Tag]
	if t.Digest == "" {
		return false
	}
	unstable := false
	for _, alias := range inv.sameContent(t.Digest, v.Tag) {
		if alias.Kind != TagChannel {
			continue
		}
		if !development(alias) && slices.ContainsFunc(alias.Words, func(w string) bool { return channelWords[w] }) {
			return false
		}
		unstable = unstable || development(alias) && !branch(alias)
	}
	return unstable
}

// releases lists the releases of a repository with the given variant, newest
// first: what a floating tag may move to.
func (inv *inventory) releases(floating Version, s settings) ([]Version, error) {
	variant := inv.variantOf(floating)
	prefix := inv.usualPrefix()
	if floating.Kind == TagRelease {
		prefix = floating.Prefix
	}
	var list []Version
	for _, v := range inv.all() {
		if v.Kind == TagDate || v.Prefix != prefix || !slices.Equal(v.Words, variant) || !inv.eligible(Version{}, v, s) {
			continue
		}
		if floating.Kind == TagRelease && !floating.Within(v) {
			continue
		}
		ok, err := s.allows(v)
		if err != nil {
			return nil, err
		}
		if ok {
			list = append(list, v)
		}
	}
	return list, nil
}

// abandonedAfter is how much earlier a higher major was pushed for the last time
// that is not newer, but of an older way of counting (2021.1 before 1.5.0), or a
// line that ended.
const abandonedAfter = 365 * 24 * time.Hour

// withoutAbandoned leaves out the majors, other than the own one, of which
// nothing was pushed for long at the given time. A zero time is that of the last
// push in the list.
func (inv *inventory) withoutAbandoned(list []Version, own string, at time.Time) []Version {
	last := map[string]time.Time{}
	newest := at
	for _, v := range list {
		p := inv.tags[v.Tag].Pushed
		if p.After(last[v.Major()]) {
			last[v.Major()] = p
		}
		if at.IsZero() && p.After(newest) {
			newest = p
		}
	}
	return slices.DeleteFunc(list, func(v Version) bool {
		p := last[v.Major()]
		return v.Major() != own && v.Kind != TagDate && !p.IsZero() && newest.Sub(p) > abandonedAfter
	})
}

// step is the Scheme's step, and a major where the upgrade leaves a line that
// the project names.
func (inv *inventory) step(from, to Version) UpdateType {
	if lineOf(inv.repository, from) != lineOf(inv.repository, to) {
		return UpdateMajor
	}
	return inv.scheme.Step(from, to)
}
