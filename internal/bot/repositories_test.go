package bot_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pinbot/internal/bot"
	fakegitea "pinbot/internal/fake/gitea"
	"pinbot/internal/report"
)

func TestRepositoriesThatAreLeftAlone(t *testing.T) {
	w := newWorld(t, cluster())
	w.add("infra/empty", nil)
	w.add("infra/copy", cluster()).Mirror()
	w.add("infra/old", cluster()).Archive(true)
	w.add("infra/closed", cluster()).PullRequestsOff()
	w.add("infra/silent", cluster()).IssuesOff()
	w.forge.AddRepo("infra/readonly", cluster())
	w.forge.AddRepo("infra/secret", cluster()).Private()
	w.add("infra/was", cluster()).Rename("is")
	w.add("infra/broken", map[string]string{"pinbot.yaml": "policy:\n  - image: [\"quay.io/*\"]\n"})
	w.add("infra/twice", map[string]string{"pinbot.yaml": "", ".pinbot.yaml": ""})

	rows := []struct {
		name    string
		outcome report.RunOutcome
		reason  string
	}{
		{"infra/empty", report.Skipped, "no commits"},
		{"infra/copy", report.Skipped, "mirror"},
		{"infra/old", report.Skipped, "archived"},
		{"infra/closed", report.Skipped, "pull requests are switched off"},
		{"infra/silent", report.Done, "issues are switched off, so first-seen times are not kept"},
		{"infra/readonly", report.Failed, "may not push"},
		{"infra/secret", report.Failed, "does not exist, or the token may not see it"},
		{"infra/none", report.Failed, "does not exist, or the token may not see it"},
		{"infra/was", report.Failed, "renamed or moved"},
		{"infra/broken", report.Failed, "pinbot.yaml:2:5: "},
		{"infra/twice", report.Failed, ".pinbot.yaml"},
		{"infra/okd", report.Done, ""},
	}
	var names []string
	for _, row := range rows {
		names = append(names, row.name)
	}
	out := w.runAll(names...)
	for i, row := range rows {
		if got := out[i]; got.Name != row.name || got.Outcome != row.outcome || !strings.Contains(got.Reason, row.reason) || row.reason == "" && got.Reason != "" {
			t.Errorf("%s is %s: %q, want %s: %q", got.Name, got.Outcome, got.Reason, row.outcome, row.reason)
		}
	}
	check(t, out[len(out)-1], report.Done, opened...)
}

// A pattern that leads nowhere is a row that failed, and the others go on.
func TestBadPatternIsARow(t *testing.T) {
	w := newWorld(t, cluster())
	b := w.bot()
	host := b.Host.(*bot.Gitea)
	names, failed := host.Client.List(t.Context(), []string{"gone-org/*", "infra/okd"})
	host.Unlisted = failed
	out, err := b.Run(t.Context(), append(names, "gone-org/*"))
	if err != nil {
		t.Fatal(err)
	}
	check(t, out[0], report.Done, opened...)
	check(t, out[1], report.Failed)
	contains(t, out[1].Name+": "+out[1].Reason, "gone-org/*: ", "does not exist, or the token may not see it")
}

func TestDryRunTouchesNothing(t *testing.T) {
	w := newWorld(t, cluster())
	w.dry = true
	r := w.run(report.Done, opened...)
	if n := w.forge.Writes(); n != 0 || len(w.repo.Branches()) != 1 {
		t.Errorf("%d writes, branches %v", n, w.repo.Branches())
	}
	for _, p := range r.PullRequests {
		contains(t, p.Body, "### Why", "### Where")
		contains(t, p.Diff, "+++ b/", "-    image: ", "@sha256:")
	}
	w.dry = false
	w.run(report.Done, opened...)
	w.dry = true
	w.push("docker.io", "library/redis", "7.4.1", ago(10))
	w.repo.Commit("main", "by hand", map[string]string{"metallb/speaker.yaml": "a: b\n", "metallb/controller.yaml": "a: b\n"})
	w.forge.Forget()
	w.run(report.Done, "pin unchanged", release+" closed", upgrade+" updated")
	if n := w.forge.Writes(); n != 0 || w.pull(release).State != "open" {
		t.Errorf("%d writes, %+v", n, w.pull(release))
	}
}

func TestDryRunKeepsNoState(t *testing.T) {
	w := plainWorld(t)
	w.dry = true
	w.run(report.Done, "pin created", waiting)
	if n := w.forge.Writes(); n != 0 {
		t.Errorf("%d writes", n)
	}
}

