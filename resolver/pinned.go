package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// nameDigest finds the tag that a bare digest has.
func (it *item) nameDigest(ctx context.Context) {
	it.label(ctx, Version{Kind: TagChannel}, "%s has this digest; the content stays the same", "")
}

// checkPinned looks at a reference that has tag and digest. The digest is the
// content; the tag beside it is a label, which is made exact where it floats.
func (it *item) checkPinned(ctx context.Context) {
	switch {
	case it.class.floating():
		it.label(ctx, it.version, "%s has this digest; the content stays the same, and the label says what it is", ", so "+it.tagName()+" stays as its label")
	case it.missing:
		if it.stillThere(ctx) {
			it.find(FindingMissing)
			it.keep(Hold, "the registry has no tag %s any more; the digest decides what is pulled, and is left alone%s", it.tagName(), it.perishing())
		}
	case it.current.Digest == it.ref.Image.Digest:
		it.keep(Keep, "%s has this digest in the registry too", it.tagName())
	default:
		it.reportMoved(ctx)
	}
}

// label gives a written digest the exact tag that has it, and says so in the
// words of found. Where there is none, the reference stays.
func (it *item) label(ctx context.Context, floating Version, found, stays string) {
	if !it.stillThere(ctx) {
		return
	}
	twin, ok, err := it.inv.findLabel(ctx, floating, it.ref.Image.Digest)
	switch {
	case err != nil:
		it.fail(fmt.Errorf("looking for the tag of %s@%s: %w", it.inv.repository, it.ref.Image.Digest, err))
	case !ok:
		it.keep(Keep, "pinned by digest; no exact tag %s has it%s%s", it.inv.lookedAt(), stays, it.perishing())
	default:
		it.decide(Decision{
			Outcome: Pin, Tag: twin.Tag, Digest: it.ref.Image.Digest, UpdateType: UpdatePin, Evidence: EvidenceIndexDigest,
			Reason: fmt.Sprintf(found, twin.Tag),
		})
	}
}

// stillThere reports whether the registry still has the written digest. Where it
// has not, or cannot say, that is the decision.
func (it *item) stillThere(ctx context.Context) bool {
	digest := it.ref.Image.Digest
	if len(it.inv.byDigest[digest]) > 0 {
		return true
	}
	_, err := it.inv.manifest(ctx, digest)
	switch {
	case errors.Is(err, ErrNotFound):
		it.find(FindingMissing)
		it.keep(Hold, "the registry no longer has the pinned digest %s in %s: a fresh pull fails; a person must choose another", short(digest), it.inv.repository)
	case err != nil:
		it.fail(fmt.Errorf("looking for the pinned digest: %w", err))
	}
	return err == nil
}

// perishing finds that the written digest is not held by an exact tag where the
// registry deletes such, and says so.
func (it *item) perishing() string {
	if !it.inv.collects || it.inv.heldExactly(it.ref.Image.Digest) {
		return ""
	}
	it.find(FindingPerishable)
	return "; this registry deletes what no tag holds, so a pull of this digest can soon fail"
}

// reportMoved tells of an exact tag whose digest is not the pinned one.
func (it *item) reportMoved(ctx context.Context) {
	_, err := it.inv.manifest(ctx, it.ref.Image.Digest)
	switch {
	case errors.Is(err, ErrNotFound):
		it.find(FindingMoved)
		it.find(FindingMissing)
		it.keep(Hold, "%s was pushed again as %s, and the registry no longer has the pinned digest: a fresh pull fails; a person must decide", it.tagName(), short(it.current.Digest))
	case err != nil:
		it.find(FindingMoved)
		it.fail(fmt.Errorf("looking for the pinned digest of %s, which was pushed again: %w", it.tagName(), err))
	default:
		it.find(FindingMoved)
		it.keep(Hold, "%s was pushed again and is now %s: rebuilt by its publisher, or replaced; the pinned digest is kept until a person decides%s", it.tagName(), short(it.current.Digest), it.perishing())
	}
}

// findLabel looks for the exact tag that has a written digest: with the questions
// that a floating tag's twin is looked for, and then back through the newest
// pages, because the digest may have been written long ago.
func (inv *inventory) findLabel(ctx context.Context, floating Version, digest string) (twin Version, found bool, err error) {
	twin, found, err = inv.findTwin(ctx, floating, digest)
	for err == nil && !found && !inv.exhausted() && inv.pages < twinPages {
		if err = inv.more(ctx); err == nil {
			twin, found = inv.knownTwin(floating, digest)
		}
	}
	return twin, found, err
}

// lookedAt says how much of the repository an answer about all of its tags is
// from.
func (inv *inventory) lookedAt() string {
	switch {
	case !inv.listed:
		return fmt.Sprintf("among the likeliest %d (the registry lists no digests)", probeBudget)
	case inv.cut:
		return fmt.Sprintf("among the %d tags that could be read", len(inv.tags))
	case inv.complete:
		return "in the registry's listing"
	}
	return fmt.Sprintf("within the newest %d tags", inv.newest)
}

// heldExactly reports whether a known tag that does not move has a digest.
func (inv *inventory) heldExactly(digest string) bool {
	return slices.ContainsFunc(inv.sameContent(digest, ""), func(v Version) bool {
		partial, _ := inv.partial(v)
		return !partial && (v.Versioned() || v.Kind == TagCommit)
	})
}
