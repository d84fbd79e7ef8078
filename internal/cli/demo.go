package cli

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"

	"github.com/spf13/cobra"

	"pinbot/internal/bot"
	"pinbot/internal/config"
	fakeregistry "pinbot/internal/fake/registry"
	"pinbot/internal/gitrepo"
	"pinbot/internal/report"
	"pinbot/registry"
	"pinbot/resolver"
	"pinbot/testdata"
	"pinbot/updater"
)

func (a *app) demoCommand() *cobra.Command {
	var keep bool
	c := &cobra.Command{
		Use:   "demo",
		Short: "Replay the incident that pinbot was made for, without network",
		Long: "demo makes a registry in this process with MetalLB's tags and a git repository in a temporary folder\n" +
			"with MetalLB's manifests, and shows what pinbot does there. It needs no network and no configuration,\n" +
			"and leaves nothing behind unless --keep says so." + exitHelp,
		Args: noArgs,
		RunE: func(c *cobra.Command, _ []string) error { return a.demo(c.Context(), keep) },
	}
	c.Flags().BoolVar(&keep, "keep", false, "keep the git repository to look around in it")
	return c
}

const demoStory = `The incident. A cluster's load balancer, quay.io/metallb/speaker, was deployed from the tag main.
One night a nightly build rolled out on its own. The nodes ran different builds, the new one needed a
permission that the cluster did not grant, and everything was unreachable for nine and a half hours.
Nobody had changed a line.
`

const demoNext = `
What to type next, in a repository of yours:

  pinbot scan                       what each image is, and what pinbot would make of it
  pinbot update --dry-run           the change as a diff
  pinbot run --forge local          branches and pull-request texts in this clone, nothing is pushed
  pinbot init                       a policy, and a nightly job that opens pull requests
`

func (a *app) demo(ctx context.Context, keep bool) error {
	if err := a.checkFormat("demo", "table"); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "pinbot-demo-")
	if err != nil {
		return fmt.Errorf("making a temporary folder for the demo: %w", err)
	}
	if !keep {
		defer os.RemoveAll(dir)
	}
	endpoint, stop, err := demoRegistry()
	if err != nil {
		return err
	}
	defer stop()
	if err := a.demoRepository(dir); err != nil {
		return err
	}
	client, err := a.registries(config.Operator{Registries: map[string]registry.Host{"quay.io": {Endpoint: endpoint}}})
	if err != nil {
		return err
	}
	fmt.Fprint(a.stdout, demoStory)
	if err := a.demoScan(ctx, dir, client); err != nil {
		return err
	}
	if err := a.demoRun(ctx, dir, client); err != nil {
		return err
	}
	if keep {
		a.say("\nThe repository is kept in %s", dir)
	}
	_, err = fmt.Fprint(a.stdout, demoNext)
	return err
}

// demoRegistry serves MetalLB's tags on a port of the loopback interface.
func demoRegistry() (endpoint string, stop func(), err error) {
	reg := fakeregistry.New()
	lists, err := fs.Glob(testdata.Demo, "demo/tags/*.json")
	if err != nil {
		return "", nil, err
	}
	for _, name := range lists {
		data, err := testdata.Demo.ReadFile(name)
		if err == nil {
			_, err = reg.LoadTagList(data)
		}
		if err != nil {
			return "", nil, fmt.Errorf("reading the demo's %s: %w", name, err)
		}
	}
	base, stop, err := reg.Listen()
	if err != nil {
		return "", nil, fmt.Errorf("starting the demo's registry: %w", err)
	}
	return base + "/quay.io", stop, nil
}

// demoRepository commits MetalLB's manifests to a new repository.
func (a *app) demoRepository(dir string) error {
	files := map[string][]byte{}
	names, err := fs.Glob(testdata.Demo, "demo/manifests/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		if files["metallb/"+path.Base(name)], err = testdata.Demo.ReadFile(name); err != nil {
			return err
		}
	}
	return gitrepo.Create(dir, files, "Deploy MetalLB", a.now)
}

// demoScan shows what pinbot scan prints there.
func (a *app) demoScan(ctx context.Context, dir string, client resolver.Registry) error {
	a.say("\n$ pinbot scan\n")
	w, err := (&bot.Local{Folder: dir}).Open(ctx, "demo")
	if err != nil {
		return err
	}
	blobs, err := w.Files(ctx)
	if err != nil {
		return err
	}
	found, err := bot.Read(ctx, blobs)
	if err != nil {
		return err
	}
	rep, err := resolver.Resolve(ctx, client, found.Refs, resolver.Options{Now: a.now})
	if err != nil {
		return err
	}
	return report.NewScan(found.Count, rep, nil, false).WriteTable(a.stdout, a.layout())
}

// demoRun shows what pinbot run does there.
func (a *app) demoRun(ctx context.Context, dir string, client resolver.Registry) error {
	a.say("\n$ pinbot run --forge local\n")
	b := bot.Bot{Host: &bot.Local{Folder: dir}, Registry: client, Now: a.now, Limit: config.DefaultPullRequestLimit, Show: true}
	results, err := b.Run(ctx, []string{"metallb-cluster"})
	if err != nil {
		return err
	}
	if err := report.NewRun(false, results).WriteTable(a.stdout, a.layout()); err != nil {
		return err
	}
	return a.showPullRequests(a.stdout, results)
}

// showPullRequests prints the texts and diffs of pull requests that people have
// no forge to read on.
func (a *app) showPullRequests(w io.Writer, results []report.Repository) error {
	for _, repo := range results {
		for _, pr := range repo.PullRequests {
			if pr.Action != updater.Created && pr.Action != updater.Updated {
				continue // nothing new to read
			}
			if err := report.WritePullRequest(w, pr, a.layout()); err != nil {
				return err
			}
		}
	}
	return nil
}
