package resolver

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// unit is what is decided together: the members of a lockstep group, or one
// image alone.
type unit struct {
	name    string // of the group, "" for a single image
	members []*item
	// anchor is the one exact version at which the other members stand, as
	// Version.Release says it; a floating member gets it instead of the newest.
	anchor string
	// torn says why floating members cannot be healed: their neighbours disagree.
	torn string
}

// decide takes the first step of every member, then looks for upgrades that all
// of them can take.
func (u *unit) decide(ctx context.Context, opts Options) {
	var floating []*item
	for _, it := range u.members {
		if it.pin(ctx) || u.heals(it) {
			floating = append(floating, it)
		}
	}
	if len(floating) > 0 {
		u.release(ctx, floating, opts)
	}
	u.propose(ctx, opts)
}

// heals reports whether a floating member that could be pinned belongs at its
// group's version instead.
func (u *unit) heals(it *item) bool {
	return u.anchor != "" && it.class.floating() && it.ref.Image.Digest == "" && it.err == nil &&
		it.decision.Outcome == Pin && it.chosen.Release() != u.anchor
}

// release moves floating members to one release that all of them have.
func (u *unit) release(ctx context.Context, floating []*item, opts Options) {
	if u.torn != "" {
		u.holdAll(floating, u.torn)
		return
	}
	if failed := u.failed(); failed != nil && u.anchor == "" {
		u.holdAll(floating, fmt.Sprintf("%s of the same group could not be looked up, and they move together or not at all", failed.inv.repository))
		return
	}
	choice, why, err := u.chooseFrom(ctx, floating, func(it *item) ([]Version, error) {
		return it.releaseCandidates(ctx, u.anchor)
	}, opts, true)
	switch {
	case err != nil:
		u.failAll(floating, err)
	case choice == nil && why == "":
		for _, it := range floating {
			it.pinDigestOnly(ctx, it.noTwin()+", and there is no release to move to")
		}
	case choice == nil:
		u.holdAll(floating, why)
	default:
		for i, it := range floating {
			it.takeRelease(ctx, choice[i], u, why)
		}
	}
}

// failed is a member that could not be looked up, nil where there is none.
func (u *unit) failed() *item {
	for _, it := range u.members {
		if it.err != nil {
			return it
		}
	}
	return nil
}

func (u *unit) holdAll(items []*item, why string) {
	for _, it := range items {
		it.keep(Hold, "%s", why)
	}
}

func (u *unit) failAll(items []*item, err error) {
	for _, it := range items {
		it.fail(err)
	}
}

