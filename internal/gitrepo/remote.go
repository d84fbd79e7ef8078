package gitrepo

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/transport"
	"github.com/go-git/go-git/v5/storage/memory"

	"pinbot/updater"
)

var _ updater.Repo = (*Repo)(nil)

// Options say how a repository is kept. The zero value keeps it in memory.
type Options struct {
	// Dir is a cache folder that belongs to this repository alone: fetched
	// objects stay there, and another process that uses it meanwhile makes
	// this one work in memory. "" keeps everything in memory.
	Dir     string
	Author  Identity      // zero: DefaultIdentity
	Timeout time.Duration // of each operation with the server; 0: 2 minutes
}

func (o Options) withDefaults() (Options, error) {
	if o.Author == (Identity{}) {
		o.Author = DefaultIdentity
	}
	if o.Timeout == 0 {
		o.Timeout = 2 * time.Minute
	}
	return o, o.Author.check()
}

// Repo is a repository on a server. Its methods may be called one after the
// other; it is not for several goroutines.
type Repo struct {
	objects
	wire    *wire
	cache   *cache
	timeout time.Duration
	base    string          // the branch that Base was last asked for
	known   []plumbing.Hash // commits that were fetched: the server may leave out what they have
}

// Open prepares a repository. It sends nothing; a URL that cannot be one is
// refused here.
func Open(r Remote, opts Options) (*Repo, error) {
	opts, err := opts.withDefaults()
	if err != nil {
		return nil, err
	}
	w, err := newWire(r)
	if err != nil {
		return nil, err
	}
	repo := &Repo{wire: w, timeout: opts.Timeout, objects: objects{store: memory.NewStorage(), author: opts.Author}}
	if opts.Dir != "" {
		repo.openCache(opts.Dir, r.URL)
	}
	return repo, nil
}

// Close gives the cache folder back. The repository must not be used after.
func (r *Repo) Close() error {
	if r.cache == nil {
		return nil
	}
	return r.cache.close()
}

// Base fetches the tip of a branch, without its history, and returns the
// commit's hash. ErrNoBranch, ErrEmpty, ErrNotFound and updater.ErrForbidden
// say what is wrong.
func (r *Repo) Base(ctx context.Context, branch string) (hash string, err error) {
	defer recovered("fetching "+clip(branch), &err)
	if err := CheckBranch(branch); err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	s, refs, err := r.wire.advertised(ctx)
	if err != nil {
		return "", fmt.Errorf("reading the branches of %s: %w", r.wire.remote, r.wire.remote.clean(err))
	}
	tip, ok := refs.References[refName(branch)]
	if !ok {
		return "", fmt.Errorf("%s has no branch %s: %w", r.wire.remote, branch, ErrNoBranch)
	}
	if err := r.fetch(ctx, s, refs, tip, 1); err != nil {
		return "", fmt.Errorf("fetching %s of %s: %w", branch, r.wire.remote, r.wire.remote.clean(err))
	}
	r.base = branch
	if r.cache != nil {
		r.cache.remember(branch, tip)
	}
	return tip.String(), nil
}

func refName(branch string) string { return "refs/heads/" + branch }

// fetch gets a commit and depth-1 generations before it.
func (r *Repo) fetch(ctx context.Context, s transport.UploadPackSession, refs *packp.AdvRefs, want plumbing.Hash, depth int) error {
	if r.complete(want, depth) {
		return nil
	}
	err := r.wire.fetch(ctx, s, refs, r.store, request{want: want, have: r.known, depth: depth})
	if err == nil && !r.complete(want, depth) {
		err = errors.New("the server did not send the commit that it offers")
	}
	if err == nil {
		r.known = append(r.known, want)
	}
	return err
}

// complete reports whether a commit and the generations before it are here.
func (r *Repo) complete(h plumbing.Hash, depth int) bool {
	c, err := object.GetCommit(r.store, h)
	if err != nil {
		return false
	}
	return depth <= 1 || c.NumParents() == 0 || r.complete(c.ParentHashes[0], depth-1)
}

