package resolver

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"
)

// repo makes tags of "name=content@daysAgo" words. Content may be left out for
// one of its own, and days for 100.
func repo(t testing.TB, words string) []Tag {
	t.Helper()
	var tags []Tag
	for _, w := range strings.Fields(words) {
		w, ago, _ := strings.Cut(w, "@")
		name, content, _ := strings.Cut(w, "=")
		days := 100
		if ago != "" {
			var err error
			if days, err = strconv.Atoi(ago); err != nil {
				t.Fatal(err)
			}
		}
		if content == "" {
			content = name
		}
		tags = append(tags, Tag{Name: name, Digest: digestOf(content), Pushed: testNow.AddDate(0, 0, -days)})
	}
	return tags
}

// say is a result in one line: the decision, then the proposals.
func say(r Result) string {
	s := string(r.Decision.Outcome)
	if r.Decision.Tag != "" && r.Decision.Outcome != Keep {
		s += " " + r.Decision.Tag
	}
	if r.Decision.UpdateType != "" && r.Decision.UpdateType != UpdatePin {
		s += fmt.Sprintf(" (%s)", r.Decision.UpdateType)
	}
	for _, u := range r.Upgrades {
		s += fmt.Sprintf(", %s %s", u.UpdateType, u.Tag)
	}
	return s
}