// releaseCandidates lists what a floating member may move to, newest first. On
// long lists it reads on until a release shows up, and then makes sure that it
// is the newest: the page may hold nothing but backports of an older line.
func (it *item) releaseCandidates(ctx context.Context, anchor string) ([]Version, error) {
	list, err := it.releasesAt(anchor)
	for err == nil && len(list) == 0 && it.class != ClassPartial && !it.inv.exhausted() && it.inv.pages < releasePages {
		if err = it.inv.more(ctx); err == nil {
			list, err = it.releasesAt(anchor)
		}
	}
	if err != nil || len(list) == 0 {
		return nil, err
	}
	if it.class == ClassPartial && anchor == "" && !slices.ContainsFunc(it.inv.lineTexts(it.version), it.inv.covers) {
		return nil, nil // what is known of the line may be older than its content
	}
	for top := ""; len(list) > 0 && list[0].Tag != top; {
		top = list[0].Tag
		if err := it.inv.widen(ctx, list[0]); err != nil {
			return nil, err
		}
		if list, err = it.releasesAt(anchor); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// releasesAt lists the known releases that a floating member may move to: those
// at the anchor, where there is one.
func (it *item) releasesAt(anchor string) ([]Version, error) {
	list, err := it.inv.releases(it.version, it.settings)
	if anchor == "" {
		return it.inv.withoutAbandoned(list, "", time.Time{}), err
	}
	return slices.DeleteFunc(list, func(v Version) bool { return v.Release() != anchor }), err
}

// releasePages is how many newest-first pages are read in search of a release.
const releasePages = 4

// pick is a version that a member takes, with what was found of it.
type pick struct {
	version Version
	verdict verdict
}

// chooseFrom chooses among what list gives of each item. Where the newest waits,
// and a busy repository's newest pages do not reach back to what is old enough,
// it reads on.
func (u *unit) chooseFrom(ctx context.Context, items []*item, list func(*item) ([]Version, error), opts Options, confirm bool) (choice []pick, why string, err error) {
	lists := make([][]Version, len(items))
	for more := true; more && err == nil; {
		for i, it := range items {
			if lists[i], err = list(it); err != nil {
				return nil, "", err
			}
		}
		if choice, why, err = u.choose(ctx, items, lists, opts, confirm); why == "" || err != nil {
			break
		}
		more, err = readBack(ctx, items, opts)
	}
	return choice, why, err
}

// readBack reads the next page of those lists whose newest pages hold nothing
// that is old enough to be an upgrade, and reports whether there was one.
func readBack(ctx context.Context, items []*item, opts Options) (more bool, err error) {
	for _, it := range items {
		enough := opts.Now.Add(-it.settings.minimumAge)
		if it.inv.exhausted() || it.inv.pages >= releasePages || !it.inv.reached.After(enough) {
			continue
		}
		if err := it.inv.more(ctx); err != nil {
			return false, err
		}
		more = true
	}
	return more, nil
}

// choose finds the newest version that is in every list and qualifies for every
// item. Where there is none, why says what the newest one waits for; it is empty
// where no version is in any list. With a choice, why tells of a newer version
// that was passed over. Versions that what is known rejects are passed over
// without end, so that a fast project does not starve; those that must be asked
// for are counted.
func (u *unit) choose(ctx context.Context, items []*item, lists [][]Version, opts Options, confirm bool) (choice []pick, why string, err error) {
	asked := 0
	for _, key := range newestKeys(items[0].inv.scheme, lists) {
		picks, cost, refused, err := qualifyAll(ctx, items, lists, key, opts, confirm)
		if err != nil {
			return nil, "", err
		}
		if refused == "" {
			return picks, why, nil
		}
		why = cmp.Or(why, refused)
		if cost {
			asked++
		}
		if asked == mostAsked {
			break
		}
	}
	return nil, why, nil
}

// mostAsked is how many versions are asked for, one after the other, in search
// of one that qualifies.
const mostAsked = 12

// qualifyAll looks whether every item can take a version. Where one cannot,
// refused says which and why; asked tells whether the registry had to be asked.
func qualifyAll(ctx context.Context, items []*item, lists [][]Version, key string, opts Options, confirm bool) (picks []pick, asked bool, refused string, err error) {
	for i, it := range items {
		v, found := findRelease(lists[i], key)
		if !found {
			return nil, false, fmt.Sprintf("%s waits: %s does not have it", key, it.inv.repository), nil
		}
		picks = append(picks, pick{version: v})
	}
	for i, it := range items {
		p := &picks[i]
		if p.verdict, err = it.qualify(ctx, p.version, opts, confirm); err != nil {
			return nil, asked, "", err
		}
		asked = asked || p.verdict.asked
		if !p.verdict.ok {
			return nil, asked, fmt.Sprintf("%s of %s waits: %s", p.version.Tag, it.inv.repository, p.verdict.reason), nil
		}
	}
	return picks, asked, "", nil
}

// newestKeys lists the releases of all lists, newest first.
func newestKeys(scheme Scheme, lists [][]Version) []string {
	all := slices.Concat(lists...)
	slices.SortStableFunc(all, func(a, b Version) int { return scheme.Compare(b, a) })
	var keys []string
	seen := map[string]bool{}
	for _, v := range all {
		if k := v.Release(); !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

func findRelease(list []Version, key string) (Version, bool) {
	i := slices.IndexFunc(list, func(v Version) bool { return v.Release() == key })
	if i < 0 {
		return Version{}, false
	}
	return list[i], true
}

// takeRelease moves one floating member to the release that was chosen, or pins
// it after all where the release turns out to have its content.
func (it *item) takeRelease(ctx context.Context, p pick, u *unit, passed string) {
	if it.sameByPlatform(ctx, p) {
		it.decidePin(p.version, EvidencePlatformDigests)
		return
	}
	reason := it.releaseReason(p, u)
	if passed != "" {
		reason += "; " + passed
	}
	it.decide(Decision{
		Outcome: Upgrade, Tag: p.version.Tag, Digest: p.verdict.digest, UpdateType: UpdateRelease, Evidence: EvidenceNone, Reason: reason,
	})
}

// sameByPlatform reports whether the floating tag's index holds the same images
// as the release's. It costs a question only where that can be.
func (it *item) sameByPlatform(ctx context.Context, p pick) bool {
	if development(it.version) || len(p.verdict.platform) == 0 || it.current.Digest == "" {
		return false
	}
	m, err := it.inv.manifest(ctx, it.current.Digest)
	return err == nil && sameImages(m.Children, p.verdict.platform)
}
