package gitrepo

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// What is not a plain text file of this repository is named, not read.
func TestFilesSkips(t *testing.T) {
	dir := newClone(t)
	if err := os.Symlink("/etc/passwd", filepath.Join(dir, "values.yaml")); err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(dir, "lfs.yaml"), lfsPointer+"v1\noid sha256:0\nsize 1\n")
	writeFile(t, filepath.Join(dir, "big.yaml"), strings.Repeat("x", maxFile+1))
	writeFile(t, filepath.Join(dir, "run.sh"), "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(dir, "run.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "add", ".")
	gitIn(t, dir, "update-index", "--add", "--cacheinfo", "160000,"+gitIn(t, dir, "rev-parse", "HEAD")+",sub")
	gitIn(t, dir, "commit", "--quiet", "-m", "odd files")
	l := openLocal(t, dir)
	base := localBase(t, l)
	skipped := map[string]string{}
	err := l.Files(t.Context(), base, func(f File) error {
		if f.Skipped != "" {
			skipped[f.Path] = f.Skipped
			if _, err := f.Bytes(); err == nil {
				t.Errorf("%s is read all the same", f.Path)
			}
		}
		if f.Executable != (f.Path == "run.sh") {
			t.Errorf("%s: executable is %v", f.Path, f.Executable)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := slices.Sorted(maps.Keys(skipped)); !slices.Equal(got, []string{"big.yaml", "sub", "values.yaml"}) {
		t.Errorf("skipped: %v", skipped)
	}
	if _, err := l.ReadFile(base, "lfs.yaml"); !errors.Is(err, ErrLFS) {
		t.Errorf("an LFS pointer gives %v", err)
	}
}

// Modes stay, and what is not a regular file is not written.
func TestCommitKeepsModes(t *testing.T) {
	dir := newClone(t)
	writeFile(t, filepath.Join(dir, "bin/run.sh"), "#!/bin/sh\n")
	if err := os.Chmod(filepath.Join(dir, "bin/run.sh"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("k8s", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	gitIn(t, dir, "add", ".")
	gitIn(t, dir, "commit", "--quiet", "-m", "modes")
	l := openLocal(t, dir)
	base := localBase(t, l)
	head := commit(t, l, base, "bin/run.sh", "#!/bin/sh\necho\n")
	if got := gitIn(t, dir, "diff", "--summary", base, head); got != "" {
		t.Errorf("modes changed: %s", got)
	}
	for _, path := range []string{"link", "link/a.yaml", "k8s", "README.md/x"} {
		if hash, err := tryCommit(t, l, base, path); err == nil {
			t.Errorf("%s is written: %s", path, hash)
		}
	}
	if got := gitIn(t, dir, "diff", "--name-status", base, commit(t, l, base, "new/folder/file", "x")); got != "A\tnew/folder/file" {
		t.Errorf("a new file is %q", got)
	}
}
