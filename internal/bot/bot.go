package bot

import (
	"context"
	"errors"
	"fmt"
	"time"

	"golang.org/x/sync/errgroup"

	"pinbot/internal/config"
	"pinbot/internal/report"
	"pinbot/manifest"
	"pinbot/resolver"
	"pinbot/updater"
)

// Host opens the repositories of one forge.
type Host interface {
	// Open prepares a repository by its name. An error that wraps ErrSkipped
	// says why it is left alone. It may be called from several goroutines.
	Open(ctx context.Context, name string) (Workspace, error)
}

// Workspace is one opened repository.
type Workspace struct {
	Base   string // the branch that pull requests go to
	Commit string // its head
	Repo   updater.Repo
	Forge  updater.Forge
	Store  updater.Store // nil where the forge has no place for it
	Notes  []string      // what people should know, such as that the tree is dirty
	// Files lists what the commit holds, with its content on demand.
	Files func(ctx context.Context) ([]Blob, error)
	Close func() error // nil where nothing is to be given back
}

// Bot runs pinbot over repositories.
type Bot struct {
	Host        Host
	Registry    resolver.Registry
	Now         time.Time
	Limit       int // pull requests open at once, where a repository's file does not say
	Concurrency int // images looked up at once
	DryRun      bool
	Show        bool // keep bodies and diffs in the report; a dry run always does
	// Foreign lists the configuration files of other bots in a repository, which
	// are reported as not read; may be nil.
	Foreign Foreign
}

// Prefix begins the names of all of pinbot's branches.
const Prefix = "pinbot/"

// together is how many repositories are worked on at once.
const together = 4

// Run works on the named repositories and tells what became of each, in their
// order. The error is the context's.
func (b *Bot) Run(ctx context.Context, names []string) ([]report.Repository, error) {
	out := make([]report.Repository, len(names))
	var g errgroup.Group
	g.SetLimit(together)
	for i, name := range names {
		g.Go(func() error {
			out[i] = b.safely(ctx, name)
			return nil
		})
	}
	_ = g.Wait() // never an error
	return out, ctx.Err()
}

// safely keeps a fault of pinbot's own in one repository from ending the run
// over the others.
func (b *Bot) safely(ctx context.Context, name string) (r report.Repository) {
	defer func() {
		if p := recover(); p != nil {
			r = report.Repository{Name: name, Outcome: report.Failed, Reason: fmt.Sprintf("pinbot ran into a fault of its own, please report it: %v", p)}
		}
	}()
	return b.repository(ctx, name)
}

// repository runs over one repository, from opening it to its report.
func (b *Bot) repository(ctx context.Context, name string) report.Repository {
	r := report.Repository{Name: name}
	w, err := b.Host.Open(ctx, name)
	if err != nil {
		r.Outcome, r.Reason = report.Failed, err.Error()
		if errors.Is(err, ErrSkipped) {
			r.Outcome = report.Skipped
		}
		return r
	}
	if w.Close != nil {
		defer w.Close()
	}
	r.Base = w.Base
	notes, err := b.work(ctx, w, &r)
	switch {
	case err != nil:
		r.Outcome, r.Reason = report.Failed, err.Error()
		r.Misconfigured = errors.As(err, new(config.Errors))
	case len(r.Errors) > 0:
		r.Outcome, r.Reason = report.Partial, "something could not be read, looked up or written; the rest was done"
	default:
		r.Outcome = report.Done
	}
	for _, n := range append(w.Notes, notes...) {
		r.Reason = sentence(r.Reason, n)
	}
	return r
}

func sentence(before, after string) string {
	if before == "" {
		return after
	}
	return before + "; " + after
}

