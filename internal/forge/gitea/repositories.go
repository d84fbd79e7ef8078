package gitea

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"

	sdk "code.gitea.io/sdk/gitea"
)

// Repository is what pinbot needs to know of a repository.
type Repository struct {
	Name          string // "owner/name"
	DefaultBranch string
	CloneURL      string // for git, without credentials
	Archived      bool
	Empty         bool // has no commit yet
	Mirror        bool // is a copy that is overwritten from elsewhere
	CanPush       bool // the token may push branches
	Issues        bool // issues are switched on; without, there is no Store
	PullRequests  bool // pull requests are switched on
}

// Repository asks for one repository, "owner/name". ErrNotFound, ErrMoved and
// updater.ErrForbidden say what is wrong.
func (c *Client) Repository(ctx context.Context, name string) (Repository, error) {
	owner, repo, err := split(name)
	if err != nil {
		return Repository{}, err
	}
	r, _, err := ask(ctx, c, func(api *sdk.Client) (*sdk.Repository, *sdk.Response, error) {
		return api.GetRepo(owner, repo)
	})
	if err != nil {
		return Repository{}, fmt.Errorf("reading repository %s: %w", name, err)
	}
	return Repository{
		Name: name, DefaultBranch: r.DefaultBranch, CloneURL: c.url + "/" + name + ".git",
		Archived: r.Archived, Empty: r.Empty, Mirror: r.Mirror,
		CanPush: r.Permissions != nil && r.Permissions.Push,
		Issues:  r.HasIssues, PullRequests: r.HasPullRequests,
	}, nil
}

// split takes "owner/name" apart. The parts go into URLs, so they are what
// Gitea allows and nothing else.
func split(name string) (owner, repo string, err error) {
	owner, repo, ok := strings.Cut(name, "/")
	for _, part := range []string{owner, repo} {
		odd := strings.ContainsFunc(part, func(r rune) bool {
			return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_.", r)
		})
		if odd || strings.Trim(part, ".") == "" {
			ok = false
		}
	}
	if !ok {
		return "", "", fmt.Errorf("%q is not the name of a repository such as infra/okd", name)
	}
	return owner, repo, nil
}

// List resolves patterns such as "infra/gitops-*" to the names of repositories
// that the token sees, in alphabetical order and each once. A name without a
// wildcard is taken as it is. Archived repositories match no wildcard, because
// nothing can be proposed to them. A pattern that could not be resolved is told
// in failed, with the reason, and takes nothing of the others.
func (c *Client) List(ctx context.Context, patterns []string) (names []string, failed map[string]error) {
	failed = map[string]error{}
	for _, p := range patterns {
		if !strings.ContainsAny(p, "*?[") {
			names = append(names, p)
			continue
		}
		found, err := c.glob(ctx, p)
		if err != nil {
			failed[p] = fmt.Errorf("listing the repositories of %s: %w", p, err)
			continue
		}
		names = append(names, found...)
	}
	slices.Sort(names)
	return slices.Compact(names), failed
}

func (c *Client) glob(ctx context.Context, pattern string) ([]string, error) {
	if _, err := path.Match(pattern, "x/y"); err != nil || strings.Count(pattern, "/") != 1 {
		return nil, fmt.Errorf("%q is not a pattern such as infra/gitops-*", pattern)
	}
	owner, _, _ := strings.Cut(pattern, "/")
	var names []string
	err := each(ctx, c, func(api *sdk.Client, o sdk.ListOptions) ([]*sdk.Repository, *sdk.Response, error) {
		if strings.ContainsAny(owner, "*?[") {
			return api.SearchRepos(sdk.SearchRepoOptions{ListOptions: o})
		}
		return api.ListUserRepos(owner, sdk.ListReposOptions{ListOptions: o})
	}, func(r *sdk.Repository) {
		if ok, _ := path.Match(pattern, r.FullName); ok && !r.Archived {
			names = append(names, r.FullName)
		}
	})
	return names, err
}
