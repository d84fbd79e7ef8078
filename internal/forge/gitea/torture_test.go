package gitea_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	fakegitea "pinbot/internal/fake/gitea"
	"pinbot/internal/forge/gitea"
	"pinbot/updater"
)

func TestTorture(t *testing.T) {
	for id, test := range map[string]func(*testing.T){
		"P01": crashBeforePost, "P02": lostReply, "P03": alreadyExists, "P04": closedByHuman, "P05": listFails,
		"P06": thirdPage, "P08": copiedMarker, "P10": revoked, "P11": renamedOrArchived,
	} {
		t.Run(id, test)
	}
}

func crashBeforePost(t *testing.T) {
	w := newWorld(t)
	w.branch("pinbot/pin") // pushed, and then the process ended
	for range 2 {
		f := w.open(t)
		list, err := f.PullRequests(t.Context(), "pinbot/")
		if err != nil {
			t.Fatal(err)
		}
		if len(list) == 0 {
			if _, err := f.Create(t.Context(), pin()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if n := len(w.repo.PullRequests()); n != 1 {
		t.Errorf("%d pull requests", n)
	}
}

func lostReply(t *testing.T) {
	for name, fault := range map[string]fakegitea.Fault{
		"502 after":    {Method: "POST", Path: "/pulls", Times: 1, After: true, Status: http.StatusBadGateway},
		"reset after":  {Method: "POST", Path: "/pulls", Times: 1, After: true},
		"502 before":   {Method: "POST", Path: "/pulls", Times: 1, Status: http.StatusBadGateway, Body: "token " + canary + " \x1b[31m"},
		"reset before": {Method: "POST", Path: "/pulls", Times: 1},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.branch("pinbot/pin")
			w.Break(fault)
			got, err := w.open(t).Create(t.Context(), pin())
			switch {
			case fault.After && (err != nil || got.Number == 0 || got.HeadSHA == ""):
				t.Errorf("the pull request that was made is not found: %+v, %v", got, err)
			case !fault.After && err == nil:
				t.Error("a pull request that was not made is reported")
			}
			clean(t, err)
			made := 0
			if fault.After {
				made = 1
			}
			if n := len(w.repo.PullRequests()); n != made || w.posts() != 1 {
				t.Errorf("%d pull requests after %d POSTs", n, w.posts())
			}
		})
	}
}

func alreadyExists(t *testing.T) {
	w := newWorld(t)
	w.branch("pinbot/pin")
	w.repo.Open("person", "pinbot/pin", "main", "by hand", "mine")
	if _, err := w.open(t).Create(t.Context(), pin()); !errors.Is(err, updater.ErrExists) {
		t.Errorf("a second pull request gives %v", err)
	}
	if w.posts() != 1 {
		t.Errorf("%d POSTs", w.posts())
	}
}

func closedByHuman(t *testing.T) {
	w := newWorld(t)
	w.branch("pinbot/pin")
	pr, err := w.open(t).Create(t.Context(), pin())
	if err != nil {
		t.Fatal(err)
	}
	w.repo.Close(pr.Number)
	w.repo.DeleteBranch("pinbot/pin") // what people do then
	list, err := w.open(t).PullRequests(t.Context(), "pinbot/")
	if err != nil || len(list) != 1 || list[0].State != updater.Closed || list[0].Head != "pinbot/pin" || list[0].Body != "b" {
		t.Errorf("the closed pull request is seen as %+v, %v", list, err)
	}
}

func listFails(t *testing.T) {
	w := newWorld(t)
	w.branch("pinbot/pin")
	w.Break(fakegitea.Fault{Method: "GET", Path: "/pulls", Status: http.StatusServiceUnavailable})
	if list, err := w.open(t).PullRequests(t.Context(), ""); err == nil {
		t.Errorf("a list that failed is %+v", list)
	}
	if n := w.Writes(); n > 0 {
		t.Errorf("%d writes", n)
	}
}

func thirdPage(t *testing.T) {
	w := newWorld(t)
	w.branch("pinbot/pin")
	first := w.repo.Open("pinbot", "pinbot/pin", "main", "Pin", "")
	w.branch("work")
	for i := range 120 {
		n := w.repo.Open("person", "work", "main", fmt.Sprintf("work %d", i), "")
		w.repo.Close(n)
	}
	list, err := w.open(t).PullRequests(t.Context(), "pinbot/")
	if err != nil || len(list) != 1 || list[0].Number != first {
		t.Errorf("on page 3: %+v, %v", list, err)
	}
	if n := len(w.Requests()); n != 3 {
		t.Errorf("%d requests for 121 pull requests, want 3", n)
	}
}

// A copy of pinbot's text in a person's pull request is told apart by what the
// person cannot copy: the author, and a head that is not a fork's.
func copiedMarker(t *testing.T) {
	w := newWorld(t)
	commit := w.branch("pinbot/pin")
	w.repo.Open("mallory", "pinbot/pin", "main", "Pin", "<!-- pinbot -->")
	list, err := w.open(t).PullRequests(t.Context(), "pinbot/")
	if err != nil || len(list) != 1 || list[0].Author != "mallory" || list[0].HeadSHA != commit {
		t.Errorf("listed as %+v, %v", list, err)
	}
	fork := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(rw, `[{"number": 7, "state": "open", "head": {"label": "pinbot/pin", "ref": "pinbot/pin", "repo_id": 2}, "base": {"ref": "main", "repo_id": 1}},
			{"number": 8, "state": "open", "head": null, "base": {"ref": "main", "repo_id": 1}}]`)
	}))
	defer fork.Close()
	if list, err := at(t, fork.URL).PullRequests(t.Context(), ""); err != nil || len(list) > 0 {
		t.Errorf("a fork's branch is taken for ours: %+v, %v", list, err)
	}
}

