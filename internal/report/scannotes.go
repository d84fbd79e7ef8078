package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"pinbot/resolver"
)

// notes prints what needs a sentence: why something changes or is left alone,
// and what went wrong.
func (s Scan) notes(p *page) {
	s.reasons(p, "Changes what a fresh pull gets", func(img Image) []note {
		var notes []note
		if d := img.Decision; d.UpdateType == resolver.UpdateRelease {
			notes = append(notes, note{arrow(img, d.Tag), d.Reason})
		}
		for _, u := range img.Upgrades {
			if u.UpdateType == resolver.UpdateRelease {
				notes = append(notes, note{arrow(img, u.Tag), u.Reason})
			}
		}
		return notes
	})
	s.reasons(p, "On hold", outcomeNotes(resolver.Hold))
	s.reasons(p, "Left alone", outcomeNotes(resolver.Skip))
	printFindings(p, 0, s.Findings)
	printErrors(p, 0, s.Errors)
	s.printHints(p)
}

// printHints says once for each registry why its images were skipped.
func (s Scan) printHints(p *page) {
	if len(s.hints) > 0 {
		p.heading(0, "Skipped registries")
	}
	for _, h := range s.hints {
		p.hang(2, 4, named(bold, h.host), phrase(plain, fmt.Sprintf("(%s skipped):", count(h.images, "reference"))), phrase(plain, h.message))
	}
}

// note is a reason and what it is about.
type note struct {
	subject []word
	reason  string
}

// arrow shows an image's step as its old name and its new tag.
func arrow(img Image, tag string) []word {
	return sentence(img.name(), phrase(plain, "→"), named(loud, tag))
}

// outcomeNotes gives the reason of references that are not changed. What a
// hint or the table itself explains is left out.
func outcomeNotes(outcome resolver.Outcome) func(Image) []note {
	return func(img Image) []note {
		if img.Decision.Outcome != outcome || img.Class == resolver.ClassVariable || img.unconfigured {
			return nil
		}
		return []note{{img.name(), img.Decision.Reason}}
	}
}

// reasons prints a section of notes. What has the same reason stands together.
func (s Scan) reasons(p *page, title string, of func(Image) []note) {
	subjects := map[string][]string{} // as they are printed, to say each once
	notes := map[string][]note{}
	var order []string
	for _, img := range s.Images {
		if img.Decision == nil {
			continue
		}
		for _, n := range of(img) {
			if len(notes[n.reason]) == 0 {
				order = append(order, n.reason)
			}
			if subject := fmt.Sprint(n.subject); !slices.Contains(subjects[n.reason], subject) {
				subjects[n.reason] = append(subjects[n.reason], subject)
				notes[n.reason] = append(notes[n.reason], n)
			}
		}
	}
	for i, reason := range order {
		if i == 0 {
			p.heading(0, title)
		}
		for _, n := range notes[reason] {
			p.hang(2, 4, n.subject)
		}
		p.put(4, phrase(plain, reason))
	}
}

// printFindings prints what concerns several references, grouped by what it is.
func printFindings(p *page, indent int, findings []resolver.GroupFinding) {
	sorted := slices.Clone(findings)
	slices.SortStableFunc(sorted, func(a, b resolver.GroupFinding) int { return strings.Compare(a.Finding, b.Finding) })
	for i, f := range sorted {
		if i == 0 || f.Finding != sorted[i-1].Finding {
			p.heading(indent, capital(f.Finding))
		}
		p.hang(indent+2, indent+4, glue(place(plain, f.File, f.Line), phrase(plain, ":")), phrase(plain, f.Message))
	}
}

// printErrors prints problems as compilers do: the place, a colon, the message.
func printErrors(p *page, indent int, problems []Problem) {
	if len(problems) > 0 {
		p.heading(indent, "Errors")
	}
	for _, e := range problems {
		var where []word
		switch {
		case e.File != "":
			where = place(plain, e.File, e.Line)
		case e.Repository != "":
			where = named(plain, e.Repository)
		}
		p.hang(indent+2, indent+4, join(":", where, phrase(red, e.Message)))
	}
}

// end prints the sum of it, and what a person may want to type next.
func (s Scan) end(p *page) {
	p.blank()
	p.hang(0, 2, s.sum())
	if next := s.next(); next != "" {
		p.put(0, phrase(faint, next))
	}
}

func (s Scan) sum() []word {
	n := s.Summary
	head := phrase(bold, fmt.Sprintf("%s in %s", count(n.Images, "image reference"), count(n.Files, "file")))
	var parts [][]word
	for _, c := range []struct {
		n    int
		what string
	}{
		{n.Floating, resolver.FindingFloating}, {n.Unpinned, resolver.FindingUnpinned}, {n.Outdated, resolver.FindingOutdated},
		{n.Skew, resolver.FindingSkew}, {n.Moved, resolver.FindingMoved}, {n.Missing, resolver.FindingMissing},
	} {
		if c.n > 0 {
			parts = append(parts, named(findingStyle(c.what), fmt.Sprintf("%d %s", c.n, c.what)))
		}
	}
	if n.Errors > 0 {
		parts = append(parts, named(red, count(n.Errors, "error")))
	}
	switch {
	case len(parts) > 0:
		return join(":", head, join(",", parts...))
	case n.Images == 0:
		return head
	}
	return join(":", head, phrase(green, "no findings"))
}

// next names the command that shows more.
func (s Scan) next() string {
	now, major := false, false
	for _, img := range s.Images {
		now = now || len(img.Edits) > 0
		for _, u := range img.Upgrades {
			now = now || u.UpdateType != resolver.UpdateMajor
			major = major || u.UpdateType == resolver.UpdateMajor
		}
	}
	switch {
	case len(s.Images) == 0:
		return ""
	case s.offline:
		return "The classes are read from the tags alone. Without --offline, pinbot asks the registries and says what each image should become."
	case now:
		return "`pinbot update --dry-run` shows the change, `pinbot explain IMAGE` the evidence for one image."
	case major:
		return "`pinbot update --major --dry-run` shows the change, `pinbot explain IMAGE` the evidence for one image."
	}
	return ""
}

// capital begins a heading with a capital letter.
func capital(s string) string {
	_, size := utf8.DecodeRuneInString(s)
	return strings.ToUpper(s[:size]) + s[size:]
}

// count is a number and its noun.
func count(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// short is a digest for people: enough to compare with the eye.
func short(digest string) string {
	algorithm, hex, found := strings.Cut(digest, ":")
	if !found || len(hex) <= 12 {
		return digest
	}
	return algorithm + ":" + hex[:12]
}
