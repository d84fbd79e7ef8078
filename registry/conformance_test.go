package registry

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"reflect"
	"strings"
	"testing"
	"time"

	fakeregistry "pinbot/internal/fake/registry"
	"pinbot/resolver"
)

// fakeHosts is every kind of registry that there is.
var fakeHosts = []string{"quay.io", "docker.io", "gcr.io", "ghcr.io"}

// fake is a registry in the process with the same repositories on every host,
// and a client that is configured to ask it.
type fake struct {
	*fakeregistry.Registry
	client *Client
	base   string
}

func newFake(t *testing.T, change ...func(*Options)) *fake {
	t.Helper()
	f := &fake{Registry: fakeregistry.New()}
	for _, host := range fakeHosts {
		f.Add(host, "metallb/speaker", metallb()...)
	}
	srv := httptest.NewServer(f.Registry)
	t.Cleanup(srv.Close)
	f.base = srv.URL
	opts := Options{Hosts: map[string]Host{}}
	for _, host := range fakeHosts {
		opts.Hosts[host] = Host{Endpoint: srv.URL + "/" + host}
	}
	for _, c := range change {
		c(&opts)
	}
	f.client = newClient(t, opts)
	return f
}

func day(n int) time.Time { return time.Date(2025, 1, 1, 12, 0, 0, 0, time.UTC).AddDate(0, 0, n) }

// metallb is 152 tags: two pages of a listing.
func metallb() []fakeregistry.Tag {
	tags := []fakeregistry.Tag{
		{Name: "main", Pushed: day(300), Attested: true, Labels: map[string]string{"org.opencontainers.image.version": "main"}, Env: map[string]string{"A": "b=c"}},
		{Name: "latest", Content: "newest", Pushed: day(200), Platforms: []string{"linux/arm/v7", "linux/amd64"}},
	}
	for i := range 150 {
		t := fakeregistry.Tag{Name: fmt.Sprintf("v0.13.%d", i), Pushed: day(i)}
		if i == 149 {
			t.Content, t.Platforms = "newest", []string{"linux/arm/v7", "linux/amd64"}
		}
		tags = append(tags, t)
	}
	return tags
}

// TestConformance asks all kinds of registries the same questions. What they
// may leave out is all that differs.
func TestConformance(t *testing.T) {
	for _, row := range []struct {
		host                             string
		paged, times, digests, platforms bool
	}{
		{"quay.io", true, true, true, false},
		{"docker.io", true, true, true, true},
		{"gcr.io", false, true, true, false},
		{"ghcr.io", false, false, false, false},
	} {
		t.Run(row.host, func(t *testing.T) {
			f := newFake(t)
			repo := row.host + "/metallb/speaker"
			main, latest := f.Digest(row.host, "metallb/speaker", "main"), f.Digest(row.host, "metallb/speaker", "latest")

			page, err := f.client.Tags(t.Context(), repo, resolver.TagQuery{})
			if err != nil {
				t.Fatal(err)
			}
			if page.More != row.paged || page.All == row.paged || len(page.Tags) != map[bool]int{true: 100, false: 152}[row.paged] {
				t.Errorf("first page: %d tags, more %v, all %v", len(page.Tags), page.More, page.All)
			}
			if first := page.Tags[0]; row.times && (first.Name != "main" || !first.Pushed.Equal(day(300))) {
				t.Errorf("the newest is %+v", first)
			}
			for _, tag := range page.Tags {
				if (tag.Digest != "") != row.digests || (tag.Pushed.IsZero() == row.times) || (len(tag.Platforms) > 0) != row.platforms {
					t.Fatalf("tag %+v", tag)
				}
			}

			second, err := f.client.Tags(t.Context(), repo, resolver.TagQuery{Page: 2})
			if err != nil || row.paged && (len(second.Tags) != 52 || second.More) || !row.paged && !second.All {
				t.Errorf("second page: %d tags, more %v, error %v", len(second.Tags), second.More, err)
			}
			like, err := f.client.Tags(t.Context(), repo, resolver.TagQuery{Like: "0.13.14"})
			if err != nil || row.paged && len(like.Tags) != 11 || !row.paged && !like.All {
				t.Errorf("like: %d tags, all %v, error %v", len(like.Tags), like.All, err)
			}
			one, err := f.client.Tags(t.Context(), repo, resolver.TagQuery{Name: "latest"})
			if err != nil || len(one.Tags) != 1 || one.Tags[0].Digest != latest || one.More || one.All {
				t.Errorf("one tag: %+v, error %v", one, err)
			}
			if row.platforms && !reflect.DeepEqual(one.Tags[0].Platforms, []string{"linux/amd64", "linux/arm/v7"}) {
				t.Errorf("platforms %q", one.Tags[0].Platforms)
			}
			for _, missing := range []string{"v9", "-rf", "../x"} {
				if _, err := f.client.Tags(t.Context(), repo, resolver.TagQuery{Name: missing}); !errors.Is(err, resolver.ErrNotFound) {
					t.Errorf("missing %s: error %v", missing, err)
				}
			}
			if _, err := f.client.Tags(t.Context(), row.host+"/no/such", resolver.TagQuery{}); !errors.Is(err, resolver.ErrNotFound) {
				t.Errorf("missing repository: error %v", err)
			}
			wantImage(t, f, repo, main)
		})
	}
}

