package fakegitea

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// sync brings the pull requests to what git has: a push moves a head, and a
// branch that was deleted closes its pull requests.
func (r *Repo) sync() {
	branches := r.branches()
	r.seen = branches
	for _, i := range r.issues {
		if i.pull == nil || i.closed {
			continue
		}
		head := branches[i.pull.head]
		switch {
		case head == "":
			i.setClosed(true, r.s.now())
		case head != i.pull.headSHA:
			i.pull.headSHA, i.updated = head, r.s.now()
			r.must("", "update-ref", pullRef(i.number), head)
		}
	}
}

func (i *issue) state() string {
	if i.closed {
		return "closed"
	}
	return "open"
}

func (c *call) pull() *issue {
	if i := c.repo.issue(c.index()); i != nil && i.pull != nil {
		return i
	}
	return nil
}

// ofState filters as the query says: open is Gitea's default.
func ofState(state string, i *issue) bool {
	return state == "all" || i.state() == cmp.Or(state, "open")
}

func (c *call) listPulls() *response {
	var list []*issue
	for _, i := range c.repo.issues {
		if i.pull != nil && ofState(c.query.Get("state"), i) {
			list = append(list, i)
		}
	}
	slices.SortFunc(list, func(a, b *issue) int {
		switch c.query.Get("sort") {
		case "oldest":
			return cmp.Compare(a.number, b.number)
		case "recentupdate":
			return b.updated.Compare(a.updated)
		}
		return cmp.Compare(b.number, a.number)
	})
	return page(c, list, c.renderListed)
}

func (c *call) createPull() *response {
	if c.text("title") == "" {
		return c.s.fail(http.StatusUnprocessableEntity, "[Title]: Required")
	}
	i, refused := c.repo.openPull(c.user, c.text("head"), c.text("base"), c.text("title"), c.text("body"))
	if refused != nil {
		return refused
	}
	i.labels = c.repo.labelsOf(c.body["labels"])
	return ok(http.StatusCreated, c.renderPull(i))
}

// openPull makes the pull request, or says as Gitea does why not.
func (r *Repo) openPull(by *User, head, base, title, body string) (*issue, *response) {
	head = strings.TrimPrefix(head, r.owner.Login+":")
	branches := r.branches()
	if branches[base] == "" || branches[head] == "" {
		return nil, r.s.notFound()
	}
	if head == base {
		return nil, r.s.fail(http.StatusUnprocessableEntity, "Invalid PullRequest: There are no changes between the head and the base")
	}
	for _, i := range r.issues {
		if i.pull != nil && !i.closed && i.pull.head == head && i.pull.base == base {
			return nil, r.s.fail(http.StatusConflict,
				"pull request already exists for these targets [id: %d, issue_id: %d, head_repo_id: %d, base_repo_id: %[3]d, head_branch: %s, base_branch: %s]",
				i.pull.id, i.id, r.id, head, base)
		}
	}
	i := r.addIssue(by, title, body)
	i.pull = &pull{id: r.s.nextID(), head: head, base: base, headSHA: branches[head]}
	i.pull.mergeBase = r.must("", "merge-base", branches[base], branches[head])
	r.must("", "update-ref", pullRef(i.number), branches[head])
	return i, nil
}

func (c *call) getPull() *response {
	if i := c.pull(); i != nil {
		return ok(http.StatusOK, c.renderPull(i))
	}
	return c.s.notFound()
}

// findPull finds the oldest pull request of the branches, open or not.
func (c *call) findPull() *response {
	for _, i := range c.repo.issues {
		if i.pull != nil && i.pull.base == c.path["base"] && i.pull.head == c.path["head"] {
			return ok(http.StatusOK, c.renderPull(i))
		}
	}
	return c.s.notFound()
}

func (c *call) editPull() *response {
	i := c.pull()
	if i == nil {
		return c.s.notFound()
	}
	if refused := c.mayEdit(i); refused != nil {
		return refused
	}
	if c.text("state") == "open" && i.pull.merged != "" {
		return c.s.fail(http.StatusPreconditionFailed, "cannot change state of this pull request, it was already merged")
	}
	if c.body["labels"] != nil {
		i.labels = c.repo.labelsOf(c.body["labels"])
	}
	c.editText(i)
	return ok(http.StatusCreated, c.renderPull(i))
}

func (c *call) mergePull() *response {
	i := c.pull()
	if i == nil {
		return c.s.notFound()
	}
	if refused := c.repo.merge(i, c.user, c.text("Do")); refused != nil {
		return refused
	}
	if c.flag("delete_branch_after_merge") {
		c.repo.must("", "update-ref", "-d", "refs/heads/"+i.pull.head)
	}
	return ok(http.StatusOK, nil)
}

// merge merges in git, with a commit of two parents or, squashed, of one.
func (r *Repo) merge(i *issue, by *User, style string) *response {
	if i.pull == nil || i.closed || r.permission(by) != "write" {
		return r.s.fail(http.StatusMethodNotAllowed, "Please try again later")
	}
	base := r.branches()[i.pull.base]
	tree, err := r.git("", "merge-tree", "--write-tree", base, i.pull.headSHA)
	if err != nil {
		return r.s.fail(http.StatusMethodNotAllowed, "Please try again later")
	}
	args := []string{"commit-tree", "-m", "Merge " + i.title, "-p", base}
	if style == "merge" {
		args = append(args, "-p", i.pull.headSHA)
	}
	hash := r.must("", append(args, tree)...)
	r.must("", "update-ref", "refs/heads/"+i.pull.base, hash)
	i.pull.merged, i.pull.mergedBy, i.pull.mergedAt = hash, by, r.s.now()
	i.setClosed(true, r.s.now())
	return nil
}
