package resolver

import (
	"context"
	"errors"
	"fmt"
	"time"
)

// verdict says whether a version may be an upgrade's target, and why.
type verdict struct {
	ok       bool
	asked    bool // the registry was asked for this version
	digest   string
	platform []Child // of its index
	reason   string  // of a good one: its age; of a bad one: what it lacks
}

// qualify looks at age, existence and platforms of a version. An unconfirmed
// verdict goes by the listing alone, which is enough for what is only shown.
func (it *item) qualify(ctx context.Context, v Version, opts Options, confirm bool) (verdict, error) {
	t := it.inv.tags[v.Tag]
	age, wait := it.ageByListing(t, opts)
	if wait != "" {
		return verdict{reason: wait}, nil
	}
	if !confirm && t.Digest != "" && age != "" {
		return verdict{ok: true, digest: t.Digest, reason: age + ", by the registry's listing; not fetched yet"}, nil
	}
	m, err := it.inv.confirm(ctx, v.Tag)
	if errors.Is(err, ErrNotFound) {
		return verdict{asked: true, reason: "the registry lists it but does not have it"}, nil
	}
	if err != nil {
		return verdict{}, err
	}
	if age == "" {
		if age, wait, err = it.ageByImage(ctx, v, m.Digest, opts); err != nil || wait != "" {
			return verdict{asked: true, reason: wait}, err
		}
	}
	form, lacks, err := it.compareForm(ctx, m)
	if err != nil || lacks != "" {
		return verdict{asked: true, reason: lacks}, err
	}
	return verdict{ok: true, asked: true, digest: m.Digest, platform: m.Children, reason: age + form}, nil
}

// ageByListing judges the age by the time of push or the first sight of the tag,
// whichever is earlier: a version that is rebuilt is pushed again and is not
// younger for it. Both answers are empty where neither decides; wait says what a
// version that is too young waits for.
func (it *item) ageByListing(t Tag, opts Options) (age, wait string) {
	seen := it.firstSeen(t.Name, opts)
	if t.Pushed.IsZero() {
		return it.ageBySight(t.Name, seen, opts), ""
	}
	if age, wait = it.judgeAge(t.Pushed, "pushed", opts); age != "" {
		return age, ""
	}
	if opts.Proposed != nil && opts.Proposed(it.inv.repository, t.Name) {
		return "old enough when it was proposed, and pushed again on " + date(t.Pushed), ""
	}
	it.waits = append(it.waits, t.Name)
	if seen.IsZero() || !seen.Before(t.Pushed) {
		return "", wait
	}
	if age, wait = it.judgeAge(seen, "first seen", opts); age != "" {
		age += ", and pushed again on " + date(t.Pushed)
	}
	return age, wait
}

// ageBySight is the age of a tag without a time of push by its first sight, empty
// where that is not long enough ago.
func (it *item) ageBySight(tag string, seen time.Time, opts Options) (age string) {
	if !seen.IsZero() {
		it.waits = append(it.waits, tag)
		age, _ = it.judgeAge(seen, "first seen", opts)
	}
	if age == "" && opts.Proposed != nil && opts.Proposed(it.inv.repository, tag) {
		return "old enough when it was proposed"
	}
	if age == "" && it.settings.minimumAge == 0 {
		return "its age is unknown"
	}
	return age
}

func (it *item) firstSeen(tag string, opts Options) time.Time {
	if opts.FirstSeen == nil {
		return time.Time{}
	}
	return opts.FirstSeen(it.inv.repository, tag)
}

// judgeAge says since when a version is there, or until when it waits. Both are
// dates, because the sentence goes into a pull request that must not change
// from day to day.
func (it *item) judgeAge(since time.Time, verb string, opts Options) (age, wait string) {
	if opts.Now.Sub(since) >= it.settings.minimumAge {
		return verb + " on " + date(since), ""
	}
	return "", fmt.Sprintf("%s on %s, and it may go on %s, at the minimum age of %s", verb, date(since), date(since.Add(it.settings.minimumAge)), days(it.settings.minimumAge))
}

func date(t time.Time) string { return t.UTC().Format("2006-01-02") }

// earliestImage is when images of today's kind began. Build tools write earlier
// dates into images on purpose, so that they can be built twice the same.
var earliestImage = time.Date(2013, 1, 1, 0, 0, 0, 0, time.UTC)

// ageByImage judges the age by the date inside the image, which its publisher
// could set. Where that date is implausible, or the policy does not trust it, the
// wait is counted from the first sight of the tag.
func (it *item) ageByImage(ctx context.Context, v Version, digest string, opts Options) (age, wait string, err error) {
	it.waits = append(it.waits, v.Tag)
	if it.settings.strictAge {
		return "", it.waitFromSight(v, "the policy trusts no date that a publisher can set", opts), nil
	}
	config, err := it.inv.reg.Config(ctx, it.inv.repository, digest)
	if err != nil {
		return "", "", fmt.Errorf("reading the age of %s:%s: %w", it.inv.repository, v.Tag, err)
	}
	if config.Created.Before(earliestImage) || config.Created.After(opts.Now) {
		return "", it.waitFromSight(v, "the image has no plausible date", opts), nil
	}
	age, wait = it.judgeAge(config.Created, "built, by the date in the image,", opts)
	return age, wait, nil
}

// waitFromSight says until when a version waits whose age only its first sight
// tells.
func (it *item) waitFromSight(v Version, why string, opts Options) string {
	seen := it.firstSeen(v.Tag, opts)
	if seen.IsZero() {
		seen = opts.Now
	}
	_, wait := it.judgeAge(seen, "first seen", opts)
	return wait + "; the registry has no time of push, and " + why
}
