package bot_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"pinbot/internal/bot"
	fakegitea "pinbot/internal/fake/gitea"
	"pinbot/internal/report"
)

// creations counts the requests for a new pull request.
func (w *world) creations() int {
	n := 0
	for _, r := range w.forge.Requests() {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/pulls") {
			n++
		}
	}
	return n
}

func TestFailedLookupClosesNothing(t *testing.T) {
	for name, part := range map[string]string{"one member of a group": "metallb/controller", "a whole registry": "/docker.io/"} {
		t.Run(name, func(t *testing.T) {
			files := cluster()
			files["more.yaml"] = pods("quay.io/metallb/frr:v1.0.0") // another image in the pins
			w := newWorld(t, files)
			w.push("quay.io", "metallb/frr", "v1.0.0", ago(50))
			w.run(report.Done, opened...)
			pulls, branches := w.repo.PullRequests(), w.repo.Branches()
			w.down.Store(part)
			w.forge.Forget()
			actions := []string{"pin unchanged", release + " kept", upgrade + " unchanged"}
			if part == "/docker.io/" {
				actions = []string{"pin kept", release + " unchanged", upgrade + " kept"}
			}
			r := w.run(report.Partial, actions...)
			if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, "500") || r.Errors[0].File == "" || r.Errors[0].Line != 9 && r.Errors[0].Line != 10 {
				t.Errorf("errors %+v", r.Errors)
			}
			if n := w.forge.Writes(); n != 0 || len(pulls) != len(w.repo.PullRequests()) || len(branches) != len(w.repo.Branches()) {
				t.Errorf("%d writes, %+v", n, w.repo.PullRequests())
			}
			w.down.Store("")
			w.quiet(same...)
		})
	}
}

// A file that people broke is like a lookup that failed: nothing is known of it.
func TestUnreadableFileClosesNothing(t *testing.T) {
	files := cluster()
	files["more.yaml"] = pods("quay.io/metallb/speaker:v0.16.1") // another file in the pins
	w := newWorld(t, files)
	w.run(report.Done, opened...)
	w.repo.Commit("main", "break", map[string]string{"web/web.yaml": pods("redis:7.2.3") + "image: [\n"})
	w.forge.Forget()
	r := w.run(report.Partial, "pin kept", release+" unchanged", upgrade+" kept")
	if len(r.Errors) != 1 || r.Errors[0].File != "web/web.yaml" || r.Errors[0].Line == 0 || w.forge.Writes() != 0 {
		t.Errorf("%d writes, errors %+v", w.forge.Writes(), r.Errors)
	}
	w.repo.Commit("main", "mend", map[string]string{"web/web.yaml": cluster()["web/web.yaml"]})
	w.run(report.Done, same...)
}

// A group moves as a whole or not at all, from the first run on.
func TestFailedMemberHoldsItsGroup(t *testing.T) {
	w := newWorld(t, cluster())
	w.down.Store("metallb/controller")
	r := w.run(report.Partial, "pin created", upgrade+" created", "upgrade/metallb held")
	if len(r.Errors) != 1 {
		t.Errorf("errors %+v", r.Errors)
	}
	contains(t, r.PullRequests[2].Title+r.PullRequests[2].Reason, "quay.io/metallb/speaker:main", "could not be looked up")
	w.down.Store("")
	w.run(report.Done, "pin unchanged", release+" created", upgrade+" unchanged")
}

func TestUnconfiguredRegistryIsSkipped(t *testing.T) {
	files := cluster()
	files["app.yaml"] = pods("10.11.12.13:5000/team/app:1.0.0")
	w := newWorld(t, files)
	r := w.run(report.Done, opened...)
	if len(r.Errors) != 0 {
		t.Errorf("errors %+v", r.Errors)
	}
	w.quiet(same...)
}

