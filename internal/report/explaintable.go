package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"pinbot/resolver"
)

// WriteTable writes the explanation for people.
func (e Explanation) WriteTable(w io.Writer, l Layout) error {
	p := &page{Layout: l}
	p.hang(0, 4, named(bold, e.Image))
	e.what(p)
	e.decision(p)
	e.proposals(p)
	e.considered(p)
	p.blank()
	p.put(0, phrase(faint, fmt.Sprintf("%s, %s read.", count(e.Requests, "request"), count(len(e.Result.Considered), "tag"))))
	return p.writeTo(w)
}

// fact prints a name and what it is, the names one below the other. What is too
// long to stand beside its name stands below it.
func fact(p *page, name string, value []word) {
	const margin = 15
	if len(value) == 0 {
		return
	}
	label := word{name, faint, false}
	if p.Width > 0 && slices.ContainsFunc(value, func(w word) bool { return w.width() > p.Width-margin }) {
		p.put(2, []word{label})
		p.put(4, value)
		return
	}
	width := p.Width
	if width > 0 {
		width -= margin
	}
	for i, line := range wrap(value, width) {
		if i > 0 {
			p.line(margin, line)
			continue
		}
		gap := word{strings.Repeat(" ", max(margin-3-label.width(), 0)), plain, true}
		p.line(2, sentence([]word{label, gap}, line))
	}
}

// what says what the reference is and which content it has.
func (e Explanation) what(p *page) {
	res := e.Result
	fact(p, "repository", named(plain, res.Repository))
	fact(p, "class", phrase(plain, classWords[res.Class]+": "+classMeaning[res.Class]))
	fact(p, "group", phrase(plain, res.Group))
	for _, a := range res.Assumed {
		fact(p, "assumed", phrase(plain, a))
	}
	var found [][]word
	for _, f := range res.Findings {
		found = append(found, phrase(findingStyle(f), f))
	}
	fact(p, "findings", join(",", found...))
	if res.From == "" {
		fact(p, "content", phrase(plain, "unknown"))
	} else {
		fact(p, "content", named(plain, res.From))
	}
	var same [][]word
	for _, name := range e.sameContent() {
		same = append(same, named(plain, name))
	}
	fact(p, "also tagged", join(",", same...))
	if res.Source != "" {
		fact(p, "source", named(plain, res.Source))
	}
}

// classMeaning says what a class means for whoever deploys it.
var classMeaning = map[resolver.Class]string{
	resolver.ClassNone:       "a pull gets latest, whatever that is at the time",
	resolver.ClassChannel:    "the tag names a line that moves, and no version",
	resolver.ClassPartial:    "the tag moves with each release of its line",
	resolver.ClassExact:      "the tag names one release",
	resolver.ClassPrerelease: "the tag names one version before its release",
	resolver.ClassDate:       "the tag names a day's build",
	resolver.ClassCommit:     "the tag names the build of a commit",
	resolver.ClassDigest:     "the content cannot change, and nothing says which version it is",
	resolver.ClassVariable:   "the value is not in the file",
}

// evidenceWords say what two tags were compared by.
var evidenceWords = map[resolver.Evidence]string{
	resolver.EvidenceIndexDigest:     "both tags name the same digest",
	resolver.EvidencePlatformDigests: "the indexes differ, and hold the same image for every platform",
	resolver.EvidenceVersionLabel:    "the image's labels name this version, and a digest confirms it",
	resolver.EvidenceNone:            "none: no other tag is known to have this content",
}

func (e Explanation) decision(p *page) {
	p.heading(0, "Decision")
	d := e.Result.Told()
	img := Image{Class: e.Result.Class, Source: e.Result.Ref.Source, digestWritten: strings.Contains(d.Image, "@")}
	p.hang(2, 4, step(img, d))
	fact(p, "written as", named(plain, d.Image))
	fact(p, "because", phrase(plain, d.Reason))
	fact(p, "evidence", phrase(plain, evidenceWords[d.Evidence]))
	if err := e.Result.Err; err != nil && err.Error() != d.Reason {
		fact(p, "error", phrase(red, err.Error()))
	}
}

func (e Explanation) proposals(p *page) {
	if len(e.Result.Upgrades) > 0 {
		p.heading(0, "Upgrades beyond it")
	}
	for _, u := range e.Result.Upgrades {
		p.hang(2, 4, named(cyan, u.Tag), phrase(plain, "("+string(u.UpdateType)+")"))
		fact(p, "written as", named(plain, u.Image))
		fact(p, "because", phrase(plain, u.Reason))
	}
}

// considered lists the newest of the tags that there were to choose from.
func (e Explanation) considered(p *page) {
	newest, all := e.family()
	if all == 0 {
		return
	}
	title := "Tags of this family"
	if all > len(newest) {
		title = fmt.Sprintf("The newest %d of %d tags of this family", len(newest), all)
	}
	p.heading(0, title)
	var rows []row
	for _, t := range newest {
		pushed := "-"
		if !t.Pushed.IsZero() {
			pushed = t.Pushed.UTC().Format("2006-01-02")
		}
		rows = append(rows, row{{named(plain, t.Name)}, {phrase(plain, kindNames[t.Version.Kind])}, {phrase(plain, pushed)}, {named(faint, short(t.Digest))}, {e.mark(t)}})
	}
	if !p.columns([]string{"TAG", "KIND", "PUSHED", "DIGEST", ""}, rows) {
		for _, r := range rows {
			p.hang(2, 4, join(",", r[0][0], r[1][0], r[2][0], r[3][0], r[4][0]))
		}
	}
}

// mark says what the listed tag is to the image.
func (e Explanation) mark(t resolver.Considered) []word {
	var marks [][]word
	if t.Digest != "" && t.Digest == e.Result.From {
		marks = append(marks, phrase(green, "today's content"))
	}
	if d := e.Result.Decision; t.Name == d.Tag && (d.Outcome == resolver.Pin || d.Outcome == resolver.Upgrade) {
		marks = append(marks, phrase(loud, "chosen"))
	}
	for _, u := range e.Result.Upgrades {
		if u.Tag == t.Name {
			marks = append(marks, phrase(cyan, string(u.UpdateType)))
		}
	}
	return join(",", marks...)
}
