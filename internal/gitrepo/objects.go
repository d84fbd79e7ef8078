package gitrepo

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/storage"

	"pinbot/updater"
)

// Identity is the author and committer of pinbot's commits, and what its
// branches are known by.
type Identity struct {
	Name  string
	Email string
}

// DefaultIdentity is who commits where nothing is configured.
var DefaultIdentity = Identity{Name: "pinbot", Email: "pinbot@localhost"}

func (i Identity) check() error {
	if i.Name == "" || i.Email == "" || strings.ContainsAny(i.Name+i.Email, "<>\n\r\x00") {
		return fmt.Errorf("the commit author %q <%q> needs a name and an address without <, > and line breaks", i.Name, i.Email)
	}
	return nil
}

func (i Identity) is(s object.Signature) bool { return s.Name == i.Name && s.Email == i.Email }

// objects is an object store that commits are read from and written to. The
// two kinds of repository share it.
type objects struct {
	store  storage.Storer
	author Identity
}

// Commit implements updater.Repo. A path that is not in the parent becomes a
// new regular file; a path that is a folder, a symbolic link or a submodule is
// an error.
func (o *objects) Commit(_ context.Context, c updater.Commit) (hash string, err error) {
	defer recovered("writing a commit", &err)
	parent, err := o.commit(c.Parent)
	if err != nil {
		return "", err
	}
	tree, err := o.rewrite(parent.TreeHash, c.Files, "")
	if err != nil {
		return "", fmt.Errorf("writing a commit on %s: %w", c.Parent, err)
	}
	// UTC, because the same commit must come out of machines in any zone.
	sig := object.Signature{Name: o.author.Name, Email: o.author.Email, When: parent.Committer.When.In(time.UTC)}
	made := &object.Commit{
		Author: sig, Committer: sig, Message: c.Message,
		TreeHash: tree, ParentHashes: []plumbing.Hash{parent.Hash},
	}
	h, err := o.write(made)
	if err != nil {
		return "", fmt.Errorf("writing a commit on %s: %w", c.Parent, err)
	}
	return h.String(), nil
}

// encoder is an object that is not stored yet.
type encoder interface {
	Encode(plumbing.EncodedObject) error
}

func (o *objects) write(e encoder) (plumbing.Hash, error) {
	obj := o.store.NewEncodedObject()
	if err := e.Encode(obj); err != nil {
		return plumbing.ZeroHash, err
	}
	return o.keep(obj)
}

// keep stores obj unless it is there already: an object that is written again
// would only grow the repository.
func (o *objects) keep(obj plumbing.EncodedObject) (plumbing.Hash, error) {
	if h := obj.Hash(); o.store.HasEncodedObject(h) == nil {
		return h, nil
	}
	return o.store.SetEncodedObject(obj)
}

func (o *objects) writeBlob(content []byte) (plumbing.Hash, error) {
	obj := o.store.NewEncodedObject()
	obj.SetType(plumbing.BlobObject)
	obj.SetSize(int64(len(content)))
	w, err := obj.Writer()
	if err != nil {
		return plumbing.ZeroHash, err
	}
	if _, err := w.Write(content); err != nil {
		return plumbing.ZeroHash, err
	}
	if err := w.Close(); err != nil {
		return plumbing.ZeroHash, err
	}
	return o.keep(obj)
}

func (o *objects) commit(hash string) (*object.Commit, error) {
	if !plumbing.IsHash(hash) {
		return nil, fmt.Errorf("%q is not a commit's hash", clip(hash))
	}
	c, err := object.GetCommit(o.store, plumbing.NewHash(hash))
	if err != nil {
		return nil, fmt.Errorf("reading commit %s: %w", hash, err)
	}
	return c, nil
}

// blob reads a blob of at most limit bytes.
func (o *objects) blob(h plumbing.Hash, limit int64) ([]byte, error) {
	b, err := object.GetBlob(o.store, h)
	if err != nil {
		return nil, err
	}
	if b.Size > limit {
		return nil, fmt.Errorf("%d bytes: %w", b.Size, ErrTooLarge)
	}
	r, err := b.Reader()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, limit))
}
