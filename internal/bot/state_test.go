package bot_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	fakegitea "pinbot/internal/fake/gitea"
	fakeregistry "pinbot/internal/fake/registry"
	"pinbot/internal/report"
)

// plainWorld has an image on a registry without times, whose build tool leaves
// the year 1970 in it.
func plainWorld(t *testing.T) *world {
	w := newWorld(t, map[string]string{"app.yaml": pods("plain.example/team/app:1.0.0")})
	for _, tag := range []string{"1.0.0", "1.1.0"} {
		w.push("plain.example", "team/app", tag, time.Unix(0, 0))
	}
	return w
}

// waiting is the row of 1.1.0 while it is too young.
const waiting = "upgrade/plain.example+team+app held"

// days moves the clock.
func (w *world) days(n int) { w.now = w.now.AddDate(0, 0, n) }

func TestFirstSeenTimesAreKept(t *testing.T) {
	w := plainWorld(t)
	const app = "upgrade/plain.example+team+app-1"
	w.run(report.Done, "pin created", waiting)
	w.quiet("pin unchanged", waiting)

	// Runs in between that fail, or cannot read what was kept, reset nothing.
	w.days(1)
	w.down.Store("plain.example")
	w.run(report.Partial, "pin kept")
	w.down.Store("")
	w.days(1)
	w.forge.Break(fakegitea.Fault{Method: http.MethodGet, Path: "/issues", Status: http.StatusBadGateway})
	if r := w.run(report.Failed); !strings.Contains(r.Reason, "earlier runs") {
		t.Errorf("reason %q", r.Reason)
	}
	w.forge.Repair()
	w.quiet("pin unchanged", waiting)

	w.days(2)
	w.run(report.Done, "pin unchanged", app+" created")
	contains(t, w.pull(app).Body, "first seen on 2026-09-01")
	w.quiet("pin unchanged", app+" unchanged")

	// A tag that appears now waits for itself.
	w.push("plain.example", "team/app", "1.2.0", time.Unix(0, 0))
	w.run(report.Done, "pin unchanged", app+" updated")
	contains(t, w.pull(app).Body, "1.2.0 of plain.example/team/app waits")
	contains(t, w.pull(app).Title, "to 1.1.0")
	w.days(4)
	w.run(report.Done, "pin unchanged", app+" updated")
	contains(t, w.pull(app).Title, "to 1.2.0")
	w.quiet("pin unchanged", app+" unchanged")
}

// A tag that is pushed again begins to age anew, but not in the pull request that
// proposes it already.
func TestRebuiltTagStaysProposed(t *testing.T) {
	w := newWorld(t, cluster())
	w.run(report.Done, opened...)
	w.days(1)
	w.reg.Add("docker.io", "library/redis", fakeregistry.Tag{Name: "7.4.0", Content: "rebuilt", Pushed: w.now.Add(-time.Hour)})
	w.run(report.Done, "pin unchanged", release+" unchanged", upgrade+" updated")
	if pr := w.pull(upgrade); pr.Title != "Upgrade redis from 7.2.3 to 7.4.0" {
		t.Errorf("the rebuilt version lost its age: %q", pr.Title)
	}
	contains(t, w.file(upgrade, "web/web.yaml"), "redis:7.4.0@"+w.reg.Digest("docker.io", "library/redis", "7.4.0"))
	w.days(1)
	w.quiet(same...)
}

// A state that a person has broken begins anew, with a note, and never lets a
// tag through early.
func TestDamagedState(t *testing.T) {
	w := plainWorld(t)
	w.run(report.Done, "pin created", waiting)
	for number := int64(1); number < 3; number++ {
		if number != w.pull("pin").Number {
			w.repo.Edit(number, func(body string) string { return strings.ReplaceAll(body, "{", "[") })
		}
	}
	w.days(4)
	r := w.run(report.Done, "pin unchanged", waiting)
	contains(t, r.Reason, "begins anew")
}

// What cannot be kept is an error, and takes nothing of what was done.
func TestStateThatCannotBeKept(t *testing.T) {
	w := plainWorld(t)
	w.forge.Break(fakegitea.Fault{Method: http.MethodPost, Path: "/issues", Status: http.StatusInternalServerError})
	r := w.run(report.Partial, "pin created", waiting)
	if len(r.Errors) != 1 || !strings.Contains(r.Errors[0].Message, "keeping what was seen") {
		t.Errorf("errors %+v", r.Errors)
	}
}
