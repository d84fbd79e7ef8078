package fakegitea

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"
	"time"
)

type object = map[string]any

func itoa(n int) string { return strconv.Itoa(n) }

func pullRef(number int64) string { return fmt.Sprintf("refs/pull/%d/head", number) }

// when is a time as Gitea writes it, null where there is none.
func when(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC().Format(time.RFC3339)
}

func (s *Server) renderUser(u *User) any {
	if u == nil {
		return nil
	}
	return object{
		"id": u.ID, "login": u.Login, "login_name": "", "source_id": 0, "full_name": "",
		"email": u.Login + "@example.invalid", "avatar_url": s.URL + "/avatars/" + u.Login,
		"html_url": s.URL + "/" + u.Login, "language": "", "is_admin": false,
		"last_login": "1970-01-01T00:00:00Z", "created": "2026-11-22T11:40:53Z", "restricted": false,
		"active": true, "prohibit_login": false, "location": "", "website": "", "description": "",
		"visibility": "public", "followers_count": 0, "following_count": 0, "starred_repos_count": 0,
		"username": u.Login,
	}
}

// repoFlags are the settings of a repository that no test changes.
var repoFlags = object{
	"description": "", "fork": false, "template": false, "size": 25, "language": "", "link": "",
	"original_url": "", "website": "", "stars_count": 0, "forks_count": 0, "watchers_count": 1,
	"release_counter": 0, "archived_at": "1970-01-01T00:00:00Z", "has_code": true,
	"internal_tracker": object{
		"enable_time_tracker": true, "allow_only_contributors_to_track_time": true, "enable_issue_dependencies": true,
	},
	"has_wiki": true, "has_projects": true, "projects_mode": "all",
	"has_releases": true, "has_packages": false, "has_actions": false, "ignore_whitespace_conflicts": false,
	"allow_merge_commits": true, "allow_rebase": true, "allow_rebase_explicit": true,
	"allow_squash_merge": true, "allow_fast_forward_only_merge": true, "allow_rebase_update": true,
	"allow_manual_merge": false, "autodetect_manual_merge": false,
	"default_delete_branch_after_merge": false, "default_merge_style": "merge",
	"default_allow_maintainer_edit": false, "avatar_url": "", "internal": false, "mirror_interval": "",
	"object_format_name": "sha1", "mirror_updated": "0001-01-01T00:00:00Z",
	"topics": []any{}, "licenses": []any{},
}

func (c *call) renderRepo(r *Repo) any {
	web := c.s.URL + "/" + r.full()
	o := object{
		"id": r.id, "owner": c.s.renderUser(r.owner), "name": r.name, "full_name": r.full(),
		"empty": r.empty(), "private": r.private, "mirror": r.mirror, "archived": r.archived,
		"languages_url": c.s.repoURL(r.full()) + "/languages", "html_url": web, "url": c.s.repoURL(r.full()),
		"ssh_url": "root@127.0.0.1:" + r.full() + ".git", "clone_url": web + ".git",
		"open_issues_count": r.countOpen(false), "open_pr_counter": r.countOpen(true),
		"has_issues": !r.noIssues, "has_pull_requests": !r.noPulls,
		"default_branch": r.defaultBranch, "created_at": when(r.created), "updated_at": when(r.created),
		"permissions": object{
			"admin": c.user == r.owner, "push": r.permission(c.user) == "write" && !r.archived,
			"pull": r.permission(c.user) != "",
		},
	}
	for k, v := range repoFlags {
		o[k] = v
	}
	return o
}

func (r *Repo) countOpen(pulls bool) int {
	n := 0
	for _, i := range r.issues {
		if !i.closed && (i.pull != nil) == pulls {
			n++
		}
	}
	return n
}

func (c *call) renderBranch(name string) any {
	hash := c.repo.branches()[name]
	person := object{"name": "person", "email": "person@example.org", "username": ""}
	return object{
		"name": name, "protected": false, "required_approvals": 0, "enable_status_check": false,
		"status_check_contexts": []any{}, "user_can_push": true, "user_can_merge": true,
		"effective_branch_protection_name": "",
		"commit": object{
			"id": hash, "message": c.repo.must("", "log", "-1", "--format=%B", hash),
			"url": c.s.URL + "/" + c.repo.full() + "/commit/" + hash, "author": person, "committer": person,
			"verification": object{
				"verified": false, "reason": "gpg.error.not_signed_commit", "signature": "", "signer": nil, "payload": "",
			},
			"timestamp": c.repo.must("", "log", "-1", "--format=%cI", hash),
			"added":     nil, "removed": nil, "modified": nil,
		},
	}
}

func (c *call) renderLabel(l *label) object {
	return object{
		"id": l.id, "name": l.name, "exclusive": false, "is_archived": false, "color": l.color,
		"description": l.description, "url": c.s.repoURL(c.repo.full()) + "/labels/" + strconv.FormatInt(l.id, 10),
	}
}

