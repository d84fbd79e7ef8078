package registry

import (
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pinbot/resolver"
)

// TestDefaultPlaces asks Docker Hub without any configuration.
func TestDefaultPlaces(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{
		"hub.docker.com": func(w http.ResponseWriter, _ *http.Request) {
			writeTags(w, `{"results":[{"name":"1","digest":null,"last_updated":"2020-01-02T03:04:05.678Z","images":null}],"next":"https://evil.test/"}`)
		},
		"registry-1.docker.io": wanting("https://auth.docker.io/token"),
		"auth.docker.io":       giveToken,
		"quay.io": func(w http.ResponseWriter, _ *http.Request) {
			writeTags(w, `{"tags":[{"name":"1","manifest_digest":"sha256:short","start_ts":1577934245}]}`)
		},
	})
	opts := in.options()
	opts.Keychain = keychain("index.docker.io")
	c := newClient(t, opts)
	for _, host := range []string{"docker.io", "quay.io"} {
		page, err := c.Tags(t.Context(), host+"/library/php", resolver.TagQuery{})
		if err != nil || len(page.Tags) != 1 || page.Tags[0].Digest != "" || page.Tags[0].Pushed.Truncate(time.Second) != time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC) {
			t.Errorf("%s: %+v, error %v", host, page, err)
		}
	}
	c.Manifest(t.Context(), "docker.io/library/php", "1")
	want := "auth.docker.io Basic " + base64.StdEncoding.EncodeToString([]byte("bot:"+canary)) + "\nregistry-1.docker.io Bearer good"
	if got := strings.Join(in.auth, "\n"); got != want {
		t.Errorf("credentials sent: %q", got)
	}
	wantPaths := []string{"GET hub.docker.com/v2/repositories/library/php/tags?page=1&page_size=100",
		"GET quay.io/api/v1/repository/library/php/tag/?limit=100&onlyActiveTags=true&page=1",
		"GET registry-1.docker.io/v2/library/php/manifests/1"}
	for _, path := range wantPaths {
		if !strings.Contains(strings.Join(in.requests, "\n"), path) {
			t.Errorf("no request %s in %q", path, in.requests)
		}
	}
}

// TestUnconfigured has hosts that nobody configured and that cannot be used.
func TestUnconfigured(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{
		"private.test": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) },
		"denied.test":  wanting("https://denied.test/denied"),
		"error.test":   func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) },
	})
	opts := in.options()
	opts.Hosts = map[string]Host{"off.test": {Off: true}}
	c := newClient(t, opts)
	direct := newClient(t, Options{Resolver: dnsStub(t, func(name string) []string { return []string{"10.1.2.3"} })})
	for _, row := range []struct {
		client       *Client
		host, advice string
	}{
		{c, "private.test", "docker login private.test"},
		{c, "off.test", "switched off"},
		{direct, "localhost:5000", "endpoint"},
		{direct, "127.0.0.1:5000", "endpoint"},
		{direct, "registry.corp.test", "endpoint"},
	} {
		_, err := tagsOf(t, row.client, row.host)
		if !errors.Is(err, resolver.ErrUnconfigured) || !strings.Contains(err.Error(), row.advice) {
			t.Errorf("%s: error %v", row.host, err)
		}
	}
	if _, err := tagsOf(t, c, "error.test"); err == nil || errors.Is(err, resolver.ErrUnconfigured) {
		t.Errorf("error %v, want a plain one", err)
	}
}

// TestConfiguredFails shows that a configured host that fails is a failure.
func TestConfiguredFails(t *testing.T) {
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	c := newClient(t, Options{Hosts: map[string]Host{"r.test": {Endpoint: base}, "closed.test": {Endpoint: "http://127.0.0.1:1"}}})
	for _, host := range []string{"r.test", "closed.test"} {
		if _, err := tagsOf(t, c, host); err == nil || errors.Is(err, resolver.ErrUnconfigured) || errors.Is(err, resolver.ErrNotFound) {
			t.Errorf("%s: error %v", host, err)
		}
	}
}

