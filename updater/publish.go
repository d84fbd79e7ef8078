package updater

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Publisher makes one repository's pull requests follow a plan.
type Publisher struct {
	Repo   Repo
	Forge  Forge
	Base   string            // the branch that pull requests go to
	Commit string            // its head when it was read
	Prefix string            // of the branches that are pinbot's: "pinbot/"
	Files  map[string][]byte // contents at Commit
	Pulls  Listing           // the pull requests there are
	Limit  int               // pull requests of pinbot's that are open at once
	// Failed lists the repositories of images that could not be looked up.
	// Nothing about them is taken back.
	Failed []string
	// Unread lists the files that could not be read, as far as is known. What is
	// written into them is not taken back either.
	Unread []string
	// Show puts body and diff into the answer, for a dry run.
	Show bool
}

// run is the state of one Publish.
type run struct {
	*Publisher
	Listing
	open     map[string]PullRequest  // by head
	strays   []PullRequest           // open, pinbot's, and for another base
	rejected map[string][]markUpdate // by head: what people closed
	count    int                     // open pull requests of pinbot
}

// Publish brings branches and pull requests in line with changes and tells what
// became of each. What fails is told in the error, joined, and the rest is done;
// only where the forge refuses the token nothing more is tried.
//
// What is obsolete is closed before anything is opened, so that it does not
// count against the limit.
func (p *Publisher) Publish(ctx context.Context, changes []Change) ([]Published, error) {
	r := &run{Publisher: p}
	r.know(p.Pulls)
	var steps []func() (Published, error)
	wanted := map[string]bool{}
	for _, c := range changes {
		wanted[c.Branch] = true
	}
	for _, pr := range r.strays {
		steps = append(steps, func() (Published, error) { return r.retire(ctx, pr, changes) })
	}
	for _, head := range slices.Sorted(maps.Keys(r.open)) {
		if _, ours := r.mark(r.open[head]); ours && !wanted[head] {
			steps = append(steps, func() (Published, error) { return r.retire(ctx, r.open[head], changes) })
		}
	}
	for _, c := range changes {
		steps = append(steps, func() (Published, error) { return r.publish(ctx, c) })
	}
	var out []Published
	var errs []error
	for _, step := range steps {
		pub, err := step()
		if err == nil {
			out = append(out, pub)
			continue
		}
		errs = append(errs, err)
		if pub.Number != 0 {
			out = append(out, pub.with(Kept, "it could not be brought up to date; the errors say why"))
		}
		if hopeless(err) || ctx.Err() != nil {
			break
		}
	}
	return out, errors.Join(errs...)
}

// hopeless reports whether the forge refuses the token. That it refuses one
// branch, which may be protected, says nothing about the others.
func hopeless(err error) bool {
	var branch *pushError
	return errors.Is(err, ErrForbidden) && !errors.As(err, &branch)
}

// pushError is a push that failed.
type pushError struct{ cause error }

func (e *pushError) Error() string { return fmt.Sprintf("pushing: %v", e.cause) }
func (e *pushError) Unwrap() error { return e.cause }

// know takes over what pull requests there are.
func (r *run) know(l Listing) {
	r.Listing = l
	r.strays, r.open, r.rejected, r.count = nil, map[string]PullRequest{}, map[string][]markUpdate{}, 0
	for _, pr := range l.prs {
		_, ours := r.mark(pr)
		switch {
		case pr.Base == r.Base:
			r.note(pr)
		case ours && pr.State == Open:
			r.strays = append(r.strays, pr)
			r.count++
		}
	}
}

// note keeps what one pull request says about its branch.
func (r *run) note(pr PullRequest) {
	m, ours := r.mark(pr)
	switch {
	case pr.State == Open:
		r.open[pr.Head] = pr
		if ours {
			r.count++
		}
	case pr.State == Closed && ours && !m.Closed:
		r.rejected[pr.Head] = append(r.rejected[pr.Head], m.Updates...)
	}
}

func (r *run) branch(ctx context.Context, name string) (Branch, error) {
	b, err := r.Repo.Branch(ctx, name, r.Commit)
	if err != nil {
		return b, fmt.Errorf("reading branch %s: %w", name, err)
	}
	return b, nil
}

// The reasons for leaving a pull request alone.
const (
	byPerson  = "a person opened a pull request from this branch"
	unmarked  = "its text no longer has pinbot's block; close it, and the next run opens a new one"
	stray     = "the pull request of this branch that goes to another base is still open"
	committed = "a person has committed to the branch, so it is theirs now"
	unknown   = "an image of it could not be looked up in this run"
	unread    = "a file of it could not be read in this run"
)

// publish brings one change about.
func (r *run) publish(ctx context.Context, c Change) (Published, error) {
	pr, isOpen := r.open[c.Branch]
	m, ours := r.mark(pr)
	c, rejected := r.withoutRejected(c)
	pub := Published{Branch: c.Branch, Number: pr.Number, URL: pr.URL, Title: c.Title(), Base: r.Base, Updates: c.Updates}
	branch, err := r.branch(ctx, c.Branch)
	switch {
	case err != nil:
		return pub, err
	case isOpen && !ours:
		return pub.with(Blocked, r.foreign(pr)), nil
	case !isOpen && r.strayed(c.Branch):
		return pub.with(Kept, stray), nil
	case branch.theirs():
		return pub.with(Blocked, committed), nil
	case rejected:
		return pub.with(Blocked, "a person closed the pull request for this version"), nil
	case isOpen && r.lost(m):
		return pub.with(Kept, unknown), nil
	case isOpen && r.touchesUnread(branch):
		return pub.with(Kept, unread), nil
	case !isOpen && r.Limit > 0 && r.count >= r.Limit:
		return pub.with(Held, fmt.Sprintf("the limit of %d open pull requests is reached", r.Limit)), nil
	}
	return r.bring(ctx, c, pub, branch, pr, isOpen)
}

// foreign says why an open pull request does not count as pinbot's.
func (r *run) foreign(pr PullRequest) string {
	if _, marked := readMarker(pr.Body); !marked && (r.login == "" || pr.Author == r.login) {
		return unmarked
	}
	return byPerson
}

// strayed reports whether a branch has a pull request for another base.
func (r *run) strayed(head string) bool {
	return slices.ContainsFunc(r.strays, func(pr PullRequest) bool { return pr.Head == head })
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

// touchesUnread reports whether a branch changes a file that could not be read.
func (r *run) touchesUnread(b Branch) bool {
	return slices.ContainsFunc(r.Unread, func(path string) bool { _, ok := b.Files[path]; return ok })
}
