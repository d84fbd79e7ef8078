package main

import (
	"bufio"
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	fakegitea "pinbot/internal/fake/gitea"
	fakeregistry "pinbot/internal/fake/registry"
)

// world is what a script talks to: a registry, a forge and a proxy in the test's
// process, each started when the script asks for it.
type world struct {
	t     testing.TB
	dir   string          // for what must not stand among the scanned files
	hosts map[string]bool // that the registry plays

	registry    *fakeregistry.Registry
	front       func(http.Handler) http.Handler // of the registry; nil is broken
	registryURL string
	forge       *fakegitea.Server
	forgeURL    string
	repos       map[string]*fakegitea.Repo
	tokenFile   string // "": the token comes from the environment

	proxy sync.Mutex
	via   []string // requests through the proxy

	faults sync.Map // of type fault, by a part of the path
}

// fault is what the registry answers instead.
type fault struct {
	status int
	body   string
}

type worldKey struct{}

// playRegistry serves the tags of a list with a line for each content:
//
//	quay.io/metallb/speaker  v0.13.9,v0.13  2023-02-01
//
// is one image under two names, pushed that day.
func (w *world) playRegistry(tags []byte) error {
	if w.registry == nil {
		w.registry, w.hosts = fakeregistry.New(), map[string]bool{}
		if w.front == nil {
			w.front = w.broken
		}
		w.registry.Wrap(w.front)
		server := httptest.NewServer(w.registry)
		w.t.Cleanup(server.Close)
		w.registryURL = server.URL
	}
	lines := bufio.NewScanner(bytes.NewReader(tags))
	for n := 1; lines.Scan(); n++ {
		words := strings.Fields(lines.Text())
		if len(words) == 0 {
			continue
		}
		if err := w.addTags(words); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return w.writeOperator()
}

func (w *world) addTags(words []string) error {
	if len(words) != 3 {
		return fmt.Errorf("%q is not REPOSITORY TAG,TAG DATE", words)
	}
	pushed, err := time.Parse(time.DateOnly, words[2])
	if err != nil {
		return err
	}
	host, repo, _ := strings.Cut(words[0], "/")
	w.hosts[host] = true
	for _, name := range strings.Split(words[1], ",") {
		w.registry.Add(host, repo, fakeregistry.Tag{Name: name, Content: words[0] + words[1] + words[2], Pushed: pushed})
	}
	return nil
}

// broken answers with the faults that a script has set.
func (w *world) broken(next http.Handler) http.Handler {
	return http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
		if f, ok := w.faultAt(req.URL.Path); ok {
			// A server may say anything, even what it was told in secret.
			secret := req.Header.Get("Authorization")
			if secret != "" || !strings.Contains(f.body, "AUTHORIZATION") {
				http.Error(out, strings.NewReplacer("AUTHORIZATION", secret, "␛", "\x1b").Replace(f.body), f.status)
				return
			}
		}
		next.ServeHTTP(out, req)
	})
}

func (w *world) faultAt(path string) (f fault, found bool) {
	w.faults.Range(func(part, value any) bool {
		if strings.Contains(path, part.(string)) {
			f, found = value.(fault), true
		}
		return !found
	})
	return f, found
}

// playForge serves a repository with the files of a folder.
func (w *world) playForge(name, folder string) error {
	if w.forge == nil {
		w.forge = fakegitea.New(w.t)
		w.forgeURL, w.repos = w.forge.URL, map[string]*fakegitea.Repo{}
	}
	files := map[string]string{}
	err := filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(folder, path)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil {
		return err
	}
	w.token() // the account
	w.repos[name] = w.forge.AddRepo(name, files)
	w.repos[name].Allow(botName, "write")
	return w.writeOperator()
}

const botName = "pinbot"

// token is the bot's on the forge.
func (w *world) token() string { return w.forge.AddUser(botName).Token }

// playProxy serves a proxy that knows registry.test and git.test, which no name
// server does, and sends the operator's file through it.
func (w *world) playProxy() (string, error) {
	targets := map[string]string{"registry.test": w.registryURL, "git.test": w.forgeURL}
	forward := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		target, err := url.Parse(targets[r.In.URL.Host])
		if err == nil {
			r.SetURL(target)
		}
	}}
	server := httptest.NewServer(http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
		w.proxy.Lock()
		w.via = append(w.via, req.Method+" "+req.URL.String()) // absolute, as proxies are asked
		w.proxy.Unlock()
		forward.ServeHTTP(out, req)
	}))
	w.t.Cleanup(server.Close)
	w.registryURL = "http://registry.test"
	if w.forge != nil {
		w.forgeURL = "http://git.test"
	}
	return server.URL, w.writeOperator()
}

func (w *world) proxied() []string {
	w.proxy.Lock()
	defer w.proxy.Unlock()
	return slices.Clone(w.via)
}

// writeOperator writes the operator's file for what plays so far.
func (w *world) writeOperator() error {
	var b strings.Builder
	if w.forge != nil {
		fmt.Fprintf(&b, "forge:\n  type: gitea\n  url: %s\n", w.forgeURL)
		if w.tokenFile != "" {
			fmt.Fprintf(&b, "  tokenFile: %s\n", w.tokenFile)
		}
		fmt.Fprintf(&b, "repositories: [%s]\n", strings.Join(slices.Sorted(maps.Keys(w.repos)), ", "))
	}
	if len(w.hosts) > 0 {
		b.WriteString("registries:\n")
	}
	for _, host := range slices.Sorted(maps.Keys(w.hosts)) {
		fmt.Fprintf(&b, "  %s: {endpoint: %s/%s}\n", host, w.registryURL, host)
	}
	return os.WriteFile(filepath.Join(w.dir, "operator.yaml"), []byte(cmp.Or(b.String(), "{}\n")), 0o644)
}
