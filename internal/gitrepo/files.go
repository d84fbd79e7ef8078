package gitrepo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

const (
	// maxFile is the largest file that is read, in bytes. Manifests are text
	// that people write.
	maxFile = 10 << 20
	// maxEntries is the largest tree that is walked. A tree that names one
	// subtree many times can describe more files than fit in memory.
	maxEntries = 1_000_000
	// maxDepth is how deep folders may be nested.
	maxDepth = 200
	// lfsPointer is how each pointer file of Git LFS begins.
	lfsPointer = "version https://git-lfs.github.com/spec/"
)

// File is one file of a commit.
type File struct {
	Path       string // slash-separated, from the repository's root
	Size       int64  // bytes
	Executable bool
	// Skipped says why the content is not for pinbot: a symbolic link, a
	// submodule, a name that a file system could not hold, a size. Empty for
	// files that can be read.
	Skipped string

	from *objects
	hash plumbing.Hash
}

// Bytes reads the content. ErrLFS: git has only a pointer of Git LFS.
// ErrTooLarge: more than 10 MiB.
func (f File) Bytes() (b []byte, err error) {
	defer recovered("reading "+f.Path, &err)
	if f.Skipped != "" {
		return nil, fmt.Errorf("%s is not read: %s", f.Path, f.Skipped)
	}
	b, err = f.from.blob(f.hash, maxFile)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", f.Path, err)
	}
	if bytes.HasPrefix(b, []byte(lfsPointer)) {
		return nil, fmt.Errorf("reading %s: %w", f.Path, ErrLFS)
	}
	return b, nil
}

// Files calls visit for each file of a commit, in git's order, and stops at
// visit's first error. Contents are read only by File.Bytes. Symbolic links
// and submodules are visited with Skipped set.
func (o *objects) Files(ctx context.Context, commit string, visit func(File) error) (err error) {
	defer recovered("listing the files of "+clip(commit), &err)
	c, err := o.commit(commit)
	if err != nil {
		return err
	}
	w := walk{o: o, visit: visit, left: maxEntries}
	return w.tree(ctx, c.TreeHash, "", 0)
}

type walk struct {
	o     *objects
	visit func(File) error
	left  int
}

func (w *walk) tree(ctx context.Context, tree plumbing.Hash, dir string, depth int) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	if depth > maxDepth {
		return fmt.Errorf("folder %s is nested deeper than %d: %w", clip(dir), maxDepth, ErrTooLarge)
	}
	t, err := object.GetTree(w.o.store, tree)
	if err != nil {
		return fmt.Errorf("reading folder %q: %w", dir, err)
	}
	for _, e := range t.Entries {
		if w.left--; w.left < 0 {
			return fmt.Errorf("the commit has more than %d files: %w", maxEntries, ErrTooLarge)
		}
		if e.Mode == filemode.Dir && checkPath(e.Name) == nil {
			err = w.tree(ctx, e.Hash, dir+e.Name+"/", depth+1)
		} else {
			err = w.visit(w.o.file(dir, e))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (o *objects) file(dir string, e object.TreeEntry) File {
	f := File{Path: dir + e.Name, Executable: e.Mode == filemode.Executable, from: o, hash: e.Hash}
	switch {
	case checkPath(e.Name) != nil || strings.Contains(e.Name, "/"):
		f.Skipped = "its name is not safe"
	case e.Mode == filemode.Symlink:
		f.Skipped = "it is a symbolic link"
	case e.Mode == filemode.Submodule:
		f.Skipped = "it is a submodule"
	case !regular(e.Mode):
		f.Skipped = "it is not a regular file"
	default:
		f.Size, f.Skipped = o.size(e.Hash)
	}
	return f
}

func (o *objects) size(h plumbing.Hash) (int64, string) {
	n, err := o.store.EncodedObjectSize(h)
	switch {
	case err != nil:
		return 0, "its content is missing"
	case n > maxFile:
		return n, fmt.Sprintf("it is larger than %d MiB", maxFile>>20)
	}
	return n, ""
}

// ReadFile reads one file of a commit. fs.ErrNotExist: the commit has no such
// file. Otherwise the errors are those of File.Bytes.
func (o *objects) ReadFile(commit, path string) (b []byte, err error) {
	defer recovered("reading "+clip(path), &err)
	c, err := o.commit(commit)
	if err != nil {
		return nil, err
	}
	e, err := o.lookup(c.TreeHash, path)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", path, err)
	}
	f := o.file("", e)
	f.Path = path
	return f.Bytes()
}

// lookup finds the entry of a path, or fs.ErrNotExist.
func (o *objects) lookup(tree plumbing.Hash, path string) (object.TreeEntry, error) {
	t, err := object.GetTree(o.store, tree)
	if err != nil {
		return object.TreeEntry{}, err
	}
	e, err := t.FindEntry(path)
	if errors.Is(err, object.ErrEntryNotFound) || errors.Is(err, object.ErrDirectoryNotFound) {
		return object.TreeEntry{}, fs.ErrNotExist
	}
	if err != nil {
		return object.TreeEntry{}, err
	}
	return *e, nil
}

// read limits r to n bytes and makes more than that an error.
func read(r io.Reader, n int64) io.Reader { return &limited{r: r, left: n} }

type limited struct {
	r    io.Reader
	left int64
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, ErrTooLarge
	}
	n, err := l.r.Read(p[:min(int64(len(p)), l.left)])
	l.left -= int64(n)
	return n, err
}
