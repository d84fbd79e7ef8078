package updater

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"pinbot/internal/text"
	"pinbot/resolver"
)

// MaxBody is how many bytes a body has at most, as long as people do not write
// more into it; forges refuse much longer ones.
const MaxBody = 60_000

// Body is the pull request's text: what changes, what runs now and what will
// run, why, where, and what happens next. Everything that came from outside is
// made inert.
func (c Change) Body() string {
	return c.lead() + "\n\n" + c.table() + c.why() + c.watch() + c.places() + next
}

// lead says in a sentence or two what a reviewer approves.
func (c Change) lead() string {
	switch {
	case c.Kind == ChangePin:
		return "**The images stay the same.** This writes down what a fresh pull gets today: exact tags and digests, instead of tags that can change their content. " +
			"What is deployed from these files restarts once, and a node that still ran an older copy of a tag gets this one."
	case c.Kind == ChangeRelease:
		return fmt.Sprintf("**This changes what a fresh pull gets**: the release %s, instead of whatever %s is on the day of a pull. "+
			"What is deployed from these files restarts with it.", codes(c.to()), codes(c.from()))
	}
	lead := "**An upgrade within the major version.**"
	if c.has(resolver.UpdateMajor) {
		lead = "**A major upgrade**: read the release notes before you merge."
	}
	if c.has(resolver.UpdateRelease) {
		lead += fmt.Sprintf(" It also moves %s to a release, **which changes what a fresh pull gets**.", codes(c.floating()))
	}
	return lead + " What is deployed from these files restarts with the new version."
}

// floating lists the tags that go to a release.
func (c Change) floating() []string {
	return distinct(c.Updates, func(u Update) string {
		if u.UpdateType != resolver.UpdateRelease {
			return ""
		}
		return fromTag(u)
	})
}

// table has a row for each image.
func (c Change) table() string {
	var b strings.Builder
	b.WriteString("| Image | A fresh pull gets today | Will run | Change |\n|---|---|---|---|\n")
	for _, u := range c.Updates {
		fmt.Fprintf(&b, "| %s | %s | %s | %s |\n", u.link(), cell(fromTag(u), u.FromDigest), cell(u.ToTag, u.ToDigest), c.kindOf(u))
	}
	return b.String()
}

// kindOf says how far an update goes, and how it is known.
func (c Change) kindOf(u Update) string {
	switch {
	case c.Kind == ChangeUpgrade:
		return string(u.UpdateType)
	case c.Kind == ChangePin && u.Evidence == resolver.EvidenceNone:
		return "pin: the tag's digest of today"
	}
	return string(u.UpdateType) + ": " + evidenceWords[u.Evidence]
}

var evidenceWords = map[resolver.Evidence]string{
	resolver.EvidenceIndexDigest:     "same index digest",
	resolver.EvidencePlatformDigests: "same digest for each platform",
	resolver.EvidenceVersionLabel:    "same version label",
	resolver.EvidenceNone:            "other content",
}

// why gives each reason once, with the images that it is about.
func (c Change) why() string {
	var list []string
	for _, r := range distinct(c.Updates, func(u Update) string { return u.Reason }) {
		names := c.names(func(u Update) bool { return u.Reason == r })
		list = append(list, fmt.Sprintf("%s: %s.", names, prose(r)))
	}
	return section("Why", "reasons", list)
}

// section is a heading and a list, folded where it is long.
func section(title, many string, list []string) string {
	const most = 8
	items := "- " + strings.Join(list, "\n- ") + "\n"
	if len(list) <= most {
		return fmt.Sprintf("\n### %s\n\n%s", title, items)
	}
	return fmt.Sprintf("\n<details><summary>%s: %d %s</summary>\n\n%s\n</details>\n", title, len(list), many, items)
}

// names lists the images of some updates, as code.
func (c Change) names(of func(Update) bool) string {
	return codes(distinct(c.Updates, func(u Update) string {
		if !of(u) {
			return ""
		}
		return shortName(u.Repository)
	}))
}

func cell(tag, digest string) string {
	var parts []string
	if tag != "" {
		parts = append(parts, text.Outside(tag).Code())
	}
	if digest != "" {
		parts = append(parts, text.Outside(digest[:min(len(digest), 19)]).Code())
	}
	return strings.Join(parts, " ")
}

func codes(list []string) string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = text.Outside(s).Code()
	}
	return strings.Join(quoted, ", ")
}

// watch lists what a reviewer cannot see in the diff.
func (c Change) watch() string {
	var list, notes []string
	for _, u := range c.Updates {
		for _, n := range u.Notes {
			if !slices.Contains(notes, n) {
				notes = append(notes, n)
				list = append(list, c.names(func(u Update) bool { return slices.Contains(u.Notes, n) })+": "+n)
			}
		}
	}
	if len(list) == 0 {
		return ""
	}
	return section("Good to know", "notes", list)
}

// places lists files and their lines.
func (c Change) places() string {
	lines := map[string][]int{}
	for _, u := range c.Updates {
		for _, p := range u.Places {
			lines[p.File] = append(lines[p.File], p.Line)
		}
	}
	var list []string
	for _, file := range slices.Sorted(maps.Keys(lines)) {
		slices.Sort(lines[file])
		numbers := fmt.Sprint(slices.Compact(lines[file]))
		where := "line "
		if strings.Contains(numbers, " ") {
			where = "lines "
		}
		list = append(list, text.Outside(file).Code()+" "+where+strings.ReplaceAll(strings.Trim(numbers, "[]"), " ", ", "))
	}
	return section("Where", "files", list)
}

const next = `
### What happens next

- A newer version that qualifies updates this pull request in place; a base that changes these files rebuilds it.
- A commit of yours on this branch makes pinbot leave it alone.
- Close it, and pinbot does not open it again for this version. To stop it for good, write a rule into ` + "`pinbot.yaml`" + `.
`

// truncate cuts a body at the end of a line, and says so. What people wrote
// around it may leave it little room, but never none.
func truncate(s string, most int) string {
	const (
		least = 2000
		note  = "\n\n…this text was cut, because it was too long. The diff is complete.\n"
		fold  = "\n</details>\n"
	)
	if most = max(most, least); len(s) <= most {
		return s
	}
	cut := s[:most-len(note)-len(fold)]
	cut = cut[:strings.LastIndexByte(cut, '\n')+1]
	if strings.Count(cut, "\n<details>") > strings.Count(cut, fold) {
		cut += fold
	}
	return cut + note
}

// digestInProse matches a digest within a sentence, shortened or not.
var digestInProse = regexp.MustCompile(`sha256:[0-9a-f]{12,64}`)

// prose is a sentence for people, with its digests as code, to be copied.
func prose(s string) string {
	var b strings.Builder
	at := 0
	for _, span := range digestInProse.FindAllStringIndex(s, -1) {
		b.WriteString(spaced(s[at:span[0]]) + text.Outside(s[span[0]:span[1]]).Code())
		at = span[1]
	}
	b.WriteString(spaced(s[at:]))
	return b.String()
}

// spaced is inert Markdown that keeps the spaces at both ends.
func spaced(s string) string {
	inert := text.Outside(s).Markdown()
	if strings.HasPrefix(s, " ") {
		inert = " " + inert
	}
	if len(s) > 1 && strings.HasSuffix(s, " ") {
		inert += " "
	}
	return inert
}
