package cli

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"pinbot/internal/bot"
	"pinbot/internal/config"
	"pinbot/internal/forge/gitea"
	"pinbot/internal/gitrepo"
	"pinbot/internal/report"
	renovatecompat "pinbot/renovate-compat"
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
	on, err := a.target(ctx, op, repos)
	if err != nil {
		return err
	}
	client, err := a.registries(op)
	if err != nil {
		return err
	}
	b := bot.Bot{
		Host: on.host, Registry: client, Now: a.now, Limit: op.PullRequests.Limit, Concurrency: a.flags.concurrency,
		DryRun: dryRun, Show: on.local, Foreign: renovatecompat.Files,
	}
	results, err := b.Run(ctx, on.names)
	if err != nil {
		return err
	}
	if on.local && results[0].Misconfigured {
		return usage("%s", results[0].Reason)
	}
	var texts []report.Repository
	if on.local && !dryRun {
		texts = results
	}
	return a.reportRun(report.NewRun(dryRun, results), texts)
}

// reportRun prints a run. The texts of pull requests that nobody can open in a
// browser follow; a dry run has them in its table.
func (a *app) reportRun(r report.Run, texts []report.Repository) error {
	err := a.print("run", printer{
		"table": func(w io.Writer) error {
			err := r.WriteTable(w, a.layout())
			if err == nil {
				err = a.showPullRequests(w, texts)
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
		if repo.Scan != nil {
			found = append(found, repo.Scan.Found()...)
		}
	}
	return a.verdict(found, incomplete)
}

// target is what a run works on.
type target struct {
	host  bot.Host
	names []string
	local bool // the git repository in this folder
}

// target chooses the forge and the repositories.
func (a *app) target(ctx context.Context, op config.Operator, repos []string) (target, error) {
	switch op.Forge.Type {
	case config.ForgeGitea:
		return a.giteaTarget(ctx, op, repos)
	case config.ForgeLocal, "":
		if len(repos) > 0 {
			return target{}, errNoForge
		}
		return localTarget(ctx)
	}
	return target{}, usage("The forge %q is not known: use gitea (Forgejo too) or local.", op.Forge.Type)
}

// localTarget is the git repository in this folder. That there is none, or none
// with a branch, is bad usage and no failure of a run.
func localTarget(ctx context.Context) (target, error) {
	w, err := (&bot.Local{Folder: root}).Open(ctx, root)
	if err != nil {
		return target{}, badConfig(err)
	}
	return target{opened(w), []string{localName()}, true}, nil
}

// opened is the Host of a repository that is open already.
type opened bot.Workspace

var _ bot.Host = opened{}

func (o opened) Open(context.Context, string) (bot.Workspace, error) { return bot.Workspace(o), nil }

// localName is what the repository in this folder is called in reports.
func localName() string {
	dir, err := os.Getwd()
	if err != nil {
		return root
	}
	return filepath.Base(dir)
}

func (a *app) giteaTarget(ctx context.Context, op config.Operator, repos []string) (target, error) {
	if op.Forge.URL == "" {
		return target{}, errNoForge
	}
	token, err := op.Token(a.env, os.ReadFile)
	if err != nil {
		return target{}, badConfig(err)
	}
	a.redact.Add(token)
	roots, err := a.roots(op.CAFile)
	if err != nil {
		return target{}, err
	}
	client, err := gitea.New(gitea.Options{URL: op.Forge.URL, Token: token, HTTPClient: a.forgeClient(roots)})
	if err != nil {
		return target{}, badConfig(err)
	}
	if len(repos) == 0 {
		repos = op.Repositories
	}
	if len(repos) == 0 {
		return target{}, errNoRepos
	}
	names, failed := client.List(ctx, repos)
	names = append(names, slices.Sorted(maps.Keys(failed))...)
	host := &bot.Gitea{Client: client, Unlisted: failed, Dir: a.cloneDir(op), Remote: gitrepo.Remote{Token: token, RootCAs: roots, Proxy: a.proxy(), Wrap: a.shown}}
	return target{host: host, names: names}, nil
}

// cloneDir says where a repository's objects are kept, nil for in memory. Names
// of folders are hashes, because names of repositories may differ only in case.
func (a *app) cloneDir(op config.Operator) func(name string) string {
	dir := a.cacheDir(op)
	if dir == "" {
		return nil
	}
	return func(name string) string {
		return filepath.Join(dir, "git", fmt.Sprintf("%x", sha256.Sum256([]byte(op.Forge.URL+" "+name)))[:16])
	}
}

// forgeClient asks the forge's API.
func (a *app) forgeClient(roots *x509.CertPool) *http.Client {
	transport := &http.Transport{
		Proxy: a.proxy(), TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		ResponseHeaderTimeout: 20 * time.Second, ForceAttemptHTTP2: true,
	}
	return &http.Client{Transport: a.shown(transport)}
}

// shown makes a transport show its requests, where they are to be seen.
func (a *app) shown(t http.RoundTripper) http.RoundTripper {
	if !a.flags.verbose {
		return t
	}
	return shown{t, a.request}
}

// shown tells of each request of a transport.
type shown struct {
	next http.RoundTripper
	tell func(method, url string, status int, d time.Duration, err error)
}

var _ http.RoundTripper = shown{}

func (s shown) RoundTrip(r *http.Request) (*http.Response, error) {
	begin := time.Now()
	res, err := s.next.RoundTrip(r)
	status := 0
	if res != nil {
		status = res.StatusCode
	}
	s.tell(r.Method, r.URL.Redacted(), status, time.Since(begin), err)
	return res, err
}
