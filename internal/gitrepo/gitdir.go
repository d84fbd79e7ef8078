package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
)

// gitDir is where a repository keeps its data: own for this worktree (HEAD),
// common for all of its worktrees (branches, objects).
type gitDir struct{ own, common string }

// findGitDir looks upwards from folder, as git does.
func findGitDir(folder string) (gitDir, error) {
	abs, err := filepath.Abs(folder)
	if err != nil {
		return gitDir{}, err
	}
	for at := abs; ; at = filepath.Dir(at) {
		if info, err := os.Stat(filepath.Join(at, ".git")); err == nil {
			return resolveGitDir(filepath.Join(at, ".git"), info.IsDir())
		}
		if isBare(at) {
			return gitDir{own: at, common: at}, nil
		}
		if at == filepath.Dir(at) {
			return gitDir{}, fmt.Errorf("%s is not in a git repository; run pinbot in a clone, or name a repository of a forge", folder)
		}
	}
}

func isBare(dir string) bool {
	for _, name := range []string{"HEAD", "objects", "refs"} {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			return false
		}
	}
	return true
}

// resolveGitDir follows the .git file of a worktree or submodule.
func resolveGitDir(path string, isDir bool) (gitDir, error) {
	own := path
	if !isDir {
		b, err := os.ReadFile(path)
		if err != nil {
			return gitDir{}, fmt.Errorf("reading %s: %w", path, err)
		}
		target, ok := strings.CutPrefix(strings.TrimSpace(string(b)), "gitdir: ")
		if !ok {
			return gitDir{}, fmt.Errorf("%s does not say where the git repository is", path)
		}
		own = within(filepath.Dir(path), target)
	}
	common := own
	if b, err := os.ReadFile(filepath.Join(own, "commondir")); err == nil {
		common = within(own, strings.TrimSpace(string(b)))
	}
	return gitDir{own: own, common: common}, nil
}

// within resolves a path that may be relative to dir.
func within(dir, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(dir, path)
}

// checkedOut returns the folder whose HEAD is on the branch, or "".
func (d gitDir) checkedOut(name plumbing.ReferenceName) string {
	heads, _ := filepath.Glob(filepath.Join(d.common, "worktrees", "*", "HEAD"))
	heads = append(heads, filepath.Join(d.common, "HEAD"))
	for _, h := range heads {
		b, err := os.ReadFile(h)
		if err == nil && strings.TrimSpace(string(b)) == "ref: "+name.String() {
			return filepath.Dir(h)
		}
	}
	return ""
}

// below returns a branch whose name continues name after a slash, or "". The
// files are read here, because the library takes another process's lock for a
// damaged reference.
func (d gitDir) below(name plumbing.ReferenceName) string {
	found := ""
	root := filepath.Join(d.common, filepath.FromSlash(name.String()))
	_ = filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && path != root && !strings.HasSuffix(path, ".lock") {
			found = name.String() + "/" + filepath.ToSlash(strings.TrimPrefix(path, root+string(filepath.Separator)))
			return fs.SkipAll
		}
		return nil
	})
	packed, _ := os.ReadFile(filepath.Join(d.common, "packed-refs"))
	for line := range strings.Lines(string(packed)) {
		_, ref, _ := strings.Cut(strings.TrimSpace(line), " ")
		if strings.HasPrefix(ref, name.String()+"/") {
			found = ref
		}
	}
	return found
}

// refLock is the lock that git itself takes before it moves a reference: a
// file NAME.lock that only one process can create, and that becomes the
// reference when it is renamed.
type refLock struct {
	file   *os.File
	target string
}

// lockRef waits for a moment, because git holds the lock only while it writes.
func (d gitDir) lockRef(name plumbing.ReferenceName) (*refLock, error) {
	target := filepath.Join(d.common, filepath.FromSlash(name.String()))
	if err := os.MkdirAll(filepath.Dir(target), 0o777); err != nil {
		return nil, err
	}
	for range 100 {
		f, err := os.OpenFile(target+".lock", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if err == nil {
			return &refLock{file: f, target: target}, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, fmt.Errorf("%s.lock exists; if no git command is running, remove it", target)
}

// write moves the reference and gives the lock up.
func (l *refLock) write(h plumbing.Hash) error {
	if _, err := fmt.Fprintln(l.file, h); err != nil {
		return err
	}
	if err := l.file.Close(); err != nil {
		return err
	}
	// A folder that is left of deleted branches is in the way; one that is not
	// empty stays, and then the rename fails.
	if info, err := os.Lstat(l.target); err == nil && info.IsDir() {
		_ = os.Remove(l.target)
	}
	if err := os.Rename(l.file.Name(), l.target); err != nil {
		return err
	}
	l.file = nil
	return nil
}

// release gives the lock up where write did not.
func (l *refLock) release() {
	if l.file != nil {
		_ = l.file.Close()
		_ = os.Remove(l.file.Name())
	}
}
