package gitrepo

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"pinbot/updater"
)

func TestBaseReadsTheTipOnly(t *testing.T) {
	s := newSite(t)
	for range 30 {
		s.repo.Commit("main", "more history", map[string]string{"k8s/a.yaml": strings.Repeat("x", 1+len(s.repo.Branch("main")))})
	}
	tip := s.repo.Commit("main", "last", map[string]string{"k8s/a.yaml": "image: nginx:2\n"})
	r := s.open(t, Options{})
	if got := mustBase(t, r); got != tip {
		t.Fatalf("base is %s, the server has %s", got, tip)
	}
	content, err := r.ReadFile(tip, "k8s/a.yaml")
	if err != nil || string(content) != "image: nginx:2\n" {
		t.Errorf("k8s/a.yaml is %q, %v", content, err)
	}
	if _, err := r.ReadFile(tip, "k8s/none.yaml"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file gives %v", err)
	}
	var paths []string
	if err := r.Files(t.Context(), tip, func(f File) error { paths = append(paths, f.Path); return nil }); err != nil {
		t.Fatal(err)
	}
	if want := []string{"README.md", "k8s/a.yaml", "k8s/b.yaml"}; !slices.Equal(paths, want) {
		t.Errorf("files are %q, want %q", paths, want)
	}
	if shallow, err := r.store.Shallow(); err != nil || len(shallow) != 1 {
		t.Errorf("the history was fetched: shallow %v, %v", shallow, err)
	}
}

// The tree of a commit must be what git itself would write, or a later merge
// would show changes that nobody made.
func TestCommitIsWhatGitWouldWrite(t *testing.T) {
	s := newSite(t)
	s.repo.Commit("main", "neighbours", map[string]string{"k8s-x": "1", "k8s.y": "2", "k8s0": "3", "bin/run": "#!/bin/sh\n"})
	s.repo.Git("config", "core.bare", "true")
	r := s.open(t, Options{})
	base := mustBase(t, r)
	a := commit(t, r, base, "k8s/a.yaml", "image: nginx:1@sha256:1\n")
	if b := commit(t, s.open(t, Options{}).withBase(t), base, "k8s/a.yaml", "image: nginx:1@sha256:1\n"); a != b {
		t.Errorf("the same commit has two hashes: %s and %s", a, b)
	}
	if err := r.Push(t.Context(), "pinbot/pin", "", a); err != nil {
		t.Fatal(err)
	}
	s.repo.Git("fsck", "--strict", "--no-dangling")
	if got := s.repo.Git("diff", "--name-only", base, a); got != "k8s/a.yaml" {
		t.Errorf("changed: %q", got)
	}
	if got := s.repo.Git("log", "-1", "--format=%an %ae %cn %ce|%at|%s", a); !strings.HasPrefix(got, "pinbot pinbot@localhost pinbot pinbot@localhost|"+s.repo.Git("log", "-1", "--format=%ct", base)+"|Pin") {
		t.Errorf("the commit is %s", got)
	}
}

func (r *Repo) withBase(t *testing.T) *Repo { mustBase(t, r); return r }

func TestBranch(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	if b := branch(t, r, "pinbot/pin", base); b.Head != "" || b.Ours {
		t.Errorf("a branch that does not exist is %+v", b)
	}
	head := propose(t, r, base, "pinbot/pin", "k8s/a.yaml", "image: nginx:1.1\n")

	other := s.open(t, Options{}) // another process, on another day
	s.repo.Commit("main", "unrelated", map[string]string{"README.md": "hello\n"})
	base2 := mustBase(t, other)
	b := branch(t, other, "pinbot/pin", base2)
	if b.Head != head || !b.Ours || b.Outdated || !maps.Equal(b.Files, map[string]string{"k8s/a.yaml": "image: nginx:1.1\n"}) {
		t.Errorf("our branch is seen as %+v", b)
	}
	s.repo.Commit("main", "touches the file", map[string]string{"k8s/a.yaml": "image: nginx:3\n"})
	if b := branch(t, other, "pinbot/pin", mustBase(t, other)); !b.Ours || !b.Outdated {
		t.Errorf("after the base changed the file: %+v", b)
	}
}

// A base that was read before another process moved on must not make that
// process's branch look like a person's.
func TestBranchOnANewerBase(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	s.repo.Commit("main", "moves", map[string]string{"README.md": "2\n"})
	newer := s.open(t, Options{})
	propose(t, newer, mustBase(t, newer), "pinbot/pin", "k8s/a.yaml", "2\n")
	if b := branch(t, r, "pinbot/pin", base); !b.Ours {
		t.Errorf("the branch is seen as %+v", b)
	}
}

