package fakegitea

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// recorder is a test that is expected to fail.
type recorder struct {
	*testing.T
	failed []string
}

func (r *recorder) Errorf(format string, _ ...any) { r.failed = append(r.failed, format) }

// A request that Gitea would not take must fail the test that sends it.
func TestBadRequestsFailTheTest(t *testing.T) {
	for name, bad := range map[string]struct{ method, path, body string }{
		"unknown call":       {"GET", "/api/v1/repos/a/b/pools", ""},
		"misspelt member":    {"POST", "/api/v1/repos/a/b/pulls", `{"heads": "x", "base": "main", "title": "t"}`},
		"label names":        {"POST", "/api/v1/repos/a/b/pulls", `{"head": "x", "base": "main", "title": "t", "labels": ["l"]}`},
		"wrong type":         {"PATCH", "/api/v1/repos/a/b/pulls/1", `{"title": 7}`},
		"unknown query":      {"GET", "/api/v1/repos/a/b/pulls?head=x", ""},
		"value of the query": {"GET", "/api/v1/repos/a/b/pulls?state=merged", ""},
		"number as text":     {"GET", "/api/v1/repos/a/b/pulls?page=one", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := &recorder{T: t}
			s := New(r)
			s.AddRepo("a/b", map[string]string{"x": "y"})
			send(t, s, bad.method, bad.path, bad.body)
			if len(r.failed) == 0 {
				t.Error("the test would have passed")
			}
		})
	}
}

func send(t *testing.T, s *Server, method, path, body string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+s.AddUser("a").Token)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res
}

// Merging must merge in git, and a push must move the pull request.
func TestPullRequestsFollowGit(t *testing.T) {
	s := New(t)
	r := s.AddRepo("a/b", map[string]string{"x": "1"})
	r.Commit("work", "w", map[string]string{"y": "2"})
	n := r.Open("a", "work", "main", "t", "b")
	pushed := r.Commit("work", "more", map[string]string{"z": "3"})
	if got := r.PullRequests()[0].HeadSHA; got != pushed {
		t.Errorf("the head is %s after a push of %s", got, pushed)
	}
	if res := send(t, s, "POST", "/api/v1/repos/a/b/pulls/1/merge", `{"Do": "merge"}`); res.StatusCode != http.StatusOK {
		t.Fatalf("merging answers %d", res.StatusCode)
	}
	if got := r.File("main", "z"); got != "3" {
		t.Errorf("after the merge, z is %q", got)
	}
	if pr := r.PullRequests()[0]; pr.State != "merged" || pr.Number != n {
		t.Errorf("after the merge: %+v", pr)
	}
	if res := send(t, s, "PATCH", "/api/v1/repos/a/b/pulls/1", `{"state": "open"}`); res.StatusCode != http.StatusPreconditionFailed {
		t.Errorf("opening a merged one again answers %d", res.StatusCode)
	}
}

// Pages are never longer than 50.
func TestPagesAreShort(t *testing.T) {
	s := New(t)
	r := s.AddRepo("a/b", map[string]string{"x": "1"})
	for range 60 {
		r.addIssue(s.AddUser("a"), "t", "")
	}
	res := send(t, s, "GET", "/api/v1/repos/a/b/issues?limit=1000&page=1", "")
	next, err := url.QueryUnescape(res.Header.Get("Link"))
	if err != nil || res.Header.Get("X-Total-Count") != "60" || !strings.Contains(next, `page=2>; rel="next"`) {
		t.Errorf("headers are %v", res.Header)
	}
}
