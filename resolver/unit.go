package resolver

import (
	"context"
	"fmt"
	"slices"
	"strings"
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
	lists := make([][]Version, len(floating))
	for i, it := range floating {
		list, err := it.releaseCandidates(ctx, u.anchor)
		if err != nil {
			u.failAll(floating, err)
			return
		}
		lists[i] = list
	}
	choice, why, err := u.choose(ctx, floating, lists, opts, true)
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
	for err == nil && len(list) == 0 && it.class != ClassPartial && !it.inv.complete && it.inv.pages < releasePages {
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

// choose finds the newest version that is in every list and qualifies for every
// item. Where there is none, why says what the newest one waits for; it is empty
// where no version is in any list. With a choice, why tells of a newer version
// that was passed over.
func (u *unit) choose(ctx context.Context, items []*item, lists [][]Version, opts Options, confirm bool) (choice []pick, why string, err error) {
	for _, key := range newestKeys(items[0].inv.scheme, lists) {
		picks := make([]pick, len(items))
		refused := ""
		for i, it := range items {
			v, found := findRelease(lists[i], key)
			if !found {
				refused = fmt.Sprintf("%s waits: %s does not have it", key, it.inv.repository)
				break
			}
			verdict, err := it.qualify(ctx, v, opts, confirm)
			if err != nil {
				return nil, "", err
			}
			if !verdict.ok {
				refused = fmt.Sprintf("%s of %s waits: %s", v.Tag, it.inv.repository, verdict.reason)
				break
			}
			picks[i] = pick{v, verdict}
		}
		if refused == "" {
			return picks, why, nil
		}
		if why == "" {
			why = refused
		}
	}
	return nil, why, nil
}

// newestKeys lists the releases of all lists, newest first, at most as many as
// are worth asking for.
func newestKeys(scheme Scheme, lists [][]Version) []string {
	const most = 12
	var all []Version
	for _, list := range lists {
		all = append(all, list...)
	}
	slices.SortStableFunc(all, func(a, b Version) int { return scheme.Compare(b, a) })
	var keys []string
	for _, v := range all {
		if k := v.Release(); !slices.Contains(keys, k) {
			keys = append(keys, k)
		}
		if len(keys) == most {
			break
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

// releaseReason says what moving a floating tag to a release means.
func (it *item) releaseReason(p pick, u *unit) string {
	var s strings.Builder
	switch {
	case u.anchor != "":
		fmt.Fprintf(&s, "the rest of %s stands at %s, so %s goes there too", u.subject(it), p.version.Tag, it.written())
	case it.class == ClassPartial:
		fmt.Fprintf(&s, "%s is built on its own: no release has its content; %s is the newest release within it", it.written(), p.version.Tag)
	default:
		fmt.Fprintf(&s, "no exact tag has the content of %s; %s is the newest release", it.written(), p.version.Tag)
	}
	if u.name != "" && u.anchor == "" && len(u.members) > 1 {
		fmt.Fprintf(&s, " that all of %s have", u.name)
	}
	if p.verdict.reason != "" {
		fmt.Fprintf(&s, " (%s)", p.verdict.reason)
	}
	s.WriteString(". This changes what a fresh pull gets")
	if release := it.inv.tags[p.version.Tag].Pushed; !it.current.Pushed.IsZero() && !release.IsZero() {
		if gap := it.current.Pushed.Sub(release); gap > 0 {
			fmt.Fprintf(&s, ": %s was built %s after %s, so this is a step back", it.tagName(), days(gap), p.version.Tag)
		} else {
			fmt.Fprintf(&s, ": %s was built %s before %s", it.tagName(), days(-gap), p.version.Tag)
		}
	}
	return s.String()
}

// subject names what stands at the anchor.
func (u *unit) subject(it *item) string {
	if u.name != "" {
		return u.name
	}
	return it.inv.repository
}
