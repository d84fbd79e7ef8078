package fakegitea

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Repo is a repository. Its exported methods act as a person would, past the
// API: they are neither recorded nor checked.
type Repo struct {
	s             *Server
	id            int64
	owner         *User
	name          string
	dir           string
	private       bool
	archived      bool
	mirror        bool
	noIssues      bool
	noPulls       bool
	defaultBranch string
	created       time.Time
	collaborators map[string]string // login to "read" or "write"
	issues        []*issue          // pull requests too: they share the numbers
	labels        []*label
	seen          map[string]string // branches when sync looked last
}

// issue is an issue, or a pull request where pull is set.
type issue struct {
	id, number       int64
	user             *User
	title, body      string
	closed           bool
	labels           []*label
	comments         []*comment
	created, updated time.Time
	closedAt         time.Time
	pull             *pull
}

type pull struct {
	id         int64
	head, base string // branch names
	headSHA    string // when it was open last; refs/pull/N/head has it
	mergeBase  string
	merged     string // the merge commit
	mergedBy   *User
	mergedAt   time.Time
}

type label struct {
	id                       int64
	name, color, description string
}

type comment struct {
	id   int64
	user *User
	body string
	at   time.Time
}

// AddRepo makes a repository "owner/name" whose branch main has the files in
// one commit; with no files it is empty.
func (s *Server) AddRepo(full string, files map[string]string) *Repo {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	owner, name, _ := strings.Cut(full, "/")
	r := s.addRepo(s.addUser(owner), name, "main")
	if len(files) > 0 {
		r.mustCommit("main", "main", "Initial commit", files)
	}
	return r
}

func (s *Server) addRepo(owner *User, name, branch string) *Repo {
	r := &Repo{
		s: s, id: s.nextID(), owner: owner, name: name, defaultBranch: branch,
		dir: filepath.Join(s.root, owner.Login, name+".git"), created: s.now(),
		collaborators: map[string]string{},
	}
	s.repos[r.full()] = r
	r.initGit()
	return r
}

func (r *Repo) full() string { return r.owner.Login + "/" + r.name }

// CloneURL is where git finds the repository.
func (r *Repo) CloneURL() string { return r.s.URL + "/" + r.full() + ".git" }

// Dir is the bare repository's folder.
func (r *Repo) Dir() string { return r.dir }

// permission is "write", "read" or "" for none at all.
func (r *Repo) permission(u *User) string {
	switch {
	case u == r.owner:
		return "write"
	case r.collaborators[u.Login] != "":
		return r.collaborators[u.Login]
	case !r.private:
		return "read"
	}
	return ""
}

// Allow gives a user "read" or "write" permission.
func (r *Repo) Allow(login, permission string) {
	defer r.lock()()
	r.s.addUser(login)
	r.collaborators[login] = permission
}

func (r *Repo) lock() (unlock func()) {
	r.s.mu.Lock()
	return r.s.mu.Unlock
}

// Private hides the repository from those who are not allowed in.
func (r *Repo) Private() { defer r.lock()(); r.private = true }

// Archive makes the repository read-only, or writable again.
func (r *Repo) Archive(on bool) { defer r.lock()(); r.archived = on }

// Mirror marks the repository as a copy of another.
func (r *Repo) Mirror() { defer r.lock()(); r.mirror = true }

// IssuesOff switches the repository's issues off.
func (r *Repo) IssuesOff() { defer r.lock()(); r.noIssues = true }

// PullRequestsOff switches the repository's pull requests off.
func (r *Repo) PullRequestsOff() { defer r.lock()(); r.noPulls = true }

// DefaultBranch makes another branch, which exists, the default one.
func (r *Repo) DefaultBranch(name string) { defer r.lock()(); r.defaultBranch = name }

// Rename gives the repository a new name; the old one redirects.
func (r *Repo) Rename(name string) { defer r.lock()(); r.rename(name) }

func (r *Repo) rename(name string) {
	old := r.full()
	delete(r.s.repos, old)
	r.name = name
	dir := filepath.Join(r.s.root, r.owner.Login, name+".git")
	if err := os.Rename(r.dir, dir); err != nil {
		r.s.t.Errorf("renaming: %v", err)
	}
	r.dir = dir
	r.s.repos[r.full()] = r
	r.s.renamed[old] = r.full()
}

// Commit writes files on top of a branch as a person and returns the commit.
// A branch that does not exist begins at the default branch.
func (r *Repo) Commit(branch, message string, files map[string]string) string {
	r.s.t.Helper()
	defer r.lock()()
	from := branch
	if r.branches()[branch] == "" {
		from = r.defaultBranch
	}
	return r.mustCommit(from, branch, message, files)
}

func (r *Repo) mustCommit(from, to, message string, files map[string]string) string {
	r.s.t.Helper()
	contents := map[string]*string{}
	for path, c := range files {
		contents[path] = &c
	}
	hash, err := r.commit(from, to, message, contents)
	if err != nil {
		r.s.t.Errorf("%v", err)
	}
	return hash
}

// Branch is the commit of a branch, "" where it does not exist.
func (r *Repo) Branch(name string) string { defer r.lock()(); return r.branches()[name] }

// Branches maps all branches to their commits.
func (r *Repo) Branches() map[string]string { defer r.lock()(); return r.branches() }

// File is the content of a file of a branch or commit.
func (r *Repo) File(rev, path string) string {
	r.s.t.Helper()
	out, err := r.git("", "cat-file", "blob", rev+":"+path)
	if err != nil {
		r.s.t.Errorf("%v", err)
	}
	return out
}

// Git runs a git command in the bare repository and returns what it prints.
func (r *Repo) Git(args ...string) string { r.s.t.Helper(); return r.must("", args...) }

// DeleteBranch deletes a branch, which closes its pull requests.
func (r *Repo) DeleteBranch(name string) {
	defer r.lock()()
	r.must("", "update-ref", "-d", "refs/heads/"+name)
	r.sync()
}

// Hook installs a shell script as one of git's server hooks.
func (r *Repo) Hook(name, script string) {
	path := filepath.Join(r.dir, "hooks", name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		r.s.t.Errorf("%v", err)
	}
}

func (r *Repo) issue(number int64) *issue {
	if k := slices.IndexFunc(r.issues, func(i *issue) bool { return i.number == number }); k >= 0 {
		return r.issues[k]
	}
	return nil
}

func (r *Repo) String() string { return fmt.Sprintf("repository %s", r.full()) }
