package gitea

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	sdk "code.gitea.io/sdk/gitea"

	"pinbot/updater"
)

var (
	_ updater.Forge     = (*Forge)(nil)
	_ updater.Commenter = (*Forge)(nil)
	_ updater.Store     = (*Forge)(nil)
	_ updater.Account   = (*Forge)(nil)
)

// Forge is the pull requests and the state of one repository. It is not for
// several goroutines.
type Forge struct {
	client      *Client
	name        string // "owner/name"
	owner, repo string
	login       string // of the token, once asked
	state       *sdk.Issue
}

// Open returns the pull requests of a repository, "owner/name". It sends
// nothing.
func (c *Client) Open(name string) (*Forge, error) {
	owner, repo, err := split(name)
	if err != nil {
		return nil, err
	}
	return &Forge{client: c, name: name, owner: owner, repo: repo}, nil
}

// PullRequests implements updater.Forge, newest first.
func (f *Forge) PullRequests(ctx context.Context, prefix string) ([]updater.PullRequest, error) {
	return f.list(ctx, sdk.StateAll, func(pr updater.PullRequest) bool { return strings.HasPrefix(pr.Head, prefix) })
}

func (f *Forge) list(ctx context.Context, state sdk.StateType, keep func(updater.PullRequest) bool) ([]updater.PullRequest, error) {
	var list []updater.PullRequest
	err := each(ctx, f.client, func(api *sdk.Client, o sdk.ListOptions) ([]*sdk.PullRequest, *sdk.Response, error) {
		return api.ListRepoPullRequests(f.owner, f.repo, sdk.ListPullRequestsOptions{ListOptions: o, State: state})
	}, func(p *sdk.PullRequest) {
		if pr, ours := f.convert(p); ours && keep(pr) {
			list = append(list, pr)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("listing the pull requests of %s: %w", f.name, err)
	}
	slices.SortFunc(list, func(a, b updater.PullRequest) int { return int(b.Number - a.Number) })
	return slices.CompactFunc(list, func(a, b updater.PullRequest) bool { return a.Number == b.Number }), nil
}

// convert reports false for a pull request whose head is not a branch of this
// repository.
func (f *Forge) convert(p *sdk.PullRequest) (updater.PullRequest, bool) {
	if p.Head == nil || p.Base == nil || p.Head.RepoID != p.Base.RepoID {
		return updater.PullRequest{}, false
	}
	pr := updater.PullRequest{
		Number: p.Index, URL: fmt.Sprintf("%s/%s/pulls/%d", f.client.url, f.name, p.Index),
		Title: p.Title, Body: p.Body, Head: headBranch(p.Head), HeadSHA: p.Head.Sha, Base: p.Base.Ref,
		State: updater.Open,
	}
	switch {
	case p.HasMerged:
		pr.State = updater.Merged
	case p.State == sdk.StateClosed:
		pr.State = updater.Closed
	}
	if p.Poster != nil {
		pr.Author = p.Poster.UserName
	}
	for _, l := range p.Labels {
		pr.Labels = append(pr.Labels, l.Name)
	}
	return pr, true
}

// headBranch is the branch's name, which a deleted branch has only in its label.
func headBranch(head *sdk.PRBranchInfo) string {
	if strings.HasPrefix(head.Ref, "refs/pull/") {
		return head.Name
	}
	return head.Ref
}

// Create implements updater.Forge. Where the forge's answer is lost or a
// server error, it is looked up whether the pull request was made all the same.
func (f *Forge) Create(ctx context.Context, pr updater.PullRequest) (updater.PullRequest, error) {
	labels, err := f.labelIDs(ctx, pr.Labels)
	if err != nil {
		return pr, err
	}
	made, _, err := ask(ctx, f.client, func(api *sdk.Client) (*sdk.PullRequest, *sdk.Response, error) {
		return api.CreatePullRequest(f.owner, f.repo, sdk.CreatePullRequestOption{
			Head: pr.Head, Base: pr.Base, Title: pr.Title, Body: pr.Body, Labels: labels,
		})
	})
	if err != nil {
		return f.afterFailure(ctx, pr, err)
	}
	got, ours := f.convert(made)
	if !ours {
		return pr, fmt.Errorf("opening a pull request of %s in %s: the forge made one of another repository", pr.Head, f.name)
	}
	return got, nil
}

func (f *Forge) afterFailure(ctx context.Context, pr updater.PullRequest, err error) (updater.PullRequest, error) {
	failed := fmt.Errorf("opening a pull request of %s in %s: %w", pr.Head, f.name, err)
	var answer *Error
	if errors.As(err, &answer) {
		if answer.Status == http.StatusConflict {
			return pr, fmt.Errorf("%s in %s: %w", pr.Head, f.name, updater.ErrExists)
		}
		if !answer.Temporary() {
			return pr, failed
		}
	}
	if ctx.Err() != nil || errors.Is(err, updater.ErrForbidden) {
		return pr, failed
	}
	open, again := f.list(ctx, sdk.StateOpen, func(o updater.PullRequest) bool {
		// A title of more than 255 bytes comes back cut, with an ellipsis.
		return o.Head == pr.Head && o.Base == pr.Base && strings.HasPrefix(pr.Title, strings.TrimSuffix(o.Title, "…"))
	})
	if again != nil || len(open) == 0 {
		return pr, failed
	}
	return open[0], nil
}

// Edit implements updater.Forge.
func (f *Forge) Edit(ctx context.Context, pr updater.PullRequest) error {
	opt := sdk.EditPullRequestOption{Title: pr.Title, Body: &pr.Body}
	if pr.State == updater.Closed {
		opt.State = new(sdk.StateClosed)
	}
	_, _, err := ask(ctx, f.client, func(api *sdk.Client) (*sdk.PullRequest, *sdk.Response, error) {
		return api.EditPullRequest(f.owner, f.repo, pr.Number, opt)
	})
	if err != nil {
		return fmt.Errorf("editing pull request %d of %s: %w", pr.Number, f.name, err)
	}
	return nil
}

// Comment implements updater.Commenter.
func (f *Forge) Comment(ctx context.Context, number int64, body string) error {
	_, _, err := ask(ctx, f.client, func(api *sdk.Client) (*sdk.Comment, *sdk.Response, error) {
		return api.CreateIssueComment(f.owner, f.repo, number, sdk.CreateIssueCommentOption{Body: body})
	})
	if err != nil {
		return fmt.Errorf("commenting on pull request %d of %s: %w", number, f.name, err)
	}
	return nil
}

// labelIDs finds labels by name and makes those that are missing. The API takes
// ids only, and ignores unknown ones without a word.
func (f *Forge) labelIDs(ctx context.Context, names []string) ([]int64, error) {
	if len(names) == 0 {
		return nil, nil
	}
	existing := map[string]int64{}
	err := each(ctx, f.client, func(api *sdk.Client, o sdk.ListOptions) ([]*sdk.Label, *sdk.Response, error) {
		return api.ListRepoLabels(f.owner, f.repo, sdk.ListLabelsOptions{ListOptions: o})
	}, func(l *sdk.Label) { existing[l.Name] = l.ID })
	if err != nil {
		return nil, fmt.Errorf("listing the labels of %s: %w", f.name, err)
	}
	var ids []int64
	for _, name := range names {
		id, exists := existing[name]
		if !exists {
			made, _, err := ask(ctx, f.client, func(api *sdk.Client) (*sdk.Label, *sdk.Response, error) {
				return api.CreateLabel(f.owner, f.repo, sdk.CreateLabelOption{Name: name, Color: "#0366d6"})
			})
			if err != nil {
				return nil, fmt.Errorf("making label %s in %s: %w", name, f.name, err)
			}
			id, existing[name] = made.ID, made.ID
		}
		ids = append(ids, id)
	}
	return ids, nil
}