func TestTorture(t *testing.T) {
	t.Run("G01", tortureG01)
	t.Run("P04", tortureP04)
	t.Run("P07", tortureP07)
	t.Run("P08", tortureP08)
	t.Run("O03", tortureO03)
	t.Run("O06", tortureO06)
	t.Run("L01", tortureL01)
	t.Run("P01", func(t *testing.T) {
		w := newWorld(t, cluster())
		w.forge.Break(fakegitea.Fault{Method: http.MethodPost, Path: "/pulls", Status: http.StatusInternalServerError})
		r := w.run(report.Partial)
		if len(r.Errors) != 3 || w.repo.Branch(bot.Prefix+"pin") == "" {
			t.Errorf("errors %+v, branches %v", r.Errors, w.repo.Branches())
		}
		w.forge.Repair()
		w.run(report.Done, opened...)
		w.quiet(same...)
	})
	t.Run("P02", func(t *testing.T) {
		w := newWorld(t, cluster())
		w.forge.Break(fakegitea.Fault{Method: http.MethodPost, Path: "/pulls", After: true, Status: http.StatusBadGateway})
		w.run(report.Done, opened...)
		w.forge.Repair()
		w.quiet(same...)
	})
	t.Run("P03", func(t *testing.T) {
		// The list is older than what another run has opened meanwhile.
		w := newWorld(t, cluster())
		w.run(report.Done, opened...)
		w.forge.Break(fakegitea.Fault{Method: http.MethodGet, Path: "/pulls", Times: 1, Status: http.StatusOK, Body: "[]"})
		w.run(report.Done, same...)
		if n := len(w.repo.PullRequests()); n != 3 {
			t.Errorf("%d pull requests", n)
		}
		// What is open there is a person's.
		w.repo.Edit(w.pull(upgrade).Number, func(string) string { return "mine now" })
		w.forge.Break(fakegitea.Fault{Method: http.MethodGet, Path: "/pulls", Times: 1, Status: http.StatusOK, Body: "[]"})
		w.run(report.Done, "pin unchanged", release+" unchanged", upgrade+" blocked")
		if body := w.pull(upgrade).Body; body != "mine now" {
			t.Errorf("the body is %q", body)
		}
	})
	t.Run("P05", func(t *testing.T) {
		w := newWorld(t, cluster())
		w.forge.Break(fakegitea.Fault{Method: http.MethodGet, Path: "/pulls", Status: http.StatusServiceUnavailable})
		r := w.run(report.Partial)
		if n := w.forge.Writes(); n != 0 || len(r.Errors) != 1 {
			t.Errorf("%d writes, errors %+v", n, r.Errors)
		}
	})
	t.Run("P06", func(t *testing.T) {
		w := newWorld(t, cluster())
		w.run(report.Done, opened...)
		for range 2 { // newer ones push pinbot's to the third page
			w.repo.Commit("person/x", "x", map[string]string{"x": "y"})
		}
		for range 110 {
			w.repo.Close(w.repo.Open("ann", "person/x", "main", "Mine", ""))
		}
		w.quiet(same...)
	})
	t.Run("P10", func(t *testing.T) {
		w := newWorld(t, cluster())
		other := w.add("infra/other", cluster())
		w.forge.Break(fakegitea.Fault{Method: http.MethodPost, Path: "/pulls", Status: http.StatusUnauthorized, Body: `{"message":"token ` + canary + ` revoked"}`})
		b := w.bot()
		out, err := b.Run(t.Context(), []string{"infra/okd"})
		if err != nil {
			t.Fatal(err)
		}
		check(t, out[0], report.Partial)
		if n := w.creations(); n != 1 || len(w.repo.Branches()) != 2 {
			t.Errorf("%d requests for a pull request, branches %v", n, w.repo.Branches())
		}
		asked := len(w.forge.Requests())
		if out, _ = b.Run(t.Context(), []string{"infra/other"}); out[0].Outcome != report.Failed || len(w.forge.Requests()) != asked {
			t.Errorf("%s after %d more requests", out[0].Outcome, len(w.forge.Requests())-asked)
		}
		if strings.Contains(out[0].Reason, canary) || len(other.Branches()) != 1 {
			t.Errorf("%+v", out[0])
		}
	})
	t.Run("G04", func(t *testing.T) {
		w := newWorld(t, cluster())
		var bots sync.WaitGroup
		for range 2 {
			b := w.bot()
			bots.Go(func() {
				out, err := b.Run(t.Context(), []string{"infra/okd"})
				if err != nil || out[0].Outcome != report.Done {
					t.Errorf("%+v, %v", out, err)
				}
			})
		}
		bots.Wait()
		for _, branch := range []string{"pin", release, upgrade} {
			if n := w.pulls(branch); n != 1 {
				t.Errorf("%d pull requests of %s", n, branch)
			}
		}
		w.run(report.Done, same...)
		w.quiet(same...)
	})
	t.Run("G07", func(t *testing.T) {
		w := newWorld(t, cluster())
		w.repo.Hook("update", "case $1 in *release) echo protected >&2; exit 1;; esac")
		r := w.run(report.Partial, "pin created", upgrade+" created")
		if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, "release") {
			t.Errorf("errors %+v", r.Errors)
		}
	})
}