func (c *call) renderLabels(list []*label) []any {
	out := []any{}
	for _, l := range list {
		out = append(out, c.renderLabel(l))
	}
	return out
}

func (c *call) renderIssue(i *issue) any {
	path := fmt.Sprintf("/issues/%d", i.number)
	o := object{
		"id": i.id, "url": c.s.repoURL(c.repo.full()) + path, "html_url": c.s.URL + "/" + c.repo.full() + path,
		"number": i.number, "user": c.s.renderUser(i.user), "original_author": "", "original_author_id": 0,
		"title": i.title, "body": i.body, "ref": "", "assets": []any{}, "labels": c.renderLabels(i.labels),
		"milestone": nil, "assignee": nil, "assignees": nil, "state": i.state(), "is_locked": false,
		"comments": len(i.comments), "created_at": when(i.created), "updated_at": when(i.updated),
		"closed_at": i.closing(), "due_date": nil, "time_estimate": 0, "pull_request": nil,
		"repository": object{
			"id": c.repo.id, "name": c.repo.name, "owner": c.repo.owner.Login, "full_name": c.repo.full(),
		},
		"pin_order": 0,
	}
	if i.pull != nil {
		o["pull_request"] = object{"merged": i.pull.merged != "", "merged_at": when(i.pull.mergedAt)}
	}
	return o
}

func (i *issue) closing() any {
	if !i.closed {
		return nil
	}
	return when(i.closedAt)
}

// renderPull is one pull request alone: with its size, which lists leave out.
func (c *call) renderPull(i *issue) any {
	o := c.renderListed(i).(object)
	o["additions"], o["deletions"], o["changed_files"] = c.repo.numstat(i.pull.mergeBase, i.pull.headSHA)
	o["requested_reviewers_teams"] = []any{}
	return o
}

func (c *call) renderListed(i *issue) any {
	web := fmt.Sprintf("%s/%s/pulls/%d", c.s.URL, c.repo.full(), i.number)
	p := i.pull
	base := cmp.Or(c.repo.seen[p.base], p.mergeBase)
	ref, sha := c.repo.head(i)
	var merged any
	if p.merged != "" {
		merged = p.merged
	}
	return object{
		"id": p.id, "url": web, "number": i.number, "user": c.s.renderUser(i.user), "title": i.title,
		"body": i.body, "labels": c.renderLabels(i.labels), "milestone": nil, "assignee": nil,
		"assignees": []any{}, "requested_reviewers": []any{}, "requested_reviewers_teams": nil,
		"state": i.state(), "draft": false, "is_locked": false, "comments": len(i.comments),
		"html_url": web, "diff_url": web + ".diff", "patch_url": web + ".patch", "mergeable": true,
		"merged": p.merged != "", "merged_at": when(p.mergedAt), "merge_commit_sha": merged,
		"merged_by": c.s.renderUser(p.mergedBy), "allow_maintainer_edit": false,
		"base": c.renderSide(p.base, p.base, base), "head": c.renderSide(p.head, ref, sha),
		"merge_base": p.mergeBase, "due_date": nil, "created_at": when(i.created),
		"updated_at": when(i.updated), "closed_at": i.closing(), "pin_order": 0,
	}
}

// head is the branch and its commit of this moment, also where the pull request
// was merged or closed long ago. Only once the branch is gone it is where Gitea
// keeps the commits.
func (r *Repo) head(i *issue) (ref, sha string) {
	if now := r.seen[i.pull.head]; now != "" {
		return i.pull.head, now
	}
	return pullRef(i.number), i.pull.headSHA
}

func (c *call) renderSide(label, ref, sha string) any {
	return object{"label": label, "ref": ref, "sha": sha, "repo_id": c.repo.id, "repo": c.renderRepo(c.repo)}
}

// numstat counts what a pull request changes.
func (r *Repo) numstat(from, to string) (added, removed, files int) {
	for line := range strings.Lines(r.must("", "diff", "--numstat", from, to)) {
		var a, d int
		_, _ = fmt.Sscanf(line, "%d %d", &a, &d)
		added, removed, files = added+a, removed+d, files+1
	}
	return added, removed, files
}

func (c *call) renderComment(i *issue, m *comment) any {
	page := fmt.Sprintf("%s/%s/issues/%d", c.s.URL, c.repo.full(), i.number)
	o := object{
		"id": m.id, "html_url": fmt.Sprintf("%s#issuecomment-%d", page, m.id), "pull_request_url": "",
		"issue_url": page, "user": c.s.renderUser(m.user), "original_author": "", "original_author_id": 0,
		"body": m.body, "assets": []any{}, "created_at": when(m.at), "updated_at": when(m.at),
	}
	if i.pull != nil {
		pull := fmt.Sprintf("%s/%s/pulls/%d", c.s.URL, c.repo.full(), i.number)
		o["html_url"], o["pull_request_url"], o["issue_url"] = fmt.Sprintf("%s#issuecomment-%d", pull, m.id), pull, ""
	}
	return o
}
