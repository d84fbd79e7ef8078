package updater

import (
	"fmt"
	"slices"
	"strings"

	"pinbot/internal/text"
	"pinbot/resolver"
)

// Title is the pull request's title and its commit's first line.
func (c Change) Title() string {
	var s string
	switch c.Kind {
	case ChangePin:
		s = c.pinTitle()
	case ChangeRelease:
		s = fmt.Sprintf("Move %s from %s to release %s", c.name(), c.from(), c.to())
	default:
		s = fmt.Sprintf("Upgrade %s to %s", c.name(), c.to())
		if c.has(resolver.UpdateMajor) {
			s += " (major)"
		}
	}
	return text.Outside(s).Commit()
}

func (c Change) pinTitle() string {
	repositories := c.repositories()
	if len(repositories) == 1 {
		return fmt.Sprintf("Pin %s to %s", shortName(repositories[0]), c.to())
	}
	return fmt.Sprintf("Pin %d images to exact tags and digests", len(repositories))
}

// name is what the change is about, for a title.
func (c Change) name() string {
	repositories := c.repositories()
	switch {
	case len(repositories) == 1:
		return shortName(repositories[0])
	case len(repositories) == 2:
		return shortName(repositories[0]) + " and " + shortName(repositories[1])
	}
	return c.Subject
}

// shortName is a repository as people say it.
func shortName(repository string) string {
	return strings.TrimPrefix(strings.TrimPrefix(repository, "docker.io/library/"), "docker.io/")
}

func (c Change) repositories() []string {
	return distinct(c.Updates, func(u Update) string { return u.Repository })
}

// to names the version that the change goes to, or the versions.
func (c Change) to() string {
	return strings.Join(distinct(c.Updates, func(u Update) string { return u.ToTag }), ", ")
}

func (c Change) from() string {
	return strings.Join(distinct(c.Updates, func(u Update) string { return fromTag(u) }), ", ")
}

func fromTag(u Update) string {
	if u.FromTag == "" && u.FromDigest == "" {
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
