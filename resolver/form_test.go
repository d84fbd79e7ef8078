package resolver

import (
	"slices"
	"strings"
	"testing"
)

func TestAnIndexIsNotReplacedByOnePlatform(t *testing.T) {
	tags := repo(t, "1.0.0 1.0.1 1.0.2@5")
	tags[2].Platforms = []string{"linux/amd64"}
	reg := &listing{repos: map[string][]Tag{"quay.io/acme/app": tags}}
	if got := say(resolveAll(t, reg, Options{}, "quay.io/acme/app:1.0.0").Results[0]); got != "pin 1.0.0, patch 1.0.1" {
		t.Errorf("got %s", got)
	}
}

// TestTorture/R18: a publisher's index becomes the manifest of one platform. That
// it is the same platform makes no difference; the other way is progress.
func TestTorture(t *testing.T) {
	t.Run("R18", func(t *testing.T) {
		for _, c := range []struct {
			name   string
			single []string
			listed []string // platforms in the listing, as the Hub has them
			image  string
			want   string
			told   string
		}{
			{"index to single", []string{"1.0.2"}, nil, ":1.0.0", "pin 1.0.0, patch 1.0.1", "1.0.2 of quay.io/acme/app waits: it is the manifest of a single platform, and the current one is an index"},
			{"index to single, by the listing", []string{"1.0.2"}, []string{"linux/amd64"}, ":1.0.0", "pin 1.0.0, patch 1.0.1", "it is the manifest of a single platform"},
			{"index to single, pinned", []string{"1.0.2"}, []string{"linux/amd64"}, ":1.0.0@" + digestOf("1.0.0"), "keep, patch 1.0.1", "it is the manifest of a single platform"},
			{"single to index", []string{"1.0.0", "1.0.1"}, nil, ":1.0.0", "pin 1.0.0, patch 1.0.2", "it is an index, and the current one is the manifest of a single platform"},
			{"single to single", []string{"1.0.0", "1.0.1", "1.0.2"}, nil, ":1.0.0", "pin 1.0.0, patch 1.0.2", ""},
			{"index to index", nil, []string{"linux/amd64"}, ":1.0.0", "pin 1.0.0, patch 1.0.2", ""},
			{"a floating tag's index", []string{"1.0.2"}, nil, ":main", "upgrade 1.0.1 (release)", "it is the manifest of a single platform"},
		} {
			tags := repo(t, "1.0.0 1.0.1 1.0.2@5 main@1")
			for i := range tags {
				tags[i].Platforms = c.listed
			}
			reg := &listing{single: c.single, repos: map[string][]Tag{"quay.io/acme/app": tags}}
			r := resolveAll(t, reg, Options{}, "quay.io/acme/app"+c.image).Results[0]
			told := r.Decision.Reason + strings.Join(r.Waits, "; ")
			for _, u := range r.Upgrades {
				told += u.Reason
			}
			if say(r) != c.want || !strings.Contains(told, c.told) || c.told == "" && strings.Contains(told, "single platform") {
				t.Errorf("%s: got %s because %q, want %s because %q", c.name, say(r), told, c.want, c.told)
			}
			if slices.Contains(c.single, "1.0.0") != strings.Contains(strings.Join(reg.asked, " "), "config") {
				t.Errorf("%s: asked %q", c.name, reg.asked)
			}
		}
	})
}
