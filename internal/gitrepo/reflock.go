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

// lockRef takes the lock that git itself takes before it moves a reference: a
// file NAME.lock that only one process can create. It waits for a moment,
// because git holds it only while it writes.
func (d gitDir) lockRef(name plumbing.ReferenceName) (unlock func(), err error) {
	path := filepath.Join(d.common, filepath.FromSlash(name.String())) + ".lock"
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		return nil, err
	}
	for range 100 {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
		if err == nil {
			_ = f.Close()
			return func() { _ = os.Remove(path) }, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return nil, err
		}
		time.Sleep(10 * time.Millisecond)
	}
	return nil, fmt.Errorf("%s exists; if no git command is running, remove it", path)
}