// work reads, resolves, plans and publishes.
func (b *Bot) work(ctx context.Context, w Workspace, r *report.Repository) (notes []string, err error) {
	blobs, err := w.Files(ctx)
	if err != nil {
		return nil, err
	}
	conf, notes, err := b.configuration(blobs)
	if err != nil {
		return nil, err
	}
	found, err := Read(ctx, Wanted(blobs, conf.IgnorePaths))
	if err != nil {
		return nil, err
	}
	r.Errors = Problems(found.Problems)
	kept, note, err := b.loadState(ctx, w.Store)
	if err != nil {
		return nil, err
	}
	if note != "" {
		notes = append(notes, note)
	}
	pulls, unlisted := updater.List(ctx, w.Forge, Prefix)
	rep, err := resolver.Resolve(ctx, b.Registry, found.Refs, resolver.Options{
		Policy: conf.Policy, Now: b.Now, FirstSeen: kept.firstSeen, Proposed: pulls.Proposes, Concurrency: b.Concurrency, ConfirmMajors: true, Sources: true,
	})
	if err != nil {
		return nil, err
	}
	r.Findings = rep.Findings
	scan := report.NewScan(found.Count, rep, r.Errors, false)
	r.Errors, r.Scan = scan.Errors, &scan
	if unlisted != nil {
		// Nothing may be written: whatever is open could be made worse.
		r.Errors = append(r.Errors, report.Problem{Message: unlisted.Error()})
	} else if err := b.publish(ctx, w, pulls, conf, found, rep, r); err != nil {
		return notes, err
	}
	if err := b.saveState(ctx, w.Store, kept, kept.with(rep.Seen, b.Now)); err != nil {
		r.Errors = append(r.Errors, report.Problem{Message: err.Error()})
	}
	return notes, nil
}

// publish plans and publishes, and keeps what failed in the report.
func (b *Bot) publish(ctx context.Context, w Workspace, pulls updater.Listing, conf config.Repository, found Found, rep resolver.Report, r *report.Repository) error {
	changes, skipped := updater.Plan(rep.Results, found.Files, Prefix)
	for _, p := range skipped {
		r.Errors = append(r.Errors, report.Problem{File: p.File, Line: p.Line, Message: p.Message})
	}
	repo, forge := w.Repo, w.Forge
	if b.DryRun {
		repo, forge = updater.ReadOnly(repo, forge)
	}
	p := updater.Publisher{
		Repo: repo, Forge: forge, Base: w.Base, Commit: w.Commit, Prefix: Prefix, Pulls: pulls, Files: found.Files,
		Limit: b.Limit, Failed: updater.Unknown(rep.Results), Show: b.Show || b.DryRun,
		Unread: unread(found.Problems),
	}
	if conf.PullRequests.Limit > 0 {
		p.Limit = conf.PullRequests.Limit
	}
	published, err := p.Publish(ctx, changes)
	r.PullRequests = append(published, updater.Waiting(rep.Results, published, Prefix, w.Base)...)
	for _, e := range apart(err) {
		r.Errors = append(r.Errors, report.Problem{Message: e.Error()})
	}
	return ctx.Err()
}

// apart lists the errors that were joined.
func apart(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

func (b *Bot) loadState(ctx context.Context, store updater.Store) (state, string, error) {
	if store == nil {
		return state{Version: stateVersion}, "", nil
	}
	doc, err := store.LoadState(ctx)
	if err != nil {
		return state{}, "", fmt.Errorf("reading what was kept from earlier runs: %w", err)
	}
	s, note := readState(doc)
	return s, note, nil
}

// saveState keeps what was seen first in this run. Where nothing is new, nothing
// is written.
func (b *Bot) saveState(ctx context.Context, store updater.Store, kept, next state) error {
	if store == nil || b.DryRun || next.document() == kept.document() {
		return nil
	}
	if err := store.SaveState(ctx, next.document()); err != nil {
		return fmt.Errorf("keeping what was seen for the next run: %w", err)
	}
	return nil
}

// configuration reads the repository's own file, if it has one.
func (b *Bot) configuration(blobs []Blob) (config.Repository, []string, error) {
	at := map[string]Blob{}
	for _, f := range blobs {
		at[f.Path] = f
	}
	return Configuration(
		func(p string) bool { _, ok := at[p]; return ok },
		func(p string) ([]byte, error) { return at[p].Bytes() },
		b.Foreign)
}

// unread are the files that were not read, or not all of them.
func unread(found []manifest.Problem) []string {
	list := make([]string, 0, len(found))
	for _, p := range found {
		list = append(list, p.File)
	}
	return list
}
