// Package local keeps pull requests as files, for a repository that has no
// forge: a person looks at the branches with git and at the texts with an
// editor.
//
// They stand in one folder, usually .git/pinbot: N.md is pull request N,
// N.comments.md what pinbot said about it, state.json its memory. A pull
// request begins with lines of "key: value" between two lines of three
// hyphens; what follows is its body. To close one, a person writes
// "state: closed" there; to merge one, they merge its branch. Deleting a branch
// closes its pull request, as on a forge.
package local

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofrs/flock"
	"github.com/google/renameio/v2"

	"pinbot/updater"
)

var (
	_ updater.Forge     = (*Forge)(nil)
	_ updater.Commenter = (*Forge)(nil)
	_ updater.Store     = (*Forge)(nil)
)

// Git answers what became of branches. gitrepo.Local is one.
type Git interface {
	// Base returns the commit of a branch, and an error where there is none.
	Base(ctx context.Context, branch string) (string, error)
	// Contains reports whether base's history has a commit.
	Contains(base, commit string) (bool, error)
}

// Forge is the pull requests in one folder.
type Forge struct {
	dir string
	git Git
}

// Open returns the pull requests in a folder, which need not exist before
// something is written.
func Open(dir string, git Git) *Forge { return &Forge{dir: dir, git: git} }

// PullRequests implements updater.Forge, newest first. It writes nothing.
func (f *Forge) PullRequests(ctx context.Context, prefix string) ([]updater.PullRequest, error) {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("listing pull requests: %w", err)
	}
	var list []updater.PullRequest
	for _, e := range entries {
		number, err := strconv.ParseInt(strings.TrimSuffix(e.Name(), ".md"), 10, 64)
		if err != nil || e.Name() != fmt.Sprintf("%d.md", number) {
			continue
		}
		pr, err := f.read(number)
		if err != nil {
			return nil, err
		}
		if !strings.HasPrefix(pr.Head, prefix) {
			continue
		}
		if err := f.refresh(ctx, &pr); err != nil {
			return nil, fmt.Errorf("looking at pull request %d: %w", number, err)
		}
		list = append(list, pr)
	}
	slices.SortFunc(list, func(a, b updater.PullRequest) int { return int(b.Number - a.Number) })
	return list, nil
}

// refresh finds out from git what became of an open pull request.
func (f *Forge) refresh(ctx context.Context, pr *updater.PullRequest) error {
	if pr.State != updater.Open {
		return nil
	}
	base, err := f.git.Base(ctx, pr.Base)
	if err != nil {
		return err
	}
	tip, gone := f.git.Base(ctx, pr.Head)
	merged := false
	// The noted commit comes first: the branch of a merged pull request may
	// have been written anew since, for the next one.
	for _, commit := range []string{pr.HeadSHA, tip} {
		if commit == "" || merged {
			continue
		}
		pr.HeadSHA = commit
		if merged, err = f.git.Contains(base, commit); err != nil {
			return err
		}
	}
	switch {
	case merged:
		pr.State = updater.Merged
	case gone != nil:
		pr.State = updater.Closed
	}
	return nil
}

// Create implements updater.Forge. The head's commit is noted, so that a merge
// is still known after the branch is deleted.
func (f *Forge) Create(ctx context.Context, pr updater.PullRequest) (updater.PullRequest, error) {
	unlock, err := f.lock(ctx)
	if err != nil {
		return pr, err
	}
	defer unlock()
	existing, err := f.PullRequests(ctx, "")
	if err != nil {
		return pr, err
	}
	pr.Number, pr.State = 1, updater.Open
	for _, e := range existing {
		if e.State == updater.Open && e.Head == pr.Head && e.Base == pr.Base {
			return pr, fmt.Errorf("%s: %w", pr.Head, updater.ErrExists)
		}
		pr.Number = max(pr.Number, e.Number+1)
	}
	if pr.HeadSHA, err = f.git.Base(ctx, pr.Head); err != nil {
		return pr, fmt.Errorf("opening a pull request: %w", err)
	}
	if _, err := f.git.Base(ctx, pr.Base); err != nil {
		return pr, fmt.Errorf("opening a pull request: %w", err)
	}
	pr.Author = author
	pr.URL = f.path(pr.Number)
	return pr, f.write(pr)
}

// Edit implements updater.Forge.
func (f *Forge) Edit(ctx context.Context, pr updater.PullRequest) error {
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	old, err := f.read(pr.Number)
	if err != nil {
		return err
	}
	old.Title, old.Body = pr.Title, pr.Body
	if pr.State == updater.Closed && old.State == updater.Open {
		old.State = updater.Closed
	}
	if tip, err := f.git.Base(ctx, old.Head); err == nil {
		old.HeadSHA = tip
	}
	return f.write(old)
}

// Comment implements updater.Commenter: it adds a paragraph to N.comments.md.
func (f *Forge) Comment(ctx context.Context, number int64, body string) error {
	unlock, err := f.lock(ctx)
	if err != nil {
		return err
	}
	defer unlock()
	path := filepath.Join(f.dir, fmt.Sprintf("%d.comments.md", number))
	old, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("commenting on pull request %d: %w", number, err)
	}
	return f.replace(path, string(old)+body+"\n\n")
}

// LoadState implements updater.Store.
func (f *Forge) LoadState(context.Context) (string, error) {
	b, err := os.ReadFile(filepath.Join(f.dir, "state.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("reading pinbot's state: %w", err)
	}
	return string(b), nil
}

// SaveState implements updater.Store.
func (f *Forge) SaveState(ctx context.Context, doc string) error {
	if old, err := f.LoadState(ctx); err == nil && old == doc {
		return nil
	}
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return fmt.Errorf("keeping pinbot's state: %w", err)
	}
	return f.replace(filepath.Join(f.dir, "state.json"), doc)
}

// lock keeps two processes from giving out one number.
func (f *Forge) lock(ctx context.Context) (unlock func(), err error) {
	if err := os.MkdirAll(f.dir, 0o700); err != nil {
		return nil, fmt.Errorf("making the folder of pull requests: %w", err)
	}
	l := flock.New(filepath.Join(f.dir, "lock"))
	if _, err := l.TryLockContext(ctx, 20*time.Millisecond); err != nil {
		return nil, fmt.Errorf("locking the pull requests: %w", err)
	}
	return func() { _ = l.Close() }, nil
}

func (f *Forge) path(number int64) string { return filepath.Join(f.dir, fmt.Sprintf("%d.md", number)) }

// replace writes a file so that it is the old or the new one, never half.
func (f *Forge) replace(path, content string) error {
	if err := renameio.WriteFile(path, []byte(content), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", path, err)
	}
	return nil
}
