package fakegitea

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// Request is one request that the server was sent.
type Request struct {
	Method string
	Path   string // escaped, without the query
	Query  url.Values
	Body   string // empty for git
	Header http.Header
}

// API reports whether the request was for the API and not for git.
func (r Request) API() bool { return strings.HasPrefix(r.Path, "/api/v1/") }

// Write reports whether the request asks for a change: a POST, PATCH, PUT or
// DELETE of the API, or a push.
func (r Request) Write() bool {
	if r.API() {
		return r.Method != http.MethodGet
	}
	return strings.HasSuffix(r.Path, "/git-receive-pack")
}

// Requests lists what was asked since the start or the last Forget.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// Writes counts the requests that asked for a change.
func (s *Server) Writes() int {
	n := 0
	for _, r := range s.Requests() {
		if r.Write() {
			n++
		}
	}
	return n
}

// Forget empties the list of requests.
func (s *Server) Forget() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// record keeps the request, and its body for the API.
func (s *Server) record(r *http.Request) (Request, []byte) {
	rec := Request{Method: r.Method, Path: r.URL.EscapedPath(), Query: r.URL.Query(), Header: r.Header.Clone()}
	var body []byte
	if rec.API() {
		body, _ = io.ReadAll(io.LimitReader(r.Body, 10<<20))
		rec.Body = string(body)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, rec)
	return rec, body
}

// Fault is something that goes wrong with the requests that it matches.
type Fault struct {
	Method string // "" matches each
	Path   string // a part of the escaped path; "" matches each
	Times  int    // how often; 0 is always
	After  bool   // the request is carried out first, and only its answer is lost

	Status int    // what is answered; 0 closes the connection without an answer
	Body   string // with Status
	Hang   bool   // never answers, until the client gives up
}

// Break makes requests fail from now on. The earliest fault that matches acts.
func (s *Server) Break(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if f.Times == 0 {
		f.Times = -1
	}
	s.faults = append(s.faults, &f)
}

// Repair takes all faults back.
func (s *Server) Repair() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faults = nil
}

func (s *Server) takeFault(r *http.Request) *Fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range s.faults {
		if f.Times != 0 && (f.Method == "" || f.Method == r.Method) && strings.Contains(r.URL.EscapedPath(), f.Path) {
			f.Times--
			return f
		}
	}
	return nil
}

// act answers in the server's place if this is the fault's moment.
func (f *Fault) act(w http.ResponseWriter, r *http.Request, applied bool) bool {
	switch {
	case f.After != applied:
		return false
	case f.Hang:
		_, _ = io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
	case f.Status != 0:
		w.WriteHeader(f.Status)
		_, _ = io.WriteString(w, f.Body)
	default:
		panic(http.ErrAbortHandler)
	}
	return true
}
