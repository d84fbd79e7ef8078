package resolver

import (
	"errors"
	"strings"
	"testing"

	"pinbot/manifest"
)

// TestWrongNewest tells of tags that outrank by their numbers what they are not
// newer than.
func TestWrongNewest(t *testing.T) {
	for _, c := range []struct{ name, tags, image, want string }{
		{"an older way of counting, from an exact tag", "2021.1@1800 2021.2@1700 1.4.0@60 1.5.0@50 1.6.0@30", ":1.5.0", "pin 1.5.0, minor 1.6.0"},
		{"and from latest", "latest@1 2021.1@1800 2021.2@1700 1.4.0@60 1.5.0@50", ":latest", "upgrade 1.5.0 (release)"},
		{"a backport that was pushed last", "main@1 1.9.9@4 2.0.0@200 2.0.1@100 1.9.8@150", ":main", "upgrade 2.0.1 (release)"},
		{"build ids", "latest@1 1773204619@3 1.2.3@50 1.2.2", ":latest", "upgrade 1.2.3 (release)"},
		{"a build id stays", "1773204619 1773204620 1.2.3", ":1773204619", "pin 1773204619, release 1.2.3"},
		{"nightly dates", "latest@1 20260801@2 1.2.3@50 1.2.2", ":latest", "upgrade 1.2.3 (release)"},
		{"fewer numbers in a newer major", "9.6.24@1000 9.5.25@1000 18.5 18.6 17.4 17.3", ":9.6.24", "pin 9.6.24, major 18.6"},
		{"a branch build of the next minor", "1.2.3 1.2.2 1.2.4 1.3@1", ":1.2.3", "pin 1.2.3, patch 1.2.4"},
		{"a fourth number", "17.0.8_7-jdk 17.0.8.1_1-jdk 17.0.9_9-jdk", ":17.0.8.1_1-jdk", "pin 17.0.8.1_1-jdk, patch 17.0.9_9-jdk"},
		{"and the rebuilt version before it", "17.0.8_7-jdk 17.0.8.1_1-jdk", ":17.0.8_7-jdk", "pin 17.0.8_7-jdk, patch 17.0.8.1_1-jdk"},
		{"dates that were built twice a day", "jammy-20231211.1 jammy-20240627", ":jammy-20231211.1", "pin jammy-20231211.1, minor jammy-20240627"},
		{"a candidate behind the variant", "17.03.0-ce 17.03.1-ce-rc1 17.04.0-ce", ":17.03.0-ce", "pin 17.03.0-ce, minor 17.04.0-ce"},
		{"latest of another line", "latest=a trixie=a 26.04=b resolute=b", ":latest", "pin latest"},
		{"a partial's own releases are no upgrade of it", "1@3 1.2.3 2.0.0", ":1@" + digestOf("1"), "keep, major 2.0.0"},
	} {
		reg := &listing{repos: map[string][]Tag{"ghcr.io/acme/app": repo(t, c.tags)}}
		r := resolveAll(t, reg, Options{}, "ghcr.io/acme/app"+c.image).Results[0]
		if got := say(r); got != c.want {
			t.Errorf("%s: %s among %s\n got %s\nwant %s\nbecause %s", c.name, c.image, c.tags, got, c.want, r.Decision.Reason)
		}
	}
}

// TestLongListsAreRightInFewQuestions asks real lists of thousands of tags.
func TestLongListsAreRightInFewQuestions(t *testing.T) {
	for _, c := range []struct {
		list, tag, want string
		most            int // questions for listings
	}{
		{"docker.io__library__node", "10", "pin 10.24.1, major 26.7.0", 6},
		{"docker.io__library__node", "10-jessie", "pin 10.22.0-jessie", 5},
		{"docker.io__library__golang", "1-bullseye", "pin 1.24.6-bullseye", 5},
		{"docker.io__library__golang", "1.10", "pin 1.10.8, minor 1.27.0", 5},
		{"docker.io__library__eclipse-temurin", "11.0.12_7-jdk", "pin 11.0.12_7-jdk, patch 11.0.32_9-jdk, major 26.0.2_10-jdk", 6},
		{"docker.io__library__php", "8.2-fpm", "pin 8.2.33-fpm, minor 8.5.9-fpm", 5},
		{"docker.io__library__postgres", "16.2", "pin 16.2, minor 16.15, major 18.6", 6},
		{"docker.io__library__nginx", "1.27.0-alpine", "pin 1.27.0-alpine, minor 1.31.4-alpine", 4},
		{"docker.io__library__amazonlinux", "2.0.20190823.1", "pin 2.0.20190823.1, patch 2.0.20260817.0, major 2023.12.20260817.0", 4},
	} {
		reg := shared(t, c.list)
		image := strings.ReplaceAll(c.list, "__", "/") + ":" + c.tag
		r := resolveAll(t, reg, Options{}, image).Results[0]
		listings := 0
		for _, q := range reg.asked {
			if strings.HasPrefix(q, "tags ") {
				listings++
			}
		}
		if got := say(r); got != c.want || listings > c.most {
			t.Errorf("%s: got %s in %d questions, want %s in %d; asked %q", image, got, listings, c.want, c.most, reg.asked)
		}
	}
}