func TestDecisions(t *testing.T) {
	ignore, all := true, time.Duration(0)
	for _, c := range []struct {
		name   string
		tags   string
		image  string // without the repository
		policy Policy
		want   string
	}{
		{"an exact tag gets its digest", "1.0.0", ":1.0.0", nil, "pin 1.0.0"},
		{"upgrades within the major and beyond it stand apart", "1.0.0 1.0.1 1.2.0 2.0.0 3.1.0", ":1.0.0", nil, "pin 1.0.0, minor 1.2.0, major 3.1.0"},
		{"in 0.x the second number is the major", "0.13.7 0.13.9 0.14.1", ":0.13.7", nil, "pin 0.13.7, patch 0.13.9, major 0.14.1"},
		{"latest is what it is, not the highest", "latest=a 1.9.0=a 2.0.0=b 1.9=a", ":latest", nil, "pin 1.9.0, major 2.0.0"},
		{"no tag is latest", "latest=a 1.9.0=a", "", nil, "pin 1.9.0"},
		{"a development line without a twin goes to the newest release", "main@1 1.9.0 1.10.0@50 2.0.0-rc.1@20", ":main", nil, "upgrade 1.10.0 (release)"},
		{"latest without a twin too", "latest@1 1.9.0 1.10.0@50", ":latest", nil, "upgrade 1.10.0 (release)"},
		{"a development line with a commit's twin is pinned to it", "main=x sha-abc1234=x 1.0.0", ":main", nil, "pin sha-abc1234, release 1.0.0"},
		{"a branch build goes to the newest release within it", "v0.13@1 v0.13.8 v0.13.9 v0.14.0", ":v0.13", nil, "upgrade v0.13.9 (release), major v0.14.0"},
		{"the variant stays as written", "1.27-alpine=a 1.27.3-alpine=a 1.27.3-alpine3.20=a 1.27.3=b 1.28.0-alpine=c 1.28.0=d", ":1.27-alpine", nil, "pin 1.27.3-alpine, minor 1.28.0-alpine"},
		{"where no tag has the variant, the fewest added letters win", "21=a 21.0.1_8-jdk=a 21.0.1_8-jdk-noble=a", ":21", nil, "pin 21.0.1_8-jdk"},
		{"a code name keeps its line", "bookworm=a bookworm-20260811=a 12=a 12.5=a trixie=b 13.1=b", ":bookworm", nil, "pin bookworm-20260811"},
		{"short versions are exact where the line has no longer ones", "16.2 16.3 9.6.24 9.6", ":16.2", nil, "pin 16.2, minor 16.3"},
		{"with v or without, as written", "3.7.11=a v3.7.11=a 3.7=a v3.7=a", ":v3.7", nil, "pin v3.7.11"},
		{"as the releases write it, where nothing is written", "latest=a 3.7.11=a v3.7.11=a v3.7.10 v3.7.9", ":latest", nil, "pin v3.7.11"},
		{"a channel without release keeps its tag", "nonroot=a debug=b", ":nonroot", nil, "pin nonroot"},
		{"an architecture's tag never stands for an index", "1.2=a 1.2.3-amd64=a 1.2.2=b", ":1.2", nil, "upgrade 1.2.2 (release)"},
		{"a young version waits, an older one does not", "1.0.0 1.0.1@10 1.0.2@1", ":1.0.0", nil, "pin 1.0.0, patch 1.0.1"},
		{"no age is asked where policy says 0", "1.0.0 1.0.2@1", ":1.0.0", Policy{{MinimumAge: &all}}, "pin 1.0.0, patch 1.0.2"},
		{"a push in the future is no age", "1.0.0 1.0.2@-3650", ":1.0.0", nil, "pin 1.0.0"},
		{"pre-releases only from pre-releases", "1.0.0-rc.1 1.0.0-rc.2 2.0.0-beta.1", ":1.0.0-rc.1", nil, "pin 1.0.0-rc.1, patch 1.0.0-rc.2, major 2.0.0-beta.1"},
		{"what only a development line is called is a pre-release", "24.04=a latest=a 26.10=b devel=b", ":24.04", nil, "pin 24.04"},
		{"absurd numbers do not overflow", "1.0.0 999999999999999999999.0.0", ":1.0.0", Policy{{Allow: "<5"}}, "pin 1.0.0"},
		{"a constraint", "1.0.0 1.1.0 1.2.0 2.0.0", ":1.0.0", Policy{{Allow: "<1.2"}}, "pin 1.0.0, minor 1.1.0"},
		{"a level", "1.0.0 1.0.1 1.1.0 2.0.0", ":1.0.0", Policy{{Level: LevelPatch}}, "pin 1.0.0, patch 1.0.1"},
		{"ignored", "1.0.0", ":1.0.0", Policy{{Images: []string{"quay.io/acme/*"}, Ignore: &ignore}}, "skip 1.0.0"},
		{"a channel is followed", "stable=a 1.30.4=a 1.31.4=b 1.28.0", ":1.28.0", Policy{{Follow: "stable"}}, "pin 1.28.0, minor 1.30.4"},
		{"a channel is followed back", "stable=a 1.30.4=a 1.31.4=b", ":1.31.4", Policy{{Follow: "stable"}}, "pin 1.31.4, rollback 1.30.4"},
		{"a channel that is reached", "stable=a 1.30.4=a 1.31.4=b", ":1.30.4", Policy{{Follow: "stable"}}, "pin 1.30.4"},
		{"the last rule wins", "1.0.0 1.0.1 1.1.0", ":1.0.0", Policy{{Level: LevelPatch}, {Images: []string{"quay.io/acme/app"}, Level: LevelNone}}, "pin 1.0.0"},
		{"a tag that is gone", "1.0.1", ":1.0.0", nil, "hold 1.0.0"},
		{"numbered revisions advance", "1.2.3-r1 1.2.3-r5 1.2.4-r0", ":1.2.3-r1", nil, "pin 1.2.3-r1, patch 1.2.4-r0"},
		{"dates", "20240101 20240201 1.0", ":20240101", nil, "pin 20240101, minor 20240201"},
		{"signatures are no candidates", "latest=a sha256-" + strings.Repeat("a", 64) + ".sig=a 1.0.0=a", ":latest", nil, "pin 1.0.0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := &listing{repos: map[string][]Tag{"quay.io/acme/app": repo(t, c.tags), "ghcr.io/acme/app": repo(t, c.tags)}}
			// Quay loses what only a moving tag holds; GitHub does not.
			host := "quay.io"
			if strings.Contains(c.name, "channel") {
				host = "ghcr.io"
			}
			r := resolveAll(t, reg, Options{Policy: c.policy, ConfirmMajors: true}, host+"/acme/app"+c.image).Results[0]
			if got := say(r); got != c.want {
				t.Errorf("%s among %s\n got %s\nwant %s\nbecause %s", c.image, c.tags, got, c.want, r.Decision.Reason)
			}
		})
	}
}

