package updater_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pinbot/resolver"
	"pinbot/updater"
)

var update = flag.Bool("update", false, "write the golden files anew")

// scenes are plans as reviewers meet them. Each is a golden file of its pull
// requests' titles and texts.
var scenes = map[string]struct {
	files map[string]string
	says  map[string]to
	edit  func(r *resolver.Result)
}{
	"pins": {
		files: map[string]string{
			"compose.yaml": compose("nginx:1.27-alpine", "redis:7.4.0", "debian:bookworm", "redis:7.4.0"),
			"pod.yaml":     "apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n  - name: web\n    image: ghcr.io/example/web\n",
			"values.yaml":  "image:\n  repository: quay.io/example/proxy\n  tag: latest\n",
		},
		says: map[string]to{
			"nginx:1.27-alpine":            {decision: "pin pin 1.27.5-alpine", reason: "1.27-alpine and 1.27.5-alpine have the same digest today, so what a fresh pull gets stays the same", evidence: resolver.EvidenceIndexDigest},
			"redis:7.4.0":                  {decision: "pin pin 7.4.0", reason: "sha256:020202020202 is the digest of 7.4.0 today; the tag could be pushed again, the digest cannot change", evidence: resolver.EvidenceIndexDigest},
			"debian:bookworm":              {decision: "pin pin bookworm", reason: "no exact tag has the content of bookworm, so the tag stays and its digest of today is written", evidence: resolver.EvidenceNone},
			"ghcr.io/example/web":          {decision: "pin pin 2.3.1", reason: "no tag (latest) and 2.3.1 have the same image for every platform today, so what a fresh pull gets stays the same", evidence: resolver.EvidencePlatformDigests},
			"quay.io/example/proxy:latest": {decision: "pin pin v1.9.2", reason: "latest and v1.9.2 have the same digest today, so what a fresh pull gets stays the same; there is no place for a digest here, so only the tag is written", evidence: resolver.EvidenceIndexDigest},
		},
		edit: func(r *resolver.Result) { r.From = r.Decision.Digest },
	},
	"release": {
		files: map[string]string{"metallb/compose.yaml": compose("quay.io/metallb/controller:main", "quay.io/metallb/speaker:main")},
		says: map[string]to{
			"quay.io/metallb/controller:main": metallbMain, "quay.io/metallb/speaker:main": metallbMain,
		},
		edit: func(r *resolver.Result) { r.Source = "https://github.com/metallb/metallb" },
	},
	"skew": {
		files: map[string]string{"compose.yaml": compose("quay.io/metallb/speaker:main", "quay.io/metallb/speaker:main")},
		says: map[string]to{"quay.io/metallb/speaker:main": {
			group: "metallb", decision: "upgrade release v0.13.7", evidence: resolver.EvidenceNone,
			reason: "the rest of metallb stands at v0.13.7, so main goes there too (pushed on 2022-10-17). This changes what a fresh pull gets: main was built 1383 days after v0.13.7, so this is a step back",
		}},
	},
	"upgrades": {
		files: map[string]string{"compose.yaml": compose("node:22.1.0@"+sha(1), "grafana/loki:3.1.0", "grafana/promtail:3.1.0")},
		says: map[string]to{
			"node:22.1.0@" + sha(1):  {decision: "keep  22.1.0", upgrades: []string{"minor 22.2.0", "major 24.0.0"}, reason: "the newest release that qualifies: pushed on 2026-08-20"},
			"grafana/loki:3.1.0":     {group: "grafana", decision: "keep  3.1.0", upgrades: []string{"patch 3.1.2"}, reason: "the newest release that qualifies: pushed on 2026-08-20; 3.2.0 is not there in docker.io/grafana/promtail"},
			"grafana/promtail:3.1.0": {group: "grafana", decision: "keep  3.1.0", upgrades: []string{"patch 3.1.2"}, reason: "the newest release that qualifies: pushed on 2026-08-20; 3.2.0 is not there in docker.io/grafana/promtail"},
		},
	},
}

var metallbMain = to{
	group: "metallb", decision: "upgrade release v0.16.1", evidence: resolver.EvidenceNone,
	reason: "no exact tag has the content of main; v0.16.1 is the newest release that all of metallb have (pushed on 2026-06-12). This changes what a fresh pull gets: main was built 49 days after v0.16.1, so this is a step back",
}

func plan(t *testing.T, name string) []updater.Change {
	t.Helper()
	s := scenes[name]
	results, files := resolved(t, s.files, s.says)
	for i := range results {
		if s.edit != nil {
			s.edit(&results[i])
		}
	}
	changes, problems := updater.Plan(results, files, "pinbot/")
	if len(problems) > 0 || len(changes) == 0 {
		t.Fatalf("%d changes, problems %+v", len(changes), problems)
	}
	return changes
}

func TestBodies(t *testing.T) {
	for name := range scenes {
		t.Run(name, func(t *testing.T) {
			var b strings.Builder
			for _, c := range plan(t, name) {
				b.WriteString("# " + c.Title() + "\n\n" + c.Body() + "\n")
			}
			path := filepath.Join("testdata", name+".md")
			if *update {
				if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), b.String()); diff != "" {
				t.Errorf("renew with -update if it is meant:\n%s", diff)
			}
		})
	}
}

func TestMessages(t *testing.T) {
	got := plan(t, "release")[0].Message()
	want := `Move metallb (controller, speaker) from main to release v0.16.1

- quay.io/metallb/controller:main
  -> quay.io/metallb/controller:v0.16.1@` + sha(2) + `
- quay.io/metallb/speaker:main
  -> quay.io/metallb/speaker:v0.16.1@` + sha(2) + "\n"
	if got != want {
		t.Errorf("the commit says\n%s", got)
	}
}
