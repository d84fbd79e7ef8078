package updater

import (
	"fmt"
	"slices"
	"strings"

	"pinbot/internal/text"
	"pinbot/resolver"
)

// Unknown lists the repositories of which a run does not know enough to take
// anything back, or to move a group: those that could not be looked up, and
// those in a lockstep group with them.
func Unknown(results []resolver.Result) []string {
	lost := map[subject]bool{}
	for _, r := range results {
		lost[subjectOf(r)] = lost[subjectOf(r)] || r.Err != nil
	}
	var list []string
	for _, r := range results {
		if lost[subjectOf(r)] && !slices.Contains(list, r.Repository) {
			list = append(list, r.Repository)
		}
	}
	return list
}

// Waiting tells of the references that stay as they are until something happens:
// a person decides, a version is old enough, or another member of their group has
// it or can be looked up. No branch is made for them; the name is the one that it
// would begin with. What a kept pull request of published is about already is
// left out.
func Waiting(results []resolver.Result, published []Published, prefix, base string) []Published {
	unknown, called := Unknown(results), nameAll(results)
	var list []Published
	for _, r := range results {
		reason, title := "", r.Ref.Image.String()
		lost := slices.Contains(unknown, r.Repository)
		switch s, ok := first(r); {
		case r.Err != nil, lost && kept(published, r.Repository):
		case r.Decision.Outcome == resolver.Hold:
			reason = r.Decision.Reason
		case ok && s.updateType == resolver.UpdateRelease && lost:
			reason = fmt.Sprintf("%s moves as a whole, and not every image of it could be looked up in this run", called[subjectOf(r)].title)
		case r.Group != "":
			reason, title = strings.Join(r.Waits, "; "), called[subjectOf(r)].title
		default:
			reason = strings.Join(r.Waits, "; ")
		}
		held := Published{
			Branch: prefix + "upgrade/" + called[subjectOf(r)].slug, Title: text.Outside(title).Commit(), Base: base, Action: Held, Reason: reason,
		}
		if reason != "" && !slices.ContainsFunc(list, func(p Published) bool {
			return p.Branch == held.Branch && p.Title == held.Title && p.Reason == held.Reason
		}) {
			list = append(list, held)
		}
	}
	return list
}

func kept(published []Published, repository string) bool {
	return slices.ContainsFunc(published, func(p Published) bool {
		return p.Action == Kept && slices.ContainsFunc(p.Updates, func(u Update) bool { return u.Repository == repository })
	})
}
