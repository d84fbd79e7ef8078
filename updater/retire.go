package updater

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"pinbot/internal/text"
)

// retire closes a pull request of pinbot's that the plan no longer asks for. It
// leaves alone what a person took over, and what may only be missing because a
// lookup failed.
func (r *run) retire(ctx context.Context, pr PullRequest, changes []Change) (Published, error) {
	m, _ := r.mark(pr)
	pub := Published{Branch: pr.Head, Number: pr.Number, URL: pr.URL, Title: pr.Title, Base: pr.Base, Updates: m.updates()}
	if r.lost(m) {
		return pub.with(Kept, unknown), nil
	}
	branch, err := r.branch(ctx, pr.Head)
	switch {
	case err != nil:
		return pub, err
	case m.Closed:
		return pub.with(Blocked, "a person opened it again after pinbot had closed it"), nil
	case branch.theirs():
		return pub.with(Blocked, committed), nil
	case r.touchesUnread(branch):
		return pub.with(Kept, unread), nil
	}
	reason := m.obsolete(changes)
	if pr.Base != r.Base {
		reason = fmt.Sprintf("pull requests go to %s now, and not to %s any more", r.Base, pr.Base)
	}
	if err := r.close(ctx, pr, m, branch, reason); err != nil {
		return pub, fmt.Errorf("closing pull request %d: %w", pr.Number, err)
	}
	return pub.with(ClosedIt, reason), nil
}

// obsolete says why the plan no longer asks for a pull request.
func (m marker) obsolete(changes []Change) string {
	for _, c := range changes {
		if c.Kind == ChangePin {
			continue
		}
		for _, u := range m.Updates {
			if slices.Contains(c.repositories(), u.Repository) {
				return fmt.Sprintf("superseded by the pull request of branch %s", c.Branch)
			}
		}
	}
	return "what it proposes is on the base branch already, or no longer applies"
}

// close writes down that it was pinbot that closed, in the same step, so that a
// crash cannot make it look like a person's decision.
func (r *run) close(ctx context.Context, pr PullRequest, m marker, branch Branch, reason string) error {
	m.Closed = true
	pr.State = Closed
	pr.Body = withMarker(pr.Body, m)
	if err := r.Forge.Edit(ctx, pr); err != nil {
		return err
	}
	r.count--
	r.strays = slices.DeleteFunc(slices.Clone(r.strays), func(o PullRequest) bool { return o.Number == pr.Number })
	var errs []error
	if talker, ok := r.Forge.(Commenter); ok {
		errs = append(errs, talker.Comment(ctx, pr.Number, "pinbot closed this: "+text.Outside(reason).Markdown()+"."))
	}
	if branch.Head != "" {
		// A branch that was pushed to meanwhile is a person's, and stays.
		if err := r.Repo.Push(ctx, pr.Head, branch.Head, ""); err != nil && !errors.Is(err, ErrStale) {
			errs = append(errs, &pushError{err})
		}
	}
	return errors.Join(errs...)
}
