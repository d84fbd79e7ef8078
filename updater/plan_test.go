package updater_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pinbot/manifest"
	"pinbot/resolver"
	"pinbot/updater"
)

// sha is a digest that shows what it stands for in its first digits.
func sha(n int) string { return "sha256:" + strings.Repeat(fmt.Sprintf("%02x", n), 32) }

// to is what the resolver says of one image as written: the decision's
// "outcome type tag", proposals as "type tag", and a group.
type to struct {
	group    string
	decision string
	upgrades []string
	err      error
	reason   string
	evidence resolver.Evidence
}

// resolved scans files and gives each reference what is said of its image.
func resolved(t *testing.T, files map[string]string, says map[string]to) ([]resolver.Result, map[string][]byte) {
	t.Helper()
	var results []resolver.Result
	bytes := map[string][]byte{}
	names := make([]string, 0, len(files))
	for name, content := range files {
		names, bytes[name] = append(names, name), []byte(content)
	}
	slices.Sort(names)
	for _, name := range names {
		refs, problems := manifest.Scan(name, bytes[name])
		if len(problems) > 0 {
			t.Fatalf("%+v", problems)
		}
		for _, ref := range refs {
			results = append(results, result(ref, says[ref.Image.String()]))
		}
	}
	return results, bytes
}

func result(ref manifest.Ref, s to) resolver.Result {
	r := resolver.Result{Ref: ref, Repository: ref.Image.Repository(), Group: s.group, Err: s.err, From: sha(1)}
	outcome, rest, _ := strings.Cut(s.decision, " ")
	kind, tag, _ := strings.Cut(rest, " ")
	r.Decision = resolver.Decision{
		Outcome: resolver.Outcome(outcome), UpdateType: resolver.UpdateType(kind), Tag: tag, Digest: sha(2), Reason: s.reason, Evidence: s.evidence,
	}
	for _, u := range s.upgrades {
		kind, tag, _ := strings.Cut(u, " ")
		r.Upgrades = append(r.Upgrades, resolver.Proposal{UpdateType: resolver.UpdateType(kind), Tag: tag, Digest: sha(3), Reason: s.reason})
	}
	return r
}

// told is a plan as lines: branch, title, and what each file's images become.
func told(t *testing.T, changes []updater.Change, files map[string][]byte) string {
	t.Helper()
	var b strings.Builder
	for _, c := range changes {
		fmt.Fprintf(&b, "%s: %s\n", c.Branch, c.Title())
		for _, f := range c.Files {
			after, err := f.Apply(files[f.Path])
			if err != nil {
				t.Fatal(err)
			}
			refs, _ := manifest.Scan(f.Path, after)
			for _, ref := range refs {
				image := strings.NewReplacer(sha(2), "@", sha(3), "@@").Replace(ref.Image.String())
				fmt.Fprintf(&b, "  %s:%d %s\n", f.Path, ref.Line, image)
			}
		}
	}
	return b.String()
}

func compose(images ...string) string {
	s := "services:\n"
	for i, image := range images {
		s += fmt.Sprintf("  s%d:\n    image: %s\n", i, image)
	}
	return s
}

