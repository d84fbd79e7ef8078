package bot_test

import (
	"os"
	"strings"
	"testing"

	"pinbot/internal/bot"
	fakeregistry "pinbot/internal/fake/registry"
	"pinbot/internal/report"
)

func TestFirstRunOpensAndSecondWritesNothing(t *testing.T) {
	w := newWorld(t, cluster())
	main := w.repo.Branch("main")
	w.run(report.Done, opened...)

	redis := w.reg.Digest("docker.io", "library/redis", "7.2.3")
	if got, want := w.file("pin", "web/web.yaml"), text("# the site\n"+pods("redis:7.2.3@"+redis)); got != want {
		t.Errorf("the pin wrote\n%swant\n%s", got, want)
	}
	if got := w.file("pin", "metallb/speaker.yaml"); got != text(cluster()["metallb/speaker.yaml"]) {
		t.Errorf("the pin touched the speaker:\n%s", got)
	}
	for _, name := range []string{"speaker", "controller"} {
		image := "quay.io/metallb/" + name + ":v0.16.1@" + w.reg.Digest("quay.io", "metallb/"+name, "v0.16.1")
		if got := w.file(release, "metallb/"+name+".yaml"); got != text(pods(image)) {
			t.Errorf("the release wrote\n%swant %s", got, image)
		}
	}
	contains(t, w.file(upgrade, "web/web.yaml"), "redis:7.4.0@"+w.reg.Digest("docker.io", "library/redis", "7.4.0"))
	if w.repo.Branch("main") != main {
		t.Error("the base moved")
	}
	pr := w.pull(release)
	if pr.Title != "Move metallb (controller, speaker) from main to release v0.16.1" || pr.Author != "pinbot" || pr.Base != "main" {
		t.Errorf("%+v", pr)
	}
	contains(t, pr.Body, "changes what a fresh pull gets", "`metallb/speaker.yaml` line 9", "`main`", "`v0.16.1`", "so this is a step back")
	w.quiet(same...)
}

func TestNewerVersionUpdatesInPlace(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	number := w.pull(upgrade).Number
	w.push("docker.io", "library/redis", "7.4.1", ago(10))
	w.run(report.Done, "pin unchanged", release+" unchanged", upgrade+" updated")
	pr := w.pull(upgrade)
	if pr.Number != number || pr.Title != "Upgrade redis from 7.2.3 to 7.4.1" {
		t.Errorf("number %d became %+v", number, pr)
	}
	contains(t, pr.Body, "7.4.1")
	contains(t, w.file(upgrade, "web/web.yaml"), "redis:7.4.1@")
	if n := w.repo.Git("rev-list", "--count", "main.."+bot.Prefix+upgrade); strings.TrimSpace(n) != "1" {
		t.Errorf("the branch has %s commits", n)
	}
	w.quiet(same...)
}

func TestMergedPinsRebuildTheUpgrade(t *testing.T) {
	for name, deleted := range map[string]bool{"branch deleted": true, "branch left": false} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, cluster())
			w.run(report.Done, opened...)
			w.repo.Merge(w.pull("pin").Number)
			if deleted {
				w.repo.DeleteBranch(bot.Prefix + "pin")
			}
			w.run(report.Done, release+" unchanged", upgrade+" updated")
			diff := w.repo.Git("diff", "main", bot.Prefix+upgrade, "--", "web")
			contains(t, diff, "-    image: redis:7.2.3@sha256:", "+    image: redis:7.4.0@sha256:")
			w.quiet(release+" unchanged", upgrade+" unchanged")

			// Pins of another image come in the same branch, in a new pull request.
			w.repo.Commit("main", "add", map[string]string{"web/old.yaml": pods("redis:7.2.4")})
			w.run(report.Done, "pin created", release+" unchanged", upgrade+" updated")
			if w.pulls("pin") != 2 || w.pull("pin").State != "open" {
				t.Errorf("%+v", w.repo.PullRequests())
			}
		})
	}
}

