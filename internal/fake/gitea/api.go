package fakegitea

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// call is one request of the API, after routing.
type call struct {
	s     *Server
	r     *http.Request
	user  *User
	repo  *Repo
	path  map[string]string // by the template's names, unescaped
	query url.Values
	body  map[string]any
}

// response is what a call answers.
type response struct {
	status int
	body   any // nil: nothing is written
	header map[string]string
}

func ok(status int, body any) *response { return &response{status: status, body: body} }

// fail is Gitea's error body.
func (s *Server) fail(status int, format string, args ...any) *response {
	return ok(status, map[string]any{"message": fmt.Sprintf(format, args...), "url": s.URL + "/api/swagger"})
}

// notFound has one member more than the other errors.
func (s *Server) notFound() *response {
	return ok(http.StatusNotFound, map[string]any{"errors": nil, "message": "not found", "url": s.URL + "/api/swagger"})
}

func (r *response) encoded() []byte {
	switch b := r.body.(type) {
	case nil:
		return nil
	case string:
		return []byte(b)
	}
	b, err := json.Marshal(r.body)
	if err != nil {
		panic(err) // our own values always encode
	}
	return b
}

func (r *response) write(w http.ResponseWriter) {
	if _, text := r.body.(string); !text && r.body != nil {
		w.Header().Set("Content-Type", "application/json;charset=utf-8")
	}
	for k, v := range r.header {
		w.Header().Set(k, v)
	}
	w.WriteHeader(r.status)
	_, _ = w.Write(r.encoded())
}

// route is a call that the server answers, under its name in the description.
// The last part of a path takes slashes where wild is set.
type route struct {
	method, path string
	wild         bool
	handle       func(*call) *response
}

const inRepo = "/repos/{owner}/{repo}"

func routes() []route {
	return []route{
		{"GET", "/version", false, (*call).version},
		{"GET", "/user", false, (*call).currentUser},
		{"GET", "/settings/api", false, (*call).settings},
		{"GET", "/repos/search", false, (*call).searchRepos},
		{"GET", "/users/{username}/repos", false, (*call).userRepos},
		{"POST", "/user/repos", false, (*call).createRepo},
		{"GET", inRepo, false, (*call).getRepo},
		{"PATCH", inRepo, false, (*call).editRepo},
		{"PUT", inRepo + "/collaborators/{collaborator}", false, (*call).addCollaborator},
		{"GET", inRepo + "/branches", false, (*call).listBranches},
		{"POST", inRepo + "/branches", false, (*call).createBranch},
		{"GET", inRepo + "/branches/{branch}", true, (*call).getBranch},
		{"DELETE", inRepo + "/branches/{branch}", true, (*call).deleteBranch},
		{"POST", inRepo + "/contents/{filepath}", true, (*call).createFile},
		{"GET", inRepo + "/pulls", false, (*call).listPulls},
		{"POST", inRepo + "/pulls", false, (*call).createPull},
		{"GET", inRepo + "/pulls/{index}", false, (*call).getPull},
		{"PATCH", inRepo + "/pulls/{index}", false, (*call).editPull},
		{"POST", inRepo + "/pulls/{index}/merge", false, (*call).mergePull},
		{"GET", inRepo + "/pulls/{base}/{head}", true, (*call).findPull},
		{"GET", inRepo + "/issues", false, (*call).listIssues},
		{"POST", inRepo + "/issues", false, (*call).createIssue},
		{"GET", inRepo + "/issues/{index}", false, (*call).getIssue},
		{"PATCH", inRepo + "/issues/{index}", false, (*call).editIssue},
		{"GET", inRepo + "/issues/{index}/comments", false, (*call).listComments},
		{"POST", inRepo + "/issues/{index}/comments", false, (*call).createComment},
		{"POST", inRepo + "/issues/{index}/labels", false, (*call).addLabels},
		{"PUT", inRepo + "/issues/{index}/labels", false, (*call).replaceLabels},
		{"GET", inRepo + "/labels", false, (*call).listLabels},
		{"POST", inRepo + "/labels", false, (*call).createLabel},
	}
}

// match compares an escaped path with the route's template.
func (rt route) match(method, path string) (map[string]string, bool) {
	want, got := strings.Split(rt.path, "/"), strings.Split(path, "/")
	if rt.wild && len(got) > len(want) {
		last := strings.Join(got[len(want)-1:], "/")
		got = append(got[:len(want)-1:len(want)-1], last)
	}
	if rt.method != method || len(want) != len(got) {
		return nil, false
	}
	names := map[string]string{}
	for i, w := range want {
		name, isName := strings.CutPrefix(w, "{")
		switch {
		case isName && got[i] != "":
			names[strings.TrimSuffix(name, "}")] = unescape(got[i])
		case w != got[i]:
			return nil, false
		}
	}
	return names, true
}

