package resolver

import (
	"slices"
	"strings"
	"testing"
)

// shared makes a registry of the shared tag lists.
func shared(t testing.TB, names ...string) *listing {
	l := &listing{repos: map[string][]Tag{}}
	for _, n := range names {
		list := sharedTags(t, n)
		tags := list.tagged()
		slices.SortStableFunc(tags, func(a, b Tag) int { return b.Pushed.Compare(a.Pushed) })
		l.repos[strings.ReplaceAll(n, "__", "/")] = tags
	}
	return l
}

func TestMetallbMovesTogether(t *testing.T) {
	reg := shared(t, "quay.io__metallb__speaker", "quay.io__metallb__controller")
	r := resolveAll(t, reg, Options{}, "quay.io/metallb/speaker:main", "quay.io/metallb/controller:main")
	for _, res := range r.Results {
		d := res.Decision
		if d.Outcome != Upgrade || d.Tag != "v0.16.1" || d.UpdateType != UpdateRelease || res.Group != "metallb" {
			t.Errorf("%s: got %+v in group %q, want an upgrade of type release to v0.16.1 in metallb", res.Ref.Image, d, res.Group)
		}
		if !strings.Contains(d.Reason, "changes what a fresh pull gets") {
			t.Errorf("%s: the reason does not say that a fresh pull changes: %s", res.Ref.Image, d.Reason)
		}
	}
	if len(reg.asked) > 6 {
		t.Errorf("asked %d questions for two images: %q", len(reg.asked), reg.asked)
	}
}

func TestFloatingContainerJoinsItsSiblings(t *testing.T) {
	reg := shared(t, "quay.io__metallb__speaker", "quay.io__metallb__controller")
	r := resolveAll(t, reg, Options{}, "quay.io/metallb/controller:v0.13.7", "quay.io/metallb/speaker:v0.13.7", "quay.io/metallb/speaker:main")
	d := r.Results[2].Decision
	if d.Tag != "v0.13.7" || d.UpdateType != UpdateRelease || d.Outcome != Upgrade {
		t.Errorf("speaker:main beside v0.13.7: %+v", d)
	}
	for _, res := range r.Results {
		if len(res.Upgrades) != 2 || res.Upgrades[0].Tag != "v0.13.12" || res.Upgrades[1].Tag != "v0.16.1" {
			t.Errorf("%s: upgrades %+v, want v0.13.12 and, apart, v0.16.1", res.Ref.Image, res.Upgrades)
		}
	}
	if len(r.Findings) != 1 || r.Findings[0].Finding != FindingSkew || r.Findings[0].Line != 3 {
		t.Errorf("findings: %+v", r.Findings)
	}
}

func TestFloatingTagsOfRealRepositories(t *testing.T) {
	for _, c := range []struct{ list, tag, want string }{
		{"docker.io__library__nginx", "latest", "1.31.4"},
		{"docker.io__library__nginx", "1.27-alpine", "1.27.5-alpine"},
		{"docker.io__library__nginx", "stable-alpine", "1.30.4-alpine"},
		{"docker.io__library__nginx", "alpine3.24", "1.31.4-alpine3.24"},
		{"docker.io__library__node", "lts", "24.19.0"},
		{"docker.io__library__node", "lts-alpine", "24.19.0-alpine"},
		{"docker.io__library__php", "fpm", "8.5.9-fpm"},
		{"docker.io__library__php", "fpm-alpine", "8.5.9-fpm-alpine"},
		{"docker.io__library__eclipse-temurin", "21", "21.0.12_8-jdk"},
		{"docker.io__library__ubuntu", "latest", "26.04"},
		{"docker.io__library__ubuntu", "noble", "noble-20260810"},
		{"docker.io__library__python", "3.13-slim-bookworm", "3.13.15-slim-bookworm"},
	} {
		reg := shared(t, c.list)
		image := strings.ReplaceAll(c.list, "__", "/") + ":" + c.tag
		res := resolveAll(t, reg, Options{}, image).Results[0]
		if res.Decision.Tag != c.want || res.Decision.Outcome != Pin {
			t.Errorf("%s: %s %s (%s), want a pin to %s; asked %q", image, res.Decision.Outcome, res.Decision.Tag, res.Decision.Reason, c.want, reg.asked)
		}
	}
}
