package updater

import "context"

// ReadOnly makes a repository and a forge that can be read as they are, and on
// which writing does nothing: for a dry run.
func ReadOnly(repo Repo, forge Forge) (Repo, Forge) { return readOnlyRepo{repo}, readOnlyForge{forge} }

type readOnlyRepo struct{ Repo }

var _ Repo = readOnlyRepo{}

func (readOnlyRepo) Commit(context.Context, Commit) (string, error)     { return "", nil }
func (readOnlyRepo) Push(context.Context, string, string, string) error { return nil }

type readOnlyForge struct{ Forge }

var (
	_ Forge   = readOnlyForge{}
	_ Account = readOnlyForge{}
)

// Login implements Account: who pinbot is decides what it would touch.
func (f readOnlyForge) Login(ctx context.Context) (string, error) {
	if account, ok := f.Forge.(Account); ok {
		return account.Login(ctx)
	}
	return "", nil
}

func (readOnlyForge) Create(_ context.Context, pr PullRequest) (PullRequest, error) { return pr, nil }
func (readOnlyForge) Edit(context.Context, PullRequest) error                       { return nil }
