package updater

import (
	"context"
	"errors"
)

// Forge keeps the pull requests of one repository. Packages internal/forge/gitea
// and internal/forge/local implement it.
type Forge interface {
	// PullRequests lists the pull requests, open and closed ones, whose head is
	// a branch of this repository that begins with prefix.
	PullRequests(ctx context.Context, prefix string) ([]PullRequest, error)
	// Create opens a pull request. ErrExists: one is open for this head and
	// base already.
	Create(ctx context.Context, pr PullRequest) (PullRequest, error)
	// Edit writes title and body of the pull request of that number, and closes
	// it where its state is Closed. It never opens one again, because a person
	// may have closed it since it was read.
	Edit(ctx context.Context, pr PullRequest) error
}

// Commenter is a Forge that people talk on.
type Commenter interface {
	Comment(ctx context.Context, number int64, body string) error
}

// Account is a Forge that knows whose token it uses.
type Account interface {
	// Login is the name under which pinbot opens pull requests.
	Login(ctx context.Context) (string, error)
}

// Store keeps what has no home in a pull request, such as when a tag was first
// seen. The document is text of a few kilobytes; "" where none was kept yet.
type Store interface {
	LoadState(ctx context.Context) (string, error)
	SaveState(ctx context.Context, doc string) error
}

var (
	// ErrExists: there is an open pull request for the same head and base.
	ErrExists = errors.New("a pull request for this branch is open already")
	// ErrForbidden: the forge does not accept the token, or the token may not
	// do this. Trying again will not help.
	ErrForbidden = errors.New("the forge does not allow it")
)

// State of a pull request.
type State string

// The states of a pull request.
const (
	Open   State = "open"
	Closed State = "closed"
	Merged State = "merged"
)

// PullRequest is a pull request as the forge has it, or as it should be made.
type PullRequest struct {
	Number  int64
	URL     string
	Title   string
	Body    string
	Head    string // branch name
	HeadSHA string // commit that the forge shows, "" if unknown: no proof of what was merged
	Base    string // branch name
	State   State
	Author  string // login of who opened it
	Labels  []string
}