func revoked(t *testing.T) {
	w := newWorld(t)
	w.branch("pinbot/pin")
	c := w.client(t)
	f, err := c.Open("infra/okd")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.PullRequests(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	w.Revoke("pinbot")
	w.Forget()
	for range 5 {
		_, err := f.Create(t.Context(), pin())
		if !errors.Is(err, updater.ErrForbidden) {
			t.Errorf("a refused token gives %v", err)
		}
		clean(t, err)
		if _, err := c.Repository(t.Context(), "infra/okd"); !errors.Is(err, updater.ErrForbidden) {
			t.Errorf("a refused token gives %v", err)
		}
	}
	if n := len(w.Requests()); n != 1 {
		t.Errorf("%d requests after the token was refused, want 1", n)
	}
}

func renamedOrArchived(t *testing.T) {
	w := newWorld(t)
	w.branch("pinbot/pin")
	w.repo.Archive(true)
	if _, err := w.open(t).Create(t.Context(), pin()); !errors.Is(err, updater.ErrForbidden) || !strings.Contains(err.Error(), "archived") {
		t.Errorf("an archived repository gives %v", err)
	}
	w.repo.Archive(false)
	w.repo.Rename("renamed")
	w.Forget()
	_, err := w.client(t).Repository(t.Context(), "infra/okd")
	if !errors.Is(err, gitea.ErrMoved) || !strings.Contains(err.Error(), "infra/renamed") {
		t.Errorf("a renamed repository gives %v", err)
	}
	if n := len(w.Requests()); n != 1 {
		t.Errorf("%d requests: the redirect was followed", n)
	}
	var seen []string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
	}))
	defer thief.Close()
	server := httptest.NewServer(http.RedirectHandler(thief.URL, http.StatusMovedPermanently))
	defer server.Close()
	_, err = at(t, server.URL).Create(t.Context(), pin())
	if err == nil || len(seen) > 0 {
		t.Errorf("a redirect to another host gives %v and is followed: %q", err, seen)
	}
	clean(t, err)
}

func TestDeadlines(t *testing.T) {
	w := newWorld(t)
	w.branch("pinbot/pin")
	w.Break(fakegitea.Fault{Hang: true})
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := w.open(t).Create(ctx, pin()); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a forge that does not answer gives %v", err)
	}
	if d := time.Since(start); d > time.Minute || w.posts() > 1 {
		t.Errorf("it took %s and %d POSTs", d, w.posts())
	}
}

// clean fails if an error shows the token or control characters, in any verb.
func clean(t *testing.T, err error) {
	t.Helper()
	for _, verb := range []string{"%v", "%+v", "%#v", "%q"} {
		for e := err; e != nil; e = errors.Unwrap(e) {
			if s := fmt.Sprintf(verb, e); strings.Contains(s, canary) || strings.ContainsAny(s, "\x1b") {
				t.Errorf("%s shows what it must not: %q", verb, s)
			}
		}
	}
}
