package updater

import (
	"context"
	"errors"
)

// Repo is the git repository that branches are pushed to. Package
// internal/gitrepo implements it.
type Repo interface {
	// Branch describes a branch as the remote has it now, seen from base, a
	// commit hash. A branch that does not exist has an empty Head and no error.
	Branch(ctx context.Context, name, base string) (Branch, error)
	// Commit writes one commit on top of parent in which files have new
	// contents, and returns its hash. The same arguments give the same hash.
	// Nothing is published.
	Commit(ctx context.Context, c Commit) (string, error)
	// Push points the remote's branch at hash if, and only if, the remote still
	// has it at old (empty: the branch must not exist; an empty hash deletes
	// it). Else it returns ErrStale.
	Push(ctx context.Context, branch, old, hash string) error
}

// ErrStale: the remote's branch is not where it was when it was read.
var ErrStale = errors.New("the branch moved on the remote")

// Branch is a remote branch that pinbot may have made.
type Branch struct {
	Head string // commit hash; empty where the branch does not exist
	// Ours is set where the branch is one commit whose author and committer are
	// pinbot's, on top of a commit that the base branch has or had.
	Ours bool
	// Merged is set where the base branch has Head in its history, such as after
	// a merge that left the branch behind: whatever it holds, nothing is lost
	// when it is replaced.
	Merged bool
	// Files are the contents, at Head, of the files that its one commit
	// changed. It is filled only where Ours is set.
	Files map[string]string
	// Outdated is set where the base has changed any of these files since.
	Outdated bool
}

// theirs reports whether a branch has commits of a person that would be lost.
// Only git can tell: a forge shows a merged pull request with whatever its branch
// holds today.
func (b Branch) theirs() bool { return b.Head != "" && !b.Ours && !b.Merged }

// Commit is a commit to be made.
type Commit struct {
	Parent  string            // hash
	Files   map[string][]byte // path to new content; modes are kept
	Message string
}
