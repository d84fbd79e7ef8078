// Package conformance is the contract of updater.Forge, updater.Commenter and
// updater.Store as tests, for each forge to run.
package conformance

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"pinbot/updater"
)

// Site is one forge with one empty-handed repository, and the hands of a
// person in it.
type Site struct {
	Forge updater.Forge // also a Commenter and a Store
	// Again opens the same forge as another process would.
	Again func() updater.Forge
	// Branch makes a branch that is one commit ahead of main and returns it.
	Branch func(name string) (commit string)
	Close  func(number int64)
	Merge  func(pr updater.PullRequest)
	Delete func(branch string)
}

// Run checks a forge. site is called for each test.
func Run(t *testing.T, site func(t *testing.T) Site) {
	for name, test := range map[string]func(*testing.T, Site){
		"create and list": createAndList, "exists": exists, "head must exist": headMustExist,
		"edit": edit, "closed by a person": closedByPerson, "merged": merged, "branch deleted": deleted,
		"prefix": prefix, "comment": comment, "state": state, "hostile text": hostile,
	} {
		t.Run(name, func(t *testing.T) { test(t, site(t)) })
	}
}

func create(t *testing.T, s Site, branch string) updater.PullRequest {
	t.Helper()
	pr, err := s.Forge.Create(t.Context(), updater.PullRequest{Head: branch, Base: "main", Title: "Pin " + branch, Body: "body\n\n---\nof " + branch + "\n"})
	if err != nil {
		t.Fatal(err)
	}
	return pr
}

// only lists what another process sees and expects one pull request.
func only(t *testing.T, s Site) updater.PullRequest {
	t.Helper()
	list, err := s.Again().PullRequests(t.Context(), "pinbot/")
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != 1 {
		t.Fatalf("%d pull requests are listed, want 1: %+v", len(list), list)
	}
	return list[0]
}

func createAndList(t *testing.T, s Site) {
	commit := s.Branch("pinbot/pin")
	made := create(t, s, "pinbot/pin")
	if made.Number == 0 || made.URL == "" || made.State != updater.Open || made.Author == "" {
		t.Errorf("what was made lacks something: %+v", made)
	}
	got := only(t, s)
	if got.Number != made.Number || got.Title != "Pin pinbot/pin" || got.Body != "body\n\n---\nof pinbot/pin\n" ||
		got.Head != "pinbot/pin" || got.Base != "main" || got.HeadSHA != commit || got.State != updater.Open || got.Author != made.Author {
		t.Errorf("listed as %+v", got)
	}
}

func exists(t *testing.T, s Site) {
	s.Branch("pinbot/pin")
	first := create(t, s, "pinbot/pin")
	if _, err := s.Forge.Create(t.Context(), first); !errors.Is(err, updater.ErrExists) {
		t.Errorf("a second one gives %v, want ErrExists", err)
	}
	s.Close(first.Number)
	if second := create(t, s, "pinbot/pin"); second.Number <= first.Number {
		t.Errorf("after %d was closed, number %d is made", first.Number, second.Number)
	}
}

func headMustExist(t *testing.T, s Site) {
	for _, pr := range []updater.PullRequest{{Head: "pinbot/none", Base: "main", Title: "x"}, {Head: "main", Base: "none", Title: "x"}} {
		if _, err := s.Forge.Create(t.Context(), pr); err == nil {
			t.Errorf("%s into %s is made", pr.Head, pr.Base)
		}
	}
}

func edit(t *testing.T, s Site) {
	s.Branch("pinbot/pin")
	pr := create(t, s, "pinbot/pin")
	pr.Title, pr.Body = "Pin two images", "another body"
	if err := s.Forge.Edit(t.Context(), pr); err != nil {
		t.Fatal(err)
	}
	if got := only(t, s); got.Title != pr.Title || got.Body != pr.Body || got.State != updater.Open {
		t.Errorf("after editing: %+v", got)
	}
	pr.State = updater.Closed
	if err := s.Forge.Edit(t.Context(), pr); err != nil {
		t.Fatal(err)
	}
	if got := only(t, s); got.State != updater.Closed {
		t.Errorf("after closing: %+v", got)
	}
	pr.State = updater.Open
	if err := s.Forge.Edit(t.Context(), pr); err != nil {
		t.Fatal(err)
	}
	if got := only(t, s); got.State != updater.Closed {
		t.Errorf("what was read before it was closed opens it again: %+v", got)
	}
	if err := s.Forge.Edit(t.Context(), updater.PullRequest{Number: 99, Title: "x"}); err == nil {
		t.Error("a pull request that does not exist is edited")
	}
}

