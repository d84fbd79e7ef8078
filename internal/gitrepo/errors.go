package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/go-git/go-git/v5/plumbing/transport"

	"pinbot/internal/text"
	"pinbot/updater"
)

// Sentinels that callers branch on, beside those of package updater.
var (
	// ErrEmpty: the repository has no commit yet.
	ErrEmpty = errors.New("the repository has no commits")
	// ErrDetached: HEAD of a local repository is a commit and not a branch.
	ErrDetached = errors.New("HEAD is not on a branch")
	// ErrNoBranch: the named branch does not exist.
	ErrNoBranch = errors.New("the branch does not exist")
	// ErrNotFound: the server has no such repository, or hides it from the token.
	ErrNotFound = errors.New("the repository does not exist, or the token may not see it")
	// ErrRefConflict: git keeps branches as files, so "a" and "a/b" exclude
	// each other.
	ErrRefConflict = errors.New("another branch's name is in the way")
	// ErrCheckedOut: the branch is checked out in a worktree, and moving it
	// would make that worktree look changed.
	ErrCheckedOut = errors.New("the branch is checked out")
	// ErrRedirect: the server sent the request elsewhere. The token is for the
	// configured host only, so it is not followed.
	ErrRedirect = errors.New("the server redirects to another address")
	// ErrTooLarge: an answer, a file or a tree is larger than pinbot reads.
	ErrTooLarge = errors.New("larger than pinbot reads")
	// ErrLFS: the file's content is kept by Git LFS; git has only a pointer.
	ErrLFS = errors.New("kept by Git LFS")
)

// maxServerText is how much of a server's message an error repeats, in bytes.
const maxServerText = 500

// remoteError keeps the text of a failure, cleaned of secrets and control
// characters, and the sentinel it amounts to. The original error is dropped on
// purpose: whatever it holds can be printed by someone.
type remoteError struct {
	text string
	kind error
}

func (e *remoteError) Error() string { return e.text }
func (e *remoteError) Unwrap() error { return e.kind }

// sentinels are the errors that survive cleaning, with what they become.
var sentinels = []struct{ from, to error }{
	{context.DeadlineExceeded, context.DeadlineExceeded},
	{context.Canceled, context.Canceled},
	{updater.ErrStale, updater.ErrStale},
	{updater.ErrForbidden, updater.ErrForbidden},
	{transport.ErrAuthenticationRequired, updater.ErrForbidden},
	{transport.ErrAuthorizationFailed, updater.ErrForbidden},
	{transport.ErrInvalidAuthMethod, updater.ErrForbidden},
	{transport.ErrRepositoryNotFound, ErrNotFound},
	{transport.ErrEmptyRemoteRepository, ErrEmpty},
	{ErrEmpty, ErrEmpty},
	{ErrRedirect, ErrRedirect},
	{ErrTooLarge, ErrTooLarge},
	{ErrNoBranch, ErrNoBranch},
	{ErrRefConflict, ErrRefConflict},
}

// clean removes the remote's secrets from err's text.
func (r Remote) clean(err error) error {
	if err == nil {
		return nil
	}
	e := &remoteError{text: clip(r.redact(err.Error()))}
	for _, s := range sentinels {
		if errors.Is(err, s.from) {
			e.kind = s.to
			break
		}
	}
	if e.kind != nil && !strings.Contains(e.text, e.kind.Error()) {
		e.text = fmt.Sprintf("%v: %s", e.kind, e.text)
	}
	return e
}

// redact replaces the token in every form in which it travels.
func (r Remote) redact(s string) string {
	if r.Token == "" {
		return s
	}
	return text.NewRedactor(r.Token, r.username()+":"+r.Token).Redact(s)
}

// clip makes a server's text safe to print on one line of an error.
func clip(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	if len(s) > maxServerText {
		s = strings.ToValidUTF8(s[:maxServerText], "") + "…"
	}
	return text.Outside(s).Terminal()
}

// recovered turns a panic of the git library into an error.
func recovered(doing string, err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("%s: the repository's data is damaged or made to do harm (%s)", doing, clip(fmt.Sprint(p)))
	}
}