func TestPlan(t *testing.T) {
	rows := []struct {
		name  string
		files map[string]string
		says  map[string]to
		want  string
	}{
		{
			"pins of all images are one pull request", map[string]string{"compose.yaml": compose("nginx:1.27.3", "redis"), "b/compose.yaml": compose("nginx:1.27.3")},
			map[string]to{"nginx:1.27.3": {decision: "pin pin 1.27.3"}, "redis": {decision: "pin pin 7.4.0"}},
			`pinbot/pin: Pin 2 images to exact tags and digests
  b/compose.yaml:3 nginx:1.27.3@@
  compose.yaml:3 nginx:1.27.3@@
  compose.yaml:5 redis:7.4.0@@
`,
		},
		{
			"groups of one name and two owners are two", map[string]string{"compose.yaml": compose("quay.io/acme/a:1.0.0", "ghcr.io/acme/a:1.0.0")},
			map[string]to{
				"quay.io/acme/a:1.0.0": {group: "acme", decision: "keep", upgrades: []string{"minor 1.1.0"}},
				"ghcr.io/acme/a:1.0.0": {group: "acme", decision: "keep", upgrades: []string{"minor 1.2.0"}},
			},
			`pinbot/upgrade/acme-1: Upgrade ghcr.io/acme/a from 1.0.0 to 1.2.0
  compose.yaml:3 quay.io/acme/a:1.0.0
  compose.yaml:5 ghcr.io/acme/a:1.2.0@@@
pinbot/upgrade/acme-ef0d0928-1: Upgrade quay.io/acme/a from 1.0.0 to 1.1.0
  compose.yaml:3 quay.io/acme/a:1.1.0@@@
  compose.yaml:5 ghcr.io/acme/a:1.0.0
`,
		},
		{
			"releases, majors and upgrades stand apart", map[string]string{"compose.yaml": compose("a/x:main", "node:22.1.0")},
			map[string]to{
				"a/x:main":    {decision: "upgrade release v0.3.1"},
				"node:22.1.0": {decision: "pin pin 22.1.0", upgrades: []string{"minor 22.2.0", "major 24.0.0"}},
			},
			`pinbot/pin: Pin node 22.1.0 to its digest
  compose.yaml:3 a/x:main
  compose.yaml:5 node:22.1.0@@
pinbot/upgrade/docker.io+a+x-0.3-release: Move a/x from main to release v0.3.1
  compose.yaml:3 a/x:v0.3.1@@
  compose.yaml:5 node:22.1.0
pinbot/upgrade/node-22: Upgrade node from 22.1.0 to 22.2.0
  compose.yaml:3 a/x:main
  compose.yaml:5 node:22.2.0@@@
pinbot/upgrade/node-24: Upgrade node from 22.1.0 to 24.0.0 (major)
  compose.yaml:3 a/x:main
  compose.yaml:5 node:24.0.0@@@
`,
		},
		{
			"a line that begins with the same number is a major of its own", map[string]string{"compose.yaml": compose("nginx:1.27.3")},
			map[string]to{"nginx:1.27.3": {decision: "pin pin 1.27.3", upgrades: []string{"minor 1.27.4", "major 1.28.0"}}},
			`pinbot/pin: Pin nginx 1.27.3 to its digest
  compose.yaml:3 nginx:1.27.3@@
pinbot/upgrade/nginx-1: Upgrade nginx from 1.27.3 to 1.27.4
  compose.yaml:3 nginx:1.27.4@@@
pinbot/upgrade/nginx-1.28: Upgrade nginx from 1.27.3 to 1.28.0 (major)
  compose.yaml:3 nginx:1.28.0@@@
`,
		},
		{
			"a group moves in one pull request, other images do not join it", map[string]string{"compose.yaml": compose("m/a:main", "m/b:main", "m/c:main")},
			map[string]to{
				"m/a:main": {group: "m", decision: "upgrade release v1.2.0"}, "m/b:main": {group: "m", decision: "upgrade release v1.2.0"},
				"m/c:main": {decision: "upgrade release v1.2.0"},
			},
			`pinbot/upgrade/docker.io+m+c-1-release: Move m/c from main to release v1.2.0
  compose.yaml:3 m/a:main
  compose.yaml:5 m/b:main
  compose.yaml:7 m/c:v1.2.0@@
pinbot/upgrade/m-1-release: Move m (a, b) from main to release v1.2.0
  compose.yaml:3 m/a:v1.2.0@@
  compose.yaml:5 m/b:v1.2.0@@
  compose.yaml:7 m/c:main
`,
		},
		{
			"a group with an image that could not be looked up keeps its pins and moves nowhere", map[string]string{"compose.yaml": compose("m/a:v1.0.0", "m/b:main", "m/c:v1.0.0")},
			map[string]to{
				"m/a:v1.0.0": {group: "m", decision: "pin pin v1.0.0", upgrades: []string{"minor v1.2.0"}},
				"m/b:main":   {group: "m", decision: "upgrade release v1.2.0"}, "m/c:v1.0.0": {group: "m", decision: "error", err: fmt.Errorf("down")},
			},
			`pinbot/pin: Pin m/a v1.0.0 to its digest
  compose.yaml:3 m/a:v1.0.0@@
  compose.yaml:5 m/b:main
  compose.yaml:7 m/c:v1.0.0
`,
		},
		{
			"what is kept, held, skipped or cannot be edited makes nothing", map[string]string{"compose.yaml": compose("a:1", "b:1", "c:${V}")},
			map[string]to{"a:1": {decision: "keep  1"}, "b:1": {decision: "hold  1"}, "c:${V}": {decision: "pin pin 2", upgrades: []string{"major 3"}}},
			"",
		},
	}
	for _, row := range rows {
		t.Run(row.name, func(t *testing.T) {
			results, files := resolved(t, row.files, row.says)
			changes, problems := updater.Plan(results, files, "pinbot/")
			if got := told(t, changes, files); got != row.want || len(problems) > 0 {
				t.Errorf("problems %+v, plan\n%swant\n%s", problems, got, row.want)
			}
		})
	}
}

