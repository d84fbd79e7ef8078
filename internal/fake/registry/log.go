package fakeregistry

import (
	"net/http"
	"strings"
	"sync"
)

// log remembers the requests.
type log struct {
	mu       sync.Mutex
	requests []string
	counts   map[string]int
}

func (l *log) add(req *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.counts == nil {
		l.counts = map[string]int{}
	}
	l.counts[kindOf(req)]++
	l.requests = append(l.requests, req.Method+" "+req.URL.RequestURI())
}

// Counts says how many requests came, by kind: "tags", "manifest",
// "manifest-head", "blob", "quay", "hub", "token" and "other".
func (r *Registry) Counts() map[string]int {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	counts := map[string]int{}
	for k, n := range r.log.counts {
		counts[k] = n
	}
	return counts
}

// Requests lists all requests, such as "GET /quay.io/v2/a/b/tags/list?n=100".
func (r *Registry) Requests() []string {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	return append([]string(nil), r.log.requests...)
}

// Reset forgets the requests so far.
func (r *Registry) Reset() {
	r.log.mu.Lock()
	defer r.log.mu.Unlock()
	r.log.requests, r.log.counts = nil, nil
}

func kindOf(req *http.Request) string {
	_, rest, _ := strings.Cut(strings.TrimPrefix(req.URL.Path, "/"), "/")
	if v2, isV2 := strings.CutPrefix(rest, "v2/"); isV2 {
		switch _, kind, _ := splitPath(v2); {
		case kind == "tags":
			return "tags"
		case kind == "manifests" && req.Method == http.MethodHead:
			return "manifest-head"
		case kind == "manifests":
			return "manifest"
		case kind == "blobs":
			return "blob"
		}
		return "other"
	}
	switch {
	case strings.HasPrefix(rest, "api/v1/"):
		return "quay"
	case strings.HasPrefix(rest, "hub/v2/"):
		return "hub"
	case rest == "token":
		return "token"
	}
	return "other"
}
