package updater

import (
	"fmt"
	"slices"
	"strings"

	"pinbot/internal/text"
	"pinbot/resolver"
)

// MaxBody is how many bytes a body may have; forges refuse longer ones.
const MaxBody = 60_000

// Body is the pull request's text: what changes, what runs now and what will
// run, why, where, and what happens next. Everything that came from outside is
// made inert.
func (c Change) Body() string {
	var b strings.Builder
	b.WriteString(c.lead() + "\n\n")
	b.WriteString(c.table())
	b.WriteString("\n### Why\n\n")
	for _, r := range distinct(c.Updates, func(u Update) string { return u.Reason }) {
		names := distinct(c.Updates, func(u Update) string {
			if u.Reason != r {
				return ""
			}
			return shortName(u.Repository)
		})
		fmt.Fprintf(&b, "- %s: %s.\n", codes(names), text.Outside(r).Markdown())
	}
	b.WriteString(c.watch())
	b.WriteString(c.places())
	b.WriteString(next)
	return truncate(b.String(), MaxBody)
}

// lead says in a sentence or two what a reviewer approves.
func (c Change) lead() string {
	switch c.Kind {
	case ChangePin:
		return "Writes down what a fresh pull gets **today**: exact tags and digests instead of tags that can move. " +
			"**The images stay the same.** What is deployed from these files restarts once, and a node that still ran an older copy changes to this one."
	case ChangeRelease:
		return fmt.Sprintf("**This changes what a fresh pull gets.** %s cannot be pinned to a release with the same content, because no release has it. "+
			"It goes to %s, and what is deployed from these files restarts with it.", codes(nonEmpty(distinct(c.Updates, fromTag), "latest")), codes(distinct(c.Updates, func(u Update) string { return u.ToTag })))
	}
	if c.has(resolver.UpdateMajor) {
		return "**A major upgrade**: read the release notes before you merge. What is deployed from these files restarts with the new version."
	}
	return "An upgrade within the major version. What is deployed from these files restarts with the new version."
}

func nonEmpty(list []string, otherwise string) []string {
	if len(list) == 0 {
		return []string{otherwise}
	}
	return list
}

// table has a row for each image.
func (c Change) table() string {
	var b strings.Builder
	b.WriteString("| Image | Runs now | Will run | Change | Evidence |\n|---|---|---|---|---|\n")
	for _, u := range c.Updates {
		fmt.Fprintf(&b, "| %s | %s | %s | %s | %s |\n", u.link(), cell(fromTag(u), u.FromDigest), cell(u.ToTag, u.ToDigest), u.UpdateType, evidenceWords[u.Evidence])
	}
	return b.String()
}

var evidenceWords = map[resolver.Evidence]string{
	resolver.EvidenceIndexDigest:     "same index digest",
	resolver.EvidencePlatformDigests: "same digest for each platform",
	resolver.EvidenceVersionLabel:    "version label",
	resolver.EvidenceNone:            "other content",
}

// link is the image's name, leading to its registry's page and its source.
func (u Update) link() string {
	name := text.Outside(shortName(u.Repository)).Code()
	if page := registryPage(u.Repository, u.ToTag); page != "" {
		name = fmt.Sprintf("[%s](%s)", name, page)
	}
	if u.Source != "" {
		name += fmt.Sprintf(" ([source](%s))", u.Source)
	}
	return name
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
	var notes []string
	for _, u := range c.Updates {
		for _, n := range u.Notes {
			if !slices.Contains(notes, n) {
				notes = append(notes, n)
			}
		}
	}
	if len(notes) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n### Good to know\n\n")
	for _, n := range notes {
		images := distinct(c.Updates, func(u Update) string {
			if !slices.Contains(u.Notes, n) {
				return ""
			}
			return shortName(u.Repository)
		})
		fmt.Fprintf(&b, "- %s: %s\n", codes(images), n)
	}
	return b.String()
}

// places lists files and lines, folded where they are many.
func (c Change) places() string {
	var b strings.Builder
	n := 0
	for _, u := range c.Updates {
		for _, p := range u.Places {
			n++
			fmt.Fprintf(&b, "- %s\n", text.Outside(fmt.Sprintf("%s:%d", p.File, p.Line)).Code())
		}
	}
	const most = 8
	if n <= most {
		return "\n### Where\n\n" + b.String()
	}
	return fmt.Sprintf("\n<details><summary>Where: %d places</summary>\n\n%s\n</details>\n", n, b.String())
}

const next = `
### What happens next

- A newer version that qualifies updates this pull request in place; a base that changes these files rebuilds it.
- A commit of yours on this branch makes pinbot leave it alone.
- Close it, and pinbot does not open it again for this version. To stop it for good, write a rule into ` + "`pinbot.yaml`" + `.
`

// truncate cuts a body at the end of a line, and says so.
func truncate(s string, most int) string {
	if len(s) <= most {
		return s
	}
	const note = "\n\n…this text was cut, because it was too long. The diff is complete.\n"
	cut := s[:most-len(note)-len("\n</details>\n")]
	cut = cut[:strings.LastIndexByte(cut, '\n')]
	if strings.Count(cut, "<details>") > strings.Count(cut, "</details>") {
		cut += "\n\n</details>\n"
	}
	return cut + note
}
