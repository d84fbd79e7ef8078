package updater

import (
	"context"
	"fmt"
	"slices"
)

// Listing is the pull requests of one repository whose branches may be pinbot's,
// as they were when a run began.
type Listing struct {
	login string // pinbot's on the forge; "" where the forge has no accounts
	prs   []PullRequest
}

// List asks the forge once for what a whole run needs to know of its pull
// requests. Branches of pinbot begin with prefix.
func List(ctx context.Context, forge Forge, prefix string) (Listing, error) {
	var l Listing
	var err error
	if account, ok := forge.(Account); ok {
		if l.login, err = account.Login(ctx); err != nil {
			return l, fmt.Errorf("asking the forge who pinbot is: %w", err)
		}
	}
	if l.prs, err = forge.PullRequests(ctx, prefix); err != nil {
		return l, fmt.Errorf("listing pull requests: %w", err)
	}
	return l, nil
}

// Proposes reports whether an open pull request of pinbot's brings the repository
// to this tag.
func (l Listing) Proposes(repository, tag string) bool {
	return slices.ContainsFunc(l.prs, func(pr PullRequest) bool {
		m, ours := l.mark(pr)
		return ours && pr.State == Open && slices.ContainsFunc(m.Updates, func(u markUpdate) bool {
			return u.Repository == repository && u.Tag == tag
		})
	})
}

// mark reads the marker of a pull request that pinbot opened. A copy of it in
// one that a person opened does not make that pinbot's.
func (l Listing) mark(pr PullRequest) (m marker, ours bool) {
	m, ours = readMarker(pr.Body)
	return m, ours && m.Branch == pr.Head && (l.login == "" || pr.Author == l.login)
}
