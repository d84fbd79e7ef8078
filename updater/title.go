package updater

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"pinbot/internal/text"
	"pinbot/resolver"
)

// maxTitle is how long a title may be, in bytes. Gitea cuts at 255 bytes.
const maxTitle = 160

// Title is the pull request's title and its commit's first line.
func (c Change) Title() string {
	s := text.Outside(c.title()).Commit()
	if len(s) > maxTitle {
		s = strings.ToValidUTF8(s[:maxTitle-len("…")], "") + "…"
	}
	return s
}

func (c Change) title() string {
	if c.Kind == ChangePin {
		return c.pinTitle()
	}
	to := c.to()
	if c.Kind == ChangeRelease {
		return fmt.Sprintf("Move %s from %s to release %s", c.name(), oneOf(c.from(), "tags that float"), oneOf(to, "their releases"))
	}
	s := fmt.Sprintf("Upgrade %s to %s", c.name(), oneOf(to, "newer versions"))
	if from := c.from(); len(from) == 1 && len(to) == 1 {
		s = fmt.Sprintf("Upgrade %s from %s to %s", c.name(), from[0], to[0])
	}
	if c.has(resolver.UpdateMajor) {
		s += " (major)"
	}
	return s
}

func (c Change) pinTitle() string {
	repositories, from, to := c.repositories(), c.from(), c.to()
	switch {
	case len(repositories) > 1:
		return fmt.Sprintf("Pin %d images to exact tags and digests", len(repositories))
	case len(from) != 1 || len(to) != 1:
		return fmt.Sprintf("Pin %s to exact tags and digests", c.name())
	case from[0] == to[0]:
		return fmt.Sprintf("Pin %s %s to its digest", c.name(), from[0])
	}
	return fmt.Sprintf("Pin %s %s to %s", c.name(), from[0], to[0])
}

// name is what the change is about, for a title: an image, or a group and its
// images.
func (c Change) name() string {
	repositories := c.repositories()
	if len(repositories) == 1 {
		return shortName(repositories[0])
	}
	const most = 4
	images := distinct(c.Updates, func(u Update) string { return path.Base(u.Repository) })
	slices.Sort(images)
	if len(images) < len(repositories) || len(images) > most {
		return fmt.Sprintf("%s (%d images)", c.Subject, len(repositories))
	}
	return fmt.Sprintf("%s (%s)", c.Subject, strings.Join(images, ", "))
}

// oneOf lists a few things, and says in other words that they are many.
func oneOf(list []string, many string) string {
	if len(list) == 0 || len(list) > 3 {
		return many
	}
	return strings.Join(list, ", ")
}

// shortName is a repository as people say it.
func shortName(repository string) string {
	return strings.TrimPrefix(strings.TrimPrefix(repository, "docker.io/library/"), "docker.io/")
}

func (c Change) repositories() []string {
	return distinct(c.Updates, func(u Update) string { return u.Repository })
}

// to lists the tags that the change goes to.
func (c Change) to() []string { return distinct(c.Updates, func(u Update) string { return u.ToTag }) }

// from lists the tags that are written today.
func (c Change) from() []string { return distinct(c.Updates, fromTag) }

// fromTag is the tag that is written, or meant where none is. A reference that
// has a digest and no tag has none.
func fromTag(u Update) string {
	if u.FromTag == "" && !strings.Contains(u.From, "@") {
		return "latest"
	}
	return u.FromTag
}

func (c Change) has(t resolver.UpdateType) bool {
	return slices.ContainsFunc(c.Updates, func(u Update) bool { return u.UpdateType == t })
}

// distinct lists the different values of f in order, without empty ones.
func distinct[T any](values []T, f func(T) string) []string {
	var list []string
	for _, v := range values {
		if s := f(v); s != "" && !slices.Contains(list, s) {
			list = append(list, s)
		}
	}
	return list
}

// Message is the text of the change's commit.
func (c Change) Message() string {
	var b strings.Builder
	b.WriteString(c.Title() + "\n\n")
	for _, u := range c.Updates {
		fmt.Fprintf(&b, "- %s\n  -> %s\n", text.Outside(u.From).Commit(), text.Outside(u.To).Commit())
	}
	return b.String()
}
