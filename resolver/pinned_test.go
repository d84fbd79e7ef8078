package resolver

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// TestDigestsThatFewTagsHold: a pinned digest is looked for by itself, and where
// no exact tag holds it, the registry may delete it.
func TestDigestsThatFewTagsHold(t *testing.T) {
	for _, c := range []struct{ name, image, want, findings, reason string }{
		{"gone on Quay", "quay.io/a/app:main@" + digestOf("gone"), "hold main", "missing", "a fresh pull fails"},
		{"gone elsewhere", "ghcr.io/a/app@" + digestOf("gone"), "hold", "missing", "a fresh pull fails"},
		{"a moving tag's on Quay", "quay.io/a/app:main@" + digestOf("m"), "keep, release 1.0.1", "outdated perishable", "deletes what no tag holds"},
		{"a moving tag's elsewhere", "ghcr.io/a/app:main@" + digestOf("m"), "keep, release 1.0.1", "outdated", "no exact tag in the registry's listing has it"},
		{"nobody's on Quay", "quay.io/a/app@" + digestOf("loose"), "keep", "perishable", "deletes what no tag holds"},
		{"a date's on Quay", "quay.io/a/app:edge@" + digestOf("e"), "pin 20261120", "", ""},
		{"a tag that is gone", "quay.io/a/app:1.0.7@" + digestOf("loose"), "hold 1.0.7", "missing perishable", "the digest decides"},
	} {
		tags := repo(t, "main=m@1 1.0.0 1.0.1 edge=e@2 20261120=e@2")
		reg := &listing{loose: []string{"loose"}, repos: map[string][]Tag{"quay.io/a/app": tags, "ghcr.io/a/app": tags}}
		r := resolveAll(t, reg, Options{}, c.image).Results[0]
		if say(r) != c.want || strings.Join(r.Findings, " ") != c.findings || !strings.Contains(r.Decision.Reason, c.reason) {
			t.Errorf("%s: got %s with %q because %q, want %s with %q because %q", c.name, say(r), r.Findings, r.Decision.Reason, c.want, c.findings, c.reason)
		}
		if !strings.Contains(c.want, ",") && len(reg.asked) > 3 {
			t.Errorf("%s: asked %q", c.name, reg.asked)
		}
	}
}

// TestADigestThatCannotBeLookedFor is an error, not a digest that is there.
func TestADigestThatCannotBeLookedFor(t *testing.T) {
	gone := digestOf("gone")
	for _, image := range []string{":main@" + gone, "@" + gone, ":1.0.0@" + gone, ":1.0.7@" + gone} {
		reg := &listing{
			repos: map[string][]Tag{"quay.io/a/app": repo(t, "main 1.0.0")},
			fails: map[string]error{"manifest quay.io/a/app " + gone: errors.New("connection reset")},
		}
		if r := resolveAll(t, reg, Options{}, "quay.io/a/app"+image).Results[0]; r.Decision.Outcome != Error || r.Err == nil {
			t.Errorf("%s: %s because %q", image, say(r), r.Decision.Reason)
		}
	}
}

// TestOldDigestsAreNamed reads back through a long list, so far and no farther.
func TestOldDigestsAreNamed(t *testing.T) {
	var words strings.Builder
	for n := range 1200 {
		fmt.Fprintf(&words, "1.%d.0=c%d@%d ", n, n, 1200-n)
	}
	tags := repo(t, words.String()+"main=m@0")
	for _, c := range []struct{ image, want, reason string }{
		{"@" + digestOf("c1199"), "pin 1.1199.0", ""},
		{"@" + digestOf("c700"), "pin 1.700.0", ""},
		{":main@" + digestOf("c700"), "pin 1.700.0", ""},
		{"@" + digestOf("loose"), "keep", "no exact tag within the newest 800 tags has it"},
		{":main@" + digestOf("m"), "keep", "no exact tag within the newest 800 tags has it, so main stays as its label"},
	} {
		reg := &listing{loose: []string{"loose"}, repos: map[string][]Tag{"ghcr.io/a/app": tags}}
		r := resolveAll(t, reg, Options{Policy: Policy{{Level: LevelNone}}}, "ghcr.io/a/app"+c.image).Results[0]
		if say(r) != c.want || !strings.Contains(r.Decision.Reason, c.reason) || len(reg.asked) > 12 {
			t.Errorf("%s: got %s because %q, want %s because %q; asked %q", c.image, say(r), r.Decision.Reason, c.want, c.reason, reg.asked)
		}
	}
}

// TestPlainRegistriesNameDigests asks for the likeliest tags, and not for more.
func TestPlainRegistriesNameDigests(t *testing.T) {
	var words []string
	for n := range 30 {
		words = append(words, fmt.Sprintf("1.%d.0=c%d", n, n))
	}
	for content, want := range map[string]string{"c25": "pin 1.25.0", "c3": "keep"} {
		reg := &listing{plain: true, repos: map[string][]Tag{"ghcr.io/a/app": repo(t, strings.Join(words, " "))}}
		r := resolveAll(t, reg, Options{Policy: Policy{{Level: LevelNone}}}, "ghcr.io/a/app@"+digestOf(content)).Results[0]
		heads := len(slices.DeleteFunc(slices.Clone(reg.asked), func(q string) bool { return !strings.Contains(q, `"1.`) }))
		if say(r) != want || heads > probeBudget || want == "keep" && !strings.Contains(r.Decision.Reason, "among the likeliest 10") {
			t.Errorf("%s: got %s because %q, %d probes", content, say(r), r.Decision.Reason, heads)
		}
	}
}

// TestAListThatIsTooLong: what was read of it is enough to pin, and everything
// that is said of the rest is said with that.
func TestAListThatIsTooLong(t *testing.T) {
	var words []string
	for n := range 40 {
		words = append(words, fmt.Sprintf("1.0.%d=c%d", n, n))
	}
	tags := repo(t, strings.Join(words, " ")+" latest=c25 main=m")
	for image, want := range map[string]string{
		":1.0.3":                     "pin 1.0.3, patch 1.0.29",
		":1.0.35":                    "pin 1.0.35",
		":latest":                    "pin 1.0.25, patch 1.0.29",
		":main":                      "upgrade 1.0.29 (release)",
		"@" + digestOf("c25"):        "pin 1.0.25, patch 1.0.29",
		"@" + digestOf("c35"):        "keep",
		":1.0.3@" + digestOf("c3"):   "keep, patch 1.0.29",
		":latest@" + digestOf("c25"): "pin 1.0.25, patch 1.0.29",
	} {
		reg := &listing{plain: true, cut: 30, created: testNow.AddDate(0, -1, 0), repos: map[string][]Tag{"ghcr.io/a/app": tags}}
		r := resolveAll(t, reg, Options{}, "ghcr.io/a/app"+image).Results[0]
		if say(r) != want || !strings.Contains(r.Decision.Reason, "longer than may be read") || len(r.Assumed) == 0 {
			t.Errorf("%s: got %s because %q, assumed %q, want %s", image, say(r), r.Decision.Reason, r.Assumed, want)
		}
		for _, u := range r.Upgrades {
			if !strings.Contains(u.Reason, "there may be a newer one") {
				t.Errorf("%s: %s because %q", image, u.Tag, u.Reason)
			}
		}
	}
}