func TestPolicyOfTheRepository(t *testing.T) {
	files := cluster()
	files["web/old.yaml"] = pods("redis:7.2.3")
	files["vendor/web.yaml"] = pods("redis:7.2.3")
	files["other/a.yaml"] = pods("quay.io/one/a:v1.0.0")
	files["more/b.yaml"] = pods("plain.example/two/b:v1.0.0")
	files["renovate.json"] = "{}"
	files[".gitignore"] = "vendor/\nother/\n"
	files["pinbot.yaml"] = `
ignorePaths: ["vendor/**"]
pullRequests: {limit: 2}
policy:
  - images: ["quay.io/metallb/*"]
    ignore: true
  - images: [redis]
    allow: "<7.4"
  - images: [redis]
    files: [web/old.yaml]
    level: none
  - images: ["quay.io/one/*", "plain.example/two/*"]
    group: suite
    minimumAge: 0d
`
	w := newWorld(t, files)
	for _, v := range []string{"v1.0.0", "v1.1.0", "v1.2.0"} {
		w.push("quay.io", "one/a", v, ago(1))
		if v != "v1.2.0" {
			w.push("plain.example", "two/b", v, ago(1))
		}
	}
	r := w.run(report.Done, "pin created", upgrade+" created", "upgrade/suite-1 held")
	w.repo.Commit("main", "more", map[string]string{"pinbot.yaml": strings.Replace(files["pinbot.yaml"], "limit: 2", "limit: 3", 1)})
	w.run(report.Done, "pin unchanged", upgrade+" unchanged", "upgrade/suite-1 created")
	contains(t, r.Reason, "renovate.json is not read yet")
	contains(t, w.file(upgrade, "web/web.yaml"), "redis:7.2.4@")
	if got := w.file(upgrade, "web/old.yaml"); got != text(files["web/old.yaml"]) {
		t.Errorf("level none went to\n%s", got)
	}
	// What git tracks is read, whatever .gitignore says.
	contains(t, w.file("upgrade/suite-1", "other/a.yaml"), ":v1.1.0@")
	contains(t, w.file("upgrade/suite-1", "more/b.yaml"), ":v1.1.0@")
	contains(t, w.file("pin", "web/old.yaml"), "redis:7.2.3@")
	for _, name := range []string{"metallb/speaker.yaml", "vendor/web.yaml"} {
		if got := w.file("pin", name); got != text(files[name]) {
			t.Errorf("%s is to be left alone:\n%s", name, got)
		}
	}
	if title := w.pull("upgrade/suite-1").Title; title != "Upgrade suite (a, b) from v1.0.0 to v1.1.0" {
		t.Errorf("title %q", title)
	}
}

// What only a person can decide is told in each run.
func TestHeldDecisionsAreTold(t *testing.T) {
	w := newWorld(t, map[string]string{"a.yaml": pods("redis:9.9.9", "redis:9.9.9")})
	r := w.run(report.Done, "upgrade/redis held")
	contains(t, r.PullRequests[0].Title+" "+r.PullRequests[0].Reason, "redis:9.9.9 the registry has no tag 9.9.9")
	w.quiet("upgrade/redis held")
}

func tortureO03(t *testing.T) {
	w := newWorld(t, cluster())
	dir := t.TempDir()
	run := func() string {
		b := w.bot()
		b.Show = true
		b.Host.(*bot.Gitea).Dir = func(name string) string { return filepath.Join(dir, name) }
		out, err := b.Run(t.Context(), []string{"infra/okd", "infra/none"})
		shown, _ := json.Marshal(out)
		return fmt.Sprintf("%s %v %+v %+v", shown, err, out, b.Host)
	}
	outputs := []string{run()}
	for _, f := range []fakegitea.Fault{
		{Path: "/git-receive-pack", Status: 500, Body: "Authorization: token " + canary},
		{Path: "/git-upload-pack", Status: 403, Body: canary},
		{Path: "/pulls", Status: 500, Body: canary},
		{Path: "/api/v1/", Status: 401, Body: canary},
	} {
		w.repo.Commit("main", "x", map[string]string{"web/web.yaml": pods("redis:7.4.0")})
		w.forge.Break(f)
		outputs = append(outputs, run())
		w.forge.Repair()
	}
	outputs = append(outputs, fmt.Sprint(w.repo.PullRequests()), w.repo.Git("log", "--all", "--format=fuller", "-p"))
	for _, out := range outputs {
		if strings.Contains(out, canary) {
			t.Errorf("the token is in\n%s", out)
		}
	}
	files := 0
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if strings.Contains(string(data), canary) {
			t.Errorf("the token is in %s", path)
		}
		return err
	})
	if err != nil || files == 0 {
		t.Errorf("%d files in the cache, %v", files, err)
	}
}
