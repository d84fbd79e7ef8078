package registry

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

func tortureRedirectBearer(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{
		"registry.test": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/token" {
				giveToken(w, r)
				return
			}
			if r.Header.Get("Authorization") == "" {
				wanting("https://registry.test/token")(w, r)
				return
			}
			http.Redirect(w, r, "https://storage.test/page?X-Amz-Signature="+canary, http.StatusTemporaryRedirect)
		},
		"storage.test": func(w http.ResponseWriter, _ *http.Request) { writeTags(w, onePage) },
	})
	opts, events := in.options(), &seen{}
	opts.Keychain, opts.Handler = keychain("registry.test"), events.add
	if names, err := tagsOf(t, newClient(t, opts), "registry.test"); err != nil || len(names) != 1 {
		t.Errorf("tags %q, error %v", names, err)
	}
	if got := strings.Join(in.auth, "\n"); strings.Contains(got, "storage.test") || !strings.Contains(got, "registry.test Bearer good") {
		t.Errorf("credentials sent: %q", got)
	}
	if got := strings.Join(events.urls, "\n"); strings.Contains(got, canary) || !strings.Contains(got, "storage.test/page") {
		t.Errorf("events: %s", got)
	}
}

// TestNextPageAfterRedirect has a registry that sends its clients to another
// host, as registry.k8s.io does, whose pages then link to each other.
func TestNextPageAfterRedirect(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{
		"registry.test": func(w http.ResponseWriter, r *http.Request) {
			if r.Header.Get("Authorization") == "" {
				w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			http.Redirect(w, r, "https://region.test"+r.URL.RequestURI(), http.StatusTemporaryRedirect)
		},
		"region.test": func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Get("last") != "" {
				writeTags(w, `{"tags":["v2.0.0"]}`)
				return
			}
			w.Header().Set("Link", `</v2/a/b/tags/list?last=v1.0.0>; rel="next"`)
			writeTags(w, onePage)
		},
	})
	opts := in.options()
	opts.Keychain = keychain("registry.test")
	names, err := tagsOf(t, newClient(t, opts), "registry.test")
	if err != nil || len(names) != 2 || strings.Contains(strings.Join(in.auth, "\n"), "region.test") {
		t.Errorf("tags %q, error %v, credentials sent %q", names, err, in.auth)
	}
}

// TestRedirectToPlainHTTP has a registry that leads its clients off https.
func TestRedirectToPlainHTTP(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{"registry.test": func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://storage.test/page", http.StatusFound)
	}})
	if _, err := tagsOf(t, newClient(t, in.options()), "registry.test"); !errors.Is(err, errBlocked) {
		t.Errorf("error %v, want it blocked", err)
	}
	if len(in.connects) != 1 {
		t.Errorf("the proxy was asked for %q", in.connects)
	}
}

func tortureRedirects(t *testing.T) {
	hops := 0
	base, rec := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if hops++; hops > 12 {
			writeTags(w, onePage)
			return
		}
		http.Redirect(w, r, fmt.Sprintf("/hop/%d", hops), http.StatusFound)
	})
	if _, err := tagsOf(t, newClient(t, Options{Hosts: at("r.test", base)}), "r.test"); err == nil || rec.count() != 1+maxRedirects {
		t.Errorf("error %v, %d requests", err, rec.count())
	}
}