// The forge shows a merged pull request with the branch's commit of today, which
// must not be taken for what was merged.
func TestCommitAfterTheMergeIsKept(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	w.repo.Merge(w.pull("pin").Number)
	mine := w.repo.Commit(bot.Prefix+"pin", "mine", map[string]string{"notes.md": "mine\n"})
	w.repo.Commit("main", "add", map[string]string{"web/old.yaml": pods("redis:7.2.4")})
	w.run(report.Done, "pin blocked", release+" unchanged", upgrade+" updated")
	if got := w.repo.Branch(bot.Prefix + "pin"); got != mine {
		t.Errorf("the person's commit %s was replaced by %s", mine, got)
	}
	// Once it is merged too, the branch is free.
	w.repo.Merge(w.repo.Open("ann", bot.Prefix+"pin", "main", "Mine", ""))
	w.run(report.Done, "pin created", release+" unchanged", upgrade+" unchanged")
	contains(t, w.file("pin", "web/old.yaml"), "redis:7.2.4@")
}

func TestDoneByHandCloses(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	done := w.file(release, "metallb/speaker.yaml")
	w.repo.Commit("main", "by hand", map[string]string{
		"metallb/speaker.yaml": done, "metallb/controller.yaml": w.file(release, "metallb/controller.yaml"),
	})
	w.run(report.Done, "pin unchanged", release+" closed", upgrade+" unchanged")
	pr := w.pull(release)
	if pr.State != "closed" || w.repo.Branch(bot.Prefix+release) != "" {
		t.Errorf("%s, branch %q", pr.State, w.repo.Branch(bot.Prefix+release))
	}
	if len(pr.Comments) != 1 || !strings.Contains(pr.Comments[0], "on the base branch already") {
		t.Errorf("comments %q", pr.Comments)
	}
	w.quiet("pin unchanged", upgrade+" unchanged")

	// What pinbot closed itself is not a person's no.
	w.repo.Commit("main", "back", map[string]string{"metallb/speaker.yaml": cluster()["metallb/speaker.yaml"], "metallb/controller.yaml": cluster()["metallb/controller.yaml"]})
	w.run(report.Done, "pin unchanged", release+" created", upgrade+" unchanged")
}

func TestSupersededByANewLine(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	for _, name := range []string{"metallb/speaker", "metallb/controller"} {
		w.push("quay.io", name, "v0.17.0", ago(10))
	}
	const next = "upgrade/metallb-0.17-release"
	w.run(report.Done, "pin unchanged", upgrade+" unchanged", release+" closed", next+" created")
	old := w.pull(release)
	if old.State != "closed" || w.repo.Branch(bot.Prefix+release) != "" || len(old.Comments) != 1 {
		t.Fatalf("%+v", old)
	}
	contains(t, old.Comments[0], "superseded", bot.Prefix+next)
	w.quiet("pin unchanged", upgrade+" unchanged", next+" unchanged")
}

func TestBaseMoves(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	w.repo.Commit("main", "elsewhere", map[string]string{"README.md": "hello\n"})
	w.quiet(same...)

	w.repo.Commit("main", "same file", map[string]string{"web/web.yaml": "# moved\n" + pods("redis:7.2.3")})
	w.run(report.Done, "pin updated", release+" unchanged", upgrade+" updated")
	contains(t, w.file("pin", "web/web.yaml"), "# moved\n", "redis:7.2.3@")
	if parent := strings.TrimSpace(w.repo.Git("rev-parse", bot.Prefix+"pin^")); parent != w.repo.Branch("main") {
		t.Errorf("the branch was rebuilt on %s, the base is %s", parent, w.repo.Branch("main"))
	}
	w.quiet(same...)
}

// Half of it was done by hand: what is left is a smaller change of another base.
func TestBaseTakesPartOfIt(t *testing.T) {
	w := newWorld(t, map[string]string{"web.yaml": pods("redis:7.4.0", "quay.io/metallb/speaker:v0.16.1")})
	w.run(report.Done, "pin created")
	pinned := "redis:7.4.0@" + w.reg.Digest("docker.io", "library/redis", "7.4.0")
	w.repo.Commit("main", "half", map[string]string{"web.yaml": pods(pinned, "quay.io/metallb/speaker:v0.16.1")})
	w.run(report.Done, "pin updated")
	if n := strings.TrimSpace(w.repo.Git("diff", "--shortstat", bot.Prefix+"pin^", bot.Prefix+"pin")); n != "1 file changed, 1 insertion(+), 1 deletion(-)" {
		t.Errorf("the commit is %q", n)
	}
	w.quiet("pin unchanged")
}

