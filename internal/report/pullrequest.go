package report

import (
	"io"

	"pinbot/updater"
)

// WritePullRequest writes a pull request's text and diff for people who have no
// forge to read it on.
func WritePullRequest(w io.Writer, pr updater.Published, l Layout) error {
	p := &page{Layout: l}
	p.out.WriteByte('\n')
	p.hang(0, 2, phrase(bold, pr.Title))
	quote(p, body(p, pr.Body))
	quote(p, diffLines(pr.Diff))
	return p.writeTo(w)
}
