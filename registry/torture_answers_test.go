package registry

import (
	"compress/gzip"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"pinbot/resolver"
)

const onePage = `{"name":"a/b","tags":["v1.0.0"]}`

func writeTags(w http.ResponseWriter, body string) {
	w.Header().Set("Content-Type", "application/json")
	io.WriteString(w, body)
}

// tagsOf asks for all tags of HOST/a/b.
func tagsOf(t *testing.T, c *Client, host string) ([]string, error) {
	t.Helper()
	page, err := c.Tags(t.Context(), host+"/a/b", resolver.TagQuery{})
	var names []string
	for _, tag := range page.Tags {
		names = append(names, tag.Name)
	}
	return names, err
}

// wantOther shows that the failure of one host left another alone.
func wantOther(t *testing.T, c *Client) {
	t.Helper()
	if names, err := tagsOf(t, c, "other.test"); err != nil || len(names) != 1 {
		t.Errorf("the other host: tags %q, error %v", names, err)
	}
}

// withOther adds a host that always answers.
func withOther(t *testing.T, hosts map[string]Host) map[string]Host {
	t.Helper()
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { writeTags(w, onePage) })
	hosts["other.test"] = Host{Endpoint: base}
	return hosts
}

func tortureLinkLoop(t *testing.T) {
	base, rec := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", "<"+r.URL.RequestURI()+`>; rel="next"`)
		writeTags(w, onePage)
	})
	if _, err := tagsOf(t, newClient(t, Options{Hosts: at("r.test", base)}), "r.test"); !errors.Is(err, resolver.ErrLimit) {
		t.Errorf("error %v, want ErrLimit", err)
	}
	if rec.count() != 1 {
		t.Errorf("%d requests, want 1", rec.count())
	}
}

func tortureEndlessLinks(t *testing.T) {
	var page atomic.Int32
	base, rec := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Link", fmt.Sprintf(`<%s?n=100&last=%d>; rel="next"`, r.URL.Path, page.Add(1)))
		writeTags(w, onePage)
	})
	c := newClient(t, Options{Hosts: at("r.test", base), Limits: Limits{Pages: 7}})
	for range 2 { // the second answer is remembered
		got, err := c.Tags(t.Context(), "r.test/a/b", resolver.TagQuery{})
		if err != nil || len(got.Tags) != 1 || !got.More || !got.Cut || got.All {
			t.Errorf("%+v, error %v, want a page that says that it was cut", got, err)
		}
	}
	if rec.count() != 7 {
		t.Errorf("%d requests, want 7", rec.count())
	}
}

func tortureLinkElsewhere(t *testing.T) {
	in := newInternet(t, map[string]http.HandlerFunc{
		"registry.test": func(w http.ResponseWriter, r *http.Request) {
			if _, _, given := r.BasicAuth(); !given {
				w.Header().Set("WWW-Authenticate", `Basic realm="registry"`)
				w.WriteHeader(http.StatusUnauthorized)
				return
			}
			w.Header().Set("Link", `<https://evil.test/v2/a/b/tags/list?n=100>; rel="next"`)
			writeTags(w, onePage)
		},
		"evil.test": func(w http.ResponseWriter, _ *http.Request) { writeTags(w, onePage) },
	})
	opts := in.options()
	opts.Keychain = keychain("registry.test")
	if _, err := tagsOf(t, newClient(t, opts), "registry.test"); !errors.Is(err, errBlocked) {
		t.Errorf("error %v, want it blocked", err)
	}
	if got := strings.Join(in.connects, " "); strings.Contains(got, "evil") || len(in.auth) != 1 {
		t.Errorf("connections %q, credentials %q", got, in.auth)
	}
}

func tortureHugePage(t *testing.T) {
	var sent atomic.Int64
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		chunk := []byte(strings.Repeat(`"v1.0.0",`, 8<<10))
		for sent.Load() < 200<<20 {
			n, err := w.Write(chunk)
			if sent.Add(int64(n)); err != nil {
				return
			}
		}
	})
	if _, err := tagsOf(t, newClient(t, Options{Hosts: at("r.test", base)}), "r.test"); !errors.Is(err, resolver.ErrLimit) {
		t.Errorf("error %v, want ErrLimit", err)
	}
	// What the kernel's buffers hold was sent too.
	if sent.Load() > 64<<20 {
		t.Errorf("%d bytes were sent", sent.Load())
	}
}

func tortureHugeManifest(t *testing.T) {
	for _, zipped := range []bool{false, true} {
		base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			out := io.Writer(w)
			if zipped {
				w.Header().Set("Content-Encoding", "gzip")
				z := gzip.NewWriter(w)
				defer z.Close()
				out = z
			}
			zeros := make([]byte, 1<<20)
			for range 100 {
				if _, err := out.Write(zeros); err != nil {
					return
				}
			}
		})
		_, err := newClient(t, Options{Hosts: at("r.test", base)}).Manifest(t.Context(), "r.test/a/b", "main")
		if !errors.Is(err, resolver.ErrLimit) {
			t.Errorf("zipped %v: error %v, want ErrLimit", zipped, err)
		}
	}
}

