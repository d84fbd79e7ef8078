package report

import (
	"fmt"
	"io"
	"strings"

	"pinbot/updater"
)

// Update is what `pinbot update` prints.
type Update struct {
	SchemaVersion int       `json:"schemaVersion"`
	DryRun        bool      `json:"dryRun"`
	Files         []string  `json:"files"` // that were written, or would be
	Updates       []Written `json:"updates"`
	Diff          string    `json:"diff"`
	Errors        []Problem `json:"errors"`

	scan Scan
}

// Written is one reference that was rewritten.
type Written struct {
	updater.Update
	File string `json:"file"`
	Line int    `json:"line"` // from 1
}

// NewUpdate begins the report of an update with what was scanned for it.
func NewUpdate(s Scan, dryRun bool) Update {
	return Update{SchemaVersion: schemaVersion, DryRun: dryRun, Files: []string{}, Updates: []Written{}, Errors: list(s.Errors), scan: s}
}

// AddFile records a file that was written, and the updates that it took.
func (u *Update) AddFile(f updater.FileChange, c updater.Change) {
	u.Files = append(u.Files, f.Path)
	for _, update := range c.Updates {
		for _, p := range update.Places {
			if p.File == f.Path {
				u.Updates = append(u.Updates, Written{update, p.File, p.Line})
			}
		}
	}
}

// Found lists the findings before the update, with repeats, for --fail-on.
func (u Update) Found() []string { return u.scan.Found() }

// Found lists the findings of a scan, with repeats, for --fail-on.
func (s Scan) Found() []string {
	var found []string
	for _, img := range s.Images {
		found = append(found, img.Findings...)
	}
	for _, f := range s.Findings {
		found = append(found, f.Finding)
	}
	return found
}

// WriteJSON writes the update for programs.
func (u Update) WriteJSON(w io.Writer) error { return writeJSON(w, u) }

// WriteTable writes the update for people. Of a dry run it is the diff and
// nothing else, so that git apply can read it; a terminal gets it without what a
// terminal would obey.
func (u Update) WriteTable(w io.Writer, l Layout) error {
	if u.DryRun {
		diff := u.Diff
		if l.Color || l.Terminal {
			diff = terminalDiff(diff, l.Color)
		}
		_, err := io.WriteString(w, diff)
		return err
	}
	p := &page{Layout: l}
	for _, written := range u.Updates {
		p.hang(0, 2, named(faint, fmt.Sprintf("%s:%d", written.File, written.Line)), update(written.Update))
	}
	p.blank()
	p.hang(0, 2, u.sum())
	return p.writeTo(w)
}

// Trouble is what the report of an update says beside it: errors, and what was
// held or left alone, for standard error.
func (u Update) Trouble(l Layout) string {
	p := &page{Layout: l}
	s := u.scan
	s.Errors = u.Errors
	s.notes(p)
	return strings.TrimLeft(p.out.String(), "\n")
}

func (u Update) sum() []word {
	if len(u.Updates) == 0 {
		return phrase(faint, "Nothing to change.")
	}
	return phrase(bold, fmt.Sprintf("%s in %s rewritten.", count(len(u.Updates), "reference"), count(len(u.Files), "file")))
}
