package registry

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"pinbot/resolver"
)

func quietLog() *log.Logger { return log.New(io.Discard, "", 0) }

// wanting answers 401 with a challenge to requests without a token.
func wanting(realm string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			writeTags(w, onePage)
			return
		}
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm=%q,service="registry.test"`, realm))
		w.WriteHeader(http.StatusUnauthorized)
	}
}

func giveToken(w http.ResponseWriter, _ *http.Request) { writeTags(w, `{"token":"good"}`) }

// seen collects the URLs that a client asked over the network.
type seen struct {
	mu   sync.Mutex
	urls []string
}

func (s *seen) add(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.urls = append(s.urls, e.URL)
}

// wantBlocked asks a configured registry and wants the guards to stop what it
// leads to, with nothing asked but the registry itself.
func wantBlocked(t *testing.T, handler http.HandlerFunc, opts Options) {
	t.Helper()
	base, rec := serve(t, handler)
	events := &seen{}
	opts.Hosts, opts.Handler = at("r.test", base), events.add
	_, err := tagsOf(t, newClient(t, opts), "r.test")
	if !errors.Is(err, errBlocked) || errors.Is(err, resolver.ErrUnconfigured) {
		t.Errorf("error %v, want it blocked", err)
	}
	if rec.count() != 1 {
		t.Errorf("the registry got %d requests: %q", rec.count(), rec.requests)
	}
}

// canaryServer is a private https server that nobody configured.
func canaryServer(t *testing.T) (port string, hits *recorder) {
	hits = &recorder{}
	srv := httptest.NewUnstartedServer(hits.wrap(http.HandlerFunc(giveToken)))
	srv.Config.ErrorLog = quietLog()
	srv.StartTLS()
	t.Cleanup(srv.Close)
	_, port, err := net.SplitHostPort(srv.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port, hits
}

func tortureRealmMetadata(t *testing.T) {
	wantBlocked(t, wanting("http://169.254.169.254/latest/token"), Options{})
	wantBlocked(t, wanting("https://169.254.169.254/latest/token"), Options{})
}

func tortureRealmLoopbackByName(t *testing.T) {
	port, hits := canaryServer(t)
	dns := dnsStub(t, func(string) []string { return []string{"127.0.0.1"} })
	wantBlocked(t, wanting("https://tokens.test:"+port+"/token"), Options{Resolver: dns})
	if hits.count() != 0 {
		t.Errorf("%d hits", hits.count())
	}
}

func tortureRebinding(t *testing.T) {
	port, hits := canaryServer(t)
	var mu sync.Mutex
	lookups := 0
	dns := dnsStub(t, func(string) []string {
		mu.Lock()
		defer mu.Unlock()
		if lookups++; lookups == 1 {
			return []string{"203.0.113.9"}
		}
		return []string{"127.0.0.1"}
	})
	// Whoever checks the name before the client connects sees a public address.
	if first, err := dns.LookupNetIP(t.Context(), "ip4", "tokens.test"); err != nil || !isPublic(first[0]) {
		t.Fatalf("first lookup: %v, error %v", first, err)
	}
	wantBlocked(t, wanting("https://tokens.test:"+port+"/token"), Options{Resolver: dns})
	if hits.count() != 0 {
		t.Errorf("%d hits", hits.count())
	}
}

func tortureRedirectMetadata(t *testing.T) {
	port, hits := canaryServer(t)
	dns := dnsStub(t, func(string) []string { return []string{"169.254.169.254", "127.0.0.1"} })
	for _, target := range []string{"https://metadata.test:" + port + "/latest", "http://metadata.test/latest", "https://169.254.169.254/", "//metadata.test:" + port} {
		wantBlocked(t, func(w http.ResponseWriter, r *http.Request) { w.Header().Set("Location", target); w.WriteHeader(302) }, Options{Resolver: dns})
	}
	if hits.count() != 0 {
		t.Errorf("%d hits", hits.count())
	}
}

func tortureRealmOddAddresses(t *testing.T) {
	port, hits := canaryServer(t)
	for _, host := range []string{"[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[fe80::1%25lo]", "[64:ff9b::7f00:1]", "[::1]", "127.0.0.1", "0.0.0.0", "[::]"} {
		wantBlocked(t, wanting("https://"+host+":"+port+"/token"), Options{})
	}
	if hits.count() != 0 {
		t.Errorf("%d hits", hits.count())
	}
}

func tortureRealmDowngrade(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{"registry.test": wanting("http://registry.test/token")})
	opts := in.options()
	opts.Keychain = keychain("registry.test")
	if _, err := tagsOf(t, newClient(t, opts), "registry.test"); !errors.Is(err, errBlocked) {
		t.Errorf("error %v, want it blocked", err)
	}
	// An endpoint that may do without https is no leave for others to.
	base, hits := serve(t, giveToken)
	in = newInternet(t, map[string]http.HandlerFunc{"registry.test": wanting(base + "/token")})
	opts = in.options()
	opts.Hosts = map[string]Host{"registry.test": {}, "plain.test": {Endpoint: base}}
	if _, err := tagsOf(t, newClient(t, opts), "registry.test"); !errors.Is(err, errBlocked) || hits.count() != 0 {
		t.Errorf("error %v, %d hits", err, hits.count())
	}
}

func tortureRealmElsewhere(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("bot:"+canary))
	for _, row := range []struct {
		realm string
		hosts map[string]Host
		sent  bool
	}{
		{"tokens.evil.test", nil, false},
		{"auth.registry.test", nil, true},
		{"tokens.partner.test", nil, false},
		{"tokens.partner.test", map[string]Host{"tokens.partner.test": {}, "registry.test": {}}, true},
	} {
		in := newInternet(t, map[string]http.HandlerFunc{"registry.test": wanting("https://" + row.realm + "/token"), row.realm: giveToken})
		opts := in.options()
		opts.Keychain, opts.Hosts = keychain("registry.test"), row.hosts
		if _, err := tagsOf(t, newClient(t, opts), "registry.test"); err != nil {
			t.Errorf("%s: %v", row.realm, err)
		}
		want := "registry.test Bearer good"
		if row.sent {
			want = row.realm + " " + basic + "\n" + want
		}
		if got := strings.Join(in.auth, "\n"); got != want {
			t.Errorf("%s: credentials sent: %q", row.realm, got)
		}
	}
}

func tortureProxy(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{
		"registry.test": func(w http.ResponseWriter, _ *http.Request) { writeTags(w, onePage) },
		"evil.test":     wanting("https://10.0.0.1/token"),
	})
	c := newClient(t, in.options())
	if names, err := tagsOf(t, c, "registry.test"); err != nil || len(names) != 1 {
		t.Errorf("through the proxy on loopback: tags %q, error %v", names, err)
	}
	if _, err := tagsOf(t, c, "evil.test"); !errors.Is(err, errBlocked) {
		t.Errorf("error %v, want it blocked", err)
	}
	if got := strings.Join(in.connects, " "); got != "CONNECT registry.test:443 CONNECT evil.test:443" {
		t.Errorf("the proxy was asked for %q", got)
	}
}

func tortureForeignLayers(t *testing.T) {
	port, hits := canaryServer(t)
	urls := `"urls":["https://127.0.0.1:` + port + `/layer"]`
	config := `{"os":"windows","architecture":"amd64"}`
	body := `{"schemaVersion":2,"mediaType":"` + typeDockerManifest + `","config":{"digest":"` + sha(config) + `",` + urls + `},"layers":[{"mediaType":"application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",` + urls + `}]}`
	base, rec := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/blobs/") {
			io.WriteString(w, config)
			return
		}
		io.WriteString(w, body)
	})
	c := newClient(t, Options{Hosts: at("r.test", base)})
	got, err := c.Config(t.Context(), "r.test/a/b", sha(body))
	if err != nil || got.Platform != "windows/amd64" || hits.count() != 0 || rec.count() != 2 {
		t.Errorf("config %+v, error %v, %d hits, %d requests", got, err, hits.count(), rec.count())
	}
}

func tortureEcho(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{"registry.test": func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") == "" {
			w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		user, password, _ := r.BasicAuth()
		w.WriteHeader(http.StatusForbidden)
		switch r.URL.Path {
		case "/v2/a/b/manifests/json":
			fmt.Fprintf(w, `{"errors":[{"code":"DENIED","message":"%s got %s:%s and %s"}]}`, canary, user, url.QueryEscape(password), r.Header.Get("Authorization"))
		default:
			fmt.Fprintf(w, "Bearer eyJhbGciOiJSUzI1NiJ9.e30.abc %s %s %s", password, r.Header.Get("Authorization"), bytes.Repeat([]byte("no "), 1000))
		}
	}})
	opts := in.options()
	opts.Keychain = keychain("registry.test")
	c := newClient(t, opts)
	for _, tag := range []string{"json", "text"} {
		_, err := c.Manifest(t.Context(), "registry.test/a/b", tag)
		var e *Error
		// Who is logged in and refused needs another answer than "log in".
		if !errors.As(err, &e) || e.Status != http.StatusForbidden || errors.Is(err, resolver.ErrUnconfigured) {
			t.Fatalf("%s: error %v", tag, err)
		}
		encoded := base64.StdEncoding.EncodeToString([]byte("bot:" + canary))
		for _, secret := range []string{canary, encoded, "eyJhbGciOiJSUzI1NiJ9"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %s in %v", tag, secret, err)
			}
		}
		if len(err.Error()) > 600 {
			t.Errorf("%s: a message of %d bytes", tag, len(err.Error()))
		}
	}
}
