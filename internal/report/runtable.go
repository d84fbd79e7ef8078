package report

import (
	"fmt"
	"io"
	"strings"

	"pinbot/internal/text"
	"pinbot/resolver"
	"pinbot/updater"
)

// WriteTable writes the run for people. A dry run shows the text and the diff
// of each pull request too.
func (r Run) WriteTable(w io.Writer, l Layout) error {
	p := &page{Layout: l}
	for _, repo := range r.Repositories {
		p.blank()
		repo.head(p)
		for _, pr := range repo.PullRequests {
			r.pullRequest(p, pr)
		}
		printFindings(p, 2, repo.Findings)
		printErrors(p, 2, repo.Errors)
	}
	p.blank()
	p.hang(0, 2, r.sum())
	if r.DryRun && r.Summary.Created+r.Summary.Updated+r.Summary.Closed > 0 {
		p.put(0, phrase(faint, "Nothing was changed. `pinbot run` without --dry-run does it."))
	}
	return p.writeTo(w)
}

var outcomeStyles = map[RunOutcome]style{Done: green, Partial: yellow, Failed: alarm, Skipped: faint}

func (repo Repository) head(p *page) {
	words := sentence(named(bold, repo.Name), phrase(plain, "·"))
	if repo.Base != "" {
		words = sentence(words, phrase(plain, "base"), named(plain, repo.Base), phrase(plain, "·"))
	}
	p.hang(0, 4, words, phrase(outcomeStyles[repo.Outcome], string(repo.Outcome)))
	if repo.Reason != "" {
		p.put(2, phrase(plain, repo.Reason))
	}
	if len(repo.PullRequests) == 0 && repo.Outcome == Done {
		p.put(2, phrase(faint, "no pull request is needed"))
	}
}

var actionStyles = map[updater.Action]style{
	updater.Created: green, updater.Updated: green, updater.ClosedIt: yellow, updater.MergedIt: cyan,
	updater.Kept: yellow, updater.Blocked: yellow, updater.Held: yellow, updater.Unchanged: faint,
}

func (r Run) pullRequest(p *page, pr updater.Published) {
	if r.DryRun {
		p.blank()
	}
	words := phrase(actionStyles[pr.Action], r.verb(pr.Action))
	if pr.Number > 0 {
		words = sentence(words, phrase(plain, fmt.Sprintf("#%d", pr.Number)))
	}
	p.hang(2, 4, words, phrase(bold, pr.Title))
	if pr.URL != "" {
		p.put(4, named(plain, pr.URL))
	} else {
		p.put(4, phrase(faint, "branch"), named(faint, pr.Branch))
	}
	if pr.Reason != "" {
		p.put(4, phrase(plain, pr.Reason))
	}
	for _, u := range pr.Updates {
		p.hang(4, 6, update(u))
	}
	if r.DryRun {
		quote(p, body(p, pr.Body))
		quote(p, diffLines(pr.Diff))
	}
}

// verb is an action as it was done, or as it would be.
func (r Run) verb(a updater.Action) string {
	if r.DryRun && (a == updater.Created || a == updater.Updated || a == updater.ClosedIt) {
		return "to be " + string(a)
	}
	return string(a)
}

// update is one image's step: its name once, and what changes of it.
func update(u updater.Update) []word {
	st := plain
	if u.UpdateType == resolver.UpdateRelease || u.UpdateType == resolver.UpdateMajor {
		st = loud
	}
	return sentence(named(plain, shortImage(u.From)), phrase(plain, "→"), named(st, shortTag(u.To)), phrase(plain, "("+string(u.UpdateType)+")"))
}

// shortImage is a reference with its digest cut to what the eye compares.
func shortImage(image string) string {
	name, digest, pinned := strings.Cut(image, "@")
	if !pinned {
		return image
	}
	return name + "@" + short(digest)
}

// shortTag is a reference without its repository.
func shortTag(image string) string {
	image = shortImage(image)
	name, digest, _ := strings.Cut(image, "@")
	if i := strings.LastIndexByte(name, ':'); i > strings.LastIndexByte(name, '/') {
		return image[i+1:]
	}
	if digest != "" {
		return digest
	}
	return image
}

// quote prints lines behind a rule, as they are: a diff does not wrap.
func quote(p *page, lines [][]word) {
	if len(lines) == 0 {
		return
	}
	p.line(0, nil)
	for _, l := range lines {
		if widthOf(l) == 0 {
			l = nil
		}
		p.line(4, sentence([]word{{"│", faint, false}}, l))
	}
}

// body is a pull request's text: the lines as they are where they fit behind
// quote's rule, and broken at spaces where they don't.
func body(p *page, markdown string) [][]word {
	const rule = 6
	var lines [][]word
	for line := range strings.Lines(markdown) {
		line = text.Outside(strings.TrimRight(line, "\r\n")).Terminal()
		whole := word{line, plain, false}
		if p.Width <= 0 || rule+whole.width() <= p.Width {
			lines = append(lines, []word{whole})
			continue
		}
		lines = append(lines, wrap(phrase(plain, line), max(p.Width-rule, 1))...)
	}
	return lines
}

func (r Run) sum() []word {
	n := r.Summary
	var parts [][]word
	for _, c := range []struct {
		n    int
		what updater.Action
	}{
		{n.Created, updater.Created}, {n.Updated, updater.Updated}, {n.Unchanged, updater.Unchanged}, {n.Closed, updater.ClosedIt},
		{n.Kept, updater.Kept}, {n.Blocked, updater.Blocked}, {n.Held, updater.Held},
	} {
		if c.n > 0 {
			parts = append(parts, named(actionStyles[c.what], fmt.Sprintf("%d %s", c.n, r.verb(c.what))))
		}
	}
	if n.Errors > 0 {
		parts = append(parts, named(red, count(n.Errors, "error")))
	}
	head := phrase(bold, "1 repository")
	if n.Repositories != 1 {
		head = phrase(bold, fmt.Sprintf("%d repositories", n.Repositories))
	}
	if r.DryRun {
		head = sentence(head, phrase(plain, "(dry run)"))
	}
	if len(parts) == 0 {
		return join(":", head, phrase(faint, "nothing to do"))
	}
	return join(":", head, join(",", parts...))
}