// Two results for one text cannot want different things: one is done, the other
// is told.
func TestConflictsAreProblems(t *testing.T) {
	results, files := resolved(t, map[string]string{"compose.yaml": compose("nginx:1.27.3")}, map[string]to{"nginx:1.27.3": {decision: "pin pin 1.27.3"}})
	other := results[0]
	other.Decision.Tag = "1.27.4"
	missing := results[0]
	missing.Ref.File = "gone.yaml"
	invalid := results[0]
	invalid.Decision.Tag = "-rf /"
	changes, problems := updater.Plan([]resolver.Result{results[0], results[0], other, missing, invalid}, files, "pinbot/")
	if len(changes) != 1 || len(changes[0].Updates) != 1 || len(problems) != 3 {
		t.Fatalf("%d changes, problems %+v", len(changes), problems)
	}
	for i, want := range []string{"shares its text with another reference", "gone.yaml was not read", `"-rf /" is not a tag`} {
		if !strings.Contains(problems[i].Message, want) || problems[i].Line != 3 {
			t.Errorf("problem %+v, want %q", problems[i], want)
		}
	}
	if got := told(t, changes, files); !strings.Contains(got, "nginx:1.27.3@@") {
		t.Errorf("the plan is\n%s", got)
	}
}

func TestNow(t *testing.T) {
	says := map[string]to{
		"a:1":           {decision: "pin pin 1", upgrades: []string{"minor 1.1", "major 2"}},
		"b:main":        {decision: "upgrade release 5"},
		"c:3@" + sha(1): {decision: "keep  3", upgrades: []string{"major 4"}},
	}
	for _, row := range []struct {
		want    updater.Wanted
		a, b, c string
	}{
		{updater.Wanted{}, "a:1", "b:main", "c:3@" + sha(1)},
		{updater.Wanted{Pins: true}, "a:1@" + sha(2), "b:main", "c:3@" + sha(1)},
		{updater.Wanted{Upgrades: true}, "a:1.1@" + sha(3), "b:5@" + sha(2), "c:3@" + sha(1)},
		{updater.Wanted{Pins: true, Upgrades: true}, "a:1.1@" + sha(3), "b:5@" + sha(2), "c:3@" + sha(1)},
		{updater.Wanted{Upgrades: true, Majors: true}, "a:2@" + sha(3), "b:5@" + sha(2), "c:4@" + sha(3)},
		{updater.Wanted{Pins: true, Majors: true}, "a:1@" + sha(2), "b:main", "c:3@" + sha(1)},
	} {
		results, files := resolved(t, map[string]string{"compose.yaml": compose("a:1", "b:main", "c:3@"+sha(1))}, says)
		change, problems := updater.Now(results, files, row.want)
		got := string(files["compose.yaml"])
		for _, f := range change.Files {
			after, err := f.Apply(files[f.Path])
			if err != nil {
				t.Fatal(err)
			}
			got = string(after)
		}
		if want := compose(row.a, row.b, row.c); got != want || len(problems) > 0 {
			t.Errorf("%+v gives\n%swant\n%s%+v", row.want, got, want, problems)
		}
	}
}

// A file that changed since it was read is refused.
func TestApplyRefusesAnotherFile(t *testing.T) {
	results, files := resolved(t, map[string]string{"compose.yaml": compose("nginx:1.27.3")}, map[string]to{"nginx:1.27.3": {decision: "pin pin 1.27.3"}})
	changes, _ := updater.Plan(results, files, "pinbot/")
	for _, data := range []string{compose("nginx:1.27.4"), "# x\n" + compose("nginx:1.27.3"), ""} {
		if after, err := changes[0].Files[0].Apply([]byte(data)); err == nil {
			t.Errorf("%q became %q", data, after)
		}
	}
}

func TestWaiting(t *testing.T) {
	results, _ := resolved(t, map[string]string{"compose.yaml": compose("m/a:main", "m/b:main", "x:1", "x:1", "y:2")}, map[string]to{
		"m/a:main": {group: "m", decision: "upgrade release v1.2.0"}, "m/b:main": {group: "m", decision: "error", err: fmt.Errorf("down")},
		"x:1": {decision: "hold  1", reason: "pushed again"}, "y:2": {decision: "pin pin 2"},
	})
	if got := updater.Unknown(results); !slices.Equal(got, []string{"docker.io/m/a", "docker.io/m/b"}) {
		t.Errorf("unknown are %q", got)
	}
	got := updater.Waiting(results, nil, "pinbot/", "main")
	if len(got) != 2 || got[0].Title != "m/a:main" || got[1].Title != "x:1" || got[1].Reason != "pushed again" || got[1].Action != updater.Held {
		t.Errorf("%+v", got)
	}
	kept := []updater.Published{{Action: updater.Kept, Updates: []updater.Update{{Repository: "docker.io/m/a"}}}}
	if got := updater.Waiting(results, kept, "pinbot/", "main"); len(got) != 1 {
		t.Errorf("beside a kept pull request: %+v", got)
	}
}