// answerAPI routes a call, checks it and its answer against the description,
// and carries it out.
func (s *Server) answerAPI(r *http.Request, body []byte) *response {
	s.mu.Lock()
	defer s.mu.Unlock()
	path := strings.TrimPrefix(r.URL.EscapedPath(), "/api/v1")
	for _, rt := range routes() {
		names, matches := rt.match(r.Method, path)
		if !matches {
			continue
		}
		c := &call{s: s, r: r, user: s.authenticate(r), path: names, query: r.URL.Query()}
		if err := s.desc.request(rt.method, rt.path, c.query, body); err != nil {
			s.t.Errorf("Gitea would not take this request: %v\n%.500s", err, body)
		}
		if len(body) > 0 {
			_ = json.Unmarshal(body, &c.body)
		}
		res := c.run(rt)
		if err := s.desc.answer(rt.method, rt.path, res.status, res.encoded()); err != nil {
			s.t.Errorf("Gitea would not answer so: %v\n%.500s", err, res.encoded())
		}
		return res
	}
	s.t.Errorf("there is no %s %s in this server", r.Method, path)
	return s.notFound()
}

// run does what comes before each call: who asks, for which repository, and
// whether it may be written.
func (c *call) run(rt route) *response {
	if c.user == nil && c.r.Header.Get("Authorization") != "" {
		return c.s.fail(http.StatusUnauthorized, "invalid username, password or token")
	}
	if c.user == nil && rt.path != "/version" {
		return c.s.fail(http.StatusUnauthorized, "token is required")
	}
	if !strings.HasPrefix(rt.path, inRepo) {
		return rt.handle(c)
	}
	full := c.path["owner"] + "/" + c.path["repo"]
	if to := c.s.renamed[full]; to != "" {
		return c.moved(full, to)
	}
	c.repo = c.s.repos[full]
	if c.repo == nil || c.repo.permission(c.user) == "" {
		return c.s.notFound()
	}
	if rt.method != "GET" && rt.path != inRepo && c.repo.archived {
		return c.s.fail(http.StatusLocked, "%s is archived", full)
	}
	if c.repo.switchedOff(rt) {
		return c.s.notFound()
	}
	c.repo.sync()
	return rt.handle(c)
}

// switchedOff reports whether a call is for something that the repository does
// not have. Comments and labels are of issues and of pull requests.
func (r *Repo) switchedOff(rt route) bool {
	switch rest := strings.TrimPrefix(rt.path, inRepo); {
	case strings.HasPrefix(rest, "/pulls"):
		return r.noPulls
	case rest == "/issues" || rest == "/issues/{index}":
		return r.noIssues
	case strings.HasPrefix(rest, "/issues"):
		return r.noIssues && r.noPulls
	}
	return false
}

// moved answers under the old name of a renamed repository.
func (c *call) moved(from, to string) *response {
	at := strings.Replace(c.r.URL.RequestURI(), "/repos/"+from, "/repos/"+to, 1)
	html := fmt.Sprintf("<a href=%q>Moved Permanently</a>.\n\n", at)
	return &response{status: http.StatusMovedPermanently, body: html, header: map[string]string{"Location": at}}
}

// text, number and flag read members of the body.
func (c *call) text(name string) string { v, _ := c.body[name].(string); return v }

func (c *call) flag(name string) bool { v, _ := c.body[name].(bool); return v }

func (c *call) index() int64 { n, _ := strconv.ParseInt(c.path["index"], 10, 64); return n }

// maxPage is Gitea's upper limit, defaultPage what it sends unasked.
const (
	maxPage     = 50
	defaultPage = 30
)

// page cuts one page out of a list and says in the headers what else there is.
// What renders as nil is left out of its page, and counts all the same.
func page[T any](c *call, all []T, render func(T) any) *response {
	limit := atLeast1(c.query.Get("limit"), defaultPage)
	limit = min(limit, maxPage)
	number := atLeast1(c.query.Get("page"), 1)
	from := min((number-1)*limit, len(all))
	to := min(from+limit, len(all))
	list := []any{}
	for _, v := range all[from:to] {
		if o := render(v); o != nil {
			list = append(list, o)
		}
	}
	res := ok(http.StatusOK, list)
	res.header = map[string]string{"X-Total-Count": strconv.Itoa(len(all))}
	if link := c.link(number, (len(all)+limit-1)/limit); link != "" {
		res.header["Link"] = link
	}
	return res
}

func atLeast1(s string, otherwise int) int {
	if n, err := strconv.Atoi(s); err == nil && n > 0 {
		return n
	}
	return otherwise
}

// link is the Link header, in the order in which Gitea writes it.
func (c *call) link(number, last int) string {
	if last <= 1 || number > last {
		return ""
	}
	var links []string
	add := func(n int, rel string) {
		q := c.r.URL.Query()
		q.Set("page", strconv.Itoa(n))
		links = append(links, fmt.Sprintf("<%s%s?%s>; rel=%q", c.s.URL, c.r.URL.Path, q.Encode(), rel))
	}
	if number < last {
		add(number+1, "next")
		add(last, "last")
	}
	if number > 1 {
		add(1, "first")
		add(number-1, "prev")
	}
	return strings.Join(links, ",")
}
