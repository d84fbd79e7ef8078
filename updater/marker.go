package updater

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"pinbot/resolver"
)

// The hidden parts of a body. What people write before and after them is
// theirs, and is kept.
const (
	beginMark = "<!-- pinbot:begin -->\n"
	stateMark = "<!-- pinbot:state "
	closeMark = " -->"
	endMark   = closeMark + "\n<!-- pinbot:end -->"
)

// marker is what pinbot remembers in a pull request's body.
type marker struct {
	Branch  string       `json:"branch"` // the pull request's; a copy elsewhere is a person's
	Title   string       `json:"title"`  // as pinbot wrote it; another one is a person's
	Updates []markUpdate `json:"updates"`
	// Closed is set where pinbot itself closed the pull request: such a one may
	// be opened again.
	Closed bool `json:"closed,omitempty"`
}

// markUpdate is one update of a pull request.
type markUpdate struct {
	Repository string              `json:"repository"`
	Tag        string              `json:"tag"` // that it goes to, also where only its digest is written
	From       string              `json:"from,omitempty"`
	To         string              `json:"to,omitempty"`
	UpdateType resolver.UpdateType `json:"updateType"`
}

func (c Change) marker() marker {
	m := marker{Branch: c.Branch, Title: c.Title()}
	for _, u := range c.Updates {
		m.Updates = append(m.Updates, markUpdate{u.Repository, u.ToTag, u.From, u.To, u.UpdateType})
	}
	return m
}

// block finds pinbot's part of a body, which has no CRLF: body[begin:end] from
// the begin mark through the end mark, with the marker's JSON at [doc:docEnd).
func block(body string) (begin, doc, docEnd, end int, found bool) {
	begin = strings.Index(body, beginMark)
	if begin < 0 {
		return 0, 0, 0, 0, false
	}
	n := strings.Index(body[begin:], endMark)
	if n < 0 {
		return 0, 0, 0, 0, false
	}
	docEnd = begin + n
	doc = strings.LastIndex(body[:docEnd], "\n"+stateMark) + len("\n"+stateMark)
	return begin, doc, docEnd, docEnd + len(endMark), doc > begin+len(stateMark)
}

// readMarker finds pinbot's block in a body.
func readMarker(body string) (marker, bool) {
	body = lines(body)
	_, doc, docEnd, _, found := block(body)
	var m marker
	if !found || json.Unmarshal([]byte(body[doc:docEnd]), &m) != nil {
		return marker{}, false
	}
	return m, true
}

// lines is text with line ends as pinbot writes them. Forges store what
// browsers send, which is CRLF.
func lines(s string) string { return strings.ReplaceAll(s, "\r\n", "\n") }

// compose puts content and marker into a body, and keeps what people wrote
// around the old ones. Content is cut where the body would become too long.
func compose(old, content string, m marker) string {
	old = lines(old)
	before, after := "", ""
	if begin, _, _, end, found := block(old); found {
		before, after = old[:begin], old[end:]
	}
	tail := "\n" + stateMark + m.document() + endMark + after
	return before + beginMark + truncate(content, MaxBody-len(before)-len(beginMark)-len(tail)) + tail
}

// withMarker replaces the marker of a body and nothing else.
func withMarker(body string, m marker) string {
	body = lines(body)
	_, doc, docEnd, _, found := block(body)
	if !found {
		return body
	}
	return body[:doc] + m.document() + body[docEnd:]
}

// document is the marker as JSON, which writes < and > as \u003c and \u003e, so
// that no text in it can end the comment. A very long one does without what is
// only said in reports.
func (m marker) document() string {
	const long = MaxBody / 3
	doc := m.json()
	if len(doc) > long {
		m.Updates = slices.Clone(m.Updates)
		for i := range m.Updates {
			m.Updates[i].From, m.Updates[i].To = "", ""
		}
		doc = m.json()
	}
	return doc
}

func (m marker) json() string {
	doc, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings and a bool
	}
	return string(doc)
}

// covers reports whether every update of the change goes to a version that was
// already in m. A version that was pushed again is the same one for the person
// who turned it down.
func (m marker) covers(c Change) bool {
	return !slices.ContainsFunc(c.Updates, func(u Update) bool {
		return !slices.ContainsFunc(m.Updates, func(o markUpdate) bool {
			return o.Repository == u.Repository && o.Tag == u.ToTag
		})
	})
}

// updates are the marker's for a report.
func (m marker) updates() []Update {
	updates := make([]Update, 0, len(m.Updates))
	for _, u := range m.Updates {
		updates = append(updates, Update{
			Repository: u.Repository, From: cmp.Or(u.From, u.Repository), To: cmp.Or(u.To, u.Tag), UpdateType: u.UpdateType,
		})
	}
	return updates
}
