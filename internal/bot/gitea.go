package bot

import (
	"context"
	"errors"
	"fmt"

	"pinbot/internal/forge/gitea"
	"pinbot/internal/gitrepo"
)

// Gitea is the Host of repositories on a Gitea or Forgejo.
type Gitea struct {
	Client *gitea.Client
	Remote gitrepo.Remote // token, certificates and proxy; the URL is each repository's
	// Dir gives a cache folder for a repository; nil or "" keeps it in memory.
	Dir func(name string) string
	// Unlisted says of patterns why their repositories are not known. Such a
	// pattern is opened like a name, so that the run tells of it in its place.
	Unlisted map[string]error
}

var _ Host = (*Gitea)(nil)

// Open implements Host.
func (h *Gitea) Open(ctx context.Context, name string) (Workspace, error) {
	if err := h.Unlisted[name]; err != nil {
		return Workspace{}, err
	}
	info, err := h.Client.Repository(ctx, name)
	if err != nil {
		return Workspace{}, err
	}
	switch {
	case info.Archived:
		return Workspace{}, fmt.Errorf("%w: it is archived", ErrSkipped)
	case info.Empty:
		return Workspace{}, fmt.Errorf("%w: it has no commits", ErrSkipped)
	case info.Mirror:
		return Workspace{}, fmt.Errorf("%w: it is a mirror, and what is pushed to it is overwritten", ErrSkipped)
	case !info.PullRequests:
		return Workspace{}, fmt.Errorf("%w: pull requests are switched off in it", ErrSkipped)
	case !info.CanPush:
		return Workspace{}, errors.New("the token may not push to it; give its user write access, or take the repository out of the list")
	}
	forge, err := h.Client.Open(name)
	if err != nil {
		return Workspace{}, err
	}
	remote := h.Remote
	remote.URL = info.CloneURL
	opts := gitrepo.Options{}
	if h.Dir != nil {
		opts.Dir = h.Dir(name)
	}
	repo, err := gitrepo.Open(remote, opts)
	if err != nil {
		return Workspace{}, err
	}
	commit, err := repo.Base(ctx, info.DefaultBranch)
	if err != nil {
		return Workspace{}, errors.Join(err, repo.Close())
	}
	w := Workspace{
		Base: info.DefaultBranch, Commit: commit, Repo: repo, Forge: forge,
		Files: func(ctx context.Context) ([]Blob, error) { return blobs(ctx, repo, commit) }, Close: repo.Close,
	}
	if info.Issues {
		w.Store = forge
	} else {
		w.Notes = append(w.Notes, "issues are switched off, so first-seen times are not kept")
	}
	return w, nil
}

// tree is what both kinds of repositories can list.
type tree interface {
	Files(ctx context.Context, commit string, visit func(gitrepo.File) error) error
}

// blobs lists the files of a commit that can be read.
func blobs(ctx context.Context, t tree, commit string) ([]Blob, error) {
	var list []Blob
	err := t.Files(ctx, commit, func(f gitrepo.File) error {
		if f.Skipped == "" {
			list = append(list, Blob{Path: f.Path, Bytes: f.Bytes})
		}
		return nil
	})
	return list, err
}
