package resolver

import (
	"fmt"
	"strings"
)

// releaseReason says what moving a floating tag to a release means.
func (it *item) releaseReason(p pick, u *unit) string {
	var s strings.Builder
	switch {
	case u.anchor != "":
		fmt.Fprintf(&s, "the rest of %s stands at %s, so %s goes there too", u.subject(it), p.version.Tag, it.written())
	case it.class == ClassPartial:
		fmt.Fprintf(&s, "%s is built on its own: no release has its content; %s is the newest release within it", it.written(), p.version.Tag)
	default:
		fmt.Fprintf(&s, "no exact tag has the content of %s; %s is the newest release", it.written(), p.version.Tag)
	}
	if u.name != "" && u.anchor == "" && len(u.members) > 1 {
		fmt.Fprintf(&s, " that all of %s have", u.name)
	}
	if p.verdict.reason != "" {
		fmt.Fprintf(&s, " (%s)", p.verdict.reason)
	}
	return s.String() + ". " + it.changeWords(p.version)
}

// changeWords says that a fresh pull gets other content, and how far apart the
// two were pushed.
func (it *item) changeWords(v Version) string {
	const change = "This changes what a fresh pull gets"
	release := it.inv.tags[v.Tag].Pushed
	if it.current.Pushed.IsZero() || release.IsZero() {
		return change
	}
	if gap := it.current.Pushed.Sub(release); gap > 0 {
		return fmt.Sprintf("%s: %s was built %s after %s, so this is a step back", change, it.tagName(), days(gap), v.Tag)
	}
	return fmt.Sprintf("%s: %s was built %s before %s", change, it.tagName(), days(release.Sub(it.current.Pushed)), v.Tag)
}

// subject names what stands at the anchor.
func (u *unit) subject(it *item) string {
	if u.name != "" {
		return u.name
	}
	return it.inv.repository
}