func TestPinnedReferences(t *testing.T) {
	tags := "latest=b 1.0.0=a 1.0.1=b 2.0.0=new@5"
	for _, c := range []struct{ image, want, findings string }{
		{":1.0.0@" + digestOf("a"), "keep, patch 1.0.1, major 2.0.0", "outdated"},
		{":latest@" + digestOf("a"), "pin 1.0.0, patch 1.0.1, major 2.0.0", "outdated"},
		{"@" + digestOf("a"), "pin 1.0.0, patch 1.0.1, major 2.0.0", "outdated"},
		{"@" + digestOf("gone"), "hold", "missing"},
		{":latest@" + digestOf("gone"), "hold latest", "missing"},
		{":1.0.7@" + digestOf("gone"), "hold 1.0.7", "missing"},
		{":2.0.0@" + digestOf("old"), "hold 2.0.0", "moved missing"},
		{":1.0.1@" + digestOf("a"), "hold 1.0.1", "moved"},
	} {
		reg := &listing{repos: map[string][]Tag{"quay.io/acme/app": repo(t, tags)}}
		r := resolveAll(t, reg, Options{ConfirmMajors: true}, "quay.io/acme/app"+c.image).Results[0]
		if got := say(r); got != c.want || strings.Join(r.Findings, " ") != c.findings {
			t.Errorf("%s: got %s with %q, want %s with %q", c.image, got, r.Findings, c.want, c.findings)
		}
		if r.Ref.Image.Digest != "" && r.Decision.Outcome == Pin && r.Decision.Digest != r.Ref.Image.Digest {
			t.Errorf("%s: a written digest is the content, and was replaced by %s", c.image, r.Decision.Digest)
		}
	}
}

func TestPerishableDigestsAreNotWrittenOnQuay(t *testing.T) {
	reg := &listing{repos: map[string][]Tag{"quay.io/acme/app": repo(t, "nonroot=a")}}
	r := resolveAll(t, reg, Options{}, "quay.io/acme/app:nonroot").Results[0]
	if say(r) != "hold nonroot" || strings.Join(r.Findings, " ") != "floating unpinned perishable" {
		t.Errorf("got %s with %q", say(r), r.Findings)
	}
	yes := true
	r = resolveAll(t, reg, Options{Policy: Policy{{Perishable: &yes}}}, "quay.io/acme/app:nonroot").Results[0]
	if say(r) != "pin nonroot" {
		t.Errorf("with perishable: true, got %s", say(r))
	}
}

func TestLockstep(t *testing.T) {
	speaker, controller := "quay.io/metallb/speaker", "quay.io/metallb/controller"
	all := "v0.1.0 v0.2.0 v0.13.7 v0.13.8"
	for _, c := range []struct {
		name, speaker, controller string
		images                    []string
		want                      []string
	}{
		{"the newest that both have", all + " v0.13.9@10", all, []string{speaker + ":v0.13.7", controller + ":v0.13.7"}, []string{"pin v0.13.7, patch v0.13.8", "pin v0.13.7, patch v0.13.8"}},
		{"both or none", all, "v0.1.0 v0.2.0 v0.13.7", []string{speaker + ":v0.13.7", controller + ":v0.13.7"}, []string{"pin v0.13.7", "pin v0.13.7"}},
		{"a floating sibling joins in another folder", all, all, []string{"a/x/s.yaml|" + speaker + ":main", "a/y/c.yaml|" + controller + ":v0.13.7"}, []string{"upgrade v0.13.7 (release), patch v0.13.8", "pin v0.13.7, patch v0.13.8"}},
		{"another tree is another cluster", all + " main@1", all, []string{"a/x/s.yaml|" + speaker + ":main", "b/y/c.yaml|" + controller + ":v0.13.7"}, []string{"upgrade v0.13.8 (release)", "pin v0.13.7, patch v0.13.8"}},
		{"neighbours that disagree hold", all + " main@1", all, []string{speaker + ":main", speaker + ":v0.13.7", speaker + ":v0.13.8"}, []string{"hold main", "pin v0.13.7, patch v0.13.8", "pin v0.13.8"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := &listing{repos: map[string][]Tag{speaker: repo(t, c.speaker+" main@1"), controller: repo(t, c.controller)}}
			r := resolveAll(t, reg, Options{}, c.images...)
			for i, want := range c.want {
				if got := say(r.Results[i]); got != want {
					t.Errorf("%s: got %s, want %s (%s)", c.images[i], got, want, r.Results[i].Decision.Reason)
				}
			}
		})
	}
}

