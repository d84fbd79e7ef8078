package bot_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pinbot/internal/bot"
	fakegitea "pinbot/internal/fake/gitea"
	fakeregistry "pinbot/internal/fake/registry"
	"pinbot/internal/forge/gitea"
	"pinbot/internal/gitrepo"
	"pinbot/internal/report"
	"pinbot/registry"
	"pinbot/testdata"
)

// canary is the token, which must never be seen outside of a header.
const canary = "canary-5f3c9e71"

// today is when runs happen, unless a test moves the clock.
var today = time.Date(2026, 9, 1, 3, 0, 0, 0, time.UTC)

// ago is a time some days before today.
func ago(days int) time.Time { return today.AddDate(0, 0, -days) }

// world is a forge with one repository, registries, and a bot between them.
type world struct {
	t     *testing.T
	forge *fakegitea.Server
	repo  *fakegitea.Repo
	reg   *fakeregistry.Registry
	now   time.Time
	limit int
	dry   bool

	endpoint string
	asked    func()       // called for each question to a registry; may be nil
	down     atomic.Value // part of a path that registries answer with 500
}

// newWorld makes a forge with a repository of the given files, MetalLB's real
// tags on quay.io, a few tags of redis on Docker Hub, and one image on a
// registry that has no times.
func newWorld(t *testing.T, files map[string]string) *world {
	t.Helper()
	t.Parallel()
	w := &world{t: t, forge: fakegitea.New(t), reg: fakeregistry.New(), now: today}
	w.forge.AddUser("pinbot").Token = canary
	w.repo = w.add("infra/okd", files)
	for _, name := range []string{"speaker", "controller"} {
		data, err := testdata.Demo.ReadFile("demo/tags/" + name + ".json")
		if err == nil {
			_, err = w.reg.LoadTagList(data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.push("docker.io", "library/redis", "7.2.3", ago(300))
	w.push("docker.io", "library/redis", "7.2.4", ago(200))
	w.push("docker.io", "library/redis", "7.4.0", ago(100))
	w.down.Store("")
	w.reg.Wrap(w.breakdown)
	server := httptest.NewServer(w.reg)
	t.Cleanup(server.Close)
	w.endpoint = server.URL
	return w
}

func (w *world) breakdown(next http.Handler) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.asked != nil {
			w.asked()
		}
		if part := w.down.Load().(string); part != "" && strings.Contains(r.URL.Path, part) {
			http.Error(rw, "out of order", http.StatusInternalServerError)
			return
		}
		next.ServeHTTP(rw, r)
	})
}

func (w *world) add(name string, files map[string]string) *fakegitea.Repo {
	r := w.forge.AddRepo(name, files)
	r.Allow("pinbot", "write")
	return r
}

// push adds a tag with a content of its own.
func (w *world) push(host, repo, tag string, when time.Time) {
	w.reg.Add(host, repo, fakeregistry.Tag{Name: tag, Content: host + repo + tag, Pushed: when})
}

// client is a registry client of its own, as each run has it.
func (w *world) client() *registry.Client {
	w.t.Helper()
	hosts := map[string]registry.Host{}
	for _, host := range []string{"quay.io", "docker.io", "plain.example"} {
		hosts[host] = registry.Host{Endpoint: w.endpoint + "/" + host}
	}
	c, err := registry.New(registry.Options{
		Hosts: hosts, Limits: registry.Limits{Tries: 1, RequestTimeout: 3 * time.Second},
		Resolver: &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.New("there is no network here")
		}},
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return c
}

func (w *world) bot() *bot.Bot {
	w.t.Helper()
	client, err := gitea.New(gitea.Options{URL: w.forge.URL, Token: canary, Timeout: 5 * time.Second})
	if err != nil {
		w.t.Fatal(err)
	}
	return &bot.Bot{
		Foreign: func(exists func(string) bool) []string {
			return slices.DeleteFunc([]string{"renovate.json"}, func(p string) bool { return !exists(p) })
		},
		Host:     &bot.Gitea{Client: client, Remote: gitrepo.Remote{Token: canary}},
		Registry: w.client(), Now: w.now, Limit: w.limit, DryRun: w.dry,
	}
}

// runAll is a run over the named repositories.
func (w *world) runAll(names ...string) []report.Repository {
	w.t.Helper()
	out, err := w.bot().Run(w.t.Context(), names)
	if err != nil {
		w.t.Fatal(err)
	}
	return out
}

// run is a run over infra/okd with the given outcome, and what became of each
// branch: "pin created".
func (w *world) run(want report.RunOutcome, actions ...string) report.Repository {
	w.t.Helper()
	r := w.runAll("infra/okd")[0]
	check(w.t, r, want, actions...)
	return r
}

