package resolver

import (
	"slices"

	"pinbot/manifest"
)

// classify says what a reference's tag is. Whether a short version is partial is
// decided by the repository's own tags; without them, inv is nil and the answer
// is a guess that assumed names.
func classify(ref manifest.Ref, v Version, inv *inventory) (class Class, assumed string) {
	switch {
	case ref.Variable:
		return ClassVariable, ""
	case ref.Image.Tag == "" && ref.Image.Digest != "":
		return ClassDigest, ""
	case ref.Image.Tag == "":
		return ClassNone, ""
	}
	switch v.Kind {
	case TagPrerelease:
		return ClassPrerelease, ""
	case TagDate:
		return ClassDate, ""
	case TagCommit, TagArtifact:
		return ClassCommit, ""
	case TagRelease:
		return classifyRelease(v, inv)
	}
	return ClassChannel, ""
}

func classifyRelease(v Version, inv *inventory) (Class, string) {
	if inv != nil {
		partial, sure := inv.partial(v)
		class := ClassExact
		if partial {
			class = ClassPartial
		}
		if !sure {
			return class, "class: only a part of the repository's tags was read"
		}
		return class, ""
	}
	if v.Wild || len(v.Numbers)+len(v.Revision) < 3 {
		return ClassPartial, "class: partial by its few numbers, without asking the registry"
	}
	return ClassExact, "class: exact by its numbers, without asking the registry"
}

// floating reports whether a class names different content over time.
func (c Class) floating() bool {
	return c == ClassNone || c == ClassChannel || c == ClassPartial
}

// development reports whether a tag names a line that is built from a branch.
func development(v Version) bool {
	return v.Kind == TagChannel && slices.ContainsFunc(v.Words, func(w string) bool { return developmentWords[w] })
}

// newestByDefault reports whether a floating tag asks for nothing in particular:
// none, latest, or a development line. Such a tag moves to the newest release
// where no tag has its content; a named line (lts, stable, bookworm) does not.
func newestByDefault(class Class, v Version) bool {
	return class == ClassNone || class == ClassChannel && (development(v) || slices.Contains(v.Words, "latest"))
}

// branch reports whether a tag is named after the branch that every project
// has. That it has a release's content says nothing against the release.
func branch(v Version) bool {
	return slices.ContainsFunc(v.Words, func(w string) bool {
		return w == "main" || w == "master" || w == "trunk" || w == "head"
	})
}
