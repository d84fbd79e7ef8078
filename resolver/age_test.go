package resolver

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestARebuildDoesNotRestartTheAge: a tag that is pushed again is as old as its
// first sight, and the sight of what is young is kept for that.
func TestARebuildDoesNotRestartTheAge(t *testing.T) {
	tags := repo(t, "22.10.0 22.11.0")
	tags[1].Pushed = testNow.Add(-time.Hour)
	reg := &listing{repos: map[string][]Tag{"docker.io/library/node": tags}}
	for _, c := range []struct {
		name string
		seen time.Duration // ago; 0: never
		want string
		told string
	}{
		{"first seen 10 days ago", 240 * time.Hour, "pin 22.10.0, minor 22.11.0", "first seen on 2026-11-12, and pushed again on 2026-11-22"},
		{"never seen", 0, "pin 22.10.0", "pushed on 2026-11-22, and it may go on 2026-11-25"},
		{"first seen yesterday", 24 * time.Hour, "pin 22.10.0", "first seen on 2026-11-21, and it may go on 2026-11-24"},
		{"pushed before it was seen", time.Minute, "pin 22.10.0", "pushed on 2026-11-22"},
	} {
		seen := func(_, tag string) time.Time {
			if c.seen == 0 || tag != "22.11.0" {
				return time.Time{}
			}
			return testNow.Add(-c.seen)
		}
		rep := resolveAll(t, reg, Options{FirstSeen: seen}, "node:22.10.0")
		r := rep.Results[0]
		told := strings.Join(r.Waits, "; ")
		for _, u := range r.Upgrades {
			told += u.Reason
		}
		if say(r) != c.want || !strings.Contains(told, c.told) {
			t.Errorf("%s: got %s because %q, want %s because %q", c.name, say(r), told, c.want, c.told)
		}
		if !slices.Contains(rep.Seen, Seen{"docker.io/library/node", "22.11.0"}) {
			t.Errorf("%s: the sight of the young version is not kept: %v", c.name, rep.Seen)
		}
	}
}
