package resolver

import (
	"strings"
	"testing"
)

// TestLeavingALineIsAMajor, also where the first number stays.
func TestLeavingALineIsAMajor(t *testing.T) {
	for _, c := range []struct{ image, tags, want string }{
		{"mysql:8.0.36", "8.0.36 8.0.40 8.1.0 8.4.0 8.4.8 9.6.0 9.7.0", "pin 8.0.36, patch 8.0.40, major 9.7.0"},
		{"mysql:8.4.0", "8.4.0 8.4.8", "pin 8.4.0, patch 8.4.8"},
		{"mysql:8.3.0", "8.2.0 8.3.0 8.4.0", "pin 8.3.0, major 8.4.0"},
		{"mysql:9.4.0", "9.4.0 9.5.0 9.7.0", "pin 9.4.0, minor 9.5.0, major 9.7.0"},
		{"mysql:8.0.36-debian", "8.0.36-debian 8.4.8-debian", "pin 8.0.36-debian, major 8.4.8-debian"},
		{"mysql:5.6.51", "5.6.50 5.6.51 5.7.44", "pin 5.6.51, minor 5.7.44"},
		{"ubuntu:24.04", "22.04 24.04 24.10 26.04", "pin 24.04, major 26.04"},
		{"nginx:1.30.0", "1.30.0 1.30.1 1.31.0", "pin 1.30.0, patch 1.30.1, major 1.31.0"},
	} {
		repository, _, _ := strings.Cut(c.image, ":")
		reg := &listing{repos: map[string][]Tag{"docker.io/library/" + repository: repo(t, c.tags)}}
		if got := say(resolveAll(t, reg, Options{}, c.image).Results[0]); got != c.want {
			t.Errorf("%s among %s: got %s, want %s", c.image, c.tags, got, c.want)
		}
	}
}

// TestUnconfirmedMajorsSaySo: what only the listing told is not told as checked.
func TestUnconfirmedMajorsSaySo(t *testing.T) {
	for _, confirm := range []bool{false, true} {
		reg := &listing{repos: map[string][]Tag{"quay.io/a/app": repo(t, "1.0.0 1.0.1 2.0.0")}}
		r := resolveAll(t, reg, Options{ConfirmMajors: confirm}, "quay.io/a/app:1.0.0").Results[0]
		if say(r) != "pin 1.0.0, patch 1.0.1, major 2.0.0" {
			t.Fatalf("got %s", say(r))
		}
		const words = "by the registry's listing; not fetched yet"
		if minor, major := r.Upgrades[0].Reason, r.Upgrades[1].Reason; strings.Contains(minor, words) || strings.Contains(major, words) == confirm {
			t.Errorf("confirmed %v: patch because %q, major because %q", confirm, minor, major)
		}
	}
}
