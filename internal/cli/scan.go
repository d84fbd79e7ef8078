package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"pinbot/internal/bot"
	"pinbot/internal/config"
	"pinbot/internal/report"
	"pinbot/internal/worktree"
	"pinbot/manifest"
	"pinbot/resolver"
)

// root is the folder that everything is relative to.
const root = "."

func (a *app) scanCommand() *cobra.Command {
	var offline bool
	c := &cobra.Command{
		Use:   "scan [PATH…]",
		Short: "Print what each image is, and what pinbot would make of it",
		Long:  "scan reads the manifests below the given paths (this folder, if none is given) and prints what\neach image is and what pinbot would make of it. It changes nothing." + exitHelp,
		Example: "  pinbot scan\n  pinbot scan --offline k8s/\n" +
			"  pinbot scan --format json --fail-on floating,skew",
		RunE: func(c *cobra.Command, args []string) error { return a.scan(c.Context(), args, offline) },
	}
	c.Flags().BoolVar(&offline, "offline", false, "use no network: print what the tags are, and decide nothing")
	return c
}

func (a *app) scan(ctx context.Context, paths []string, offline bool) error {
	if err := a.checkFormat("scan", "table", "json", "jsonl"); err != nil {
		return err
	}
	t, rep, err := a.lookUp(ctx, paths, resolver.Options{Offline: offline})
	if err != nil {
		return err
	}
	s := report.NewScan(t.found.Count, rep, t.problems, offline)
	err = a.print("scan", printer{
		"table": func(w io.Writer) error { return s.WriteTable(w, a.layout()) },
		"json":  s.WriteJSON,
		"jsonl": s.WriteJSONLines,
	})
	if err != nil {
		return err
	}
	return a.verdict(s.Found(), len(s.Errors) > 0)
}

// configurations reads both files.
func (a *app) configurations() (config.Operator, config.Repository, error) {
	op, err := a.operator()
	if err != nil {
		return op, config.Repository{}, err
	}
	conf, err := a.policy()
	return op, conf, err
}

// tree is what was read of the working folder.
type tree struct {
	found    bot.Found
	problems []report.Problem
}

// readTree walks the paths and finds the references in their files.
func (a *app) readTree(ctx context.Context, paths []string, conf config.Repository) (tree, error) {
	files, problems := worktree.Walk(ctx, root, paths, worktree.Options{Ignore: conf.IgnorePaths, Wants: manifest.Wants})
	var t tree
	for _, p := range problems {
		if p.Note {
			a.note("%s: %s", p.Path, p.Message)
			continue
		}
		t.problems = append(t.problems, report.Problem{File: p.Path, Message: p.Message})
	}
	blobs := make([]bot.Blob, 0, len(files))
	for _, f := range files {
		if !manifest.Wants(f.Path) {
			a.note("%s: its name is not one of a manifest that pinbot reads.", f.Path)
			continue
		}
		blobs = append(blobs, bot.Blob{Path: f.Path, Bytes: func() ([]byte, error) { return worktree.Read(root, f.Path, 0) }})
	}
	found, err := bot.Read(ctx, blobs)
	if err != nil {
		return t, err
	}
	t.found, t.problems = found, append(t.problems, bot.Problems(found.Problems)...)
	return t, nil
}

// lookUp reads the configuration and the files below the paths, and asks the
// registries about what they name. Options need not say the policy.
func (a *app) lookUp(ctx context.Context, paths []string, opts resolver.Options) (tree, resolver.Report, error) {
	op, conf, err := a.configurations()
	if err != nil {
		return tree{}, resolver.Report{}, err
	}
	t, err := a.readTree(ctx, paths, conf)
	if err != nil {
		return t, resolver.Report{}, err
	}
	client, err := a.registries(op)
	if err != nil {
		return t, resolver.Report{}, err
	}
	opts.Policy, opts.Now, opts.Concurrency = conf.Policy, a.now, a.flags.concurrency
	rep, err := resolver.Resolve(ctx, client, t.found.Refs, opts)
	return t, rep, err
}
