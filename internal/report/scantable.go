package report

import (
	"fmt"
	"io"
	"strconv"

	"pinbot/resolver"
)

// sideBySide is the width below which four columns would be too narrow to read.
const sideBySide = 120

// WriteTable writes the scan for people.
func (s Scan) WriteTable(w io.Writer, l Layout) error {
	p := &page{Layout: l}
	entries := s.entries()
	wide := l.Width <= 0 || l.Width >= sideBySide
	if len(entries) > 0 && !(wide && p.columns(s.titles(), s.rows(entries, l))) {
		p.blocks(s, entries)
	}
	s.notes(p)
	s.end(p)
	return p.writeTo(w)
}

// entry is what several references have in common, with the places of all.
type entry struct {
	Image
	places [][]word
}

// name is the reference as written, with its digest shortened.
func (img Image) name() []word { return named(bold, shortImage(img.Image)) }

// entries gathers references that would read the same, in the order of first
// sight.
func (s Scan) entries() []*entry {
	seen := map[string]*entry{}
	var all []*entry
	for _, img := range s.Images {
		key := fmt.Sprintf("%q %v", img.Image, [][][]word{s.is(img), s.would(img)})
		e := seen[key]
		if e == nil {
			e = &entry{Image: img}
			seen[key] = e
			all = append(all, e)
		}
		e.places = append(e.places, place(faint, img.File, img.Line))
	}
	return all
}

// place is FILE:LINE, which editors and terminals can open.
func place(st style, file string, line int) []word {
	if line == 0 {
		return named(st, file)
	}
	return named(st, file+":"+strconv.Itoa(line))
}

func (s Scan) titles() []string {
	titles := []string{"WHERE", "IMAGE", "WHAT IT IS"}
	if !s.offline {
		titles = append(titles, "WHAT PINBOT WOULD DO")
	}
	return titles
}

// rows has a row for each entry with its places below each other; where lines
// have no limit, a row of one line for each place.
func (s Scan) rows(entries []*entry, l Layout) []row {
	var rows []row
	for _, e := range entries {
		r := row{e.places, {e.name()}, {join(" ·", s.is(e.Image)...)}}
		if !s.offline {
			r = append(r, s.would(e.Image))
		}
		if l.Width > 0 {
			rows = append(rows, r)
			continue
		}
		if !s.offline {
			r[3] = cell{join(";", r[3]...)}
		}
		for _, where := range e.places {
			rows = append(rows, append(row{cell{where}}, r[1:]...))
		}
	}
	return rows
}

// blocks prints entries for a narrow screen: the image, and below it what it
// is, what becomes of it and where it stands.
func (p *page) blocks(s Scan, entries []*entry) {
	for _, e := range entries {
		p.blank()
		is, would := s.is(e.Image), s.would(e.Image)
		if len(would) == 1 && len(e.Edits) == 0 && len(e.Upgrades) == 0 {
			is, would = append(is, would...), nil
		}
		p.hang(0, 4, e.name())
		p.hang(2, 4, join(" ·", is...))
		for _, step := range would {
			p.hang(2, 4, step)
		}
		p.put(2, join(",", e.places...))
	}
}

// is says what a reference is: its class, what was found, its group.
func (s Scan) is(img Image) cell {
	class := classWords[img.Class]
	if s.offline && img.Source != "" {
		class += " from " + img.Source
	}
	c := cell{phrase(plain, class)}
	var found [][]word
	for _, f := range img.Findings {
		found = append(found, phrase(findingStyle(f), f))
	}
	if len(found) > 0 {
		c = append(c, join(",", found...))
	}
	if img.Group != "" {
		c = append(c, phrase(plain, "group "+img.Group))
	}
	return c
}

// classWords name the classes; a script reads the contract's names in JSON.
var classWords = map[resolver.Class]string{
	resolver.ClassNone:       "no tag",
	resolver.ClassChannel:    "channel",
	resolver.ClassPartial:    "partial version",
	resolver.ClassExact:      "exact version",
	resolver.ClassPrerelease: "pre-release",
	resolver.ClassDate:       "date",
	resolver.ClassCommit:     "commit",
	resolver.ClassDigest:     "digest, no tag",
	resolver.ClassVariable:   "variable",
}

// findingStyle tells what changes on its own or is broken from what only could
// be better.
func findingStyle(finding string) style {
	switch finding {
	case resolver.FindingMoved, resolver.FindingRollback, resolver.FindingMissing, resolver.FindingSkew, resolver.FindingFloating:
		return red
	case resolver.FindingOutdated:
		return cyan
	}
	return yellow
}

// would says what becomes of a reference: the decision, then the proposals.
func (s Scan) would(img Image) cell {
	if s.offline || img.Decision == nil {
		return nil
	}
	var c cell
	d := img.Decision
	if d.Outcome != resolver.Keep || len(img.Upgrades) == 0 {
		c = append(c, step(img, *d))
	}
	for i, u := range img.Upgrades {
		verb := "upgrade to"
		switch {
		case i > 0:
			verb = "or upgrade to"
		case len(c) > 0:
			verb = "then upgrade to"
		}
		c = append(c, sentence(phrase(cyan, verb), named(cyan, u.Tag), phrase(plain, "("+string(u.UpdateType)+")")))
	}
	return c
}

// step says in words what a decision does.
func step(img Image, d resolver.Decision) []word {
	switch d.Outcome {
	case resolver.Keep:
		return phrase(faint, "keep")
	case resolver.Pin:
		return sentence(phrase(green, "pin"), target(green, img, d.Tag, d.Digest))
	case resolver.Upgrade:
		return sentence(phrase(loud, "upgrade to"), target(loud, img, d.Tag, d.Digest), phrase(plain, "("+string(d.UpdateType)+")"))
	case resolver.Hold:
		return phrase(yellow, "hold, see below")
	case resolver.Error:
		return phrase(red, "nothing: its lookup failed")
	case resolver.Skip:
		return phrase(faint, skipWords(img))
	}
	return phrase(plain, string(d.Outcome))
}

// skipWords says why a reference is skipped, in short where a sentence follows.
func skipWords(img Image) string {
	switch {
	case img.unconfigured:
		return "skip: the registry is not configured"
	case img.Class == resolver.ClassVariable && img.Source != "":
		return "skip: it comes from " + img.Source
	case img.Class == resolver.ClassVariable:
		return "skip: it has a variable"
	}
	return "skip, see below"
}

// target is a tag and the digest beside it, where one is written.
func target(s style, img Image, tag, digest string) []word {
	if digest == "" || !img.digestWritten {
		return sentence(named(s, tag), phrase(plain, "(the tag only)"))
	}
	return glue(named(s, tag), []word{{"@" + short(digest), faint, true}})
}
