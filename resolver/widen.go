package resolver

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// widen makes sure that the newest versions of a family are known where the
// list is long. What was pushed last of from's major is looked for first; and
// where the newest versions are known in another variant only, they are asked
// for in from's.
func (inv *inventory) widen(ctx context.Context, from Version) error {
	if inv.complete || inv.widened[from.Tag] {
		return nil
	}
	inv.widened[from.Tag] = true
	for _, ask := range []func(context.Context, Version) error{inv.askStem, inv.askMajor, inv.askNextMajor, inv.askVariant} {
		if err := ask(ctx, from); err != nil {
			return err
		}
	}
	return nil
}

// askStem asks what a short version may stand for, where that is not known.
func (inv *inventory) askStem(ctx context.Context, from Version) error {
	if _, sure := inv.partial(from); sure {
		return nil
	}
	return inv.like(ctx, from.stem())
}

// askMajor searches for what was pushed last of from's major. A major that is too
// old a line to be found is given up, but not its minor.
func (inv *inventory) askMajor(ctx context.Context, from Version) error {
	texts := majorTexts(from)
	found := inv.hasNewer(inv.alreadyRead(texts), from)
	if !found {
		if err := inv.search(ctx, texts, func(page []Tag) bool {
			found = inv.hasNewer(page, from)
			return found
		}); err != nil {
			return err
		}
	}
	if found || len(from.Numbers) < 3 || inv.covers(from.suffix()) {
		return nil
	}
	return inv.like(ctx, from.Prefix+from.Numbers[0]+"."+from.Numbers[1]+".")
}

// askVariant asks for from's variant of the newest versions, where they are known
// in another variant only.
func (inv *inventory) askVariant(ctx context.Context, from Version) error {
	for _, within := range []bool{true, false} {
		newest := inv.newestRelease(from, within)
		if newest.Tag == "" || from.SameFamily(newest) || inv.covers(from.suffix()) {
			continue
		}
		text := newest.numbersText() + from.suffix()
		if newest.RevisionWord != "" { // stands between the numbers and the variant
			text = newest.numbersText()
		}
		if err := inv.like(ctx, text); err != nil {
			return err
		}
	}
	return nil
}

// askNextMajor asks for the major after the newest that is known. Where all
// lines are rebuilt together, the newest page may be full of the older ones.
func (inv *inventory) askNextMajor(ctx context.Context, from Version) error {
	newest := inv.newestRelease(from, false)
	if len(newest.Numbers) < 2 || inv.covers(from.suffix()) {
		return nil
	}
	major, err := strconv.Atoi(newest.Numbers[0])
	if err != nil || major == 0 {
		return nil
	}
	return inv.like(ctx, fmt.Sprintf("%s%d.", from.Prefix, major+1))
}

// alreadyRead lists the tags of those texts of which a page was read before.
func (inv *inventory) alreadyRead(texts []string) []Tag {
	var tags []Tag
	for _, text := range texts {
		if inv.searched[text] == 0 {
			continue
		}
		for name, t := range inv.tags {
			if strings.Contains(name, text) {
				tags = append(tags, t)
			}
		}
	}
	return tags
}

// majorTexts are what the versions of a family and a major have in common.
func majorTexts(v Version) []string {
	switch {
	case v.Kind == TagDate:
		return []string{v.Prefix}
	case len(v.Numbers) < 2:
		return []string{v.suffix(), v.Prefix}
	}
	return []string{v.suffix(), v.Prefix + v.Major() + "."}
}

// hasNewer reports whether a page, newest first, has other versions of from's
// major that are not older: then the newest ones are on it.
func (inv *inventory) hasNewer(page []Tag, from Version) bool {
	return slices.ContainsFunc(page, func(t Tag) bool {
		v := inv.versions[t.Name]
		return v.Tag != from.Tag && v.Versioned() && v.Prefix == from.Prefix && (v.Kind == TagDate || v.Major() == from.Major()) && compareNumbers(v.Numbers, from.Numbers) >= 0
	})
}

// newestRelease is the newest known release of any variant, within from's major
// or of all.
func (inv *inventory) newestRelease(from Version, within bool) Version {
	var newest Version
	for _, v := range inv.versions {
		if v.Kind != TagRelease || v.Prefix != from.Prefix || len(v.Numbers) < min(len(from.Numbers), inv.usualCount(v.Prefix)) || within && v.Major() != from.Major() {
			continue
		}
		if c := compareNumbers(v.Numbers, newest.Numbers); c > 0 || c == 0 && from.SameFamily(v) {
			newest = v
		}
	}
	return newest
}

// suffix is the variant with the hyphen before it.
func (v Version) suffix() string {
	if len(v.Words) == 0 || strings.HasPrefix(v.Prefix, v.Words[0]) {
		return ""
	}
	return "-" + v.Variant()
}
