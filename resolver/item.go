package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"pinbot/manifest"
)

// item is one distinct image under one set of rules: what is asked and decided
// once, however many references name it.
type item struct {
	ref      manifest.Ref // the first of its references
	refs     []int        // indexes of all of them
	settings settings
	version  Version // of the tag; of latest where none is written
	class    Class
	assumed  []string

	inv     *inventory
	current Tag   // what a fresh pull of the tag gets; no Digest where it is not known yet
	missing bool  // the registry has no such tag
	err     error // nothing can be decided

	decision Decision
	upgrades []Proposal
	findings []string
	chosen   Version // what the reference names once the decision is applied
	source   string
	group    string
	waits    []string // tags whose age may be counted from when they are first seen
	notes    []string // what keeps upgrades back
}

// tagName is the tag that a pull uses.
func (it *item) tagName() string {
	if it.ref.Image.Tag == "" {
		return "latest"
	}
	return it.ref.Image.Tag
}

// digest is the content that the reference stands for today: the written one,
// else what a fresh pull gets.
func (it *item) digest() string {
	if it.ref.Image.Digest != "" {
		return it.ref.Image.Digest
	}
	return it.current.Digest
}

// gather asks the registry what has to be known before anything can be decided,
// alone or in a group.
func (it *item) gather(ctx context.Context) {
	if it.class == ClassVariable || it.settings.ignore {
		return
	}
	if it.err = it.inv.more(ctx); it.err != nil {
		return
	}
	if it.err = it.askLine(ctx); it.err != nil {
		return
	}
	it.classify(it.inv)
	it.err = it.readCurrent(ctx)
}

// askLine asks for the tags that a short version may stand for, where the part
// of the list that is known does not tell whether it is partial. A lone number
// is too common a text to ask for, and is partial where releases have more.
func (it *item) askLine(ctx context.Context) error {
	v := it.version
	if partial, sure := it.inv.partial(v); sure || partial && len(v.Numbers) == 1 {
		return nil
	}
	return it.inv.like(ctx, v.stem())
}

// classify says what the tag is, by what is known now; without an inventory, by
// the tag alone.
func (it *item) classify(inv *inventory) {
	class, guess := classify(it.ref, it.version, inv)
	it.class, it.assumed = class, nil
	if guess != "" {
		it.assumed = []string{guess}
	}
	if inv != nil && inv.cut {
		it.assumed = append(it.assumed, fmt.Sprintf("tags: the list is longer than may be read; %d of them are known", len(inv.tags)))
	}
}

// readCurrent looks up what the tag names today. Where the listing has no
// digests, an exact tag without a digest is left for the pin to fetch.
func (it *item) readCurrent(ctx context.Context) error {
	if it.class == ClassDigest || !it.inv.listed && it.ref.Image.Digest == "" && !it.class.floating() {
		return nil
	}
	var err error
	it.current, err = it.inv.tag(ctx, it.tagName())
	if errors.Is(err, ErrNotFound) {
		it.missing = true
		return nil
	}
	return err
}

// find adds a finding once.
func (it *item) find(finding string) {
	for _, f := range it.findings {
		if f == finding {
			return
		}
	}
	it.findings = append(it.findings, finding)
}

// decide records a decision and what the reference names after it.
func (it *item) decide(d Decision) {
	if it.inv.cut {
		d.Reason += fmt.Sprintf("; the repository's list of tags is longer than may be read, and only %d were", len(it.inv.tags))
	}
	it.decision = d
	it.chosen = it.inv.scheme.Parse(d.Tag)
}

// note records once what keeps an upgrade back.
func (it *item) note(format string, args ...any) {
	if n := fmt.Sprintf(format, args...); !slices.Contains(it.notes, n) {
		it.notes = append(it.notes, n)
	}
}

// keep leaves the reference as it is.
func (it *item) keep(outcome Outcome, reason string, args ...any) {
	it.decide(Decision{Outcome: outcome, Tag: it.ref.Image.Tag, Digest: it.ref.Image.Digest, Reason: fmt.Sprintf(reason, args...)})
}

// fail records that a lookup failed: a skip where the operator could mend it
// and a public registry would have answered, else an error.
func (it *item) fail(err error) {
	it.err = err
	outcome := Error
	if errors.Is(err, ErrUnconfigured) {
		outcome = Skip
	}
	it.keep(outcome, "%v", err)
}

// numbersText is the version's numbers as they are written in the tag.
func (v Version) numbersText() string {
	text := v.Tag[len(v.Prefix):]
	n := 0
	for n < len(text) && (text[n] >= '0' && text[n] <= '9' || text[n] == '.') {
		n++
	}
	if n > 0 && text[n-1] == '.' {
		n--
	}
	return text[:n]
}

// days says a duration in words.
func days(d time.Duration) string {
	hours := int(d.Hours())
	switch {
	case hours < 0:
		return "0 hours"
	case hours == 1:
		return "1 hour"
	case hours < 48:
		return fmt.Sprintf("%d hours", hours)
	}
	return fmt.Sprintf("%d days", hours/24)
}