func torturePortal(t *testing.T) {
	base, rec := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, "<html>Please accept the terms</html>")
	})
	c := newClient(t, Options{Hosts: at("quay.io", base)})
	_, manifestErr := c.Manifest(t.Context(), "quay.io/a/b", "main")
	_, headErr := c.Tags(t.Context(), "quay.io/a/b", resolver.TagQuery{Name: "main"})
	_, listErr := tagsOf(t, c, "quay.io")
	for _, err := range []error{manifestErr, headErr, listErr} {
		var e *Error
		if !errors.As(err, &e) || e.Temporary() || errors.Is(err, resolver.ErrNotFound) {
			t.Errorf("error %v, want a permanent one", err)
		}
	}
	lost, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.WriteHeader(http.StatusNotFound)
	})
	if _, err := newClient(t, Options{Hosts: at("r.test", lost)}).Manifest(t.Context(), "r.test/a/b", "main"); err == nil || errors.Is(err, resolver.ErrNotFound) {
		t.Errorf("error %v: a web page says nothing about images", err)
	}
	// One each, and the listing once.
	if rec.count() != 4 {
		t.Errorf("%d requests: %q", rec.count(), rec.requests)
	}
}

func tortureDeletedTag(t *testing.T) {
	fake := newFake(t)
	fake.Delete("quay.io", "metallb/speaker", "main")
	fake.Delete("ghcr.io", "metallb/speaker", "main")
	for _, host := range []string{"quay.io", "ghcr.io"} {
		_, manifestErr := fake.client.Manifest(t.Context(), host+"/metallb/speaker", "main")
		_, tagErr := fake.client.Tags(t.Context(), host+"/metallb/speaker", resolver.TagQuery{Name: "main"})
		if !errors.Is(manifestErr, resolver.ErrNotFound) || !errors.Is(tagErr, resolver.ErrNotFound) {
			t.Errorf("%s: %v; %v", host, manifestErr, tagErr)
		}
	}
}

func tortureSudden401(t *testing.T) {
	var shut atomic.Bool
	in := newInternet(t, map[string]http.HandlerFunc{"registry.test": func(w http.ResponseWriter, _ *http.Request) {
		if shut.Load() {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		writeTags(w, onePage)
	}})
	c := newClient(t, in.options())
	if _, err := tagsOf(t, c, "registry.test"); err != nil {
		t.Fatal(err)
	}
	shut.Store(true)
	if _, err := c.Manifest(t.Context(), "registry.test/a/b", "v1.0.0"); err == nil || errors.Is(err, resolver.ErrUnconfigured) || errors.Is(err, resolver.ErrNotFound) {
		t.Errorf("error %v, want a plain failure", err)
	}
	if _, err := c.Manifest(t.Context(), "registry.test/never/seen", "v1.0.0"); !errors.Is(err, resolver.ErrUnconfigured) {
		t.Errorf("error %v, want ErrUnconfigured for what never could be read", err)
	}
}

func tortureTLS(t *testing.T) {
	expired, expiredRoots := certificate(t, time.Now().Add(-time.Hour), "r.test")
	other, otherRoots := certificate(t, time.Now().Add(time.Hour), "someone-else.test")
	stranger, _ := certificate(t, time.Now().Add(time.Hour), "r.test")
	_, noRoots := certificate(t, time.Now().Add(time.Hour), "r.test")
	for name, row := range map[string]struct {
		cert tls.Certificate
		opts Options
	}{
		"expired":    {expired, Options{RootCAs: expiredRoots}},
		"wrong host": {other, Options{RootCAs: otherRoots}},
		"unknown":    {stranger, Options{RootCAs: noRoots}},
	} {
		rec := &recorder{}
		srv := httptest.NewUnstartedServer(rec.wrap(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { writeTags(w, onePage) })))
		srv.TLS = &tls.Config{Certificates: []tls.Certificate{row.cert}}
		srv.Config.ErrorLog = quietLog()
		srv.StartTLS()
		_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
		row.opts.Hosts = at("r.test", "https://r.test:"+port)
		row.opts.Resolver = dnsStub(t, func(string) []string { return []string{"127.0.0.1"} })
		_, err := tagsOf(t, newClient(t, row.opts), "r.test")
		var untrusted *tls.CertificateVerificationError
		if !errors.As(err, &untrusted) || rec.count() != 0 {
			t.Errorf("%s: error %v, %d requests", name, err, rec.count())
		}
		srv.Close()
	}
}

func tortureOddTags(t *testing.T) {
	odd := `"-rf","..",".x","\u001b[31m","a\nb","` + strings.Repeat("x", 500) + `","","a/b","ok:1"`
	good := `"v1.0.0","_x","999999999999999999999.0.0","` + strings.Repeat("x", 128) + `"`
	want := []string{"v1.0.0", "_x", "999999999999999999999.0.0", strings.Repeat("x", 128)}
	plain, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { writeTags(w, `{"tags":[`+odd+","+good+`]}`) })
	entries := strings.ReplaceAll(`{"name":`+strings.Join(strings.Split(odd+","+good, ","), `},{"name":`)+`}`, "\n", "")
	listed, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		writeTags(w, `{"tags":[`+entries+`],"results":[`+entries+`],"has_additional":false}`)
	})
	c := newClient(t, Options{Hosts: map[string]Host{"r.test": {Endpoint: plain}, "quay.io": {Endpoint: listed}, "docker.io": {Endpoint: listed}}})
	for _, host := range []string{"r.test", "quay.io", "docker.io"} {
		if names, err := tagsOf(t, c, host); err != nil || !reflect.DeepEqual(names, want) {
			t.Errorf("%s: tags %q, error %v", host, names, err)
		}
	}
}