func TestLimitHoldsWhatIsTooMuch(t *testing.T) {
	w := newWorld(t, cluster())
	w.limit = 2
	r := w.run(report.Done, "pin created", release+" created", upgrade+" held")
	for _, p := range r.PullRequests {
		if p.Action == "held" {
			contains(t, p.Reason, "the limit of 2 open pull requests is reached")
		}
	}
	if w.repo.Branch(bot.Prefix+upgrade) != "" {
		t.Error("a held change has a branch")
	}
	w.quiet("pin unchanged", release+" unchanged", upgrade+" held")

	// A person's pull requests do not count, and one that is closed in this run
	// makes room.
	w.repo.Commit("pinbot/mine", "mine", map[string]string{"x": "y"})
	w.repo.Open("ann", "pinbot/mine", "main", "Mine", "")
	w.repo.Commit("main", "by hand", map[string]string{"web/web.yaml": w.file("pin", "web/web.yaml")})
	w.run(report.Done, "pin closed", release+" unchanged", upgrade+" created")
}

func TestLockstepWaitsForEveryMember(t *testing.T) {
	w := newWorld(t, map[string]string{
		"metallb/a.yaml": pods("quay.io/metallb/speaker:v0.16.1"), "metallb/b.yaml": pods("quay.io/metallb/controller:v0.16.1"),
	})
	w.push("quay.io", "metallb/speaker", "v0.16.2", ago(10))
	r := w.run(report.Done, "pin created", "upgrade/metallb held")
	contains(t, r.PullRequests[1].Reason, "0.16.2 waits: quay.io/metallb/controller does not have it")
	w.push("quay.io", "metallb/controller", "v0.16.2", ago(9))
	w.run(report.Done, "pin unchanged", "upgrade/metallb-0.16 created")
	pr := w.pull("upgrade/metallb-0.16")
	if pr.Title != "Upgrade metallb (controller, speaker) from v0.16.1 to v0.16.2" {
		t.Errorf("title %q", pr.Title)
	}
	for _, file := range []string{"metallb/a.yaml", "metallb/b.yaml"} {
		contains(t, w.file("upgrade/metallb-0.16", file), ":v0.16.2@sha256:")
	}
}

// MetalLB released v0.13.7 with two containers at main. They belong to v0.13.7,
// and the newest release would be the outage again.
func TestSkewIsHealedApartFromPins(t *testing.T) {
	data, err := os.ReadFile("../../testdata/manifests/metallb/metallb-frr.yaml")
	if err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, map[string]string{"metallb-frr.yaml": string(data)})
	w.reg.Add("docker.io", "frrouting/frr", fakeregistry.Tag{Name: "v7.5.1", Pushed: ago(900)})
	r := w.runAll("infra/okd")[0]
	const heal = "upgrade/metallb-0.13-release"
	pr := w.pull(heal)
	if pr.Title != "Move quay.io/metallb/speaker from main to release v0.13.7" {
		t.Errorf("title %q", pr.Title)
	}
	contains(t, pr.Body, "stands at v0.13.7")
	if strings.Contains(pr.Body, "no release has it") {
		t.Errorf("the text says what is not so:\n%s", pr.Body)
	}
	added := w.repo.Git("diff", "main", bot.Prefix+heal)
	if n := strings.Count(added, "\n+ "); n != 2 || strings.Count(added, "\n+        image: quay.io/metallb/speaker:v0.13.7@sha256:") != 2 {
		t.Errorf("%d lines are added:\n%s", n, added)
	}
	if pin := w.file("pin", "metallb-frr.yaml"); strings.Count(pin, "speaker:main\n") != 2 {
		t.Errorf("the pins touch main:\n%s", pin)
	}
	if len(r.Findings) == 0 || r.Findings[0].Finding != "skew" {
		t.Errorf("findings %+v", r.Findings)
	}
}
