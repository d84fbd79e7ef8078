// Package fakegitea is a Gitea server for tests: the part of the API that
// pinbot uses, over real bare repositories that are served by git itself.
//
// A test against it proves something only if it refuses what Gitea refuses and
// answers as Gitea answers. Two things keep it honest. Each request and each
// answer is checked against Gitea's own API description, and what the
// description does not allow fails the test. And exchanges that were recorded
// from Gitea 1.25.4 are replayed against it.
//
// What Gitea does that one would not guess:
//
//   - Pages are at most 50 long whatever is asked; X-Total-Count has the total.
//   - The repositories of a user are cut into pages first, and what the caller
//     may not see is left out then: a page can be empty and not the last.
//   - A second open pull request for the same head and base is refused with
//     409; after the first was closed it is not.
//   - Unknown label ids are ignored without a word.
//   - A PATCH answers 201.
//   - The head.sha of a pull request is the commit that its branch has now, also
//     after it was merged or closed.
//   - Deleting a head branch closes its pull request, whose head.ref then is
//     refs/pull/N/head; only head.label still has the branch's name.
//   - A renamed repository answers 301 under its old name, and 423 refuses
//     writes to an archived one.
package fakegitea

import (
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// TB is what the server needs of a test.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
	TempDir() string
	Cleanup(func())
}

// User is an account with one token.
type User struct {
	ID    int64
	Login string
	Token string
}

// Server is a Gitea in this process. Its methods may be called from several
// goroutines.
type Server struct {
	URL string // without a slash at the end

	t    TB
	desc *description
	root string // of the bare repositories

	mu      sync.Mutex
	users   map[string]*User
	repos   map[string]*Repo  // by "owner/name"
	renamed map[string]string // old "owner/name" to new
	lastID  int64
	ticks   int64
	log     []Request
	faults  []*Fault
}

// New starts a server that stops with the test.
func New(t TB) *Server {
	t.Helper()
	s := &Server{
		t: t, root: t.TempDir(),
		users: map[string]*User{}, repos: map[string]*Repo{}, renamed: map[string]string{},
	}
	desc, err := shared()
	if err != nil {
		t.Errorf("reading Gitea's API description: %v", err)
		return s
	}
	s.desc = desc
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Errorf("listening: %v", err)
		return s
	}
	server := &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	s.URL = "http://" + l.Addr().String()
	go func() { _ = server.Serve(l) }()
	t.Cleanup(func() { _ = server.Close() })
	return s
}

// AddUser makes an account; asking again returns the same one.
func (s *Server) AddUser(login string) *User {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.addUser(login)
}

func (s *Server) addUser(login string) *User {
	if u := s.users[login]; u != nil {
		return u
	}
	u := &User{ID: s.nextID(), Login: login, Token: "token-of-" + login}
	s.users[login] = u
	return u
}

// Revoke makes the server refuse the user's token from now on.
func (s *Server) Revoke(login string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.users[login].Token = ""
}

func (s *Server) nextID() int64 {
	s.lastID++
	return s.lastID
}

// now is a clock that never stands still, so that sorting by time is sorting
// by order.
func (s *Server) now() time.Time {
	s.ticks++
	return time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC).Add(time.Duration(s.ticks) * time.Second)
}

// ServeHTTP implements http.Handler.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	rec, body := s.record(r)
	fault := s.takeFault(r)
	if fault != nil && fault.act(w, r, false) {
		return
	}
	if !rec.API() {
		s.serveGit(w, r)
		return
	}
	res := s.answerAPI(r, body)
	if fault != nil && fault.act(w, r, true) {
		return
	}
	res.write(w)
}

// authenticate returns the account of the token, as Gitea takes it: in the
// Authorization header for the API, as the password for git.
func (s *Server) authenticate(r *http.Request) *User {
	token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "token ")
	if !ok {
		_, token, _ = r.BasicAuth()
	}
	for _, u := range s.users {
		if token != "" && u.Token == token {
			return u
		}
	}
	return nil
}

// repoURL is the API's address of a repository.
func (s *Server) repoURL(full string) string { return s.URL + "/api/v1/repos/" + full }

func unescape(segment string) string {
	if v, err := url.PathUnescape(segment); err == nil {
		return v
	}
	return segment
}
