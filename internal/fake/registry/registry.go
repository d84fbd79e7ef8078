package fakeregistry

import (
	"net/http"
	"strings"
	"sync"
)

// Style says which listing a host has beside the distribution API.
type Style string

// The styles of hosts.
const (
	Plain  Style = "plain"
	Quay   Style = "quay"
	Hub    Style = "hub"
	Google Style = "google"
)

// Registry serves the hosts that were added to it. The zero value is not
// usable; call New. All methods may be called while it serves.
type Registry struct {
	mu     sync.Mutex
	hosts  map[string]*host
	images map[string]*image // by content
	specs  map[string]Tag    // what a content's image is made of: its first tag

	chain http.Handler
	log   log
}

type host struct {
	style Style
	repos map[string]*repository
	login *Login
}

var _ http.Handler = (*Registry)(nil)

// New makes a registry without hosts.
func New() *Registry {
	r := &Registry{hosts: map[string]*host{}, images: map[string]*image{}, specs: map[string]Tag{}}
	r.chain = http.HandlerFunc(r.route)
	return r
}

// Wrap puts a fault (or anything else) in front of all answers. The request's
// path is as the client sent it, with the host as first element; a request
// that middleware answers itself is counted all the same. Call it before
// serving.
func (r *Registry) Wrap(middleware func(http.Handler) http.Handler) {
	r.chain = middleware(r.chain)
}

// SetStyle overrides the style that a host has by its name.
func (r *Registry) SetStyle(name string, style Style) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host(name).style = style
}

// ServeHTTP counts the request and answers it.
func (r *Registry) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.log.add(req)
	r.chain.ServeHTTP(w, req)
}

// route finds the host and the interface that a path belongs to.
func (r *Registry) route(w http.ResponseWriter, req *http.Request) {
	name, rest, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
	h := r.lookup(name)
	if h == nil || req.Method != http.MethodGet && req.Method != http.MethodHead && rest != "token" {
		http.NotFound(w, req)
		return
	}
	quay, isQuay := strings.CutPrefix(rest, "api/v1/repository/")
	hub, isHub := strings.CutPrefix(rest, "hub/v2/repositories/")
	v2, isV2 := strings.CutPrefix(rest, "v2/")
	switch {
	case rest == "token" && h.login != nil:
		h.serveToken(w, req)
	case isQuay && h.style == Quay:
		r.serveQuay(w, req, h, quay)
	case isHub && h.style == Hub:
		r.serveHub(w, req, h, hub)
	case isV2:
		r.serveDistribution(w, req, call{host: h, name: name, path: v2})
	default:
		http.NotFound(w, req)
	}
}

// lookup copies a host's settings, which may change while it is asked; its
// repositories are shared, and read under r.mu.
func (r *Registry) lookup(name string) *host {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.hosts[name] == nil {
		return nil
	}
	h := *r.hosts[name]
	return &h
}

// host gives the host of that name, made when needed; r.mu is held.
func (r *Registry) host(name string) *host {
	if r.hosts[name] == nil {
		r.hosts[name] = &host{style: styleOf(name), repos: map[string]*repository{}}
	}
	return r.hosts[name]
}

func styleOf(name string) Style {
	switch {
	case name == "quay.io":
		return Quay
	case name == "docker.io":
		return Hub
	case name == "gcr.io", strings.HasSuffix(name, ".gcr.io"), strings.HasSuffix(name, ".pkg.dev"), name == "registry.k8s.io":
		return Google
	}
	return Plain
}
