package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"path"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"

	"pinbot/updater"
)

var _ updater.Repo = (*Local)(nil)

// Local is the git repository of a folder. It is read and written beside the
// person who works in it: the index, the working tree and every branch that is
// checked out stay as they are.
type Local struct {
	objects
	repo *git.Repository
	dir  gitDir
}

// OpenLocal opens the repository that a folder belongs to, which may be a
// linked worktree. Options.Dir and Timeout have no meaning here.
func OpenLocal(folder string, opts Options) (*Local, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	dir, err := findGitDir(folder)
	if err != nil {
		return nil, err
	}
	repo, err := git.PlainOpenWithOptions(folder, &git.PlainOpenOptions{DetectDotGit: true, EnableDotGitCommonDir: true})
	if err != nil {
		return nil, fmt.Errorf("opening the git repository of %s: %w", folder, err)
	}
	return &Local{objects: objects{store: repo.Storer, author: opts.Author}, repo: repo, dir: dir}, nil
}

// GitDir is the folder in which the repository keeps its branches: .git of the
// main worktree.
func (l *Local) GitDir() string { return l.dir.common }

// HeadBranch is the branch that is checked out here. ErrDetached, ErrEmpty.
func (l *Local) HeadBranch() (string, error) {
	head, err := l.store.Reference(plumbing.HEAD)
	if err != nil {
		return "", fmt.Errorf("reading HEAD: %w", err)
	}
	if head.Type() != plumbing.SymbolicReference || !head.Target().IsBranch() {
		return "", fmt.Errorf("%w: check a branch out first", ErrDetached)
	}
	if _, err := l.store.Reference(head.Target()); errors.Is(err, plumbing.ErrReferenceNotFound) {
		return "", fmt.Errorf("%w: commit the manifests first", ErrEmpty)
	} else if err != nil {
		return "", fmt.Errorf("reading HEAD: %w", err)
	}
	return head.Target().Short(), nil
}

// Base returns the tip of a branch; "" is the branch that is checked out.
// ErrNoBranch, ErrDetached and ErrEmpty say what is wrong.
func (l *Local) Base(_ context.Context, branch string) (hash string, err error) {
	defer recovered("reading "+clip(branch), &err)
	if branch == "" {
		if branch, err = l.HeadBranch(); err != nil {
			return "", err
		}
	}
	if err := CheckBranch(branch); err != nil {
		return "", err
	}
	tip, err := l.tip(branch)
	if err != nil {
		return "", err
	}
	if tip == plumbing.ZeroHash {
		return "", fmt.Errorf("the repository has no branch %s: %w", branch, ErrNoBranch)
	}
	return tip.String(), nil
}

// tip is the commit of a branch; zero where there is no such branch.
func (l *Local) tip(branch string) (plumbing.Hash, error) {
	ref, err := l.store.Reference(plumbing.ReferenceName(refName(branch)))
	if errors.Is(err, plumbing.ErrReferenceNotFound) {
		return plumbing.ZeroHash, nil
	}
	if err != nil {
		return plumbing.ZeroHash, fmt.Errorf("reading branch %s: %w", branch, err)
	}
	if ref.Type() != plumbing.HashReference {
		return plumbing.ZeroHash, fmt.Errorf("branch %s is only a name for %s; pinbot does not follow it", branch, ref.Target())
	}
	return ref.Hash(), nil
}

// Dirty reports whether the working tree or the index differ from HEAD, new
// files included. pinbot reads only what is committed.
func (l *Local) Dirty() (dirty bool, err error) {
	defer recovered("comparing the working tree", &err)
	tree, err := l.repo.Worktree()
	if errors.Is(err, git.ErrIsBareRepository) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("opening the working tree: %w", err)
	}
	status, err := tree.Status()
	if err != nil {
		return false, fmt.Errorf("comparing the working tree: %w", err)
	}
	return !status.IsClean(), nil
}

// Branch implements updater.Repo.
func (l *Local) Branch(_ context.Context, name, base string) (b updater.Branch, err error) {
	defer recovered("reading branch "+clip(name), &err)
	if err := CheckBranch(name); err != nil {
		return b, err
	}
	baseCommit, err := l.commit(base)
	if err != nil {
		return b, err
	}
	tip, err := l.tip(name)
	if err != nil || tip == plumbing.ZeroHash {
		return b, err
	}
	b.Head = tip.String()
	head, err := l.commit(b.Head)
	if err != nil {
		return b, err
	}
	if b.Merged, err = head.IsAncestor(baseCommit); err != nil || b.Merged || !l.mine(head) {
		return b, err
	}
	parent, err := l.commit(head.ParentHashes[0].String())
	if err != nil {
		return b, err
	}
	if onBase, err := parent.IsAncestor(baseCommit); err != nil || !onBase {
		return b, err
	}
	return l.describe(head, baseCommit)
}

// Contains reports whether base's history has the commit, which is how a
// merged branch is known. An unknown commit is not contained.
func (l *Local) Contains(base, commit string) (ok bool, err error) {
	defer recovered("comparing commits", &err)
	b, err := l.commit(base)
	if err != nil {
		return false, err
	}
	c, err := l.commit(commit)
	if errors.Is(err, plumbing.ErrObjectNotFound) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return c.IsAncestor(b)
}

// Push implements updater.Repo: it moves a branch of this repository.
// ErrCheckedOut: the branch is checked out somewhere.
func (l *Local) Push(_ context.Context, branch, old, hash string) (err error) {
	defer recovered("writing branch "+clip(branch), &err)
	u, err := newUpdate(branch, old, hash)
	if err != nil {
		return err
	}
	if err := l.free(branch, u); err != nil {
		return err
	}
	lock, err := l.dir.lockRef(u.name)
	if err != nil {
		return fmt.Errorf("locking branch %s: %w", branch, err)
	}
	defer lock.release()
	now, err := l.tip(branch)
	if err != nil {
		return err
	}
	if now != u.old {
		return fmt.Errorf("branch %s: %w", branch, updater.ErrStale)
	}
	if u.new == plumbing.ZeroHash {
		err = l.store.RemoveReference(u.name)
	} else {
		err = lock.write(u.new)
	}
	if err != nil {
		return fmt.Errorf("writing branch %s: %w", branch, err)
	}
	return nil
}

// free refuses a branch that is in use or cannot exist.
func (l *Local) free(branch string, u update) error {
	if at := l.dir.checkedOut(u.name); at != "" {
		return fmt.Errorf("branch %s is left alone: %w in %s", branch, ErrCheckedOut, at)
	}
	if u.new == plumbing.ZeroHash {
		return nil
	}
	if err := l.store.HasEncodedObject(u.new); err != nil {
		return fmt.Errorf("writing branch %s: commit %s is not in the repository", branch, u.new)
	}
	for above := path.Dir(branch); above != "."; above = path.Dir(above) {
		if tip, err := l.tip(above); err == nil && tip != plumbing.ZeroHash {
			return refConflict(branch, above)
		}
	}
	if below := l.dir.below(u.name); below != "" {
		return refConflict(branch, below)
	}
	return nil
}