// TestConfiguredPrivate lets a configured host lead to another one at a private
// address only where that is configured too.
func TestConfiguredPrivate(t *testing.T) {
	tokens, hits := serve(t, giveToken)
	registry, _ := serve(t, wanting(tokens+"/token"))
	hosts := at("r.test", registry)
	if _, err := tagsOf(t, newClient(t, Options{Hosts: hosts}), "r.test"); !errors.Is(err, errBlocked) || hits.count() != 0 {
		t.Errorf("error %v, %d hits", err, hits.count())
	}
	// A host that nobody configured does not get to those that are.
	in := newInternet(t, map[string]http.HandlerFunc{"registry.test": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, tokens+"/admin", http.StatusFound)
	}})
	opts := in.options()
	opts.Hosts = at("tokens.test", tokens)
	if _, err := tagsOf(t, newClient(t, opts), "registry.test"); !errors.Is(err, errBlocked) || hits.count() != 0 {
		t.Errorf("error %v, %d hits", err, hits.count())
	}
	hosts["tokens.test"] = Host{Endpoint: tokens}
	if _, err := tagsOf(t, newClient(t, Options{Hosts: hosts}), "r.test"); err != nil || hits.count() != 1 {
		t.Errorf("error %v, %d hits", err, hits.count())
	}
}

// TestCredentialsTravelSafely names the URLs that may get a password.
func TestCredentialsTravelSafely(t *testing.T) {
	for _, row := range []struct {
		endpoint, to string
		want         bool
	}{
		{"https://mirror.test/quay.io", "https://mirror.test/quay.io/token", true},
		{"http://127.0.0.1:5001/quay.io", "http://127.0.0.1:5001/token", true},
		{"http://localhost:5001", "http://localhost:5001/token", true},
		{"http://mirror.test", "http://mirror.test/token", false},
		{"http://mirror.test", "https://mirror.test/token", false},
		{"https://mirror.test", "http://mirror.test/token", false},
		{"https://mirror.test", "https://quay.io/v2/auth", true},
		{"https://mirror.test", "https://evil.test/v2/auth", false},
		{"https://mirror.test", "https://mirror.test:8443/token", false},
		{"https://mirror.test:5000", "https://auth.mirror.test:5000/token", true},
		{"https://mirror.co.uk", "https://evil.co.uk/v2/auth", false},
		{"https://198.51.113.1", "https://203.0.113.1/token", false},
		{"https://mirror.test", "http://plain.test/token", false},
	} {
		hosts := at("quay.io", row.endpoint)
		hosts["plain.test"] = Host{Endpoint: "http://plain.test"}
		c := newClient(t, Options{Hosts: hosts, Keychain: keychain("quay.io")})
		s, err := c.site("quay.io")
		if err != nil {
			t.Fatal(err)
		}
		to, err := url.Parse(row.to)
		if err != nil {
			t.Fatal(err)
		}
		auth, err := s.credentials(t.Context(), to)
		if err != nil || (auth.Password == canary) != row.want {
			t.Errorf("endpoint %s, to %s: sent %v, error %v", row.endpoint, row.to, !row.want, err)
		}
	}
}