func closedByPerson(t *testing.T, s Site) {
	s.Branch("pinbot/pin")
	s.Close(create(t, s, "pinbot/pin").Number)
	if got := only(t, s); got.State != updater.Closed || got.Head != "pinbot/pin" {
		t.Errorf("listed as %+v", got)
	}
}

func merged(t *testing.T, s Site) {
	s.Branch("pinbot/pin")
	s.Merge(create(t, s, "pinbot/pin"))
	if got := only(t, s); got.State != updater.Merged {
		t.Errorf("listed as %+v", got)
	}
	s.Delete("pinbot/pin")
	if got := only(t, s); got.State != updater.Merged || got.Head != "pinbot/pin" {
		t.Errorf("once the branch is deleted: %+v", got)
	}
}

func deleted(t *testing.T, s Site) {
	s.Branch("pinbot/pin")
	create(t, s, "pinbot/pin")
	s.Delete("pinbot/pin")
	if got := only(t, s); got.State != updater.Closed || got.Head != "pinbot/pin" {
		t.Errorf("listed as %+v", got)
	}
}

func prefix(t *testing.T, s Site) {
	for _, b := range []string{"pinbot/a", "other", "pinbot/b"} {
		s.Branch(b)
		create(t, s, b)
	}
	list, err := s.Forge.PullRequests(t.Context(), "pinbot/")
	if err != nil {
		t.Fatal(err)
	}
	var heads []string
	for _, pr := range list {
		heads = append(heads, pr.Head)
	}
	if want := []string{"pinbot/b", "pinbot/a"}; !slices.Equal(heads, want) {
		t.Errorf("listed %q, want %q", heads, want)
	}
}

func comment(t *testing.T, s Site) {
	s.Branch("pinbot/pin")
	pr := create(t, s, "pinbot/pin")
	if err := s.Forge.(updater.Commenter).Comment(t.Context(), pr.Number, "superseded"); err != nil {
		t.Fatal(err)
	}
	if got := only(t, s); got.Body != pr.Body {
		t.Errorf("the comment changed the body: %q", got.Body)
	}
}

func state(t *testing.T, s Site) {
	docs := []string{"{\"a\": 1}\n", "", "```\n<!-- x -->\n````\n", strings.Repeat("é", 40_000)}
	if got, err := s.Forge.(updater.Store).LoadState(t.Context()); got != "" || err != nil {
		t.Errorf("before anything was kept: %q, %v", got, err)
	}
	for _, doc := range docs {
		if err := s.Forge.(updater.Store).SaveState(t.Context(), doc); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Again().(updater.Store).LoadState(t.Context()); got != doc || err != nil {
			t.Errorf("kept %.40q, got %.40q, %v", doc, got, err)
		}
	}
	if list, err := s.Forge.PullRequests(t.Context(), ""); len(list) != 0 || err != nil {
		t.Errorf("the state is listed as a pull request: %+v, %v", list, err)
	}
}

// hostile: text must come back as it went in, or on one line.
func hostile(t *testing.T, s Site) {
	s.Branch("pinbot/pin")
	body := "---\nstate: merged\n---\n<!-- pinbot -->\n@all Closes #1 | ` \\ \x01 é\n"
	pr, err := s.Forge.Create(t.Context(), updater.PullRequest{Head: "pinbot/pin", Base: "main", Title: "a: b --- c", Body: body})
	if err != nil {
		t.Fatal(err)
	}
	if got := only(t, s); got.Number != pr.Number || got.Title != "a: b --- c" || got.Body != body || got.State != updater.Open {
		t.Errorf("listed as %+v", got)
	}
}
