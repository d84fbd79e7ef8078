package fakegitea

import (
	"net/http"
	"slices"
	"strings"
	"time"
)

func (r *Repo) addIssue(by *User, title, body string) *issue {
	at := r.s.now()
	i := &issue{
		id: r.s.nextID(), number: int64(len(r.issues) + 1), user: by,
		title: cut(title), body: body, created: at, updated: at,
	}
	r.issues = append(r.issues, i)
	return i
}

// cut shortens a title to Gitea's 255 bytes.
func cut(title string) string {
	if len(title) <= 255 {
		return title
	}
	return strings.ToValidUTF8(title[:252], "") + "…"
}

func (i *issue) setClosed(closed bool, at time.Time) {
	if i.closed != closed {
		i.closed, i.updated, i.closedAt = closed, at, at
	}
}

func (c *call) listIssues() *response {
	var list []*issue
	for _, i := range slices.Backward(c.repo.issues) {
		if c.wantsIssue(i) {
			list = append(list, i)
		}
	}
	return page(c, list, c.renderIssue)
}

func (c *call) wantsIssue(i *issue) bool {
	kind := c.query.Get("type")
	switch {
	case kind == "issues" && i.pull != nil, kind == "pulls" && i.pull == nil:
		return false
	case c.query.Get("created_by") != "" && c.query.Get("created_by") != i.user.Login:
		return false
	case !strings.Contains(strings.ToLower(i.title+"\n"+i.body), strings.ToLower(c.query.Get("q"))):
		return false
	}
	return ofState(c.query.Get("state"), i)
}

func (c *call) createIssue() *response {
	if c.text("title") == "" {
		return c.s.fail(http.StatusUnprocessableEntity, "[Title]: Required")
	}
	i := c.repo.addIssue(c.user, c.text("title"), c.text("body"))
	i.labels = c.repo.labelsOf(c.body["labels"])
	i.setClosed(c.flag("closed"), c.s.now())
	return ok(http.StatusCreated, c.renderIssue(i))
}

func (c *call) getIssue() *response {
	if i := c.repo.issue(c.index()); i != nil {
		return ok(http.StatusOK, c.renderIssue(i))
	}
	return c.s.notFound()
}

func (c *call) editIssue() *response {
	i := c.repo.issue(c.index())
	if i == nil {
		return c.s.notFound()
	}
	if refused := c.mayEdit(i); refused != nil {
		return refused
	}
	c.editText(i)
	return ok(http.StatusCreated, c.renderIssue(i))
}

// mayEdit lets in who wrote it and who may write to the repository.
func (c *call) mayEdit(i *issue) *response {
	if i.user == c.user || c.repo.permission(c.user) == "write" {
		return nil
	}
	return c.s.fail(http.StatusForbidden, "user should have a permission to write to a repo")
}

// editText takes over title, body and state where they are given.
func (c *call) editText(i *issue) {
	if v := c.text("title"); v != "" {
		i.title = cut(v)
	}
	if v, given := c.body["body"].(string); given {
		i.body = v
	}
	i.updated = c.s.now()
	if v := c.text("state"); v != "" {
		i.setClosed(v == "closed", c.s.now())
	}
}

func (c *call) listComments() *response {
	i := c.repo.issue(c.index())
	if i == nil {
		return c.s.notFound()
	}
	list := []any{}
	for _, m := range i.comments {
		list = append(list, c.renderComment(i, m))
	}
	res := ok(http.StatusOK, list)
	res.header = map[string]string{"X-Total-Count": itoa(len(list))}
	return res
}

func (c *call) createComment() *response {
	i := c.repo.issue(c.index())
	if i == nil {
		return c.s.notFound()
	}
	m := &comment{id: c.s.nextID(), user: c.user, body: c.text("body"), at: c.s.now()}
	i.comments = append(i.comments, m)
	return ok(http.StatusCreated, c.renderComment(i, m))
}

// labelsOf finds labels by id or name. What does not exist is left out without
// a word.
func (r *Repo) labelsOf(v any) []*label {
	var list []*label
	keys, _ := v.([]any)
	for _, key := range keys {
		for _, l := range r.labels {
			if key == any(float64(l.id)) || key == any(l.name) {
				list = append(list, l)
			}
		}
	}
	return list
}

func (c *call) addLabels() *response {
	return c.setLabels(func(i *issue, more []*label) {
		for _, l := range more {
			if !slices.Contains(i.labels, l) {
				i.labels = append(i.labels, l)
			}
		}
	})
}

func (c *call) replaceLabels() *response {
	return c.setLabels(func(i *issue, list []*label) { i.labels = list })
}

func (c *call) setLabels(set func(*issue, []*label)) *response {
	i := c.repo.issue(c.index())
	if i == nil {
		return c.s.notFound()
	}
	set(i, c.repo.labelsOf(c.body["labels"]))
	return ok(http.StatusOK, c.renderLabels(i.labels))
}

func (c *call) listLabels() *response {
	return page(c, c.repo.labels, func(l *label) any { return c.renderLabel(l) })
}

func (c *call) createLabel() *response {
	if c.text("name") == "" || c.text("color") == "" {
		return c.s.fail(http.StatusUnprocessableEntity, "[Name]: Required")
	}
	l := &label{
		id: c.s.nextID(), name: c.text("name"), description: c.text("description"),
		color: strings.TrimPrefix(c.text("color"), "#"),
	}
	c.repo.labels = append(c.repo.labels, l)
	return ok(http.StatusCreated, c.renderLabel(l))
}
