package cli

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"pinbot/internal/bot"
	"pinbot/internal/config"
	"pinbot/internal/forge/gitea"
	"pinbot/internal/gitrepo"
	"pinbot/internal/report"
)

func (a *app) runCommand() *cobra.Command {
	var dryRun bool
	var forge string
	c := &cobra.Command{
		Use:   "run [REPO…]",
		Short: "Open and keep pull requests for repositories on a forge",
		Long: "run reads the base branch of each repository, without a checkout, and keeps one pull request of pins\n" +
			"and one for each upgrade. Repositories are OWNER/NAME or patterns such as infra/gitops-*; without any,\n" +
			"those of the operator's file. With --forge local, which is the default where no forge is configured,\n" +
			"it works on the git repository in this folder: branches, and the texts of pull requests under .git/pinbot/." + exitHelp,
		Example: "  pinbot run --dry-run --forge local\n  pinbot run --config operator.yaml infra/okd",
		RunE:    func(c *cobra.Command, args []string) error { return a.run(c.Context(), args, forge, dryRun) },
	}
	c.Flags().BoolVar(&dryRun, "dry-run", false, "show branches, texts and diffs, and write nothing")
	c.Flags().StringVar(&forge, "forge", "", "`TYPE` of the forge: gitea or local (default: the operator's file)")
	return c
}

func (a *app) run(ctx context.Context, repos []string, forge string, dryRun bool) error {
	if err := a.checkFormat("run", "table", "json"); err != nil {
		return err
	}
	op, err := a.operator()
	if err != nil {
		return err
	}
	if forge != "" {
		op.Forge.Type = forge
	}
	host, names, err := a.host(ctx, op, repos)
	if err != nil {
		return err
	}
	client, err := a.registries(op)
	if err != nil {
		return err
	}
	b := bot.Bot{Host: host, Registry: client, Now: a.now, Limit: op.PullRequests.Limit, Concurrency: a.flags.concurrency, DryRun: dryRun}
	_, b.Show = host.(*bot.Local)
	results, err := b.Run(ctx, names)
	if err != nil {
		return err
	}
	return a.reportRun(report.NewRun(dryRun, results), results)
}

// reportRun prints a run. On a local forge, whose pull requests nobody can open
// in a browser, their texts follow.
func (a *app) reportRun(r report.Run, results []report.Repository) error {
	err := a.print("run", printer{
		"table": func(w io.Writer) error {
			err := r.WriteTable(w, a.layout())
			if err == nil && !r.DryRun {
				err = a.showPullRequests(w, results)
			}
			return err
		},
		"json": r.WriteJSON,
	})
	if err != nil {
		return err
	}
	var found []string
	incomplete := false
	for _, repo := range r.Repositories {
		incomplete = incomplete || repo.Outcome == report.Partial || repo.Outcome == report.Failed
		for _, f := range repo.Findings {
			found = append(found, f.Finding)
		}
	}
	return a.verdict(found, incomplete)
}

// host chooses the forge and the repositories to work on.
func (a *app) host(ctx context.Context, op config.Operator, repos []string) (bot.Host, []string, error) {
	switch op.Forge.Type {
	case config.ForgeGitea:
		return a.giteaHost(ctx, op, repos)
	case config.ForgeLocal, "":
		if len(repos) > 0 {
			return nil, nil, errNoForge
		}
		return &bot.Local{Folder: root}, []string{localName()}, nil
	}
	return nil, nil, usage("The forge %q is not known: use gitea (Forgejo too) or local.", op.Forge.Type)
}

// localName is what the repository in this folder is called in reports.
func localName() string {
	dir, err := os.Getwd()
	if err != nil {
		return root
	}
	return filepath.Base(dir)
}

func (a *app) giteaHost(ctx context.Context, op config.Operator, repos []string) (bot.Host, []string, error) {
	if op.Forge.URL == "" {
		return nil, nil, errNoForge
	}
	token, err := op.Token(a.env, os.ReadFile)
	if err != nil {
		return nil, nil, badConfig(err)
	}
	a.redact.Add(token)
	roots, err := a.roots(op.CAFile)
	if err != nil {
		return nil, nil, err
	}
	transport := http.RoundTripper(&http.Transport{
		Proxy: a.proxy(), TLSClientConfig: &tls.Config{RootCAs: roots}, ResponseHeaderTimeout: 20 * time.Second, ForceAttemptHTTP2: true,
	})
	if a.flags.verbose {
		transport = shown{transport, a}
	}
	client, err := gitea.New(gitea.Options{URL: op.Forge.URL, Token: token, HTTPClient: &http.Client{Transport: transport}})
	if err != nil {
		return nil, nil, badConfig(err)
	}
	if len(repos) == 0 {
		repos = op.Repositories
	}
	if len(repos) == 0 {
		return nil, nil, errNoRepos
	}
	names, err := client.List(ctx, repos)
	if err != nil {
		return nil, nil, err
	}
	dir := a.cacheDir(op)
	host := &bot.Gitea{Client: client, Remote: gitrepo.Remote{Token: token, RootCAs: roots, Proxy: a.proxy()}}
	if dir != "" {
		host.Dir = func(name string) string {
			return filepath.Join(dir, "git", fmt.Sprintf("%x", sha256.Sum256([]byte(op.Forge.URL+" "+name)))[:16])
		}
	}
	return host, names, nil
}

// shown prints each request of a transport.
type shown struct {
	next http.RoundTripper
	app  *app
}

func (s shown) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := time.Now()
	res, err := s.next.RoundTrip(r)
	status := 0
	if res != nil {
		status = res.StatusCode
	}
	s.app.request(r.Method, r.URL.Redacted(), status, time.Since(begin), err)
	return res, err
}
