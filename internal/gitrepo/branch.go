package gitrepo

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"

	"pinbot/updater"
)

// errForeign ends a comparison that found something pinbot does not write.
var errForeign = errors.New("not a change of pinbot's")

// mine reports whether a commit has the form of pinbot's commits.
func (o *objects) mine(c *object.Commit) bool {
	return c.NumParents() == 1 && o.author.is(c.Author) && o.author.is(c.Committer)
}

// describe fills in what the branch's one commit changed, and whether the base
// has changed the same files since. The head, its parent and the base are in
// the store, and the caller has made sure that the parent is of the base.
func (o *objects) describe(head, base *object.Commit) (updater.Branch, error) {
	b := updater.Branch{Head: head.Hash.String(), Files: map[string]string{}}
	parent, err := o.commit(head.ParentHashes[0].String())
	if err != nil {
		return b, err
	}
	parentEntries := map[string]object.TreeEntry{}
	err = o.differ(parent.TreeHash, head.TreeHash, "", func(path string, was, is object.TreeEntry) error {
		if !regular(is.Mode) {
			return errForeign
		}
		content, err := o.blob(is.Hash, maxFile)
		if err != nil {
			return fmt.Errorf("reading %s: %w", path, err)
		}
		b.Files[path], parentEntries[path] = string(content), was
		return nil
	})
	if errors.Is(err, errForeign) {
		return updater.Branch{Head: b.Head}, nil
	}
	if err != nil {
		return b, fmt.Errorf("comparing %s with its parent: %w", b.Head, err)
	}
	b.Ours = true
	b.Outdated, err = o.outdated(base, parentEntries)
	return b, err
}

// outdated reports whether any of the entries is another one in base's tree.
func (o *objects) outdated(base *object.Commit, entries map[string]object.TreeEntry) (bool, error) {
	for path, was := range entries {
		now, err := o.lookup(base.TreeHash, path)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, fmt.Errorf("reading %s of the base: %w", path, err)
		}
		if now.Hash != was.Hash || now.Mode != was.Mode {
			return true, nil
		}
	}
	return false, nil
}

// newObjects lists what the server must be sent so that it has commit, given
// that it has commit's parent.
func (o *objects) newObjects(commit plumbing.Hash) ([]plumbing.Hash, error) {
	c, err := o.commit(commit.String())
	if err != nil {
		return nil, err
	}
	if c.NumParents() != 1 {
		return nil, fmt.Errorf("commit %s was not made by pinbot and is not pushed", commit)
	}
	parent, err := o.commit(c.ParentHashes[0].String())
	if err != nil {
		return nil, err
	}
	list := &newList{o: o, seen: map[plumbing.Hash]bool{}}
	list.add(commit)
	if err := list.tree(parent.TreeHash, c.TreeHash); err != nil {
		return nil, err
	}
	return list.hashes, nil
}

type newList struct {
	o      *objects
	hashes []plumbing.Hash
	seen   map[plumbing.Hash]bool
}

func (l *newList) add(h plumbing.Hash) {
	if !l.seen[h] {
		l.seen[h] = true
		l.hashes = append(l.hashes, h)
	}
}

func (l *newList) tree(before, after plumbing.Hash) error {
	if before == after {
		return nil
	}
	l.add(after)
	was, err := l.o.entries(before)
	if err != nil {
		return err
	}
	is, err := l.o.entries(after)
	if err != nil {
		return err
	}
	for name, e := range is {
		switch {
		case was[name].Hash == e.Hash:
		case folder(e) != plumbing.ZeroHash:
			err = l.tree(folder(was[name]), e.Hash)
		case regular(e.Mode):
			l.add(e.Hash)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
