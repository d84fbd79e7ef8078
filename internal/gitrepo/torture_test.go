package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	fakegitea "pinbot/internal/fake/gitea"
	"pinbot/updater"
)

func TestTorture(t *testing.T) {
	for id, test := range map[string]func(*testing.T){
		"G01": humanCommitIsKept, "G02": humanPushBetween, "G03": leaseWithoutTracking, "G04": secondCreatorLoses,
		"G05": baseMovesDuringRun, "G06": directoryFileConflict, "G07": rejectedByServer, "G08": crafted,
		"G09": badURLs, "G10": hungPush, "G11": insteadOf, "G12": forgedTrailer, "G13": localStates, "S10": redirected,
	} {
		t.Run(id, test)
	}
}

func humanCommitIsKept(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	propose(t, r, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	human := s.repo.Commit("pinbot/pin", "by hand", map[string]string{"k8s/b.yaml": "mine\n"})
	if b := branch(t, r, "pinbot/pin", base); b.Ours || b.Head != human {
		t.Errorf("a branch with a person's commit is %+v", b)
	}
}

func humanPushBetween(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	old := propose(t, r, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	next := commit(t, r, base, "k8s/a.yaml", "2\n")
	// The person's push lands after the server told its branches, so only the
	// server's own comparison can refuse.
	human := s.repo.Commit("pinbot/side", "by hand", map[string]string{"k8s/b.yaml": "mine\n"})
	s.repo.Hook("pre-receive", "unset GIT_QUARANTINE_PATH; git update-ref refs/heads/pinbot/pin "+human)
	if err := r.Push(t.Context(), "pinbot/pin", old, next); !errors.Is(err, updater.ErrStale) {
		t.Errorf("the push gives %v, want ErrStale", err)
	}
	if got := s.repo.Branch("pinbot/pin"); got != human {
		t.Errorf("the branch is at %s, the person's commit is %s", got, human)
	}
}

func leaseWithoutTracking(t *testing.T) {
	s := newSite(t)
	first := s.open(t, Options{})
	base := mustBase(t, first)
	old := propose(t, first, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	// A process that has never seen the branch.
	fresh := s.open(t, Options{})
	mustBase(t, fresh)
	next := commit(t, fresh, base, "k8s/a.yaml", "2\n")
	if err := fresh.Push(t.Context(), "pinbot/pin", base, next); !errors.Is(err, updater.ErrStale) {
		t.Errorf("a wrong lease gives %v", err)
	}
	if err := fresh.Push(t.Context(), "pinbot/pin", old, next); err != nil {
		t.Errorf("the right lease gives %v", err)
	}
}

func secondCreatorLoses(t *testing.T) {
	s := newSite(t)
	a, b := s.open(t, Options{}), s.open(t, Options{})
	base := mustBase(t, a)
	mustBase(t, b)
	won := propose(t, a, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	other := commit(t, b, base, "k8s/a.yaml", "2\n")
	if err := b.Push(t.Context(), "pinbot/pin", "", other); !errors.Is(err, updater.ErrStale) {
		t.Errorf("the second creator gets %v", err)
	}
	if got := s.repo.Branch("pinbot/pin"); got != won {
		t.Errorf("the branch is at %s, the first wrote %s", got, won)
	}
}

func baseMovesDuringRun(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	s.repo.Commit("main", "moves", map[string]string{"k8s/a.yaml": "image: nginx:9\n"})
	propose(t, r, base, "pinbot/pin", "k8s/a.yaml", "1\n") // late, but harmless
	next := s.open(t, Options{})
	if b := branch(t, next, "pinbot/pin", mustBase(t, next)); !b.Ours || !b.Outdated {
		t.Errorf("the next run sees %+v, and would not rebuild it", b)
	}
}

func directoryFileConflict(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	s.repo.Commit("pinbot", "in the way", map[string]string{"x": "y"})
	err := r.Push(t.Context(), "pinbot/pin", "", commit(t, r, base, "k8s/a.yaml", "1\n"))
	if !errors.Is(err, ErrRefConflict) || !strings.Contains(err.Error(), "delete or rename pinbot") {
		t.Errorf("the conflict gives %v", err)
	}
}

func rejectedByServer(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	hash := commit(t, r, base, "k8s/a.yaml", "1\n")
	s.repo.Hook("pre-receive", `printf 'no: \033[31mprotected\033[0m, you sent `+canary+`\n' >&2; exit 1`)
	err := r.Push(t.Context(), "pinbot/pin", "", hash)
	if !errors.Is(err, updater.ErrForbidden) || !strings.Contains(err.Error(), "protected") {
		t.Errorf("a refused push gives %v", err)
	}
	clean(t, err)
	s.Revoke("pinbot")
	if _, err := r.Base(t.Context(), "main"); !errors.Is(err, updater.ErrForbidden) {
		t.Errorf("a refused token gives %v", err)
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

func badURLs(t *testing.T) {
	for _, raw := range []string{
		"file:///etc", "ext::sh -c id", "-oProxyCommand=id", "https://u:" + canary + "@git.example.org/a/b", "https://u:" + canary + "@bad host/a",
		"ssh://git@git.example.org/a/b", "git@git.example.org:a/b", "git://git.example.org/a", "https:///a/b", "/srv/repo.git", "",
		"https://git.example.org/a?token=" + canary, "https://git.example.org/a\n",
	} {
		_, err := Open(Remote{URL: raw}, Options{})
		if err == nil {
			t.Errorf("%q is taken", raw)
			continue
		}
		clean(t, err)
	}
}

func hungPush(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{Timeout: 500 * time.Millisecond})
	base := mustBase(t, r)
	hash := commit(t, r, base, "k8s/a.yaml", "1\n")
	s.Break(fakegitea.Fault{Method: http.MethodPost, Path: "git-receive-pack", Hang: true})
	start := time.Now()
	err := r.Push(t.Context(), "pinbot/pin", "", hash)
	if !errors.Is(err, context.DeadlineExceeded) || time.Since(start) > time.Minute {
		t.Errorf("a hung push ends after %s with %v", time.Since(start), err)
	}
}

// insteadOf: a configuration in the cache folder cannot send the token away.
func insteadOf(t *testing.T) {
	s := newSite(t)
	dir := t.TempDir()
	r := s.open(t, Options{Dir: dir})
	base := mustBase(t, r)
	if err := r.Close(); err != nil {
		t.Fatal(err)
	}
	caught := 0
	thief := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { caught++ }))
	defer thief.Close()
	config := fmt.Sprintf("[core]\n\tbare = true\n[url %q]\n\tinsteadOf = %s\n\tpushInsteadOf = %[2]s\n", thief.URL+"/", s.URL+"/")
	if err := os.WriteFile(filepath.Join(dir, "git", "config"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	again := s.open(t, Options{Dir: dir})
	if again.cache == nil {
		t.Fatal("the cache is not used")
	}
	mustBase(t, again)
	propose(t, again, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	if caught > 0 {
		t.Errorf("%d requests went to the other host", caught)
	}
	_ = again.Close()
	noCanary(t, dir)
}

// noCanary fails if any file below dir holds the token.
func noCanary(t *testing.T, dir string) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		b, err := os.ReadFile(path)
		if strings.Contains(string(b), canary) {
			t.Errorf("%s holds the token", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func forgedTrailer(t *testing.T) {
	_, err := Open(Remote{URL: "https://git.example.org/a/b"}, Options{Author: Identity{Name: "pinbot\n\nSigned-off-by: boss", Email: "a@b"}})
	if err == nil {
		t.Error("an author with a line break is taken")
	}
	s := newSite(t)
	r := s.open(t, Options{})
	propose(t, r, mustBase(t, r), "pinbot/pin", "k8s/a.yaml", "1\n")
	if got := s.repo.Git("log", "-1", "--format=%B%(trailers)", "pinbot/pin"); strings.TrimSpace(got) != "Pin k8s/a.yaml" {
		t.Errorf("the message is %q", got)
	}
}

func redirected(t *testing.T) {
	var seen []string
	thief := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		seen = append(seen, r.Header.Get("Authorization"))
	}))
	defer thief.Close()
	for _, to := range []string{thief.URL, ""} { // another host, and another path here
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasPrefix(r.URL.Path, "/moved") {
				seen = append(seen, r.URL.Path)
			}
			http.Redirect(w, r, to+"/moved/info/refs?service=git-upload-pack", http.StatusFound)
		}))
		r, err := Open(Remote{URL: server.URL + "/a/b.git", Token: canary}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Base(t.Context(), "main")
		if !errors.Is(err, ErrRedirect) {
			t.Errorf("a redirect gives %v", err)
		}
		clean(t, err)
		server.Close()
	}
	if len(seen) > 0 {
		t.Errorf("the redirect was followed: %q", seen)
	}
}
