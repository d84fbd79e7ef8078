package bot

import (
	"context"
	"path/filepath"

	"pinbot/internal/forge/local"
	"pinbot/internal/gitrepo"
)

// Local is the Host of the git repository in a folder. Its base is the commit
// that is checked out; what is not committed stays as it is.
type Local struct {
	Folder string
}

var _ Host = (*Local)(nil)

// Open implements Host. The name is only for the report.
func (h *Local) Open(ctx context.Context, _ string) (Workspace, error) {
	repo, err := gitrepo.OpenLocal(h.Folder, gitrepo.Options{})
	if err != nil {
		return Workspace{}, err
	}
	base, err := repo.HeadBranch()
	if err != nil {
		return Workspace{}, err
	}
	commit, err := repo.Base(ctx, base)
	if err != nil {
		return Workspace{}, err
	}
	forge := local.Open(filepath.Join(repo.GitDir(), "pinbot"), repo)
	w := Workspace{
		Base: base, Commit: commit, Repo: repo, Forge: forge, Store: forge,
		Files: func(ctx context.Context) ([]Blob, error) { return blobs(ctx, repo, commit) },
	}
	dirty, err := repo.Dirty()
	if err != nil {
		return Workspace{}, err
	}
	if dirty {
		w.Notes = append(w.Notes, "there are changes that are not committed; they were not looked at")
	}
	return w, nil
}
