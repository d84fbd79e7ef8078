package gitrepo

import (
	"context"
	"os/exec"
	"strings"
	"testing"

	fakegitea "pinbot/internal/fake/gitea"
	"pinbot/updater"
)

// canary must never be seen outside of the Authorization header.
const canary = "canary-5f3c9e"

var manifest = map[string]string{"k8s/a.yaml": "image: nginx:1\n", "k8s/b.yaml": "image: redis:1\n", "README.md": "hi\n"}

// site is a server with one repository and the way in.
type site struct {
	*fakegitea.Server
	repo   *fakegitea.Repo
	remote Remote
}

func newSite(t *testing.T) site {
	t.Helper()
	s := fakegitea.New(t)
	repo := s.AddRepo("infra/okd", manifest)
	repo.Allow("pinbot", "write")
	s.AddUser("pinbot").Token = canary
	return site{Server: s, repo: repo, remote: Remote{URL: repo.CloneURL(), Token: canary}}
}

func (s site) open(t *testing.T, opts Options) *Repo {
	t.Helper()
	r, err := Open(s.remote, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Close() })
	return r
}

// propose writes a branch as pinbot does and returns its commit.
func propose(t *testing.T, r updater.Repo, base, branch, path, content string) string {
	t.Helper()
	hash := commit(t, r, base, path, content)
	if err := r.Push(t.Context(), branch, "", hash); err != nil {
		t.Fatal(err)
	}
	return hash
}

func commit(t *testing.T, r updater.Repo, base, path, content string) string {
	t.Helper()
	hash, err := r.Commit(t.Context(), updater.Commit{Parent: base, Files: map[string][]byte{path: []byte(content)}, Message: "Pin " + path})
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func mustBase(t *testing.T, r interface {
	Base(context.Context, string) (string, error)
}) string {
	t.Helper()
	hash, err := r.Base(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func branch(t *testing.T, r updater.Repo, name, base string) updater.Branch {
	t.Helper()
	b, err := r.Branch(t.Context(), name, base)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// gitIn runs git in a folder, free of the machine's configuration.
func gitIn(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "HOME="+t.TempDir(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=person", "GIT_AUTHOR_EMAIL=person@example.org",
		"GIT_COMMITTER_NAME=person", "GIT_COMMITTER_EMAIL=person@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

func tryCommit(t *testing.T, r updater.Repo, base, path string) (string, error) {
	t.Helper()
	return r.Commit(t.Context(), updater.Commit{Parent: base, Files: map[string][]byte{path: []byte("x")}, Message: "x"})
}
