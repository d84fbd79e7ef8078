package fakegitea

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// gitEnv keeps the machine's and the person's git configuration out. PATH is for
// what git's hooks run.
func gitEnv(dir string) []string {
	return []string{
		"PATH=" + filepath.Dir(exec.Command("git").Path) + ":/usr/local/bin:/usr/bin:/bin", "HOME=" + dir, "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=person", "GIT_AUTHOR_EMAIL=person@example.org",
		"GIT_COMMITTER_NAME=person", "GIT_COMMITTER_EMAIL=person@example.org",
		"LC_ALL=C",
	}
}

// git runs a command in the repository and returns what it prints.
func (r *Repo) git(stdin string, args ...string) (string, error) {
	return r.gitAs(nil, stdin, args...)
}

func (r *Repo) gitAs(env []string, stdin string, args ...string) (string, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(gitEnv(r.dir), env...)
	cmd.Stdin = strings.NewReader(stdin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", strings.Join(args, " "), err, stderr.String())
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// must is git for what cannot fail unless the fake is wrong.
func (r *Repo) must(stdin string, args ...string) string {
	out, err := r.git(stdin, args...)
	if err != nil {
		r.s.t.Errorf("%v", err)
	}
	return out
}

// initGit makes the bare repository.
func (r *Repo) initGit() {
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		r.s.t.Errorf("%v", err)
	}
	r.must("", "init", "--quiet", "--bare", "--initial-branch="+r.defaultBranch, ".")
	config := "[core]\n\tbare = true\n\trepositoryformatversion = 0\n[http]\n\treceivepack = true\n[receive]\n\tdenyDeleteCurrent = ignore\n"
	if err := os.WriteFile(filepath.Join(r.dir, "config"), []byte(config), 0o600); err != nil {
		r.s.t.Errorf("%v", err)
	}
}

// empty reports whether there is no branch, which needs no git to see.
func (r *Repo) empty() bool {
	loose, _ := os.ReadDir(filepath.Join(r.dir, "refs", "heads"))
	_, err := os.Stat(filepath.Join(r.dir, "packed-refs"))
	return len(loose) == 0 && os.IsNotExist(err)
}

// branches maps names to commits, as they are now.
func (r *Repo) branches() map[string]string {
	m := map[string]string{}
	out := r.must("", "for-each-ref", "--format=%(refname:lstrip=2) %(objectname)", "refs/heads/")
	for line := range strings.Lines(out) {
		name, hash, _ := strings.Cut(strings.TrimSpace(line), " ")
		m[name] = hash
	}
	return m
}

// commit writes files (nil content deletes) on top of branch, as a person, and
// points to at the result. It needs no working tree.
func (r *Repo) commit(from, to, message string, files map[string]*string) (string, error) {
	index := filepath.Join(r.dir, "index-of-a-person")
	defer os.Remove(index)
	at := r.s.now().Format(time.RFC3339)
	env := []string{"GIT_INDEX_FILE=" + index, "GIT_AUTHOR_DATE=" + at, "GIT_COMMITTER_DATE=" + at}
	args := []string{"commit-tree", "-m", message}
	parent := r.branches()[from]
	if parent != "" {
		if _, err := r.gitAs(env, "", "read-tree", parent); err != nil {
			return "", err
		}
		args = append(args, "-p", parent)
	}
	if err := r.stage(env, files); err != nil {
		return "", err
	}
	tree, err := r.gitAs(env, "", "write-tree")
	if err != nil {
		return "", err
	}
	hash, err := r.gitAs(env, "", append(args, tree)...)
	if err != nil {
		return "", err
	}
	_, err = r.git("", "update-ref", "refs/heads/"+to, hash)
	return hash, err
}

func (r *Repo) stage(env []string, files map[string]*string) error {
	for path, content := range files {
		args := []string{"update-index", "--force-remove", path}
		if content != nil {
			blob, err := r.git(*content, "hash-object", "-w", "--stdin")
			if err != nil {
				return err
			}
			args = []string{"update-index", "--add", "--cacheinfo", "100644," + blob + "," + path}
		}
		if _, err := r.gitAs(env, "", args...); err != nil {
			return err
		}
	}
	return nil
}

// serveGit hands a request to git's own HTTP server.
func (s *Server) serveGit(w http.ResponseWriter, r *http.Request) {
	full, rest, ok := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), ".git/")
	push := strings.HasSuffix(rest, "git-receive-pack") || r.URL.Query().Get("service") == "git-receive-pack"
	s.mu.Lock()
	repo, moved, user := s.repos[full], s.renamed[full], s.authenticate(r)
	mayRead := repo != nil && (!repo.private || user != nil && repo.permission(user) != "")
	mayWrite := repo != nil && user != nil && !repo.archived && repo.permission(user) == "write"
	s.mu.Unlock()
	switch {
	case moved != "":
		http.Redirect(w, r, "/"+moved+".git/"+rest, http.StatusMovedPermanently)
	case user == nil && (r.Header.Get("Authorization") != "" || push || !mayRead):
		w.Header().Set("WWW-Authenticate", `Basic realm="Gitea"`)
		http.Error(w, "Unauthorized", http.StatusUnauthorized)
	case !ok || !mayRead:
		http.Error(w, "Repository not found", http.StatusNotFound)
	case push && !mayWrite:
		http.Error(w, "User permission denied for writing.", http.StatusForbidden)
	default:
		s.backend(user).ServeHTTP(w, r)
	}
}

func (s *Server) backend(user *User) http.Handler {
	path, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		s.t.Errorf("git --exec-path: %v", err)
	}
	env := append(gitEnv(s.root), "GIT_PROJECT_ROOT="+s.root, "GIT_HTTP_EXPORT_ALL=1")
	if user != nil {
		env = append(env, "REMOTE_USER="+user.Login)
	}
	return &cgi.Handler{Path: filepath.Join(strings.TrimSpace(string(path)), "git-http-backend"), Dir: s.root, Env: env}
}