// Branch implements updater.Repo. A branch of one commit of pinbot's counts as
// its own where the parent belongs to base's history, or to the history that
// the base branch has on the server by now.
func (r *Repo) Branch(ctx context.Context, name, base string) (b updater.Branch, err error) {
	defer recovered("reading branch "+clip(name), &err)
	if err := CheckBranch(name); err != nil {
		return b, err
	}
	baseCommit, err := r.commit(base)
	if err != nil {
		return b, err
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	s, refs, err := r.wire.advertised(ctx)
	if err != nil {
		return b, fmt.Errorf("reading the branches of %s: %w", r.wire.remote, r.wire.remote.clean(err))
	}
	tip, ok := refs.References[refName(name)]
	if !ok {
		return b, nil
	}
	b.Head = tip.String()
	if err := r.fetch(ctx, s, refs, tip, 2); err != nil {
		return b, fmt.Errorf("fetching %s of %s: %w", name, r.wire.remote, r.wire.remote.clean(err))
	}
	head, err := r.commit(b.Head)
	if err != nil {
		return b, err
	}
	ahead, err := r.ahead(ctx, s, refs, head, baseCommit.Hash)
	if err != nil {
		return b, fmt.Errorf("comparing %s with its base: %w", name, r.wire.remote.clean(err))
	}
	if b.Merged = ahead == 0; ahead != 1 || !r.mine(head) {
		return b, nil
	}
	return r.describe(head, baseCommit)
}

// ahead counts the commits up to head that the base does not have. Where the
// base is neither head nor its parent, the server is asked what it would send to
// someone who has the base: its answer is exactly base..head.
func (r *Repo) ahead(ctx context.Context, s transport.UploadPackSession, refs *packp.AdvRefs, head *object.Commit, base plumbing.Hash) (int, error) {
	have := []plumbing.Hash{base}
	if now, ok := refs.References[refName(r.base)]; ok && now != base {
		have = append(have, now)
	}
	for _, h := range have {
		if h == head.Hash {
			return 0, nil
		}
		if head.NumParents() == 1 && h == head.ParentHashes[0] {
			return 1, nil
		}
	}
	scratch := memory.NewStorage()
	if err := r.wire.fetch(ctx, s, refs, scratch, request{want: head.Hash, have: have}); err != nil {
		return 0, err
	}
	return len(scratch.Commits), nil
}

// Push implements updater.Repo. updater.ErrForbidden: the server refuses it,
// and will refuse it again; the error has the server's words.
func (r *Repo) Push(ctx context.Context, branch, old, hash string) (err error) {
	defer recovered("pushing "+clip(branch), &err)
	u, err := newUpdate(branch, old, hash)
	if err != nil {
		return err
	}
	if u.new != plumbing.ZeroHash {
		if u.objects, err = r.newObjects(u.new); err != nil {
			return err
		}
	}
	ctx, cancel := context.WithTimeout(ctx, r.timeout)
	defer cancel()
	if err := r.push(ctx, branch, u); err != nil {
		return fmt.Errorf("pushing %s to %s: %w", branch, r.wire.remote, r.wire.remote.clean(err))
	}
	if u.new != plumbing.ZeroHash {
		r.known = append(r.known, u.new)
	}
	return nil
}

func newUpdate(branch, old, hash string) (update, error) {
	u := update{name: plumbing.ReferenceName(refName(branch))}
	if err := CheckBranch(branch); err != nil {
		return u, err
	}
	for _, h := range []string{old, hash} {
		if h != "" && !plumbing.IsHash(h) {
			return u, fmt.Errorf("%q is not a commit's hash", clip(h))
		}
	}
	u.old, u.new = plumbing.NewHash(old), plumbing.NewHash(hash)
	return u, nil
}

func (r *Repo) push(ctx context.Context, branch string, u update) error {
	s, err := r.wire.transport.NewReceivePackSession(r.wire.endpoint, r.wire.remote.auth())
	if err != nil {
		return err
	}
	refs, err := s.AdvertisedReferencesContext(ctx)
	if err != nil {
		return err
	}
	if refs.References[u.name.String()] != u.old {
		return updater.ErrStale
	}
	if u.new == u.old {
		return nil
	}
	if other := conflict(u.name.String(), maps.Keys(refs.References)); other != "" && u.new != plumbing.ZeroHash {
		return refConflict(branch, other)
	}
	if u.new == plumbing.ZeroHash && !refs.Capabilities.Supports(capability.DeleteRefs) {
		return fmt.Errorf("the server does not delete branches: %w", updater.ErrForbidden)
	}
	if err := r.wire.send(ctx, s, refs, r.store, u); err != nil {
		return r.refused(ctx, u, err)
	}
	return nil
}

// refused finds out why a push failed. Servers word a lost race differently,
// so the branch itself is asked: if it is not where it was, that is why.
func (r *Repo) refused(ctx context.Context, u update, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	_, refs, again := r.wire.advertised(ctx)
	switch {
	case again != nil && !errors.Is(again, transport.ErrEmptyRemoteRepository):
		return err
	case again == nil && refs.References[u.name.String()] == u.new && u.new != plumbing.ZeroHash:
		return nil // it was applied, and only the answer was lost
	case again == nil && refs.References[u.name.String()] != u.old:
		return updater.ErrStale
	}
	if refused := (*refusal)(nil); errors.As(err, &refused) {
		return fmt.Errorf("%w: %w", updater.ErrForbidden, err)
	}
	return err
}