func TestLockstepNamesWhoIsMissing(t *testing.T) {
	reg := &listing{repos: map[string][]Tag{
		"quay.io/metallb/speaker":    repo(t, "v0.13.6 v0.13.7 v0.13.8"),
		"quay.io/metallb/controller": repo(t, "v0.13.6 v0.13.7"),
	}}
	r := resolveAll(t, reg, Options{}, "quay.io/metallb/speaker:v0.13.7", "quay.io/metallb/controller:v0.13.7")
	for _, res := range r.Results {
		if !strings.Contains(strings.Join(res.Waits, ""), "quay.io/metallb/controller") {
			t.Errorf("%s: what it waits for does not say who lacks the version: %q", res.Ref.Image, res.Waits)
		}
	}
}

func TestUnrelatedImagesOfOneOwnerAreNoGroup(t *testing.T) {
	reg := &listing{repos: map[string][]Tag{
		"docker.io/grafana/grafana": repo(t, "latest=g 11.0.0 11.1.0=g 10.0.0"),
		"docker.io/grafana/loki":    repo(t, "latest=l 3.0.0 3.1.0=l 2.9.0"),
	}}
	for _, res := range resolveAll(t, reg, Options{}, "grafana/grafana:latest", "grafana/loki:latest").Results {
		if res.Group != "" {
			t.Errorf("%s is in group %q with an image that never had its versions", res.Ref.Image, res.Group)
		}
	}
}

func TestFailedLookupsCostTheirOwnImagesOnly(t *testing.T) {
	reg := &listing{
		repos: map[string][]Tag{"quay.io/a/a": repo(t, "1.0.0 1.0.1"), "quay.io/b/b": repo(t, "1.0.0")},
		fails: map[string]error{"quay.io/b/b": errors.New("connection reset"), "quay.io/c/c": fmt.Errorf("asking: %w", ErrUnconfigured)},
	}
	r := resolveAll(t, reg, Options{}, "quay.io/a/a:1.0.0", "quay.io/b/b:1.0.0", "quay.io/c/c:1.0.0")
	for i, want := range []string{"pin 1.0.0, patch 1.0.1", "error 1.0.0", "skip 1.0.0"} {
		if got := say(r.Results[i]); got != want {
			t.Errorf("%s: got %s, want %s", r.Results[i].Ref.Image, got, want)
		}
	}
	if r.Results[1].Err == nil || r.Results[2].Err == nil {
		t.Error("the errors are not told")
	}
}

