package cli

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pinbot/internal/edit"
	"pinbot/internal/report"
	"pinbot/internal/worktree"
	"pinbot/resolver"
	"pinbot/updater"
)

func (a *app) updateCommand() *cobra.Command {
	var dryRun, major bool
	var only []string
	c := &cobra.Command{
		Use:   "update [PATH…]",
		Short: "Write pins and upgrades into the manifests",
		Long: "update applies what scan shows to the files below the given paths: pins, and upgrades within the\n" +
			"major version. Only the bytes of the references change. A second run changes nothing." + exitHelp,
		Example: "  pinbot update --dry-run\n  pinbot update --only pin k8s/\n  pinbot update --major",
		RunE: func(c *cobra.Command, args []string) error {
			want, err := wantedSteps(only, major)
			if err != nil {
				return err
			}
			return a.update(c.Context(), args, want, dryRun)
		},
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "print the change as a unified diff and write nothing")
	c.Flags().BoolVar(&major, "major", false, "upgrade beyond the major version too")
	c.Flags().StringSliceVar(&only, "only", nil, "only these kinds of `STEPS`: pin, upgrade")
	return c
}

func wantedSteps(only []string, major bool) (updater.Wanted, error) {
	for _, o := range only {
		if o != "pin" && o != "upgrade" {
			return updater.Wanted{}, usage("--only does not know %q: use pin, upgrade or both.", o)
		}
	}
	all := len(only) == 0
	return updater.Wanted{Pins: all || slices.Contains(only, "pin"), Upgrades: all || slices.Contains(only, "upgrade"), Majors: major}, nil
}

func (a *app) update(ctx context.Context, paths []string, want updater.Wanted, dryRun bool) error {
	if err := a.checkFormat("update", "table", "json"); err != nil {
		return err
	}
	t, rep, err := a.lookUp(ctx, paths, resolver.Options{ConfirmMajors: want.Majors})
	if err != nil {
		return err
	}
	u := report.NewUpdate(report.NewScan(t.found.Count, rep, t.problems, false), dryRun)
	change, skipped := updater.Now(rep.Results, t.found.Files, want)
	for _, p := range skipped {
		u.Errors = append(u.Errors, report.Problem{File: p.File, Line: p.Line, Message: p.Message})
	}
	if err := a.apply(ctx, change, t.found.Files, &u); err != nil {
		return err
	}
	err = a.print("update", printer{
		"table": func(w io.Writer) error { return u.WriteTable(w, a.layout()) },
		"json":  u.WriteJSON,
	})
	if err != nil {
		return err
	}
	if a.flags.format == "table" {
		a.trouble(u)
	}
	return a.verdict(u.Found(), len(u.Errors) > 0)
}

// trouble tells beside the table what was held or left alone, and what went
// wrong; of a quiet update only that.
func (a *app) trouble(u report.Update) {
	if a.flags.quiet {
		u = report.NewUpdate(report.Scan{Errors: u.Errors}, u.DryRun)
	}
	fmt.Fprint(a.stderr, u.Trouble(report.Layout{Width: a.layout().Width}))
}

// apply writes the changed files one by one, or only shows them. What cannot be
// written is told, and the rest goes on.
func (a *app) apply(ctx context.Context, c updater.Change, files map[string][]byte, u *report.Update) error {
	var diff strings.Builder
	for _, f := range c.Files {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		before := files[f.Path]
		after, err := f.Apply(before)
		if err == nil && !u.DryRun {
			err = writeChecked(f.Path, before, after)
		}
		if err != nil {
			u.Errors = append(u.Errors, report.Problem{File: f.Path, Message: err.Error()})
			continue
		}
		diff.WriteString(edit.Diff(f.Path, before, after))
		u.AddFile(f, c)
	}
	u.Diff = diff.String()
	slices.SortStableFunc(u.Updates, func(x, y report.Written) int {
		return cmp.Or(strings.Compare(x.File, y.File), cmp.Compare(x.Line, y.Line))
	})
	return nil
}

// writeChecked replaces a file's content and reads it again.
func writeChecked(path string, before, after []byte) error {
	if err := worktree.Write(root, path, before, after); err != nil {
		return err
	}
	now, err := worktree.Read(root, path, int64(len(after))+1)
	if err != nil {
		return fmt.Errorf("reading %s again after it was written: %w", path, err)
	}
	if string(now) != string(after) {
		return fmt.Errorf("%s is not what was written a moment ago: another program wrote to it", path)
	}
	return nil
}
