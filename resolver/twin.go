package resolver

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strings"
)

// variantOf lists the words of a floating tag that say what it is, in order:
// alpine in lts-alpine. Words that no version of the repository carries, such
// as lts, latest or a release's code name, are not among them.
func (inv *inventory) variantOf(v Version) []string {
	if v.Kind != TagChannel {
		return v.Words
	}
	var words []string
	for _, w := range v.Words {
		if !isChannelWord(w) && (isSystem(w) || inv.words[w]) {
			words = append(words, w)
		}
	}
	return words
}

// twins lists the exact tags among candidates that say the same as a floating
// tag, and more precisely, best first: its own variant before added words, the
// fewest added letters, then releases before other kinds, the most numbers, and
// the prefix that the user wrote or the repository's releases mostly have.
func (inv *inventory) twins(floating Version, candidates []Version) []Version {
	variant := inv.variantOf(floating)
	usual := inv.usualPrefix()
	var fit []Version
	for _, c := range candidates {
		if inv.fits(floating, variant, c) {
			fit = append(fit, c)
		}
	}
	slices.SortStableFunc(fit, func(a, b Version) int {
		return cmp.Or(
			cmp.Compare(added(variant, a), added(variant, b)),
			-cmp.Compare(releaseFirst(a), releaseFirst(b)),
			-cmp.Compare(a.size(), b.size()),
			-cmp.Compare(prefixRank(floating, usual, a), prefixRank(floating, usual, b)),
			inv.scheme.Compare(b, a),
		)
	})
	return fit
}

// fits reports whether c is a more exact way to write floating.
func (inv *inventory) fits(floating Version, variant []string, c Version) bool {
	if !c.Versioned() && c.Kind != TagCommit {
		return false
	}
	if partial, _ := inv.partial(c); partial {
		return false
	}
	if floating.Kind == TagRelease && c.Kind != TagDate && c.Kind != TagCommit &&
		(!floating.Within(c) || strings.TrimRight(floating.Prefix, "vV") != strings.TrimRight(c.Prefix, "vV")) {
		return false // a date or a commit of the same content says nothing against it
	}
	for _, w := range variant {
		if !slices.Contains(c.Words, w) {
			return false
		}
	}
	return !slices.ContainsFunc(c.Words, func(w string) bool {
		return architectureWords[w] && !slices.Contains(variant, w)
	})
}

// added measures how far a candidate's variant is from the wanted one: 0 as
// written, 1 in another order, else the letters of the words that it adds.
func added(variant []string, c Version) int {
	if slices.Equal(variant, c.Words) {
		return 0
	}
	n := 1
	for _, w := range c.Words {
		if !slices.Contains(variant, w) {
			n += 1 + len(w)
		}
	}
	return n
}

func releaseFirst(v Version) int {
	switch v.Kind {
	case TagRelease:
		return 3
	case TagPrerelease:
		return 2
	case TagDate:
		return 1
	}
	return 0
}

// prefixRank prefers the prefix as the user writes it, else as the repository's
// releases do.
func prefixRank(floating Version, usual string, c Version) int {
	switch {
	case floating.Kind == TagRelease && c.Prefix == floating.Prefix:
		return 2
	case c.Prefix == usual:
		return 1
	}
	return 0
}

// usualPrefix is the prefix that most releases of the repository have.
func (inv *inventory) usualPrefix() string {
	count := map[string]int{}
	for _, v := range inv.versions {
		if v.Kind == TagRelease {
			count[v.Prefix]++
		}
	}
	best := ""
	for p, n := range count {
		if n > count[best] || n == count[best] && p < best {
			best = p
		}
	}
	return best
}

// versionHints are the labels in which images carry their version, most telling
// first.
var versionHints = []string{"org.opencontainers.image.version", "org.label-schema.version"}

// hintedNumbers are the numbers in a hint: 16.2 in 16.2-1.pgdg120+2, and 21.0.12
// in jdk-21.0.12+8.
var hintedNumbers = regexp.MustCompile(`\d+(?:[.u]\d+)*`)

