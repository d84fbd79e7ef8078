package fakeregistry

import (
	"fmt"
	"net/http"
)

// Login is what a host asks of its clients: a bearer token from its token
// service, as the Hub, quay.io and ghcr.io do even for public images.
type Login struct {
	User, Password string
	Anonymous      bool // give tokens without User and Password too
}

// Require lets a host want a login for its distribution API.
func (r *Registry) Require(hostName string, login Login) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.host(hostName).login = &login
}

func (h *host) serveToken(w http.ResponseWriter, req *http.Request) {
	user, password, given := req.BasicAuth()
	right := given && user == h.login.User && password == h.login.Password
	if given && !right || !given && !h.login.Anonymous {
		ociError(w, http.StatusUnauthorized, "UNAUTHORIZED", "incorrect username or password", nil)
		return
	}
	writeJSON(w, http.StatusOK, map[string]any{"token": tokenFor(req.URL.Query().Get("scope")), "expires_in": 300})
}

// tokenFor makes a token that is good for one scope.
func tokenFor(scope string) string {
	return "token-" + digestOf([]byte(scope))[len("sha256:"):]
}

func scopeOf(repo string) string { return "repository:" + repo + ":pull" }

func (h *host) authorized(req *http.Request, repo string) bool {
	return req.Header.Get("Authorization") == "Bearer "+tokenFor(scopeOf(repo))
}

// challenge answers 401 and says where tokens are given.
func (h *host) challenge(w http.ResponseWriter, req *http.Request, name, repo string) {
	scheme := "http"
	if req.TLS != nil {
		scheme = "https"
	}
	w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="%s://%s/%s/token",service=%q,scope=%q`,
		scheme, req.Host, name, name, scopeOf(repo)))
	ociError(w, http.StatusUnauthorized, "UNAUTHORIZED", "authentication required", nil)
}
