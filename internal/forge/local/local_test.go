package local_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gofrs/flock"

	"pinbot/internal/fake/conformance"
	"pinbot/internal/forge/local"
	"pinbot/updater"
)

// git runs git in a folder, free of the machine's configuration.
func git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=person", "-c", "user.email=person@example.org"}, args...)...)
	cmd.Dir = dir
	cmd.Env = append(cmd.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("git %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return strings.TrimSpace(string(out))
}

// clone answers what a forge asks of git, with git.
type clone struct{ dir string }

func (c clone) Base(_ context.Context, branch string) (string, error) {
	out, err := exec.Command("git", "-C", c.dir, "rev-parse", "--verify", "--quiet", "refs/heads/"+branch).Output()
	return strings.TrimSpace(string(out)), err
}

func (c clone) Contains(base, commit string) (bool, error) {
	err := exec.Command("git", "-C", c.dir, "merge-base", "--is-ancestor", commit, base).Run()
	return err == nil, nil
}

func open(dir string) *local.Forge {
	return local.Open(filepath.Join(dir, ".git", "pinbot"), clone{dir})
}

func site(t *testing.T) (conformance.Site, string) {
	dir := t.TempDir()
	git(t, dir, "init", "--quiet", "--initial-branch=main")
	git(t, dir, "commit", "--quiet", "--allow-empty", "-m", "Initial commit")
	return conformance.Site{
		Forge: open(dir),
		Again: func() updater.Forge { return open(dir) },
		Branch: func(name string) string {
			tree := git(t, dir, "rev-parse", "main^{tree}")
			commit := git(t, dir, "commit-tree", "-p", "main", "-m", name, tree)
			git(t, dir, "branch", name, commit)
			return commit
		},
		Close: func(number int64) { setState(t, dir, number, "closed") },
		Merge: func(pr updater.PullRequest) {
			git(t, dir, "merge", "--quiet", "--no-ff", "-m", "merge", pr.Head)
		},
		Delete: func(branch string) { git(t, dir, "branch", "-D", branch) },
	}, dir
}

// setState edits the file as the package comment tells people to.
func setState(t *testing.T, dir string, number int64, state string) {
	t.Helper()
	path := filepath.Join(dir, ".git/pinbot", "1.md")
	if number != 1 {
		t.Fatalf("number %d", number)
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(b), "state: open", "state: "+state, 1)
	if err := os.WriteFile(path, []byte(strings.ReplaceAll(text, "\n", "\r\n")), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) conformance.Site { s, _ := site(t); return s })
}

func TestBadFileIsNamed(t *testing.T) {
	s, dir := site(t)
	s.Branch("pinbot/pin")
	if _, err := s.Forge.Create(t.Context(), updater.PullRequest{Head: "pinbot/pin", Base: "main", Title: "x"}); err != nil {
		t.Fatal(err)
	}
	setState(t, dir, 1, "shut")
	_, err := s.Forge.PullRequests(t.Context(), "")
	if err == nil || !strings.Contains(err.Error(), "1.md") || !strings.Contains(err.Error(), "shut") {
		t.Errorf("a state that does not exist gives %v", err)
	}
}

// Looking must not write: a dry run looks.
func TestListingWritesNothing(t *testing.T) {
	s, dir := site(t)
	if _, err := s.Forge.PullRequests(t.Context(), ""); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Forge.(updater.Store).LoadState(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(dir, ".git/pinbot")); !os.IsNotExist(err) {
		t.Errorf("looking made the folder: %v", err)
	}
}

// Another process may hold the lock for long; a run that is interrupted ends.
func TestLockedForgeHeedsTheContext(t *testing.T) {
	s, dir := site(t)
	s.Branch("pinbot/pin")
	if err := os.MkdirAll(filepath.Join(dir, ".git/pinbot"), 0o700); err != nil {
		t.Fatal(err)
	}
	other := flock.New(filepath.Join(dir, ".git/pinbot/lock"))
	if err := other.Lock(); err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if _, err := s.Forge.Create(ctx, updater.PullRequest{Head: "pinbot/pin", Base: "main", Title: "x"}); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("waiting for the lock ends with %v", err)
	}
}