// hintedVersion guesses the version of an image from its labels, else from the
// variables that official images set. It is only a hint where to look: a digest
// must confirm it.
func hintedVersion(repository string, c Config) string {
	name := repository[strings.LastIndexByte(repository, '/')+1:]
	var hints []string
	for _, label := range versionHints {
		hints = append(hints, c.Labels[label])
	}
	for _, key := range []string{name + "_VERSION", "PG_VERSION", "JAVA_VERSION", "VERSION"} {
		hints = append(hints, c.Env[strings.ToUpper(strings.ReplaceAll(key, "-", "_"))])
	}
	for _, h := range hints {
		if numbers := hintedNumbers.FindString(h); numbers != "" {
			return numbers
		}
	}
	return ""
}

// findTwin looks for the exact tag that has the content of a floating one, with
// as few questions as the registry allows.
func (inv *inventory) findTwin(ctx context.Context, floating Version, digest string) (Version, bool, error) {
	twin, found := inv.knownTwin(floating, digest)
	if !found && inv.exhausted() && !inv.listed {
		return inv.probeTwin(ctx, floating, digest)
	}
	known := func([]Tag) bool {
		twin, found = inv.knownTwin(floating, digest)
		return found
	}
	for _, question := range []func(context.Context, Version, string) (string, error){inv.ownText, inv.hint} {
		if inv.complete || found && twin.size() > 2 {
			break
		}
		text, err := question(ctx, floating, digest)
		if err != nil {
			return twin, found, err
		}
		if err := inv.like(ctx, text); err != nil {
			return twin, found, err
		}
		known(nil)
	}
	if found || development(floating) {
		return twin, found, nil
	}
	if err := inv.search(ctx, inv.lineTexts(floating), known); err != nil || found {
		return twin, found, err
	}
	pushed := inv.tags[floating.Tag].Pushed
	for !found && !inv.exhausted() && floating.Kind == TagChannel && (inv.pages < 2 || inv.pages < twinPages && !inv.reached.Before(pushed)) {
		if err := inv.more(ctx); err != nil {
			return twin, found, err
		}
		known(nil)
	}
	return twin, found, nil
}

// twinPages is how many newest-first pages are read at most in search of a
// channel's twin that no targeted question found. Tags with one content are
// mostly pushed together, so that there is little hope on older pages.
const twinPages = 8

// knownTwin is the best twin among the tags that are known already.
func (inv *inventory) knownTwin(floating Version, digest string) (Version, bool) {
	if fit := inv.twins(floating, inv.sameContent(digest, floating.Tag)); len(fit) > 0 {
		return fit[0], true
	}
	return Version{}, false
}

// ownText asks for a floating tag's twin by the most telling text that it shares
// with it.
func (inv *inventory) ownText(_ context.Context, floating Version, _ string) (string, error) {
	texts := inv.lineTexts(floating)
	if len(floating.Numbers) == 1 && len(texts) > 1 && texts[1] != "" {
		return texts[1], nil
	}
	return texts[0], nil
}

// hint asks the image itself which version it is. Builds of a development line
// carry none that a release could have.
func (inv *inventory) hint(ctx context.Context, floating Version, digest string) (string, error) {
	if development(floating) {
		return "", nil
	}
	config, err := inv.reg.Config(ctx, inv.repository, digest)
	if err != nil {
		return "", err
	}
	return hintedVersion(inv.repository, config), nil
}

// probeBudget is how many tags may be asked for their digest, one by one, where
// a registry's listing has none.
const probeBudget = 10

// probeTwin asks for the digests of the likeliest candidates: the newest
// versions of the same variant first, then those with the fewest added words.
func (inv *inventory) probeTwin(ctx context.Context, floating Version, digest string) (Version, bool, error) {
	variant := inv.variantOf(floating)
	candidates := inv.twins(floating, inv.all())
	slices.SortStableFunc(candidates, func(a, b Version) int {
		return cmp.Or(
			cmp.Compare(added(variant, a), added(variant, b)),
			-cmp.Compare(releaseFirst(a), releaseFirst(b)),
			inv.scheme.Compare(b, a),
		)
	})
	for _, c := range candidates[:min(len(candidates), probeBudget)] {
		t, err := inv.tag(ctx, c.Tag)
		if err != nil && !errors.Is(err, ErrNotFound) {
			return Version{}, false, err
		}
		if err == nil && t.Digest == digest {
			twin, found := inv.knownTwin(floating, digest)
			return twin, found, nil
		}
	}
	return Version{}, false, nil
}
