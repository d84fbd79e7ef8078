package fakegitea

// PullRequest is what a person sees of a pull request.
type PullRequest struct {
	Number              int64
	Title, Body         string
	Head, Base, HeadSHA string
	State               string // open, closed, merged
	Author              string
	Labels              []string
	Comments            []string
}

// PullRequests lists all pull requests, oldest first.
func (r *Repo) PullRequests() []PullRequest {
	defer r.lock()()
	r.sync()
	var list []PullRequest
	for _, i := range r.issues {
		if i.pull != nil {
			list = append(list, i.view())
		}
	}
	return list
}

func (i *issue) view() PullRequest {
	p := PullRequest{
		Number: i.number, Title: i.title, Body: i.body, State: i.state(), Author: i.user.Login,
		Head: i.pull.head, Base: i.pull.base, HeadSHA: i.pull.headSHA,
	}
	if i.pull.merged != "" {
		p.State = "merged"
	}
	for _, l := range i.labels {
		p.Labels = append(p.Labels, l.name)
	}
	for _, c := range i.comments {
		p.Comments = append(p.Comments, c.body)
	}
	return p
}

// Open opens a pull request as the user and returns its number.
func (r *Repo) Open(login, head, base, title, body string) int64 {
	r.s.t.Helper()
	defer r.lock()()
	i, refused := r.openPull(r.s.addUser(login), head, base, title, body)
	if refused != nil {
		r.s.t.Errorf("opening a pull request: %v", refused.body)
		return 0
	}
	return i.number
}

// Close closes an issue or pull request.
func (r *Repo) Close(number int64) { r.change(number, func(i *issue) { i.setClosed(true, r.s.now()) }) }

// Reopen opens it again.
func (r *Repo) Reopen(number int64) {
	r.change(number, func(i *issue) { i.setClosed(false, r.s.now()) })
}

// Edit rewrites the body of an issue or pull request.
func (r *Repo) Edit(number int64, edit func(body string) string) {
	r.change(number, func(i *issue) { i.body = edit(i.body) })
}

// Merge merges a pull request with a merge commit.
func (r *Repo) Merge(number int64) {
	r.s.t.Helper()
	r.change(number, func(i *issue) {
		if refused := r.merge(i, r.owner, "merge"); refused != nil {
			r.s.t.Errorf("merging %d: %v", number, refused.body)
		}
	})
}

func (r *Repo) change(number int64, f func(*issue)) {
	r.s.t.Helper()
	defer r.lock()()
	r.sync()
	if i := r.issue(number); i != nil {
		f(i)
		return
	}
	r.s.t.Errorf("%s has no issue %d", r.full(), number)
}