func check(t *testing.T, r report.Repository, want report.RunOutcome, actions ...string) {
	t.Helper()
	var got []string
	for _, p := range r.PullRequests {
		got = append(got, strings.TrimPrefix(p.Branch, bot.Prefix)+" "+string(p.Action))
	}
	slices.Sort(got)
	slices.Sort(actions)
	if r.Outcome != want || !slices.Equal(got, actions) {
		shown, _ := json.MarshalIndent(r, "", "  ")
		t.Fatalf("the run is %s with %q, want %s with %q:\n%s", r.Outcome, got, want, actions, shown)
	}
}

// quiet runs and expects that nothing is written and nothing changes.
func (w *world) quiet(actions ...string) {
	w.t.Helper()
	before, pulls := w.repo.Branches(), w.repo.PullRequests()
	w.forge.Forget()
	w.run(report.Done, actions...)
	if n := w.forge.Writes(); n > 0 {
		for _, r := range w.forge.Requests() {
			if r.Write() {
				w.t.Errorf("%s %s %s", r.Method, r.Path, r.Body)
			}
		}
		w.t.Errorf("a run with nothing to do wrote %d times", n)
	}
	if after := fmt.Sprint(w.repo.Branches()); after != fmt.Sprint(before) {
		w.t.Errorf("branches were %v and are %v", before, after)
	}
	if after := fmt.Sprint(w.repo.PullRequests()); after != fmt.Sprint(pulls) {
		w.t.Errorf("pull requests were %v and are %v", pulls, after)
	}
}

// pull is the newest pull request of a branch.
func (w *world) pull(branch string) fakegitea.PullRequest {
	w.t.Helper()
	all := w.repo.PullRequests()
	for _, p := range slices.Backward(all) {
		if p.Head == bot.Prefix+branch {
			return p
		}
	}
	w.t.Fatalf("there is no pull request of %s", branch)
	return fakegitea.PullRequest{}
}

// pulls counts the pull requests of a branch.
func (w *world) pulls(branch string) int {
	n := 0
	for _, p := range w.repo.PullRequests() {
		if p.Head == bot.Prefix+branch {
			n++
		}
	}
	return n
}

// file is what a branch has in a file.
func (w *world) file(branch, name string) string {
	w.t.Helper()
	return text(w.repo.File(bot.Prefix+branch, name))
}

// text is a file's content as git's output has it here.
func text(content string) string { return strings.TrimSpace(content) }

// contains fails the test where a text lacks any of the parts.
func contains(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is missing in:\n%s", p, text)
		}
	}
}

// pods is a manifest with a pod of one container for each image.
func pods(images ...string) string {
	var b strings.Builder
	for i, image := range images {
		name, _, _ := strings.Cut(path.Base(image), ":")
		fmt.Fprintf(&b, "---\napiVersion: v1\nkind: Pod\nmetadata:\n  name: p%d\nspec:\n  containers:\n  - name: %s\n    image: %s\n", i, name, image)
	}
	return b.String()
}

// The branches of cluster's pull requests.
const (
	release = "upgrade/metallb-0.16-release"
	upgrade = "upgrade/redis-7"
)

// cluster is a repository with something for each kind of pull request.
func cluster() map[string]string {
	return map[string]string{
		"metallb/speaker.yaml":    pods("quay.io/metallb/speaker:main"),
		"metallb/controller.yaml": pods("quay.io/metallb/controller:main"),
		"web/web.yaml":            "# the site\n" + pods("redis:7.2.3"),
		"README.md":               "image: redis:7.2.3\n",
	}
}

// opened is what the first run over cluster does.
var opened = []string{"pin created", release + " created", upgrade + " created"}

// same are the actions of a run in which nothing changes.
var same = []string{"pin unchanged", release + " unchanged", upgrade + " unchanged"}

// api asks the forge, as a person's script does.
func (w *world) api(method, path, body string, want int) string {
	w.t.Helper()
	req, err := http.NewRequestWithContext(w.t.Context(), method, w.forge.URL+"/api/v1/repos/infra/okd"+path, strings.NewReader(body))
	if err != nil {
		w.t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+canary)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		w.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		w.t.Fatalf("%s %s answers %d, %v", method, path, res.StatusCode, err)
	}
	return string(answer)
}

// retitle gives a pull request another title, as a person does.
func (w *world) retitle(number int64, title string) {
	w.t.Helper()
	w.api(http.MethodPatch, fmt.Sprintf("/pulls/%d", number), fmt.Sprintf(`{"title":%q}`, title), http.StatusCreated)
}
