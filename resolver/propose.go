package resolver

import (
	"context"
	"fmt"
	"slices"

	"pinbot/manifest"
)

// propose looks for upgrades beyond the first step: the newest version within
// the major that all members can take, and the highest major.
func (u *unit) propose(ctx context.Context, opts Options) {
	movable := u.movable()
	if len(movable) == 0 {
		return
	}
	if len(movable) < len(u.members) {
		u.note(movable, "an upgrade of %s waits until every member can be looked up", u.name)
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

// movable lists the members that have a version from which to go on.
func (u *unit) movable() []*item {
	var list []*item
	for _, it := range u.members {
		out := it.decision.Outcome
		if it.err == nil && (out == Keep || out == Pin || out == Upgrade) && it.settings.level != LevelNone {
			list = append(list, it)
		}
	}
	return list
}

func (u *unit) note(items []*item, format string, args ...any) {
	for _, it := range items {
		it.decision.Reason += "; " + fmt.Sprintf(format, args...)
	}
}

func (u *unit) proposeStep(ctx context.Context, items []*item, major bool, opts Options) error {
	lists := make([][]Version, len(items))
	for i, it := range items {
		list, err := it.newer(ctx, major)
		if err != nil {
			return err
		}
		lists[i] = list
	}
	choice, why, err := u.choose(ctx, items, lists, opts, !major || opts.ConfirmMajors)
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
	if from.Kind == TagChannel || from.Kind == TagCommit {
		if major || !newestByDefault(it.class, it.version) && from.Kind != TagCommit {
			return nil, nil
		}
		return it.inv.releases(it.version, it.settings)
	}
	list, err := it.inv.upgrades(from, it.settings)
	if err == nil && len(list) == 0 && !it.inv.complete {
		if err = it.inv.like(ctx, upgradeFilter(from)); err == nil {
			list, err = it.inv.upgrades(from, it.settings)
		}
	}
	return slices.DeleteFunc(list, func(v Version) bool { return (it.inv.step(from, v) == UpdateMajor) != major }), err
}

// upgradeFilter is the text that newer tags of a family have in common, to ask
// a long list for.
func upgradeFilter(from Version) string {
	if len(from.Words) > 0 {
		return from.Variant()
	}
	if len(from.Numbers) > 1 {
		return from.Prefix + from.Numbers[0] + "."
	}
	return from.Prefix
}

func (it *item) propose(p pick, passed string) {
	updateType := it.inv.step(it.chosen, p.version)
	if it.chosen.Kind == TagChannel || it.chosen.Kind == TagCommit {
		updateType = UpdateRelease
	}
	reason := fmt.Sprintf("the newest release that qualifies: %s", p.verdict.reason)
	if updateType == UpdateMajor {
		reason = fmt.Sprintf("the highest major that qualifies: %s", p.verdict.reason)
	}
	if passed != "" {
		reason += "; " + passed
	}
	it.upgrades = append(it.upgrades, Proposal{
		Tag: p.version.Tag, Digest: p.verdict.digest, UpdateType: updateType, Reason: reason,
		Image: manifest.Image{Name: it.ref.Image.Name, Tag: p.version.Tag, Digest: p.verdict.digest}.String(),
	})
	it.find(FindingOutdated)
}
