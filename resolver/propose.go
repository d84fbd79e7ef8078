package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// propose looks for upgrades beyond the first step: the newest version within
// the major that all members can take, and the highest major.
func (u *unit) propose(ctx context.Context, opts Options) {
	movable := u.movable()
	if len(movable) == 0 {
		return
	}
	if len(movable) < len(u.members) {
		u.note(movable, "an upgrade of %s waits: %s", u.name, u.stuck())
		return
	}
	for _, major := range []bool{false, true} {
		if err := u.proposeStep(ctx, movable, major, opts); err != nil {
			u.note(movable, "upgrades could not be looked up: %v", err)
			for _, it := range movable {
				it.err = err
			}
			return
		}
	}
}

// stuck says which member cannot move, and why.
func (u *unit) stuck() string {
	for _, it := range u.members {
		switch {
		case it.movable():
		case it.err != nil:
			return it.inv.repository + " could not be looked up"
		case it.settings.level == LevelNone:
			return "the policy keeps " + it.inv.repository + " where it is"
		default:
			return fmt.Sprintf("%s is on %s: %s", it.ref.Image, it.decision.Outcome, it.decision.Reason)
		}
	}
	return ""
}

// movable reports whether an image has a version from which to go on.
func (it *item) movable() bool {
	out := it.decision.Outcome
	return it.err == nil && (out == Keep || out == Pin || out == Upgrade) && it.settings.level != LevelNone
}

// movable lists the members that have a version from which to go on.
func (u *unit) movable() []*item {
	var list []*item
	for _, it := range u.members {
		if it.movable() {
			list = append(list, it)
		}
	}
	return list
}

func (u *unit) note(items []*item, format string, args ...any) {
	for _, it := range items {
		it.note(format, args...)
	}
}

func (u *unit) proposeStep(ctx context.Context, items []*item, major bool, opts Options) error {
	choice, why, err := u.chooseFrom(ctx, items, func(it *item) ([]Version, error) {
		return it.newer(ctx, major)
	}, opts, !major || opts.ConfirmMajors)
	if err != nil {
		return err
	}
	if choice == nil {
		if why != "" {
			u.note(items, "%s", why)
		}
		return nil
	}
	for i, it := range items {
		it.propose(choice[i], why)
	}
	return nil
}

// newer lists the versions that an image may be upgraded to, within its major or
// beyond it. What floats without a release to stand on may only take a release.
func (it *item) newer(ctx context.Context, major bool) ([]Version, error) {
	from := it.chosen
	if it.settings.follow != "" {
		return it.followed(ctx, major)
	}
	if from.Kind == TagChannel || from.Kind == TagCommit {
		stays := it.settings.floating == FloatingDigest || it.lineName() != ""
		if major || stays || !newestByDefault(it.class, it.version) && from.Kind != TagCommit {
			return nil, nil
		}
		return it.releasesAt("")
	}
	if err := it.inv.widen(ctx, from); err != nil {
		return nil, err
	}
	list, err := it.inv.upgrades(from, it.settings)
	partial, _ := it.inv.partial(from)
	return slices.DeleteFunc(list, func(v Version) bool {
		// What a partial version stands for is no upgrade of it.
		return partial && from.Within(v) || (it.inv.step(from, v) == UpdateMajor) != major || major && it.proposes(v)
	}), err
}

// followed is the exact tag that has the content of the channel that the policy
// follows, in the image's own variant, unless the image stands there already. It
// may be older.
func (it *item) followed(ctx context.Context, major bool) ([]Version, error) {
	if major {
		return nil, nil
	}
	variant := it.inv.variantOf(it.chosen)
	for _, name := range channelNames(it.settings.follow, variant) {
		channel, err := it.inv.tag(ctx, name)
		if errors.Is(err, ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("following %s of %s: %w", name, it.inv.repository, err)
		}
		twin, found, err := it.inv.findTwin(ctx, it.inv.scheme.Parse(name), channel.Digest)
		switch {
		case err != nil:
			return nil, err
		case !found || !slices.Equal(twin.Words, variant):
			continue
		case twin.Tag == it.chosen.Tag:
			return nil, nil
		}
		return []Version{twin}, nil
	}
	it.note("the policy follows %s, and no exact tag has its content in the variant of this image", it.settings.follow)
	return nil, nil
}

// channelNames lists the tags that a channel may have for a variant:
// stable-alpine for stable, and plain alpine for latest.
func channelNames(channel string, variant []string) []string {
	words := strings.Join(variant, "-")
	switch {
	case words == "" || strings.HasSuffix(channel, words):
		return []string{channel}
	case channel == "latest":
		return []string{channel + "-" + words, words}
	}
	return []string{channel + "-" + words}
}

// proposes reports whether v or something newer is proposed already.
func (it *item) proposes(v Version) bool {
	return len(it.upgrades) > 0 && it.inv.scheme.Compare(it.inv.versions[it.upgrades[0].Tag], v) >= 0
}

func (it *item) propose(p pick, passed string) {
	updateType, reason := it.inv.step(it.chosen, p.version), ""
	switch {
	case it.settings.follow != "":
		reason = fmt.Sprintf("%s is what %s is now (%s)", p.version.Tag, it.settings.follow, p.verdict.reason)
		if it.inv.scheme.Compare(p.version, it.chosen) < 0 {
			updateType = UpdateRollback
		}
	case it.chosen.Kind == TagChannel || it.chosen.Kind == TagCommit:
		updateType, reason = UpdateRelease, it.newestWords("newest release", p)
	case updateType == UpdateMajor:
		reason = it.newestWords("highest major", p)
	default:
		reason = it.newestWords("newest release", p)
	}
	if it.decision.UpdateType == UpdateRelease {
		reason += ". " + it.changeWords(p.version)
	}
	if passed != "" {
		reason += "; " + passed
	}
	if it.inv.cut {
		reason += "; not all tags could be read, so there may be a newer one"
	}
	it.upgrades = append(it.upgrades, Proposal{Tag: p.version.Tag, Digest: p.verdict.digest, UpdateType: updateType, Reason: reason})
	it.find(FindingOutdated)
}

// newestWords says what a proposal is, and how far that is known.
func (it *item) newestWords(what string, p pick) string {
	known := ""
	if !it.inv.complete {
		known = " among the tags that were read of a longer list"
	}
	return fmt.Sprintf("%s is the %s that qualifies%s (%s)", p.version.Tag, what, known, p.verdict.reason)
}
