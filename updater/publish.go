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

// Publisher makes one repository's pull requests follow a plan.
type Publisher struct {
	Repo   Repo
	Forge  Forge
	Base   string            // the branch that pull requests go to
	Commit string            // its head when it was read
	Prefix string            // of the branches that are pinbot's: "pinbot/"
	Files  map[string][]byte // contents at Commit
	Limit  int               // pull requests open at once
	// Failed lists the repositories of images that could not be looked up.
	// Nothing about them is taken back.
	Failed []string
	// Show puts body and diff into the answer, for a dry run.
	Show bool
}

// run is the state of one Publish.
type run struct {
	*Publisher
	open     map[string]PullRequest  // by head
	rejected map[string][]markUpdate // by head: what people closed
	count    int                     // open pull requests of pinbot
}

// Publish brings branches and pull requests in line with changes and tells what
// became of each. What fails is told in the error, joined, and the rest is done;
// only where the forge refuses the token, or cannot list, nothing more is tried.
func (p *Publisher) Publish(ctx context.Context, changes []Change) ([]Published, error) {
	r := &run{Publisher: p}
	if err := r.list(ctx); err != nil {
		return nil, err
	}
	var out []Published
	var errs []error
	wanted := map[string]bool{}
	for _, c := range changes {
		wanted[c.Branch] = true
		pub, err := r.publish(ctx, c)
		if err != nil {
			errs = append(errs, fmt.Errorf("publishing %s: %w", c.Branch, err))
			if errors.Is(err, ErrForbidden) || ctx.Err() != nil {
				return out, errors.Join(errs...)
			}
			continue
		}
		out = append(out, pub)
	}
	for _, head := range slices.Sorted(maps.Keys(r.open)) {
		if wanted[head] {
			continue
		}
		pub, ours, err := r.retire(ctx, r.open[head], changes)
		if err != nil {
			errs = append(errs, fmt.Errorf("closing %s: %w", head, err))
		} else if ours {
			out = append(out, pub)
		}
	}
	return out, errors.Join(errs...)
}

// list reads the pull requests that there are.
func (r *run) list(ctx context.Context) error {
	prs, err := r.Forge.PullRequests(ctx, r.Prefix)
	if err != nil {
		return fmt.Errorf("listing pull requests: %w", err)
	}
	r.open, r.rejected, r.count = map[string]PullRequest{}, map[string][]markUpdate{}, 0
	for _, pr := range prs {
		if pr.Base != r.Base {
			continue
		}
		m, ours := readMarker(pr.Body)
		switch {
		case pr.State == Open:
			r.open[pr.Head] = pr
			r.count++
		case pr.State == Closed && ours && !m.Closed:
			r.rejected[pr.Head] = append(r.rejected[pr.Head], m.Updates...)
		}
	}
	return nil
}

// publish brings one change about.
func (r *run) publish(ctx context.Context, c Change) (Published, error) {
	pr, isOpen := r.open[c.Branch]
	m, ours := readMarker(pr.Body)
	c, rejected := r.withoutRejected(c)
	pub := Published{Branch: c.Branch, Number: pr.Number, URL: pr.URL, Title: c.Title(), Base: r.Base, Updates: c.Updates}
	branch, err := r.Repo.Branch(ctx, c.Branch, r.Commit)
	switch {
	case err != nil:
		return pub, fmt.Errorf("reading the branch: %w", err)
	case isOpen && !ours:
		return pub.with(Blocked, "a person opened a pull request from this branch"), nil
	case branch.Head != "" && !branch.Ours:
		return pub.with(Blocked, "a person has committed to the branch, so it is theirs now"), nil
	case rejected:
		return pub.with(Blocked, "a person closed the pull request for this version"), nil
	case isOpen && r.lost(m):
		return pub.with(Kept, "an image of it could not be looked up in this run"), nil
	case !isOpen && r.Limit > 0 && r.count >= r.Limit:
		return pub.with(Held, fmt.Sprintf("%d pull requests are open, which is the limit", r.count)), nil
	}
	return r.bring(ctx, c, pub, branch, pr, isOpen)
}

func (p Published) with(action Action, reason string) Published {
	p.Action, p.Reason = action, reason
	return p
}

// withoutRejected takes out what a person closed before. The pins of other
// images go on; an upgrade is one thing, and is rejected as a whole.
func (r *run) withoutRejected(c Change) (Change, bool) {
	rejected := marker{Updates: r.rejected[c.Branch]}
	if len(rejected.Updates) == 0 {
		return c, false
	}
	if c.Kind != ChangePin {
		return c, rejected.covers(c)
	}
	left := slices.DeleteFunc(slices.Clone(c.steps), func(s step) bool {
		one, _ := build(c.Branch, c.Kind, []step{s}, r.Files)
		return rejected.covers(one)
	})
	if len(left) == 0 {
		return c, true
	}
	c, _ = build(c.Branch, c.Kind, left, r.Files)
	return c, false
}

// lost reports whether a pull request holds an image that this run could not
// look up.
func (r *run) lost(m marker) bool {
	return slices.ContainsFunc(m.Updates, func(u markUpdate) bool { return slices.Contains(r.Failed, u.Repository) })
}

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
		return pub, err
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
	return true, r.Repo.Push(ctx, c.Branch, branch.Head, hash)
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
		return pub, fmt.Errorf("opening the pull request: %w", err)
	}
	r.count++
	pub.Number, pub.URL = pr.Number, pr.URL
	return pub.with(Created, ""), nil
}

func (r *run) adopt(ctx context.Context, c Change, pub Published) (Published, error) {
	if err := r.list(ctx); err != nil {
		return pub, err
	}
	pr, isOpen := r.open[c.Branch]
	if _, ours := readMarker(pr.Body); !isOpen || !ours {
		return pub.with(Blocked, "a person opened a pull request from this branch"), nil
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
func normal(body string) string {
	return strings.TrimSpace(strings.ReplaceAll(body, "\r\n", "\n"))
}