func TestAShortExactListCostsThreeQuestions(t *testing.T) {
	reg := &listing{repos: map[string][]Tag{"quay.io/acme/app": repo(t, "1.0.0 1.0.1 2.0.0")}}
	if got := say(resolveAll(t, reg, Options{}, "quay.io/acme/app:1.0.0").Results[0]); got != "pin 1.0.0, patch 1.0.1, major 2.0.0" || len(reg.asked) > 3 {
		t.Errorf("got %s, asked %q", got, reg.asked)
	}
}

func TestAFailedMemberHoldsItsFloatingSiblings(t *testing.T) {
	reg := &listing{
		repos: map[string][]Tag{"quay.io/metallb/speaker": repo(t, "main@1 v0.13.7 v0.13.8")},
		fails: map[string]error{"quay.io/metallb/controller": errors.New("connection reset")},
	}
	r := resolveAll(t, reg, Options{}, "quay.io/metallb/speaker:main", "quay.io/metallb/controller:main")
	if got := say(r.Results[0]); got != "hold main" || !strings.Contains(r.Results[0].Decision.Reason, "quay.io/metallb/controller") {
		t.Errorf("speaker: %s (%s)", got, r.Results[0].Decision.Reason)
	}
	if r.Results[1].Decision.Outcome != Error {
		t.Errorf("controller: %+v", r.Results[1].Decision)
	}
}

// TestForms says what becomes of references that have no place for everything.
func TestForms(t *testing.T) {
	reg := &listing{repos: map[string][]Tag{"ghcr.io/acme/app": repo(t, "nonroot=n latest=a 1.0.0=a 1.1.0")}}
	for _, c := range []struct {
		tag    string
		change func(*manifest.Ref)
		want   string
		image  string
		reason string
	}{
		{"latest", func(r *manifest.Ref) { r.Whole, r.Tag = nil, &manifest.Slot{} }, "pin 1.0.0, minor 1.1.0", "ghcr.io/acme/app:1.0.0", "only the tag is written"},
		{"1.0.0", func(r *manifest.Ref) { r.Whole, r.Tag = nil, &manifest.Slot{} }, "keep, minor 1.1.0", "ghcr.io/acme/app:1.0.0", "the tag is exact already"},
		{"nonroot", func(r *manifest.Ref) { r.Whole, r.Tag = nil, &manifest.Slot{} }, "keep", "ghcr.io/acme/app:nonroot", "stays as it is"},
		{"1.0.0", func(r *manifest.Ref) { r.Whole, r.Fixed = nil, "it is an anchor's" }, "skip 1.0.0", "", "it is an anchor's"},
		{"1.0.0", func(r *manifest.Ref) { r.Variable, r.Source = true, "ARG VERSION on line 3" }, "skip 1.0.0", "", "ARG VERSION on line 3"},
	} {
		refs := refsOf(t, "ghcr.io/acme/app:"+c.tag)
		c.change(&refs[0])
		r := resolveRefs(t, reg, refs)[0]
		if got := say(r); got != c.want || !strings.Contains(r.Decision.Reason, c.reason) || c.image != "" && r.Decision.Image != c.image {
			t.Errorf("%s: got %s as %s because %q, want %s as %s because %q", c.tag, got, r.Decision.Image, r.Decision.Reason, c.want, c.image, c.reason)
		}
	}
}

func TestHintedVersions(t *testing.T) {
	for key, want := range map[string]string{
		"PG_VERSION=16.2-1.pgdg120+2": "16.2", "JAVA_VERSION=jdk-21.0.12+8": "21.0.12", "JAVA_VERSION=jdk8u502-b07": "8u502", "APP_VERSION=v1.2.3": "1.2.3", "OTHER_VERSION=3.0": "",
	} {
		name, value, _ := strings.Cut(key, "=")
		if got := hintedVersion("ghcr.io/acme/app", Config{Env: map[string]string{name: value}}); got != want {
			t.Errorf("%s hints at %q, want %q", key, got, want)
		}
	}
}