func TestBranchOfAnotherIsNotOurs(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	propose(t, r, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	// pinbot's commit on top of a person's: not one commit above the base.
	person := s.repo.Commit("work", "by hand", map[string]string{"README.md": "mine\n"})
	if _, err := r.Base(t.Context(), "work"); err != nil {
		t.Fatal(err)
	}
	propose(t, r, person, "pinbot/two", "k8s/a.yaml", "2\n")
	mustBase(t, r)
	s.repo.Commit("pinbot/hand", "by hand", map[string]string{"k8s/a.yaml": "3\n"})
	s.repo.Git("update-ref", "refs/heads/pinbot/same", base)
	for _, name := range []string{"pinbot/two", "pinbot/hand", "pinbot/same"} {
		if b := branch(t, r, name, base); b.Ours || b.Head == "" || len(b.Files) > 0 || b.Merged != (name == "pinbot/same") {
			t.Errorf("%s is taken for ours: %+v", name, b)
		}
	}
}

// A branch that was merged and left is told by git alone, from its history.
func TestMergedBranch(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	propose(t, r, mustBase(t, r), "pinbot/pin", "k8s/a.yaml", "1\n")
	s.repo.Commit("pinbot/pin", "more", map[string]string{"k8s/a.yaml": "2\n"})
	s.repo.Merge(s.repo.Open("ann", "pinbot/pin", "main", "Mine", ""))
	s.repo.Commit("main", "later", map[string]string{"README.md": "later\n"})
	for _, name := range []string{"before", "after"} {
		r = s.open(t, Options{})
		b := branch(t, r, "pinbot/pin", mustBase(t, r))
		if b.Ours || b.Merged != (name == "before") {
			t.Errorf("%s a person committed to the merged branch: %+v", name, b)
		}
		s.repo.Commit("pinbot/pin", "mine", map[string]string{"k8s/a.yaml": "3\n"})
	}
}

func TestPushReplacesAndDeletes(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	first := propose(t, r, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	second := commit(t, r, base, "k8s/a.yaml", "2\n")
	if err := r.Push(t.Context(), "pinbot/pin", first, second); err != nil {
		t.Fatal(err)
	}
	if got := s.repo.Branch("pinbot/pin"); got != second {
		t.Errorf("the branch is at %s, want %s", got, second)
	}
	if err := r.Push(t.Context(), "pinbot/pin", first, ""); !errors.Is(err, updater.ErrStale) {
		t.Errorf("deleting what moved gives %v", err)
	}
	if err := r.Push(t.Context(), "pinbot/pin", second, ""); err != nil {
		t.Fatal(err)
	}
	if got := s.repo.Branch("pinbot/pin"); got != "" {
		t.Errorf("the branch is still at %s", got)
	}
}

func TestCacheIsSharedSafely(t *testing.T) {
	s := newSite(t)
	dir := t.TempDir()
	for i := range 3 {
		r := s.open(t, Options{Dir: dir})
		if r.cache == nil {
			t.Fatalf("run %d does not use the cache", i)
		}
		other := s.open(t, Options{Dir: dir})
		if other.cache != nil {
			t.Fatal("two processes use one cache folder")
		}
		base := mustBase(t, r)
		if got := mustBase(t, other); got != base {
			t.Errorf("bases differ: %s and %s", base, got)
		}
		old := branch(t, r, "pinbot/pin", base)
		if i > 0 && !old.Ours {
			t.Errorf("run %d: %+v", i, old)
		}
		next := commit(t, r, base, "k8s/a.yaml", strings.Repeat("x", i+1))
		if err := r.Push(t.Context(), "pinbot/pin", old.Head, next); err != nil {
			t.Fatal(err)
		}
		if err := r.Close(); err != nil {
			t.Fatal(err)
		}
		s.repo.Commit("main", "moves", map[string]string{"README.md": strings.Repeat("y", i+1)})
	}
}

// Two runs that start at once must end with one branch and one loser that
// knows it.
func TestConcurrentCreators(t *testing.T) {
	s := newSite(t)
	const n = 4
	errs := make([]error, n)
	var wg sync.WaitGroup
	for i := range n {
		r := s.open(t, Options{})
		base := mustBase(t, r)
		hash := commit(t, r, base, "k8s/a.yaml", strings.Repeat("z", i+1))
		wg.Go(func() { errs[i] = r.Push(t.Context(), "pinbot/pin", "", hash) })
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else if !errors.Is(err, updater.ErrStale) {
			t.Errorf("a loser gets %v", err)
		}
	}
	if won != 1 {
		t.Errorf("%d creators won", won)
	}
}

func TestBaseErrors(t *testing.T) {
	s := newSite(t)
	empty := s.AddRepo("infra/empty", nil)
	for name, c := range map[string]struct {
		url, branch string
		want        error
	}{
		"no such branch":     {s.remote.URL, "none", ErrNoBranch},
		"empty repository":   {empty.CloneURL(), "main", ErrEmpty},
		"no such repository": {s.URL + "/infra/none.git", "main", ErrNotFound},
	} {
		r, err := Open(Remote{URL: c.url, Token: canary}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Base(t.Context(), c.branch); !errors.Is(err, c.want) {
			t.Errorf("%s gives %v", name, err)
		}
	}
}

// Certificates and proxies are the operator's: without them nothing connects.
func TestTransport(t *testing.T) {
	s := newSite(t)
	secure := httptest.NewTLSServer(s.Server)
	defer secure.Close()
	pool := x509.NewCertPool()
	pool.AddCert(secure.Certificate())
	remote := Remote{URL: secure.URL + "/infra/okd.git", Token: canary}
	for _, known := range []bool{true, false} {
		if remote.RootCAs = nil; known {
			remote.RootCAs = pool
		}
		r, err := Open(remote, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Base(t.Context(), "main"); (err == nil) != known {
			t.Errorf("certificate known %v: %v", known, err)
		}
	}
	asked := ""
	r, err := Open(Remote{URL: "http://git.example.org/infra/okd.git", Token: canary, Proxy: func(req *http.Request) (*url.URL, error) {
		asked = req.URL.Host
		return url.Parse(s.URL)
	}}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Base(t.Context(), "main"); err != nil || asked != "git.example.org" {
		t.Errorf("through a proxy: %v, asked for %q", err, asked)
	}
}
