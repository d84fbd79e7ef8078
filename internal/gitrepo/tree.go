package gitrepo

import (
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/filemode"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// rewrite stores a copy of tree in which files have new contents and every
// other entry is as it was. dir is where the tree stands, for errors.
func (o *objects) rewrite(tree plumbing.Hash, files map[string][]byte, dir string) (plumbing.Hash, error) {
	t := &object.Tree{}
	if tree != plumbing.ZeroHash {
		old, err := object.GetTree(o.store, tree)
		if err != nil {
			return plumbing.ZeroHash, fmt.Errorf("reading folder %q: %w", dir, err)
		}
		t.Entries = slices.Clone(old.Entries)
	}
	folders := map[string]map[string][]byte{}
	for path, content := range files {
		if err := checkPath(path); err != nil {
			return plumbing.ZeroHash, err
		}
		folder, rest, nested := strings.Cut(path, "/")
		if nested {
			if folders[folder] == nil {
				folders[folder] = map[string][]byte{}
			}
			folders[folder][rest] = content
		} else if err := o.putFile(t, dir, path, content); err != nil {
			return plumbing.ZeroHash, err
		}
	}
	for name, inside := range folders {
		if err := o.putFolder(t, dir, name, inside); err != nil {
			return plumbing.ZeroHash, err
		}
	}
	sort.Sort(object.TreeEntrySorter(t.Entries))
	return o.write(t)
}

func (o *objects) putFile(t *object.Tree, dir, name string, content []byte) error {
	e := entry(t, name, filemode.Regular)
	if !regular(e.Mode) {
		return fmt.Errorf("%s%s is not a regular file: it is not written", dir, name)
	}
	h, err := o.writeBlob(content)
	if err != nil {
		return fmt.Errorf("writing %s%s: %w", dir, name, err)
	}
	e.Hash = h
	return nil
}

func (o *objects) putFolder(t *object.Tree, dir, name string, inside map[string][]byte) error {
	e := entry(t, name, filemode.Dir)
	if e.Mode != filemode.Dir {
		return fmt.Errorf("%s%s is not a folder: nothing is written below it", dir, name)
	}
	h, err := o.rewrite(e.Hash, inside, dir+name+"/")
	if err != nil {
		return err
	}
	// Looked up again: writing below may not have kept e in its place.
	entry(t, name, filemode.Dir).Hash = h
	return nil
}

// entry finds name in t, or adds it with the given mode.
func entry(t *object.Tree, name string, mode filemode.FileMode) *object.TreeEntry {
	i := slices.IndexFunc(t.Entries, func(e object.TreeEntry) bool { return e.Name == name })
	if i < 0 {
		t.Entries = append(t.Entries, object.TreeEntry{Name: name, Mode: mode})
		i = len(t.Entries) - 1
	}
	return &t.Entries[i]
}

func regular(m filemode.FileMode) bool {
	return m == filemode.Regular || m == filemode.Executable || m == filemode.Deprecated
}

// differ calls visit for each path whose entry is not the same in two trees;
// an absent side has a zero hash. Folders are entered only where they differ.
func (o *objects) differ(before, after plumbing.Hash, dir string, visit func(path string, was, is object.TreeEntry) error) error {
	if before == after {
		return nil
	}
	a, err := o.entries(before)
	if err != nil {
		return err
	}
	b, err := o.entries(after)
	if err != nil {
		return err
	}
	for name := range union(a, b) {
		was, is := a[name], b[name]
		if was == is {
			continue
		}
		if was.Mode == filemode.Dir || is.Mode == filemode.Dir {
			if err := o.differ(folder(was), folder(is), dir+name+"/", visit); err != nil {
				return err
			}
			was, is = file(was), file(is)
		}
		if was != is {
			if err := visit(dir+name, was, is); err != nil {
				return err
			}
		}
	}
	return nil
}

func (o *objects) entries(tree plumbing.Hash) (map[string]object.TreeEntry, error) {
	m := map[string]object.TreeEntry{}
	if tree == plumbing.ZeroHash {
		return m, nil
	}
	t, err := object.GetTree(o.store, tree)
	if err != nil {
		return nil, fmt.Errorf("reading tree %s: %w", tree, err)
	}
	for _, e := range t.Entries {
		m[e.Name] = e
	}
	return m, nil
}

func union(a, b map[string]object.TreeEntry) map[string]bool {
	names := make(map[string]bool, len(a)+len(b))
	for n := range a {
		names[n] = true
	}
	for n := range b {
		names[n] = true
	}
	return names
}

// folder is the hash of e where e is a folder.
func folder(e object.TreeEntry) plumbing.Hash {
	if e.Mode == filemode.Dir {
		return e.Hash
	}
	return plumbing.ZeroHash
}

// file is e where e is not a folder.
func file(e object.TreeEntry) object.TreeEntry {
	if e.Mode == filemode.Dir {
		return object.TreeEntry{}
	}
	return e
}
