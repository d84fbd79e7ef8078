package registry

import (
	"cmp"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"pinbot/resolver"
)

// site is one registry host: where it is asked, how, and what was learnt about
// it so far.
type site struct {
	name       string // as references name it: "docker.io"
	listing    string // "quay", "hub" or ""
	base       *url.URL
	api        *url.URL // of the Hub's listing
	configured bool     // the operator's file names it
	public     bool     // known to all the world, so that not reaching it is a failure
	opts       Options
	trusted    trusted
	transport  http.RoundTripper // guarded
	gate       gate
	keys       keys
	tokens     memo[string]           // Authorization header by scope
	lists      memo[resolver.TagPage] // of plain tags/list, by path

	mu        sync.Mutex
	challenge *challenge      // the last one this host gave
	unlisted  map[string]bool // paths its listing does not tell of; "" is all
	answered  map[string]bool // paths that were read once
}

// newSite makes the site of a host that references name.
func newSite(name string, opts Options, allTrusted trusted) (*site, error) {
	entry, configured := opts.Hosts[name]
	if entry.Off {
		return nil, hint{fmt.Sprintf("%s is switched off in the operator's file (registries: {%q: {off: true}})", name, name), nil}
	}
	s := &site{name: name, configured: configured, public: isPublicRegistry(name), opts: opts, trusted: trusted{},
		unlisted: map[string]bool{}, answered: map[string]bool{}}
	if configured {
		s.trusted = allTrusted
	}
	var err error
	if s.base, s.api, err = addresses(name, entry); err != nil {
		return nil, err
	}
	if s.listing, err = listingOf(name, entry); err != nil {
		return nil, err
	}
	s.keys = keys{chain: opts.Keychain, name: name}
	if s.transport, err = s.guard(entry); err != nil {
		return nil, fmt.Errorf("caFile of %s: %w", name, err)
	}
	return s, nil
}

// guard puts the guards together, the outermost first:
//
//	retried     a try is a whole request with its redirects
//	redirected  each hop passes all that follows
//	egress      refused URLs take no place and are no requests
//	limited     a place is held while the body is read, not while a try waits
//	gated       asks after the wait for a place whether the host still wants us
//	observed    sees what goes over the network, and nothing else
//	bounded     reads the body, so that all above deal with complete answers
//	transport   header time-out, TLS, proxy; the dialer checks addresses
//
// Credentials are added above, by [authorized]: a redirect cannot carry them on.
func (s *site) guard(entry Host) (http.RoundTripper, error) {
	limits := s.opts.Limits
	places := cmp.Or(entry.Concurrency, s.opts.Concurrency)
	base, err := s.newTransport(entry, places)
	if err != nil {
		return nil, err
	}
	var rt http.RoundTripper = &bounded{next: base, timeout: limits.RequestTimeout, size: limits.BodyBytes}
	rt = &observed{next: rt, clock: s.opts.Clock, handler: s.opts.Handler}
	rt = &gated{next: rt, host: s.name, maxWait: limits.MaxRetryAfter, clock: s.opts.Clock, gate: &s.gate}
	rt = &limited{next: rt, limiter: make(limiter, places)}
	rt = &egress{next: rt, trusted: s.trusted}
	rt = &redirected{next: rt}
	return &retried{next: rt, host: s.name, tries: limits.Tries, clock: s.opts.Clock, gate: &s.gate}, nil
}

// newTransport makes what connects.
func (s *site) newTransport(entry Host, places int) (*http.Transport, error) {
	roots, err := withCAFile(s.opts.RootCAs, entry.CAFile)
	if err != nil {
		return nil, err
	}
	d := newDialer(s.opts.Resolver, s.opts.Limits.HeaderTimeout, s.trusted)
	return &http.Transport{
		Proxy:                  d.proxied(s.opts.Proxy),
		DialContext:            d.dial,
		TLSClientConfig:        &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    s.opts.Limits.HeaderTimeout,
		ResponseHeaderTimeout:  s.opts.Limits.HeaderTimeout,
		MaxResponseHeaderBytes: 64 << 10,
		MaxIdleConnsPerHost:    places,
		IdleConnTimeout:        30 * time.Second,
		ForceAttemptHTTP2:      true,
	}, nil
}

func withCAFile(roots *x509.CertPool, file string) (*x509.CertPool, error) {
	if file == "" {
		return roots, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading certificates: %w", err)
	}
	if roots == nil {
		if roots, err = x509.SystemCertPool(); err != nil {
			return nil, fmt.Errorf("reading the system's certificates: %w", err)
		}
	} else {
		roots = roots.Clone()
	}
	if !roots.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s has no PEM certificate in it", file)
	}
	return roots, nil
}

// addresses says where a host's requests go.
func addresses(name string, entry Host) (base, api *url.URL, err error) {
	endpoint, hub := entry.Endpoint, entry.API
	if endpoint == "" {
		endpoint = "https://" + name
		if name == "docker.io" {
			endpoint = "https://registry-1.docker.io"
		}
		if hub == "" {
			hub = "https://hub.docker.com"
		}
	}
	if base, err = parseBase(endpoint); err != nil {
		return nil, nil, fmt.Errorf("endpoint of %s: %w", name, err)
	}
	if hub == "" {
		return base, base.JoinPath("hub"), nil
	}
	if api, err = parseBase(hub); err != nil {
		return nil, nil, fmt.Errorf("api of %s: %w", name, err)
	}
	return base, api, nil
}

// parseBase reads the operator's URL. Credentials have their own place.
func parseBase(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		// Not %w: url's error repeats the text, which may hold a password.
		return nil, errors.New("not a URL")
	case u.User != nil:
		return nil, errors.New("a URL must not hold a user or password; use `docker login`")
	case u.Scheme != "http" && u.Scheme != "https", u.Host == "", u.RawQuery != "", u.Fragment != "":
		return nil, fmt.Errorf("%q is not of the form https://HOST[:PORT][/PATH]", text)
	}
	return u, nil
}

// listingOf says which listing a host has beside the distribution API.
func listingOf(name string, entry Host) (string, error) {
	switch {
	case entry.Type != "" && entry.Type != "quay":
		return "", fmt.Errorf("type of %s: %q is not known; it can be quay, or be left out", name, entry.Type)
	case entry.Type == "quay", name == "quay.io":
		return "quay", nil
	case name == "docker.io":
		return "hub", nil
	}
	return "", nil
}

// isPublicRegistry knows the registries that are reachable from everywhere.
func isPublicRegistry(name string) bool {
	switch name {
	case "docker.io", "quay.io", "ghcr.io", "gcr.io", "registry.k8s.io", "k8s.gcr.io", "mcr.microsoft.com",
		"public.ecr.aws", "registry.gitlab.com", "lscr.io", "registry.access.redhat.com":
		return true
	}
	return strings.HasSuffix(name, ".gcr.io") || strings.HasSuffix(name, ".pkg.dev")
}

func (s *site) hasAnswered(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.answered[path]
}

func (s *site) setAnswered(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answered[path] = true
}

// isListed reports whether the host's own listing is worth asking.
func (s *site) isListed(path string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.listing != "" && !s.unlisted[""] && !s.unlisted[path]
}

// setUnlisted remembers that the listing does not tell of path, or "" of any.
func (s *site) setUnlisted(path string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unlisted[path] = true
}
