package worktree

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// DefaultMaxBytes is the size of the largest file that is read: 8 MiB. The
// largest manifests of operators have 3.
const DefaultMaxBytes = 8 << 20

// Options say which files a walk is for.
type Options struct {
	// Ignore holds doublestar globs over paths. A folder that one matches is
	// not entered.
	Ignore []string
	// MaxBytes is the size from which on a file is left out; 0 is
	// DefaultMaxBytes.
	MaxBytes int64
	// Wants tells by a path whether a file is of interest; nil wants all.
	Wants func(path string) bool
}

// File is a regular file that a walk found.
type File struct {
	Path string
	Size int64 // bytes
	Mode fs.FileMode
}

// Problem is a file or folder that is not among the files, and why.
type Problem struct {
	Path    string
	Message string // a sentence
	// Note is set where the file was left out on purpose. Else it should have
	// been read and could not be.
	Note bool
}

// Walk lists the files below paths, or below root where there are none, sorted
// within each of them and each file once. A file among the paths is taken
// whatever its name is, ignored or not. A walk that is cancelled ends early and
// reports nothing: ask ctx.
//
// Not entered are .git, node_modules, and folders that are repositories of
// their own (submodules). Links, pipes, sockets, devices, files that are too
// large and pointers of Git LFS are left out, with a note where they are
// wanted.
func Walk(ctx context.Context, root string, paths []string, o Options) ([]File, []Problem) {
	if o.MaxBytes == 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.Wants == nil {
		o.Wants = func(string) bool { return true }
	}
	if len(paths) == 0 {
		paths = []string{"."}
	}
	w := &walk{ctx: ctx, options: o, seen: map[string]bool{}}
	for _, p := range paths {
		w.start(root, typed(root, p))
	}
	return w.files, w.problems
}

// typed returns a PATH as it is printed: relative to root where it leads into
// it, else as it was written.
func typed(root, p string) string {
	p = filepath.Clean(p)
	if filepath.IsAbs(p) {
		if abs, err := filepath.Abs(root); err == nil {
			if rel, err := filepath.Rel(abs, p); err == nil && filepath.IsLocal(rel) {
				p = rel
			}
		}
	}
	return filepath.ToSlash(p)
}

type walk struct {
	ctx      context.Context
	options  Options
	files    []File
	problems []Problem
	seen     map[string]bool // paths that are files already
}

func (w *walk) problem(p, format string, args ...any) {
	w.problems = append(w.problems, Problem{Path: p, Message: fmt.Sprintf(format, args...)})
}

func (w *walk) note(p, format string, args ...any) {
	w.problems = append(w.problems, Problem{Path: p, Message: fmt.Sprintf(format, args...), Note: true})
}

// start begins at one PATH.
func (w *walk) start(root, p string) {
	dir, name, err := open(root, p)
	if err != nil {
		w.problem(p, "%s", sentence(err))
		return
	}
	defer dir.Close()
	info, err := dir.Stat(name)
	if link, lerr := dir.Lstat(name); err != nil && lerr == nil && link.Mode()&fs.ModeSymlink != 0 {
		w.problem(p, "This is a symbolic link that leads out of its folder or nowhere, and such links are not followed. Name what it leads to.")
		return
	}
	if err != nil {
		w.problem(p, "%s", sentence(err))
		return
	}
	if !info.IsDir() {
		w.file(dir, name, p, w.problem)
		return
	}
	below, err := dir.OpenRoot(name)
	if err != nil {
		w.problem(p, "%s", sentence(err))
		return
	}
	defer below.Close()
	w.folder(below, ".", p)
}

// folder walks the folder called name in dir; p is its printed path.
func (w *walk) folder(dir *os.Root, name, p string) {
	if w.ctx.Err() != nil {
		return
	}
	entries, err := readDir(dir, name)
	if err != nil {
		w.problem(p, "%s", sentence(err))
		return
	}
	if name != "." && slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == ".git" }) {
		w.note(p, "This folder is a git repository of its own, so it was left out. Name it to read it.")
		return
	}
	for _, e := range entries {
		child, printed := path.Join(name, e.Name()), path.Join(p, e.Name())
		switch {
		case w.ignored(printed):
		case !e.IsDir():
			if w.options.Wants(printed) {
				w.file(dir, child, printed, w.note)
			}
		case e.Name() != ".git" && e.Name() != "node_modules":
			w.folder(dir, child, printed)
		}
	}
}

// readDir sorts by name. The iterator of io/fs would refuse names that are not
// UTF-8.
func readDir(dir *os.Root, name string) ([]fs.DirEntry, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	entries, err := f.ReadDir(-1)
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, err
}

func (w *walk) ignored(p string) bool { return Ignored(w.options.Ignore, p) }

// Ignored reports whether a glob matches a slash-separated path or one of the
// folders above it.
func Ignored(globs []string, p string) bool {
	for ; p != "." && p != "/"; p = path.Dir(p) {
		if slices.ContainsFunc(globs, func(glob string) bool {
			return doublestar.MatchUnvalidated(strings.TrimSuffix(glob, "/"), p)
		}) {
			return true
		}
	}
	return false
}

// file takes a file, or says through refuse why not.
func (w *walk) file(dir *os.Root, name, p string, refuse func(p, format string, args ...any)) {
	info, err := dir.Lstat(name)
	switch {
	case w.seen[p]:
	case err != nil:
		w.problem(p, "%s", sentence(err))
	case !info.Mode().IsRegular():
		refuse(p, "%s", sentence(notRegular(info)))
	case info.Size() > w.options.MaxBytes:
		refuse(p, "%s", sentence(tooLarge(w.options.MaxBytes)))
	case isLFSPointer(dir, name, info):
		refuse(p, "This is a pointer of Git LFS, not the file itself, so it was left out. Fetch the file with git lfs pull to have it read.")
	default:
		w.seen[p] = true
		w.files = append(w.files, File{Path: p, Size: info.Size(), Mode: info.Mode()})
	}
}

// lfsVersion is how each pointer of Git LFS begins; a pointer is smaller than
// 1024 bytes (Git LFS specification, "The Pointer").
const lfsVersion = "version https://git-lfs.github.com/spec/"

func isLFSPointer(dir *os.Root, name string, info fs.FileInfo) bool {
	if info.Size() < int64(len(lfsVersion)) || info.Size() >= 1024 {
		return false
	}
	data, _, err := read(dir, name, 1024)
	return err == nil && strings.HasPrefix(string(data), lfsVersion)
}

// sentence says to people what an error of this package or of the file system
// means.
func sentence(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "There is no such file or folder. Check the PATH."
	case errors.Is(err, fs.ErrPermission):
		return "It may not be read. Check its permissions."
	}
	var pathErr *fs.PathError
	if errors.As(err, &pathErr) {
		err = pathErr.Err // the path is printed beside the message
	}
	text := err.Error()
	return strings.ToUpper(text[:1]) + text[1:] + "."
}
