package cli

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"pinbot/internal/report"
	"pinbot/manifest"
	"pinbot/resolver"
)

func (a *app) explainCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "explain IMAGE",
		Short:   "Print every tag, digest and rule that led to the decision for one image",
		Long:    "explain looks one image up and prints what its tag is, which content it has today, which tags have\nthe same content, what pinbot decides and why, and what was assumed." + exitHelp,
		Example: "  pinbot explain nginx:1.27-alpine\n  pinbot explain quay.io/metallb/speaker:main --format json",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage("explain takes one image, such as nginx:1.27-alpine; %d were given.", len(args))
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.explain(c.Context(), args[0]) },
	}
}

func (a *app) explain(ctx context.Context, image string) error {
	if err := a.checkFormat("explain", "table", "json"); err != nil {
		return err
	}
	img, err := manifest.ParseImage(image)
	if err != nil {
		return badConfig(err)
	}
	op, conf, err := a.configurations()
	if err != nil {
		return err
	}
	client, err := a.registries(op)
	if err != nil {
		return err
	}
	ref := manifest.Ref{Kind: manifest.KindKubernetes, Image: img, Whole: &manifest.Slot{}}
	rep, err := resolver.Resolve(ctx, client, []manifest.Ref{ref}, resolver.Options{
		Policy: conf.Policy, Now: a.now, ConfirmMajors: true, Sources: true, Explain: true,
	})
	if err != nil {
		return err
	}
	e := report.Explanation{Image: image, Result: rep.Results[0], Requests: int(a.asked.Load())}
	err = a.print("explain", printer{
		"table": func(w io.Writer) error { return e.WriteTable(w, a.layout()) },
		"json":  e.WriteJSON,
	})
	if err != nil {
		return err
	}
	return a.verdict(rep.Results[0].Findings, rep.Results[0].Decision.Outcome == resolver.Error)
}