func TestPlainRegistriesCountAgeFromFirstSight(t *testing.T) {
	reg := &listing{plain: true, repos: map[string][]Tag{"ghcr.io/acme/app": repo(t, "1.0.0 1.0.1")}}
	first := resolveAll(t, reg, Options{}, "ghcr.io/acme/app:1.0.0")
	if got := say(first.Results[0]); got != "pin 1.0.0" {
		t.Errorf("at first sight: %s", got)
	}
	if len(first.Seen) != 1 || first.Seen[0] != (Seen{"ghcr.io/acme/app", "1.0.1"}) {
		t.Errorf("seen: %v", first.Seen)
	}
	yesterday := func(string, string) time.Time { return testNow.AddDate(0, 0, -1) }
	if got := say(resolveAll(t, reg, Options{FirstSeen: yesterday}, "ghcr.io/acme/app:1.0.0").Results[0]); got != "pin 1.0.0" {
		t.Errorf("a day after the first sight: %s", got)
	}
	known := func(string, string) time.Time { return testNow.AddDate(0, 0, -4) }
	if got := say(resolveAll(t, reg, Options{FirstSeen: known}, "ghcr.io/acme/app:1.0.0").Results[0]); got != "pin 1.0.0, patch 1.0.1" {
		t.Errorf("four days after the first sight: %s", got)
	}
}

// A date in the image that was good enough at first sight stays good enough:
// otherwise the pull request of the first run would be closed by the second.
func TestAgeByImageIsNotTakenBack(t *testing.T) {
	reg := &listing{plain: true, created: testNow.AddDate(0, 0, -30), repos: map[string][]Tag{"ghcr.io/acme/app": repo(t, "1.0.0 1.0.1")}}
	seen := func(string, string) time.Time { return testNow.Add(-time.Hour) }
	for _, opts := range []Options{{}, {FirstSeen: seen}} {
		if got := say(resolveAll(t, reg, opts, "ghcr.io/acme/app:1.0.0").Results[0]); got != "pin 1.0.0, patch 1.0.1" {
			t.Errorf("got %s", got)
		}
	}
	strict := Options{FirstSeen: seen, Policy: Policy{{Age: AgeStrict}}}
	if got := say(resolveAll(t, reg, strict, "ghcr.io/acme/app:1.0.0").Results[0]); got != "pin 1.0.0" {
		t.Errorf("under age: strict, got %s", got)
	}
}

func TestPlainRegistriesFindTwins(t *testing.T) {
	reg := &listing{plain: true, repos: map[string][]Tag{"ghcr.io/acme/app": repo(t, "latest=a 1.0.0 1.0.1=a 2.0.0-rc.1")}}
	if got := say(resolveAll(t, reg, Options{}, "ghcr.io/acme/app:latest").Results[0]); got != "pin 1.0.1" {
		t.Errorf("got %s", got)
	}
}

func TestOfflineGuessesAndSaysSo(t *testing.T) {
	reg := &listing{fails: map[string]error{}}
	r := resolveAll(t, reg, Options{Offline: true}, "nginx:1.27", "quay.io/a/b:v1.2.3", "quay.io/a/b:main", "quay.io/a/b")
	for i, want := range []Class{ClassPartial, ClassExact, ClassChannel, ClassNone} {
		if res := r.Results[i]; res.Class != want || res.Decision.Outcome != "" {
			t.Errorf("%s: class %s, decision %+v", res.Ref.Image, res.Class, res.Decision)
		}
	}
	if len(reg.asked) != 0 {
		t.Errorf("asked %q", reg.asked)
	}
	if a := r.Results[0].Assumed; len(a) != 2 {
		t.Errorf("assumed: %q", a)
	}
}

func TestSameAnswerInAnyOrder(t *testing.T) {
	reg := &listing{repos: map[string][]Tag{"quay.io/a/x": repo(t, "main@1 1.0.0 1.0.1"), "quay.io/a/y": repo(t, "1.0.0 1.0.1")}}
	images := []string{"quay.io/a/x:main", "quay.io/a/y:1.0.0", "quay.io/a/x:1.0.0"}
	want := map[string]string{}
	for i := range 6 {
		order := []string{images[i%3], images[(i+1+i/3)%3], images[(i+2-i/3)%3]}
		for _, r := range resolveAll(t, reg, Options{Concurrency: 1 + i}, order...).Results {
			key, got := r.Ref.Image.String(), say(r)+" "+r.Group
			if want[key] == "" {
				want[key] = got
			}
			if got != want[key] {
				t.Errorf("%s: %s in order %q, %s before", key, got, order, want[key])
			}
		}
	}
}
