package updater

import (
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
	endMark   = " -->\n<!-- pinbot:end -->"
)

// marker is what pinbot remembers in a pull request's body.
type marker struct {
	Title   string       `json:"title"` // as pinbot wrote it; another one is a person's
	Updates []markUpdate `json:"updates"`
	// Closed is set where pinbot itself closed the pull request: such a one may
	// be opened again.
	Closed bool `json:"closed,omitempty"`
}

// markUpdate is one update of a pull request, without the tag that was written.
type markUpdate struct {
	Repository string              `json:"repository"`
	From       string              `json:"from"`
	To         string              `json:"to"`
	UpdateType resolver.UpdateType `json:"updateType"`
}

func (c Change) marker() marker {
	m := marker{Title: c.Title()}
	for _, u := range c.Updates {
		m.Updates = append(m.Updates, markUpdate{u.Repository, u.From, u.To, u.UpdateType})
	}
	return m
}

// readMarker finds pinbot's block in a body.
func readMarker(body string) (marker, bool) {
	body = strings.ReplaceAll(body, "\r\n", "\n")
	i := strings.LastIndex(body, stateMark)
	if i < 0 {
		return marker{}, false
	}
	doc, _, found := strings.Cut(body[i+len(stateMark):], " -->")
	var m marker
	if !found || json.Unmarshal([]byte(doc), &m) != nil {
		return marker{}, false
	}
	return m, true
}

// compose puts content and marker into a body, and keeps what people wrote
// around the old ones.
func compose(old, content string, m marker) string {
	old = strings.ReplaceAll(old, "\r\n", "\n")
	before, after := "", ""
	if i, j := strings.Index(old, beginMark), strings.LastIndex(old, endMark); i >= 0 && j > i {
		before, after = old[:i], old[j+len(endMark):]
	}
	doc, err := json.Marshal(m) // writes < and > as \u003c and \u003e, so the comment cannot end early
	if err != nil {
		panic(err) // strings and a bool
	}
	return before + beginMark + content + "\n" + stateMark + string(doc) + endMark + after
}

// withMarker replaces the marker of a body and nothing else.
func withMarker(body string, m marker) string {
	i := strings.LastIndex(body, stateMark)
	j := strings.Index(body[i:], endMark[:len(" -->")])
	doc, err := json.Marshal(m)
	if err != nil {
		panic(err) // strings and a bool
	}
	return body[:i] + stateMark + string(doc) + body[i+j:]
}

// covers reports whether every update of the change goes to a version that was
// already in m. A version that was pushed again is the same one for the person
// who turned it down.
func (m marker) covers(c Change) bool {
	for _, u := range c.Updates {
		if !slices.ContainsFunc(m.Updates, func(o markUpdate) bool {
			return o.Repository == u.Repository && version(o.To) == version(u.To)
		}) {
			return false
		}
	}
	return true
}

// version is a reference without its digest.
func version(image string) string {
	name, _, _ := strings.Cut(image, "@")
	return name
}