// wantImage asks for main in all ways.
func wantImage(t *testing.T, f *fake, repo, digest string) {
	t.Helper()
	for _, ref := range []string{"main", digest} {
		m, err := f.client.Manifest(t.Context(), repo, ref)
		if err != nil || m.Digest != digest || m.MediaType != typeOCIIndex || !reflect.DeepEqual(m.Platforms, []string{"linux/amd64", "linux/arm64"}) || len(m.Children) != 2 {
			t.Errorf("manifest %s: %+v, error %v", ref, m, err)
		}
	}
	config, err := f.client.Config(t.Context(), repo, digest)
	want := resolver.Config{Platform: "linux/amd64", Created: day(300), Env: map[string]string{"A": "b=c"},
		Labels: map[string]string{"org.opencontainers.image.version": "main"}}
	if err != nil || !reflect.DeepEqual(config, want) {
		t.Errorf("config %+v, error %v", config, err)
	}
	if _, err := f.client.Manifest(t.Context(), repo, sha("nothing")); !errors.Is(err, resolver.ErrNotFound) {
		t.Errorf("missing digest: error %v", err)
	}
}

// TestRequests counts what questions cost, with the token service in play.
func TestRequests(t *testing.T) {
	f := newFake(t)
	f.Add("ghcr.io", "metallb/controller", metallb()...)
	f.Require("ghcr.io", fakeregistry.Login{Anonymous: true})
	digest := f.Digest("ghcr.io", "metallb/speaker", "main")
	ask := func(what string, want map[string]int, question func() error) {
		t.Helper()
		f.Reset()
		if err := question(); err != nil {
			t.Errorf("%s: %v", what, err)
		}
		if got := f.Counts(); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: requests %v, want %v", what, got, want)
		}
	}
	tags := func(repo string, q resolver.TagQuery) func() error {
		return func() error { _, err := f.client.Tags(t.Context(), repo, q); return err }
	}
	ask("the first list", map[string]int{"tags": 3, "token": 1}, tags("ghcr.io/metallb/speaker", resolver.TagQuery{}))
	ask("the same list", map[string]int{}, tags("ghcr.io/metallb/speaker", resolver.TagQuery{}))
	ask("a filter that is none", map[string]int{}, tags("ghcr.io/metallb/speaker", resolver.TagQuery{Like: "v1"}))
	ask("another repository", map[string]int{"tags": 2, "token": 1}, tags("ghcr.io/metallb/controller", resolver.TagQuery{}))
	ask("one tag", map[string]int{"manifest-head": 1}, tags("ghcr.io/metallb/speaker", resolver.TagQuery{Name: "main"}))
	ask("a configuration", map[string]int{"manifest": 2, "blob": 1}, func() error {
		_, err := f.client.Config(t.Context(), "ghcr.io/metallb/speaker", digest)
		return err
	})
	ask("its manifest", map[string]int{}, func() error {
		_, err := f.client.Manifest(t.Context(), "ghcr.io/metallb/speaker", digest)
		return err
	})
	ask("a page of Quay's", map[string]int{"quay": 1}, tags("quay.io/metallb/speaker", resolver.TagQuery{}))
	ask("a tag of the Hub's", map[string]int{"hub": 1}, tags("docker.io/metallb/speaker", resolver.TagQuery{Name: "main"}))
}

