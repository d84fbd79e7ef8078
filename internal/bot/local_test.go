package bot_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"pinbot/internal/bot"
	"pinbot/internal/gitrepo"
	"pinbot/internal/report"
)

// clone is the git repository of a folder, and a person's hands in it.
type clone struct {
	*world
	dir string
}

func newClone(t *testing.T, files map[string]string) clone {
	t.Helper()
	c := clone{newWorld(t, nil), t.TempDir()}
	content := map[string][]byte{}
	for name, text := range files {
		content[name] = []byte(text)
	}
	if err := gitrepo.Create(c.dir, content, "begin", ago(1)); err != nil {
		t.Fatal(err)
	}
	c.git("reset", "--hard", "-q")
	return c
}

// git runs git as a person, whose own configuration is not read.
func (c clone) git(args ...string) string {
	c.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Dir = c.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_SYSTEM=/dev/null",
		"GIT_AUTHOR_NAME=Ann", "GIT_AUTHOR_EMAIL=ann@example.org", "GIT_COMMITTER_NAME=Ann", "GIT_COMMITTER_EMAIL=ann@example.org")
	out, err := cmd.CombinedOutput()
	if err != nil {
		c.t.Fatalf("git %q: %v: %s", args, err, out)
	}
	return text(string(out))
}

func (c clone) local(want report.RunOutcome, actions ...string) report.Repository {
	c.t.Helper()
	b := c.bot()
	b.Host = &bot.Local{Folder: c.dir}
	out, err := b.Run(c.t.Context(), []string{"clone"})
	if err != nil {
		c.t.Fatal(err)
	}
	check(c.t, out[0], want, actions...)
	return out[0]
}

// snapshot is all that a run could change: branches, the texts of pull requests,
// the working tree.
func (c clone) snapshot() string {
	var b strings.Builder
	fmt.Fprintln(&b, c.git("for-each-ref"), c.git("status", "--porcelain"), c.git("count-objects"))
	texts, _ := filepath.Glob(filepath.Join(c.dir, ".git/pinbot/*"))
	for _, name := range texts {
		data, _ := os.ReadFile(name)
		fmt.Fprintln(&b, name, string(data))
	}
	return b.String()
}

func (c clone) quietly(actions ...string) {
	c.t.Helper()
	before := c.snapshot()
	c.local(report.Done, actions...)
	if after := c.snapshot(); after != before {
		c.t.Errorf("a run with nothing to do made of\n%s\n%s", before, after)
	}
}

func TestLocalForge(t *testing.T) {
	c := newClone(t, cluster())
	if err := os.WriteFile(filepath.Join(c.dir, "web/web.yaml"), []byte("dirty\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	c.dry = true
	before := c.snapshot()
	c.local(report.Done, opened...)
	if after := c.snapshot(); after != before {
		t.Errorf("a dry run made of\n%s\n%s", before, after)
	}
	c.dry = false
	r := c.local(report.Done, opened...)
	contains(t, r.Reason, "not committed")
	contains(t, c.git("show", bot.Prefix+"pin:web/web.yaml"), "redis:7.2.3@sha256:")
	contains(t, c.git("status", "--porcelain"), "M web/web.yaml")
	c.quietly(same...)
	c.git("checkout", "-q", "web/web.yaml")

	c.push("docker.io", "library/redis", "7.4.1", ago(10))
	c.local(report.Done, "pin unchanged", release+" unchanged", upgrade+" updated")
	contains(t, c.git("show", bot.Prefix+upgrade+":web/web.yaml"), "redis:7.4.1@")

	for _, how := range []string{"--ff-only", "--no-ff"} { // the branches stay
		branch := map[string]string{"--ff-only": "pin", "--no-ff": release}[how]
		c.git("merge", "-q", how, "--no-edit", bot.Prefix+branch)
	}
	c.local(report.Done, upgrade+" updated")
	c.quietly(upgrade + " unchanged")
	if err := os.WriteFile(filepath.Join(c.dir, "new.yaml"), []byte(pods("redis:7.4.0")), 0o600); err != nil {
		t.Fatal(err)
	}
	c.git("add", "new.yaml")
	c.git("commit", "-qm", "new")
	r = c.local(report.Done, upgrade+" updated", "pin created")
	contains(t, c.git("show", bot.Prefix+"pin:new.yaml"), "redis:7.4.0@sha256:")
}

func TestLocalPeople(t *testing.T) {
	c := newClone(t, cluster())
	c.local(report.Done, opened...)
	c.git("checkout", "-q", bot.Prefix+upgrade)
	c.git("commit", "-q", "--allow-empty", "-m", "mine")
	c.git("checkout", "-q", "main")
	c.push("docker.io", "library/redis", "7.4.1", ago(10))
	c.quietly("pin unchanged", release+" unchanged", upgrade+" blocked")

	path := filepath.Join(c.dir, ".git/pinbot/1.md")
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), "state: open", "state: closed", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	c.quietly("pin blocked", release+" unchanged", upgrade+" blocked")

	c.down.Store("quay.io")
	before := c.git("for-each-ref")
	c.local(report.Partial, "pin blocked", release+" kept", upgrade+" blocked")
	if after := c.git("for-each-ref"); after != before {
		t.Errorf("a failed lookup made of\n%s\n%s", before, after)
	}
}

func TestLocalFolderThatIsNoRepository(t *testing.T) {
	c := clone{newWorld(t, nil), t.TempDir()}
	r := c.local(report.Failed)
	if r.Reason == "" {
		t.Error("without a reason")
	}
	c.git("init", "-q")
	contains(t, c.local(report.Failed).Reason, "no commits")
}
