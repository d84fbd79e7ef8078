package gitrepo

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"pinbot/updater"
)

// newClone makes a repository with a working tree.
func newClone(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	gitIn(t, dir, "init", "--quiet", "--initial-branch=main")
	for path, content := range manifest {
		writeFile(t, filepath.Join(dir, path), content)
	}
	gitIn(t, dir, "add", ".")
	gitIn(t, dir, "commit", "--quiet", "-m", "Initial commit")
	return dir
}

func writeFile(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func openLocal(t *testing.T, dir string) *Local {
	t.Helper()
	l, err := OpenLocal(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func localBase(t *testing.T, l *Local) string {
	t.Helper()
	hash, err := l.Base(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	return hash
}

func TestLocalLeavesTheWorkingTreeAlone(t *testing.T) {
	dir := newClone(t)
	writeFile(t, filepath.Join(dir, "k8s/b.yaml"), "changed, not committed\n")
	writeFile(t, filepath.Join(dir, "staged"), "staged\n")
	gitIn(t, dir, "add", "staged")
	before := gitIn(t, dir, "status", "--porcelain")
	index, err := os.ReadFile(filepath.Join(dir, ".git/index"))
	if err != nil {
		t.Fatal(err)
	}
	l := openLocal(t, filepath.Join(dir, "k8s")) // from a folder inside
	base := localBase(t, l)
	head := propose(t, l, base, "pinbot/pin", "k8s/a.yaml", "image: nginx:1.1\n")
	if dirty, err := l.Dirty(); !dirty || err != nil {
		t.Errorf("Dirty is %v, %v", dirty, err)
	}
	if b := branch(t, l, "pinbot/pin", base); b.Head != head || !b.Ours || b.Outdated || b.Files["k8s/a.yaml"] != "image: nginx:1.1\n" {
		t.Errorf("our branch is %+v", b)
	}
	if now, _ := os.ReadFile(filepath.Join(dir, ".git/index")); string(now) != string(index) {
		t.Error("the index changed")
	}
	if got := gitIn(t, dir, "status", "--porcelain"); got != before {
		t.Errorf("status is\n%s\nwas\n%s", got, before)
	}
	if got := gitIn(t, dir, "rev-parse", "pinbot/pin"); got != head {
		t.Errorf("git sees %s, want %s", got, head)
	}
	gitIn(t, dir, "fsck", "--strict")
}

func TestLocalKnowsMergedAndForeignBranches(t *testing.T) {
	dir := newClone(t)
	l := openLocal(t, dir)
	base := localBase(t, l)
	head := propose(t, l, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	if ok, err := l.Contains(base, head); ok || err != nil {
		t.Errorf("before the merge: %v, %v", ok, err)
	}
	gitIn(t, dir, "merge", "--quiet", "--no-ff", "-m", "merge", "pinbot/pin")
	merged := localBase(t, openLocal(t, dir))
	l = openLocal(t, dir)
	if ok, err := l.Contains(merged, head); !ok || err != nil {
		t.Errorf("after the merge: %v, %v", ok, err)
	}
	if b := branch(t, l, "pinbot/pin", merged); b.Ours || !b.Merged {
		t.Errorf("a merged branch has no commit of its own, but is %+v", b)
	}
	gitIn(t, dir, "branch", "pinbot/hand", "main~1")
	gitIn(t, dir, "worktree", "add", "--quiet", filepath.Join(t.TempDir(), "w"), "pinbot/hand")
	next := commit(t, l, merged, "k8s/a.yaml", "2\n")
	if err := l.Push(t.Context(), "pinbot/hand", base, next); !errors.Is(err, ErrCheckedOut) {
		t.Errorf("moving a branch that another worktree has: %v", err)
	}
	if err := l.Push(t.Context(), "main", merged, next); !errors.Is(err, ErrCheckedOut) {
		t.Errorf("moving the branch that is checked out: %v", err)
	}
}

// An amended commit still has pinbot's author, but not its committer.
func TestLocalAmendedByAPerson(t *testing.T) {
	dir := newClone(t)
	l := openLocal(t, dir)
	base := localBase(t, l)
	propose(t, l, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	gitIn(t, dir, "checkout", "--quiet", "pinbot/pin")
	gitIn(t, dir, "commit", "--quiet", "--amend", "-m", "better words")
	gitIn(t, dir, "checkout", "--quiet", "main")
	if b := branch(t, openLocal(t, dir), "pinbot/pin", base); b.Ours || b.Head == "" {
		t.Errorf("an amended commit is %+v", b)
	}
}

func TestLocalWorktree(t *testing.T) {
	dir, linked := newClone(t), filepath.Join(t.TempDir(), "linked")
	gitIn(t, dir, "worktree", "add", "--quiet", "-b", "work", linked)
	l := openLocal(t, linked)
	if name, err := l.HeadBranch(); name != "work" || err != nil {
		t.Errorf("HEAD is %q, %v", name, err)
	}
	head := propose(t, l, localBase(t, l), "pinbot/pin", "k8s/a.yaml", "1\n")
	if got := gitIn(t, dir, "rev-parse", "pinbot/pin"); got != head {
		t.Errorf("the main worktree sees %s", got)
	}
	if want := filepath.Join(dir, ".git"); l.GitDir() != want {
		t.Errorf("GitDir is %s, want %s", l.GitDir(), want)
	}
}

func TestLocalPush(t *testing.T) {
	dir := newClone(t)
	l := openLocal(t, dir)
	base := localBase(t, l)
	head := propose(t, l, base, "pinbot/pin", "k8s/a.yaml", "1\n")
	gitIn(t, dir, "pack-refs", "--all")
	next := commit(t, l, base, "k8s/a.yaml", "2\n")
	if err := l.Push(t.Context(), "pinbot/pin", "", next); !errors.Is(err, updater.ErrStale) {
		t.Errorf("creating what exists: %v", err)
	}
	if err := l.Push(t.Context(), "pinbot/pin/x", "", next); !errors.Is(err, ErrRefConflict) {
		t.Errorf("a branch below a branch: %v", err)
	}
	gitIn(t, dir, "branch", "below/one/two", "main")
	for _, name := range []string{"below/one", "below"} {
		if err := l.Push(t.Context(), name, "", next); !errors.Is(err, ErrRefConflict) {
			t.Errorf("%s above below/one/two: %v", name, err)
		}
	}
	if err := l.Push(t.Context(), "pinbot/pin", head, next); err != nil {
		t.Error(err)
	}
	if err := l.Push(t.Context(), "pinbot/pin", next, ""); err != nil {
		t.Error(err)
	}
	if out := gitIn(t, dir, "branch", "--list", "pinbot/*"); out != "" {
		t.Errorf("left over: %s", out)
	}
}

// The window between looking and writing is short, so it is tried often.
func TestLocalConcurrentCreators(t *testing.T) {
	dir := newClone(t)
	const n = 6
	var processes [n]*Local
	var hashes, errs = [n]string{}, [n]error{}
	for i := range n {
		processes[i] = openLocal(t, dir)
		hashes[i] = commit(t, processes[i], localBase(t, processes[i]), "k8s/a.yaml", strings.Repeat("z", i+1))
	}
	for round := range 40 {
		var wg sync.WaitGroup
		for i, l := range processes {
			wg.Go(func() { errs[i] = l.Push(t.Context(), fmt.Sprintf("pinbot/%d", round), "", hashes[i]) })
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
			t.Fatalf("%d creators won", won)
		}
	}
}

func localStates(t *testing.T) {
	empty := t.TempDir()
	gitIn(t, empty, "init", "--quiet")
	if _, err := openLocal(t, empty).Base(t.Context(), ""); !errors.Is(err, ErrEmpty) {
		t.Errorf("an empty repository gives %v", err)
	}
	dir := newClone(t)
	gitIn(t, dir, "checkout", "--quiet", "--detach")
	l := openLocal(t, dir)
	if _, err := l.Base(t.Context(), ""); !errors.Is(err, ErrDetached) {
		t.Errorf("a detached HEAD gives %v", err)
	}
	if _, err := l.Base(t.Context(), "none"); !errors.Is(err, ErrNoBranch) {
		t.Errorf("a branch that does not exist gives %v", err)
	}
	if _, err := l.Base(t.Context(), "main"); err != nil {
		t.Errorf("a named branch gives %v", err)
	}
	if dirty, err := l.Dirty(); dirty || err != nil {
		t.Errorf("a clean tree is dirty: %v, %v", dirty, err)
	}
	if _, err := OpenLocal(t.TempDir(), Options{}); err == nil {
		t.Error("a folder without a repository is opened")
	}
}