// TestRepositoryNames has names that would ask for something else.
func TestRepositoryNames(t *testing.T) {
	base, rec := serve(t, func(w http.ResponseWriter, _ *http.Request) { writeTags(w, onePage) })
	c := newClient(t, Options{Hosts: at("quay.io", base+"/prefix")})
	for _, name := range []string{"nginx", "quay.io", "quay.io/", "quay.io/../x", "quay.io/a/../../x", "quay.io/a?x=1", "quay.io/a#x", "quay.io/a%2fb", "quay.io/a:tag", "docker.io/nginx"} {
		if _, err := c.Tags(t.Context(), name, resolver.TagQuery{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if _, err := c.Manifest(t.Context(), "quay.io/a/b", "../../x"); err == nil || rec.count() != 0 {
		t.Errorf("error %v, requests %q", err, rec.requests)
	}
}

// TestHintsOnce has an error pass several questions on its way.
func TestHintsOnce(t *testing.T) {
	c := newClient(t, Options{})
	_, err := c.Config(t.Context(), "127.0.0.1:5000/a/b", sha("x"))
	if !errors.Is(err, resolver.ErrUnconfigured) || strings.Count(err.Error(), "operator's file") != 1 {
		t.Errorf("error %v", err)
	}
}

func TestNewRefuses(t *testing.T) {
	noPEM := filepath.Join(t.TempDir(), "ca.pem")
	if err := os.WriteFile(noPEM, []byte("hello"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, host := range map[string]Host{
		"no scheme":      {Endpoint: "mirror.test"},
		"other scheme":   {Endpoint: "ftp://mirror.test"},
		"a password":     {Endpoint: "https://bot:" + canary + "@mirror.test"},
		"a bad password": {Endpoint: "https://bot:" + canary + "%zz@mirror.test"},
		"a query":        {Endpoint: "https://mirror.test?x=1"},
		"a bad api":      {API: "hub"},
		"no file":        {CAFile: noPEM + ".not"},
		"no certificate": {CAFile: noPEM},
		"a bad type":     {Type: "harbor"},
	} {
		_, err := New(Options{Hosts: map[string]Host{"docker.io": host}})
		if err == nil || !strings.Contains(err.Error(), "docker.io") || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestParseChallenges(t *testing.T) {
	for _, row := range []struct {
		headers string
		want    challenge
		ok      bool
	}{
		{`Bearer realm="https://a/t",service="s",scope="repository:a/b:pull,push"`, challenge{"bearer", "https://a/t", "s", "repository:a/b:pull,push"}, true},
		{`bearer realm=https://a/t, service=s`, challenge{"bearer", "https://a/t", "s", ""}, true},
		{`Basic realm="x", Bearer realm="https://a/t"`, challenge{"bearer", "https://a/t", "", ""}, true},
		{`Basic realm="Bearer of news"`, challenge{"basic", "Bearer of news", "", ""}, true},
		{`Basic`, challenge{scheme: "basic"}, true},
		{`Negotiate`, challenge{}, false},
		{``, challenge{}, false},
	} {
		if got, ok := parseChallenges([]string{row.headers}); got != row.want || ok != row.ok {
			t.Errorf("%s: %+v %v", row.headers, got, ok)
		}
	}
}

// TestTokenExpires has a token service whose tokens are good for one request.
func TestTokenExpires(t *testing.T) {
	given, used := 0, map[string]bool{}
	var base string
	base, _ = serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/token" {
			given++
			writeTags(w, fmt.Sprintf(`{"access_token":"t%d"}`, given))
			return
		}
		token := r.Header.Get("Authorization")
		if token == "" || used[token] {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s/token",scope="aws"`, base))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		used[token] = true
		writeTags(w, onePage)
	})
	c := newClient(t, Options{Hosts: at("r.test", base)})
	for _, repo := range []string{"r.test/a/b", "r.test/a/c", "r.test/a/d"} {
		if _, err := c.Tags(t.Context(), repo, resolver.TagQuery{}); err != nil {
			t.Error(err)
		}
	}
	if given != 3 {
		t.Errorf("%d tokens", given)
	}
}

// TestPanicIsAnError has a handler that fails in the middle of a question.
func TestPanicIsAnError(t *testing.T) {
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { writeTags(w, onePage) })
	c := newClient(t, Options{Hosts: at("r.test", base), Handler: func(Event) { panic("no") }})
	if _, err := tagsOf(t, c, "r.test"); err == nil {
		t.Error("no error")
	}
}
