package bot_test

import (
	"net/http"
	"os"
	"os/exec"
	"strings"
	"testing"

	"pinbot/internal/bot"
	fakegitea "pinbot/internal/fake/gitea"
	fakeregistry "pinbot/internal/fake/registry"
	"pinbot/internal/report"
)

// commit makes a commit on a pinbot branch in the bare repository; amend puts it
// in the place of the head. The environment says who commits.
func (w *world) commit(branch string, amend bool, environment ...string) {
	w.t.Helper()
	head := w.repo.Branch(bot.Prefix + branch)
	parent := head
	if amend {
		parent = head + "^"
	}
	cmd := exec.Command("git", "-C", w.repo.Dir(), "commit-tree", "-p", parent, "-m", "mine", head+"^{tree}")
	cmd.Env = append(os.Environ(), environment...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		w.t.Fatalf("%v: %s", err, out)
	}
	w.repo.Git("update-ref", "refs/heads/"+bot.Prefix+branch, strings.TrimSpace(string(out)))
}

func tortureG01(t *testing.T) {
	person := []string{"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.org"}
	mixed := []string{"GIT_AUTHOR_NAME=pinbot", "GIT_AUTHOR_EMAIL=pinbot@localhost", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.org"}
	for name, act := range map[string]func(w *world){
		"commit": func(w *world) { w.commit(upgrade, false, person...) },
		"amend":  func(w *world) { w.commit(upgrade, true, mixed...) },
		"commit in pinbot's name": func(w *world) {
			w.commit(upgrade, false, append(mixed[:2:2], "GIT_COMMITTER_NAME=pinbot", "GIT_COMMITTER_EMAIL=pinbot@localhost")...)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, cluster())
			w.run(report.Done, opened...)
			act(w)
			w.push("docker.io", "library/redis", "7.4.1", ago(10))
			w.quiet("pin unchanged", release+" unchanged", upgrade+" blocked")
			// Not even when it is no longer needed.
			w.repo.Commit("main", "by hand", map[string]string{"web/web.yaml": pods("redis:7.4.1@" + w.reg.Digest("docker.io", "library/redis", "7.4.1"))})
			w.run(report.Done, "pin closed", release+" unchanged", upgrade+" blocked")
		})
	}
}

func tortureP04(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	w.repo.Close(w.pull(upgrade).Number)
	w.quiet("pin unchanged", release+" unchanged", upgrade+" blocked")
	// Nor when its branch is deleted, and the tag is pushed again.
	w.repo.DeleteBranch(bot.Prefix + upgrade)
	w.reg.Add("docker.io", "library/redis", fakeregistry.Tag{Name: "7.4.0", Content: "again", Pushed: ago(50)})
	w.quiet("pin unchanged", release+" unchanged", upgrade+" blocked")

	w.push("docker.io", "library/redis", "7.4.1", ago(10))
	w.run(report.Done, "pin unchanged", release+" unchanged", upgrade+" created")
	if w.pulls(upgrade) != 2 {
		t.Errorf("%+v", w.repo.PullRequests())
	}
	w.quiet(same...)
}

// A policy that writes digests alone leaves no version in the reference.
func TestClosedWithDigestStyle(t *testing.T) {
	files := map[string]string{
		"web.yaml":    pods("redis:7.2.3"),
		"pinbot.yaml": "policy:\n  - images: [redis]\n    style: digest\n",
	}
	w := newWorld(t, files)
	w.run(report.Done, "pin created", upgrade+" created")
	w.repo.Close(w.pull(upgrade).Number)
	w.quiet("pin unchanged", upgrade+" blocked")
	w.push("docker.io", "library/redis", "7.4.1", ago(10))
	w.run(report.Done, "pin unchanged", upgrade+" created")
}

// Pins of other images go on where a person closed the pull request of some.
func TestClosedPins(t *testing.T) {
	w := newWorld(t, map[string]string{"a.yaml": pods("redis:7.4.0")})
	w.run(report.Done, "pin created")
	w.repo.Close(w.pull("pin").Number)
	w.quiet("pin blocked")
	w.repo.Commit("main", "another", map[string]string{"b.yaml": pods("quay.io/metallb/speaker:v0.16.1")})
	w.run(report.Done, "pin created")
	if got := w.file("pin", "a.yaml"); strings.Contains(got, "sha256") {
		t.Errorf("what was turned down is pinned:\n%s", got)
	}
	contains(t, w.file("pin", "b.yaml"), "speaker:v0.16.1@sha256:")
	w.quiet("pin unchanged")
}

func tortureP07(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	number := w.pull(upgrade).Number
	// Browsers send CRLF, and people quote what they talk about.
	w.repo.Edit(number, func(body string) string {
		return strings.ReplaceAll("Ann: wait for the weekend\n\n"+body+"\n\n- [x] tested\n\n> <!-- pinbot:state {} -->\n> <!-- pinbot:end -->\n", "\n", "\r\n")
	})
	w.quiet(same...)
	w.push("docker.io", "library/redis", "7.4.1", ago(10))
	w.run(report.Done, "pin unchanged", release+" unchanged", upgrade+" updated")
	body := w.pull(upgrade).Body
	contains(t, body, "Ann: wait for the weekend\n\n<!-- pinbot:begin -->", "<!-- pinbot:end -->\n\n- [x] tested\n\n> <!-- pinbot:state {} -->", "7.4.1")
	if strings.Contains(body, "`7.4.0`") {
		t.Errorf("the old text is still there:\n%s", body)
	}
	w.quiet(same...)
}

