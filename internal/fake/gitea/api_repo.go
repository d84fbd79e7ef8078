package fakegitea

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
)

func (c *call) version() *response {
	return ok(http.StatusOK, map[string]any{"version": "1.25.4"})
}

func (c *call) currentUser() *response { return ok(http.StatusOK, c.s.renderUser(c.user)) }

func (c *call) settings() *response {
	return ok(http.StatusOK, map[string]any{
		"max_response_items": maxPage, "default_paging_num": defaultPage, "default_git_trees_per_page": 1000,
		"default_max_blob_size": 10485760, "default_max_response_size": 104857600,
	})
}

// sorted lists repositories by name.
func (c *call) sorted(keep func(*Repo) bool) []*Repo {
	var list []*Repo
	for _, r := range c.s.repos {
		if keep(r) {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(a, b *Repo) int { return strings.Compare(a.name, b.name) })
	return list
}

func (c *call) searchRepos() *response {
	q, archived := strings.ToLower(c.query.Get("q")), c.query.Get("archived")
	list := c.sorted(func(r *Repo) bool {
		return r.permission(c.user) != "" && strings.Contains(strings.ToLower(r.name), q) && (archived == "" || (archived == "true") == r.archived)
	})
	res := page(c, list, c.renderRepo)
	res.body = map[string]any{"ok": true, "data": res.body}
	return res
}

func (c *call) userRepos() *response {
	owner := c.s.users[c.path["username"]]
	if owner == nil {
		return c.s.notFound()
	}
	return page(c, c.sorted(func(r *Repo) bool { return r.owner == owner }), func(r *Repo) any {
		if r.permission(c.user) == "" {
			return nil
		}
		return c.renderRepo(r)
	})
}

func (c *call) createRepo() *response {
	name := c.text("name")
	if c.s.repos[c.user.Login+"/"+name] != nil {
		return c.s.fail(http.StatusConflict, "The repository with the same name already exists.")
	}
	branch := c.text("default_branch")
	if branch == "" {
		branch = "main"
	}
	r := c.s.addRepo(c.user, name, branch)
	r.private = c.flag("private")
	if c.flag("auto_init") {
		r.mustCommit(branch, branch, "Initial commit", map[string]string{"README.md": "# " + name + "\n"})
	}
	return ok(http.StatusCreated, c.renderRepo(r))
}

func (c *call) getRepo() *response { return ok(http.StatusOK, c.renderRepo(c.repo)) }

func (c *call) editRepo() *response {
	if c.user != c.repo.owner {
		return c.s.fail(http.StatusForbidden, "user should be an owner or a collaborator with admin write of a repository")
	}
	if v, given := c.body["archived"].(bool); given {
		c.repo.archived = v
	}
	if name := c.text("name"); name != "" && name != c.repo.name {
		c.repo.rename(name)
	}
	return ok(http.StatusOK, c.renderRepo(c.repo))
}

func (c *call) addCollaborator() *response {
	u := c.s.users[c.path["collaborator"]]
	if u == nil {
		return c.s.fail(http.StatusUnprocessableEntity, "user does not exist [uid: 0, name: %s]", c.path["collaborator"])
	}
	c.repo.collaborators[u.Login] = c.text("permission")
	return ok(http.StatusNoContent, nil)
}

func (c *call) listBranches() *response {
	names := []string{}
	for name := range c.repo.branches() {
		names = append(names, name)
	}
	slices.Sort(names)
	return page(c, names, c.renderBranch)
}

func (c *call) getBranch() *response {
	if c.repo.branches()[c.path["branch"]] == "" {
		return c.s.notFound()
	}
	return ok(http.StatusOK, c.renderBranch(c.path["branch"]))
}

// mayWrite refuses who may only read.
func (c *call) mayWrite() *response {
	if c.repo.permission(c.user) == "write" {
		return nil
	}
	return c.s.fail(http.StatusForbidden, "user should have a permission to write to a repo")
}

func (c *call) createBranch() *response {
	if refused := c.mayWrite(); refused != nil {
		return refused
	}
	from, branches := c.text("old_branch_name"), c.repo.branches()
	if from == "" {
		from = c.repo.defaultBranch
	}
	if branches[from] == "" {
		return c.s.fail(http.StatusNotFound, "The old branch does not exist")
	}
	name := c.text("new_branch_name")
	if branches[name] != "" {
		return c.s.fail(http.StatusConflict, "The branch already exists.")
	}
	c.repo.must("", "update-ref", "refs/heads/"+name, branches[from])
	return ok(http.StatusCreated, c.renderBranch(name))
}

func (c *call) deleteBranch() *response {
	if refused := c.mayWrite(); refused != nil {
		return refused
	}
	name := c.path["branch"]
	switch {
	case c.repo.branches()[name] == "":
		return c.s.notFound()
	case name == c.repo.defaultBranch:
		return c.s.fail(http.StatusForbidden, "can not delete default or pull request target branch")
	}
	c.repo.must("", "update-ref", "-d", "refs/heads/"+name)
	return ok(http.StatusNoContent, nil)
}

func (c *call) createFile() *response {
	if refused := c.mayWrite(); refused != nil {
		return refused
	}
	content, err := base64.StdEncoding.DecodeString(c.text("content"))
	if err != nil {
		return c.s.fail(http.StatusUnprocessableEntity, "%v", err)
	}
	from, to := c.text("branch"), c.text("new_branch")
	if from == "" {
		from = c.repo.defaultBranch
	}
	if to == "" {
		to = from
	}
	hash := c.repo.mustCommit(from, to, c.text("message"), map[string]string{c.path["filepath"]: string(content)})
	return ok(http.StatusCreated, map[string]any{"commit": map[string]any{"sha": hash}})
}
