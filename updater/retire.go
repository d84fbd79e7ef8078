package updater

import (
	"context"
	"fmt"
	"slices"

	"pinbot/internal/text"
)

// retire closes a pull request that the plan no longer asks for. It leaves alone
// what is not pinbot's, what a person took over, and what may only be missing
// because a lookup failed.
func (r *run) retire(ctx context.Context, pr PullRequest, changes []Change) (pub Published, ours bool, err error) {
	m, ours := readMarker(pr.Body)
	if !ours {
		return pub, false, nil
	}
	pub = Published{Branch: pr.Head, Number: pr.Number, URL: pr.URL, Title: pr.Title, Base: pr.Base, Updates: m.updates()}
	if r.lost(m) {
		return pub.with(Kept, "an image of it could not be looked up in this run"), true, nil
	}
	branch, err := r.Repo.Branch(ctx, pr.Head, r.Commit)
	switch {
	case err != nil:
		return pub, true, fmt.Errorf("reading the branch: %w", err)
	case m.Closed:
		return pub.with(Blocked, "a person opened it again after pinbot had closed it"), true, nil
	case branch.Head != "" && !branch.Ours:
		return pub.with(Blocked, "a person has committed to the branch, so it is theirs now"), true, nil
	}
	reason := m.obsolete(changes)
	if err := r.close(ctx, pr, m, branch, reason); err != nil {
		return pub, true, err
	}
	return pub.with(ClosedIt, reason), true, nil
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
	if talker, ok := r.Forge.(Commenter); ok {
		if err := talker.Comment(ctx, pr.Number, "pinbot closed this: "+text.Outside(reason).Markdown()+"."); err != nil {
			return fmt.Errorf("saying why: %w", err)
		}
	}
	if branch.Head == "" {
		return nil
	}
	return r.Repo.Push(ctx, pr.Head, branch.Head, "")
}

func (m marker) updates() []Update {
	updates := make([]Update, 0, len(m.Updates))
	for _, u := range m.Updates {
		updates = append(updates, Update{Repository: u.Repository, From: u.From, To: u.To, UpdateType: u.UpdateType})
	}
	return updates
}