func tortureP08(t *testing.T) {
	t.Run("from a branch of their own", func(t *testing.T) {
		w := newWorld(t, cluster())
		w.run(report.Done, opened...)
		// It even is pinbot's commit.
		w.repo.Git("branch", "pinbot/mine", bot.Prefix+"pin")
		number := w.repo.Open("ann", "pinbot/mine", "main", "Mine", w.pull("pin").Body)
		w.quiet(same...)
		w.repo.Close(number)
		w.quiet(same...)
	})
	t.Run("from pinbot's branch", func(t *testing.T) {
		w := newWorld(t, cluster())
		w.run(report.Done, opened...)
		// A run was stopped between its push and its pull request.
		other := w.add("infra/other", cluster())
		w.forge.Break(fakegitea.Fault{Method: http.MethodPost, Path: "/infra/other/pulls", Status: http.StatusInternalServerError})
		check(t, w.runAll("infra/other")[0], report.Partial)
		w.forge.Repair()
		other.Open("ann", bot.Prefix+"pin", "main", "Mine", w.pull("pin").Body)
		check(t, w.runAll("infra/other")[0], report.Done, "pin blocked", release+" created", upgrade+" created")
		if got := other.PullRequests()[0]; got.Title != "Mine" {
			t.Errorf("%+v", got)
		}
	})
	t.Run("with pinbot's account", func(t *testing.T) {
		w := newWorld(t, cluster())
		w.run(report.Done, opened...)
		w.repo.Git("branch", "pinbot/mine", bot.Prefix+"pin")
		w.repo.Open("pinbot", "pinbot/mine", "main", "Mine", w.pull("pin").Body)
		w.quiet(same...)
	})
}

// A person may have opened one from pinbot's branch name first.
func TestBranchNameThatIsTaken(t *testing.T) {
	w := newWorld(t, cluster())
	w.repo.Commit(bot.Prefix+upgrade, "mine", map[string]string{"x": "y"})
	w.repo.Open("ann", bot.Prefix+upgrade, "main", "Mine", "by hand")
	w.run(report.Done, "pin created", release+" created", upgrade+" blocked")
	if got := w.pull(upgrade); got.Title != "Mine" || got.Body != "by hand" {
		t.Errorf("%+v", got)
	}
}

func TestTitleOfAPersonStays(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	w.retitle(w.pull(upgrade).Number, "redis, on Saturday")
	w.quiet(same...)
	w.push("docker.io", "library/redis", "7.4.1", ago(10))
	w.run(report.Done, "pin unchanged", release+" unchanged", upgrade+" updated")
	if title := w.pull(upgrade).Title; title != "redis, on Saturday" {
		t.Errorf("title %q", title)
	}
}

// A person closes it after pinbot has read the list.
func TestClosedWhileARunWorks(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	w.push("docker.io", "library/redis", "7.4.1", ago(10))
	number := w.pull(upgrade).Number
	w.forge.Break(fakegitea.Fault{Method: http.MethodGet, Path: "/pulls", Times: 1, Status: http.StatusOK, Body: w.api(http.MethodGet, "/pulls?state=all", "", http.StatusOK)})
	w.repo.Close(number)
	w.runAll("infra/okd")
	if pr := w.pull(upgrade); pr.Number != number || pr.State != "closed" {
		t.Errorf("what a person closed is now %+v", pr)
	}
}

// The default branch has another name now; nothing may stay behind or be doubled.
func TestAnotherBaseClosesAndOpensAnew(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	old := w.pull("pin").Number
	w.repo.Git("branch", "trunk", "main")
	w.repo.DefaultBranch("trunk")
	w.run(report.Done, "pin closed", release+" closed", upgrade+" closed", "pin created", release+" created", upgrade+" created")
	for _, pr := range w.repo.PullRequests() {
		if (pr.State == "open") != (pr.Base == "trunk") || pr.Number == old && !strings.Contains(strings.Join(pr.Comments, ""), "trunk") {
			t.Errorf("%+v", pr)
		}
	}
	w.quiet(same...)
}

func TestBlockThatAPersonRemoved(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	number := w.pull(upgrade).Number
	w.repo.Edit(number, func(string) string { return "mine now" })
	w.forge.Forget()
	for _, pr := range w.run(report.Done, "pin unchanged", release+" unchanged", upgrade+" blocked").PullRequests {
		if pr.Action == "blocked" {
			contains(t, pr.Reason, "its text no longer has pinbot's block; close it")
		}
	}
	w.repo.Close(number)
	w.run(report.Done, "pin unchanged", release+" unchanged", upgrade+" created")
}

func TestReopenedByAPerson(t *testing.T) {
	w := newWorld(t, map[string]string{"a.yaml": pods("redis:7.4.0")})
	w.run(report.Done, "pin created")
	number := w.pull("pin").Number
	pinned := w.file("pin", "a.yaml")
	w.repo.Commit("main", "by hand", map[string]string{"a.yaml": pinned})
	w.run(report.Done, "pin closed")
	w.repo.Git("branch", bot.Prefix+"pin", "main~1")
	w.repo.Commit(bot.Prefix+"pin", "mine", map[string]string{"a.yaml": "mine"})
	w.repo.Reopen(number)
	w.quiet("pin blocked")
}
