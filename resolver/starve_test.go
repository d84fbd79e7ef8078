package resolver

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// every makes releases 1.N.0, the newest pushed just now and each other one that
// much before the next.
func every(step time.Duration, count int) []Tag {
	var tags []Tag
	for n := range count {
		name := fmt.Sprintf("1.%d.0", n)
		tags = append(tags, Tag{Name: name, Digest: digestOf(name), Pushed: testNow.Add(-step * time.Duration(count-1-n))})
	}
	return tags
}

// TestAFastProjectDoesNotStarve: what is too young costs nothing, so that all of
// it is passed over, also where it fills the newest pages of the list.
func TestAFastProjectDoesNotStarve(t *testing.T) {
	month := 30 * 24 * time.Hour
	for _, c := range []struct {
		name   string
		step   time.Duration
		count  int
		policy Policy
		image  string
		want   string
		most   int
	}{
		{"a release each 4 hours", 4 * time.Hour, 60, nil, ":1.0.0", "pin 1.0.0, minor 1.41.0", 3},
		{"from a development line", 4 * time.Hour, 60, nil, ":main", "upgrade 1.41.0 (release)", 4},
		{"young ones on several pages", 2 * time.Hour, 600, Policy{{MinimumAge: &month}}, ":1.100.0", "pin 1.100.0, minor 1.239.0", 12},
	} {
		tags := append(every(c.step, c.count), Tag{Name: "main", Digest: digestOf("main"), Pushed: testNow})
		reg := &listing{repos: map[string][]Tag{"quay.io/acme/app": tags}}
		r := resolveAll(t, reg, Options{Policy: c.policy}, "quay.io/acme/app"+c.image).Results[0]
		if got := say(r); got != c.want || len(reg.asked) > c.most {
			t.Errorf("%s: got %s, want %s; asked %d: %q", c.name, got, c.want, len(reg.asked), reg.asked)
		}
		newest := fmt.Sprintf("1.%d.0 of quay.io/acme/app waits", c.count-1)
		if told := r.Decision.Reason + fmt.Sprint(r.Upgrades); !strings.Contains(told, newest) {
			t.Errorf("%s: %s is not told in %s", c.name, newest, told)
		}
	}
}

// TestAskingForVersionsIsBounded: without times in the listing, each version
// costs requests.
func TestAskingForVersionsIsBounded(t *testing.T) {
	reg := &listing{plain: true, created: testNow, repos: map[string][]Tag{"ghcr.io/acme/app": every(time.Hour, 60)}}
	r := resolveAll(t, reg, Options{}, "ghcr.io/acme/app:1.0.0").Results[0]
	if asked := strings.Count(strings.Join(reg.asked, "\n"), "manifest"); say(r) != "pin 1.0.0" || asked != 1+mostAsked {
		t.Errorf("%s, asked for %d manifests", say(r), asked)
	}
}
