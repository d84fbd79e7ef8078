package gitea_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"pinbot/internal/fake/conformance"
	fakegitea "pinbot/internal/fake/gitea"
	"pinbot/internal/forge/gitea"
	"pinbot/updater"
)

// canary must never be seen outside of the Authorization header.
const canary = "canary-5f3c9e"

// world is a forge with one repository in which pinbot may write.
type world struct {
	*fakegitea.Server
	repo *fakegitea.Repo
}

func newWorld(t *testing.T) world {
	t.Helper()
	s := fakegitea.New(t)
	repo := s.AddRepo("infra/okd", map[string]string{"a.yaml": "image: nginx:1\n"})
	repo.Allow("pinbot", "write")
	s.AddUser("pinbot").Token = canary
	return world{Server: s, repo: repo}
}

func (w world) client(t *testing.T) *gitea.Client {
	t.Helper()
	c, err := gitea.New(gitea.Options{URL: w.URL, Token: canary, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func (w world) open(t *testing.T) *gitea.Forge {
	t.Helper()
	f, err := w.client(t).Open("infra/okd")
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func (w world) branch(name string) string {
	return w.repo.Commit(name, name, map[string]string{"a.yaml": name})
}

// posts counts the POSTs that ask for a pull request.
func (w world) posts() int {
	n := 0
	for _, r := range w.Requests() {
		if r.Method == http.MethodPost && strings.HasSuffix(r.Path, "/pulls") {
			n++
		}
	}
	return n
}

func pin() updater.PullRequest {
	return updater.PullRequest{Head: "pinbot/pin", Base: "main", Title: "Pin", Body: "b"}
}

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) conformance.Site {
		w := newWorld(t)
		return conformance.Site{
			Forge:  w.open(t),
			Again:  func() updater.Forge { return w.open(t) },
			Branch: w.branch,
			Close:  w.repo.Close,
			Merge:  func(pr updater.PullRequest) { w.repo.Merge(pr.Number) },
			Delete: w.repo.DeleteBranch,
		}
	})
}

func TestRepository(t *testing.T) {
	w := newWorld(t)
	w.AddRepo("infra/empty", nil)
	w.AddRepo("infra/copy", map[string]string{"a": "b"}).Mirror()
	w.AddRepo("infra/old", map[string]string{"a": "b"}).Archive(true)
	bare := w.AddRepo("infra/bare", map[string]string{"a": "b"})
	bare.IssuesOff()
	bare.PullRequestsOff()
	c := w.client(t)
	for name, want := range map[string]gitea.Repository{
		"infra/okd":   {DefaultBranch: "main", CanPush: true, Issues: true, PullRequests: true},
		"infra/empty": {DefaultBranch: "main", Empty: true, Issues: true, PullRequests: true},
		"infra/copy":  {DefaultBranch: "main", Mirror: true, Issues: true, PullRequests: true},
		"infra/old":   {DefaultBranch: "main", Archived: true, Issues: true, PullRequests: true},
		"infra/bare":  {DefaultBranch: "main"},
	} {
		want.Name, want.CloneURL = name, w.URL+"/"+name+".git"
		if got, err := c.Repository(t.Context(), name); got != want || err != nil {
			t.Errorf("%s is %+v, %v", name, got, err)
		}
	}
	if _, err := c.Repository(t.Context(), "infra/none"); !errors.Is(err, gitea.ErrNotFound) {
		t.Errorf("a repository that does not exist gives %v", err)
	}
	w.Forget()
	for _, name := range []string{"infra", "a/b/c", "../x", "infra/..", "a/b?c", "a/%2e", ""} {
		if _, err := c.Repository(t.Context(), name); err == nil {
			t.Errorf("%q is taken for a name", name)
		}
	}
	if n := len(w.Requests()); n > 0 {
		t.Errorf("%d requests were sent for bad names", n)
	}
}

func TestListGlobsOverAllPages(t *testing.T) {
	w := newWorld(t)
	var want []string
	for i := range 60 {
		name := fmt.Sprintf("infra/gitops-%03d", i)
		w.AddRepo(name, nil)
		want = append(want, name)
	}
	w.AddRepo("infra/gitops-archived", map[string]string{"a": "b"}).Archive(true)
	w.AddRepo("other/gitops-x", nil)
	want = append(want, "infra/okd")
	c := w.client(t)
	got, err := c.List(t.Context(), []string{"infra/okd", "infra/gitops-*", "infra/gitops-00?"})
	if len(err) > 0 || !slices.Equal(got, want) {
		t.Errorf("%d names, %v: %q", len(got), err, got)
	}
	if got, err := c.List(t.Context(), []string{"*/gitops-x"}); len(err) > 0 || !slices.Equal(got, []string{"other/gitops-x"}) {
		t.Errorf("with a wildcard owner: %q, %v", got, err)
	}
	w.Forget()
	if _, err := c.List(t.Context(), []string{"a/b"}); len(err) > 0 || len(w.Requests()) > 0 {
		t.Errorf("a plain name costs %d requests, %v", len(w.Requests()), err)
	}
}

// What the token may not see fills the first pages and leaves them empty.
func TestListGoesOnAfterAnEmptyPage(t *testing.T) {
	w := newWorld(t)
	for i := range 110 {
		w.AddRepo(fmt.Sprintf("infra/a-secret-%03d", i), nil).Private()
	}
	if got, err := w.client(t).List(t.Context(), []string{"infra/*"}); len(err) > 0 || !slices.Equal(got, []string{"infra/okd"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestBadPatternStopsNoOther(t *testing.T) {
	w := newWorld(t)
	names, failed := w.client(t).List(t.Context(), []string{"gone/*", "infra/o[", "infra/o*", "infra/named"})
	if !slices.Equal(names, []string{"infra/named", "infra/okd"}) {
		t.Errorf("%q", names)
	}
	if len(failed) != 2 || !errors.Is(failed["gone/*"], gitea.ErrNotFound) || !strings.Contains(fmt.Sprint(failed["infra/o["]), "is not a pattern") {
		t.Errorf("%v", failed)
	}
}

func TestLabels(t *testing.T) {
	w := newWorld(t)
	f := w.open(t)
	for i, branch := range []string{"pinbot/a", "pinbot/b"} {
		w.branch(branch)
		pr := updater.PullRequest{Head: branch, Base: "main", Title: "x", Labels: []string{"dependencies", "images"}}
		got, err := f.Create(t.Context(), pr)
		if err != nil || !slices.Equal(got.Labels, pr.Labels) {
			t.Errorf("%d: labels %q, %v", i, got.Labels, err)
		}
	}
}

func TestStateIsKeptQuietly(t *testing.T) {
	w := newWorld(t)
	f := w.open(t)
	if err := f.SaveState(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if err := f.SaveState(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	if n := w.Writes(); n != 1 {
		t.Errorf("%d writes for one document", n)
	}
	w.repo.Reopen(1) // by a person who looked
	if err := w.open(t).SaveState(t.Context(), "two"); err != nil {
		t.Fatal(err)
	}
	if got, err := w.open(t).LoadState(t.Context()); got != "two" || err != nil {
		t.Errorf("the state is %q, %v", got, err)
	}
	if n := w.Writes(); n != 2 {
		t.Errorf("%d writes for two documents", n)
	}
	w.repo.Edit(1, func(string) string { return "oops" })
	if got, err := w.open(t).LoadState(t.Context()); got != "" || err != nil {
		t.Errorf("a state that a person emptied is %q, %v", got, err)
	}
}

// Another user's issue with the title and the marker must not be believed.
func TestStateOfAnotherIsIgnored(t *testing.T) {
	w := newWorld(t)
	w.repo.Allow("mallory", "write")
	c, err := gitea.New(gitea.Options{URL: w.URL, Token: w.AddUser("mallory").Token})
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := c.Open("infra/okd")
	if err != nil {
		t.Fatal(err)
	}
	if err := theirs.SaveState(t.Context(), "first seen long ago"); err != nil {
		t.Fatal(err)
	}
	if got, err := w.open(t).LoadState(t.Context()); got != "" || err != nil {
		t.Errorf("another user's state is believed: %q, %v", got, err)
	}
}

func TestNew(t *testing.T) {
	for _, o := range []gitea.Options{
		{URL: "https://u:" + canary + "@git.example.org", Token: "x"}, {URL: "file:///etc", Token: "x"}, {URL: "", Token: "x"},
		{URL: "https://git.example.org?token=" + canary, Token: "x"}, {URL: "https://git.example.org"}, {URL: "https://u:" + canary + "@bad host", Token: "x"},
	} {
		if _, err := gitea.New(o); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%q gives %v", strings.ReplaceAll(o.URL, canary, "…"), err)
		}
	}
	c, err := gitea.New(gitea.Options{URL: "https://git.example.org/", Token: canary})
	if err != nil {
		t.Fatal(err)
	}
	if s := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(s, canary) {
		t.Errorf("printing the client shows the token: %s", s)
	}
}

func TestHugeAnswerEnds(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte("[" + strings.Repeat(" ", 1<<20))
		for range 64 {
			if _, err := w.Write(chunk); err != nil {
				return
			}
		}
	}))
	defer server.Close()
	f := at(t, server.URL)
	if _, err := f.PullRequests(t.Context(), ""); err == nil || !strings.Contains(err.Error(), "larger than") {
		t.Errorf("a huge answer gives %v", err)
	}
}

func at(t *testing.T, url string) *gitea.Forge {
	t.Helper()
	c, err := gitea.New(gitea.Options{URL: url, Token: canary, Timeout: 5 * time.Second})
	if err != nil {
		t.Fatal(err)
	}
	f, err := c.Open("infra/okd")
	if err != nil {
		t.Fatal(err)
	}
	return f
}
