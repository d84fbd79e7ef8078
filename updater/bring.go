package updater

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"pinbot/internal/edit"
)

// bring pushes the change's commit and makes its pull request say what it does.
func (r *run) bring(ctx context.Context, c Change, pub Published, branch Branch, pr PullRequest, isOpen bool) (Published, error) {
	files, err := r.contents(c)
	if err != nil {
		return pub, err
	}
	if r.Show {
		pub.Body, pub.Diff = c.Body(), r.diff(files)
	}
	pushed, err := r.push(ctx, c, branch, files)
	if errors.Is(err, ErrStale) {
		return pub.with(Held, "the branch was pushed to while pinbot worked; the next run looks again"), nil
	}
	if err != nil {
		return pub, fmt.Errorf("publishing %s: %w", c.Branch, err)
	}
	if !isOpen {
		return r.create(ctx, c, pub)
	}
	return r.edit(ctx, c, pub, pr, pushed)
}

// contents are the changed files as they will be.
func (r *run) contents(c Change) (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, f := range c.Files {
		after, err := f.Apply(r.Files[f.Path])
		if err != nil {
			return nil, err
		}
		files[f.Path] = after
	}
	return files, nil
}

func (r *run) diff(files map[string][]byte) string {
	var b strings.Builder
	for _, path := range slices.Sorted(maps.Keys(files)) {
		b.WriteString(edit.Diff(path, r.Files[path], files[path]))
	}
	return b.String()
}

// push makes the branch hold the change, unless it does already.
func (r *run) push(ctx context.Context, c Change, branch Branch, files map[string][]byte) (bool, error) {
	if branch.Ours && !branch.Outdated && holds(branch.Files, files) {
		return false, nil
	}
	hash, err := r.Repo.Commit(ctx, Commit{Parent: r.Commit, Files: files, Message: c.Message()})
	if err != nil {
		return false, fmt.Errorf("making the commit: %w", err)
	}
	if hash != "" && hash == branch.Head {
		return false, nil
	}
	if err := r.Repo.Push(ctx, c.Branch, branch.Head, hash); err != nil {
		return false, &pushError{err}
	}
	return true, nil
}

func holds(have map[string]string, want map[string][]byte) bool {
	return maps.EqualFunc(have, want, func(a string, b []byte) bool { return a == string(b) })
}

// create opens the pull request. Where one turns out to be open already, such as
// after a lost answer or from a run beside this one, that one is taken over.
func (r *run) create(ctx context.Context, c Change, pub Published) (Published, error) {
	want := PullRequest{Title: c.Title(), Body: compose("", c.Body(), c.marker()), Head: c.Branch, Base: r.Base, State: Open}
	pr, err := r.Forge.Create(ctx, want)
	if errors.Is(err, ErrExists) {
		return r.adopt(ctx, c, pub)
	}
	if err != nil {
		return pub, fmt.Errorf("opening the pull request of %s: %w", c.Branch, err)
	}
	r.count++
	pub.Number, pub.URL = pr.Number, pr.URL
	return pub.with(Created, ""), nil
}

func (r *run) adopt(ctx context.Context, c Change, pub Published) (Published, error) {
	pulls, err := List(ctx, r.Forge, r.Prefix)
	if err != nil {
		return pub, err
	}
	r.know(pulls)
	pr, isOpen := r.open[c.Branch]
	if _, ours := r.mark(pr); !isOpen || !ours {
		return pub.with(Blocked, r.foreign(pr)), nil
	}
	return r.edit(ctx, c, pub, pr, false)
}

// edit makes title and body of an open pull request current. A title that a
// person gave it stays.
func (r *run) edit(ctx context.Context, c Change, pub Published, pr PullRequest, pushed bool) (Published, error) {
	old, _ := readMarker(pr.Body)
	want := pr
	want.Body = compose(pr.Body, c.Body(), c.marker())
	if pr.Title == old.Title {
		want.Title = c.Title()
	}
	pub.Number, pub.URL, pub.Title = pr.Number, pr.URL, want.Title
	same := want.Title == pr.Title && normal(want.Body) == normal(pr.Body)
	if !same {
		if err := r.Forge.Edit(ctx, want); err != nil {
			return pub, fmt.Errorf("editing pull request %d: %w", pr.Number, err)
		}
	}
	if same && !pushed {
		return pub.with(Unchanged, ""), nil
	}
	return pub.with(Updated, ""), nil
}

// normal is a body as every forge would give it back.
func normal(body string) string { return strings.TrimSpace(lines(body)) }