// TestNoListing has mirrors that speak the distribution API only.
func TestNoListing(t *testing.T) {
	for _, host := range []string{"quay.io", "docker.io"} {
		f := newFake(t)
		f.Add(host, "metallb/controller", metallb()...)
		f.SetStyle(host, fakeregistry.Plain)
		for _, repo := range []string{"/metallb/speaker", "/metallb/controller"} {
			page, err := f.client.Tags(t.Context(), host+repo, resolver.TagQuery{})
			if err != nil || !page.All || len(page.Tags) != 152 {
				t.Errorf("%s: %d tags, all %v, error %v", host, len(page.Tags), page.All, err)
			}
		}
		if got := f.Counts(); got["quay"]+got["hub"] != 1 || got["tags"] != 4 {
			t.Errorf("%s: requests %v", host, got)
		}
	}
}

// TestPrivateListing has a private repository, which listings do not show.
func TestPrivateListing(t *testing.T) {
	for _, host := range []string{"quay.io", "docker.io"} {
		f := newFake(t, func(o *Options) {
			o.Keychain = keychain(map[string]string{"quay.io": "quay.io", "docker.io": "index.docker.io"}[host])
		})
		f.Add(host, "corp/secret", metallb()...)
		f.Require(host, fakeregistry.Login{User: "bot", Password: canary})
		f.Wrap(func(next http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch {
				case strings.Contains(r.URL.Path, "api/v1/repository/corp"):
					http.Error(w, `{"error_type":"insufficient_scope"}`, http.StatusUnauthorized)
				case strings.Contains(r.URL.Path, "repositories/corp"):
					http.Error(w, `{"message":"object not found","errinfo":{}}`, http.StatusNotFound)
				default:
					next.ServeHTTP(w, r)
				}
			})
		})
		for _, q := range []resolver.TagQuery{{}, {Name: "main"}} {
			// What Quay does to manifests does not depend on who tells of its tags.
			page, err := f.client.Tags(t.Context(), host+"/corp/secret", q)
			if err != nil || page.Collects != (host == "quay.io") {
				t.Errorf("%s %v: collects %v, error %v", host, q, page.Collects, err)
			}
		}
		// The listing is asked once for this repository, and still for others.
		if page, err := f.client.Tags(t.Context(), host+"/metallb/speaker", resolver.TagQuery{}); err != nil || page.All {
			t.Errorf("%s: all %v, error %v", host, page.All, err)
		}
		if got := f.Counts(); got["quay"]+got["hub"] != 2 {
			t.Errorf("%s: requests %v", host, got)
		}
	}
}

// TestListingRepeatsItself has a tag that moved to the next page while it was
// read, and pages without end.
func TestListingRepeatsItself(t *testing.T) {
	base, rec := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		writeTags(w, `{"tags":[{"name":"v2"},{"name":"v1"},{"name":"v2"}],"has_additional":true}`)
	})
	c := newClient(t, Options{Hosts: at("quay.io", base), Limits: Limits{Pages: 3}})
	page, err := c.Tags(t.Context(), "quay.io/a/b", resolver.TagQuery{Page: 3})
	if err != nil || len(page.Tags) != 2 || !page.More {
		t.Errorf("%+v, error %v", page, err)
	}
	if _, err := c.Tags(t.Context(), "quay.io/a/b", resolver.TagQuery{Page: 4}); !errors.Is(err, resolver.ErrLimit) || rec.count() != 1 {
		t.Errorf("error %v after %d requests", err, rec.count())
	}
}

// TestWhoCollects: the registry itself says that it deletes what no tag holds.
func TestWhoCollects(t *testing.T) {
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { writeTags(w, onePage) })
	hosts := map[string]Host{"quay.io": {Endpoint: base}, "q.corp.test": {Endpoint: base, Type: "quay"}, "ghcr.io": {Endpoint: base}}
	c := newClient(t, Options{Hosts: hosts})
	for host := range hosts {
		page, err := c.Tags(t.Context(), host+"/a/b", resolver.TagQuery{})
		if err != nil || page.Collects != (host != "ghcr.io") {
			t.Errorf("%s: collects %v, error %v", host, page.Collects, err)
		}
	}
}
