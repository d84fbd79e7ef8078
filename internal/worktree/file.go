package worktree

import (
	"bytes"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"syscall"
)

var (
	// ErrChanged: the file is not what it was when it was read.
	ErrChanged = errors.New("the file changed since it was read, so it was left as it is; run again")
	// ErrNotRegular: what has that name is a link, a folder, a pipe, a socket
	// or a device.
	ErrNotRegular = errors.New("only regular files are read and written")
	// ErrTooLarge: the file has more bytes than are read.
	ErrTooLarge = errors.New("left out for its size")
)

func notRegular(info fs.FileInfo) error {
	kind := "device"
	switch info.Mode().Type() {
	case fs.ModeDir:
		kind = "folder"
	case fs.ModeSymlink:
		kind = "symbolic link"
	case fs.ModeNamedPipe:
		kind = "named pipe"
	case fs.ModeSocket:
		kind = "socket"
	}
	return fmt.Errorf("this is a %s; %w", kind, ErrNotRegular)
}

func tooLarge(limit int64) error {
	return fmt.Errorf("the file has more than %d KiB; %w", limit>>10, ErrTooLarge)
}

// Read returns the bytes of a regular file. maxBytes bounds them; 0 is
// DefaultMaxBytes. Errors wrap ErrNotRegular, ErrTooLarge, or what the file
// system says.
func Read(root, p string, maxBytes int64) ([]byte, error) {
	dir, name, err := open(root, p)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p, err)
	}
	defer dir.Close()
	if maxBytes == 0 {
		maxBytes = DefaultMaxBytes
	}
	data, _, err := read(dir, name, maxBytes)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", p, err)
	}
	return data, nil
}

// open returns the folder that bounds a path, and the path in it: root for
// paths within it, else the folder that the file stands in.
func open(root, p string) (*os.Root, string, error) {
	p = filepath.FromSlash(p)
	if filepath.IsLocal(p) {
		dir, err := os.OpenRoot(root)
		return dir, p, err
	}
	if !filepath.IsAbs(p) {
		p = filepath.Join(root, p)
	}
	name := filepath.Base(p)
	if !filepath.IsLocal(name) { // "/" or "..", folders by themselves
		dir, err := os.OpenRoot(p)
		return dir, ".", err
	}
	dir, err := os.OpenRoot(filepath.Dir(p))
	return dir, name, err
}

// read opens without waiting, should the file have become a pipe, and refuses
// what is not the file that Lstat saw: then a link was put there.
func read(dir *os.Root, name string, maxBytes int64) ([]byte, fs.FileInfo, error) {
	seen, err := dir.Lstat(name)
	if err != nil {
		return nil, nil, err
	}
	if !seen.Mode().IsRegular() {
		return nil, nil, notRegular(seen)
	}
	f, err := dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	if !os.SameFile(seen, info) {
		return nil, nil, ErrChanged
	}
	data, err := io.ReadAll(io.LimitReader(f, maxBytes+1))
	if err == nil && int64(len(data)) > maxBytes {
		err = tooLarge(maxBytes)
	}
	return data, info, err
}

// Write replaces the file's bytes, which must be old, by data, and keeps its
// mode. It is all or nothing: whatever goes wrong, even the end of the process,
// the file has its old bytes or the new ones. Errors wrap ErrChanged where the
// bytes are others or the file was replaced, ErrNotRegular where it became a
// link, or what the file system says.
func Write(root, p string, old, data []byte) error {
	dir, name, err := open(root, p)
	if err != nil {
		return fmt.Errorf("writing %s: %w", p, err)
	}
	defer dir.Close()
	if err := replace(dir, name, old, data); err != nil {
		return fmt.Errorf("writing %s: %w", p, err)
	}
	return nil
}

func replace(dir *os.Root, name string, old, data []byte) error {
	before, err := unchanged(dir, name, old)
	if err != nil {
		return err
	}
	temporary := path.Join(path.Dir(filepath.ToSlash(name)), ".pinbot-"+rand.Text()+".tmp")
	if err := create(dir, temporary, data, before.Mode().Perm()); err != nil {
		return err
	}
	// Looked at again, as writing took a while.
	after, err := unchanged(dir, name, old)
	if err == nil && !os.SameFile(before, after) {
		err = ErrChanged
	}
	if err == nil {
		err = dir.Rename(temporary, name)
	}
	if err != nil {
		return errors.Join(err, dir.Remove(temporary))
	}
	return nil
}

func unchanged(dir *os.Root, name string, old []byte) (fs.FileInfo, error) {
	now, info, err := read(dir, name, int64(len(old)))
	if errors.Is(err, ErrTooLarge) || err == nil && !bytes.Equal(now, old) {
		return nil, ErrChanged
	}
	return info, err
}

// create makes a file with all of data on the disk, or none.
func create(dir *os.Root, name string, data []byte, mode fs.FileMode) error {
	f, err := dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(mode) // not at creation, where the umask takes part
	}
	if err == nil {
		err = f.Sync()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return errors.Join(err, dir.Remove(name))
	}
	return nil
}
