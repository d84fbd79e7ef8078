package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// pin decides the first step of one image without regard to its group. It
// reports whether a floating tag is left that only a release can replace.
func (it *item) pin(ctx context.Context) (needsRelease bool) {
	switch {
	case it.class == ClassVariable:
		it.keep(Skip, "%s", it.variableReason())
	case it.settings.ignore:
		it.keep(Skip, "the policy says to ignore this image")
	case it.err != nil:
		it.fail(it.err)
	case it.class == ClassDigest:
		it.nameDigest(ctx)
	case it.ref.Image.Digest != "":
		it.checkPinned(ctx)
	case it.missing:
		it.reportMissing()
	case it.class.floating():
		return it.pinFloating(ctx)
	default:
		it.pinOwnTag(ctx)
	}
	return false
}

func (it *item) variableReason() string {
	if it.ref.Source != "" {
		return "its value is not in this file: " + it.ref.Source
	}
	return "it contains a variable that cannot be evaluated from the file"
}

// reportMissing tells of a tag that the registry does not have. What is
// deployed keeps running from the nodes' copies, so nothing is changed.
func (it *item) reportMissing() {
	it.find(FindingMissing)
	it.keep(Hold, "the registry has no tag %s in %s: a fresh pull fails; a person must choose another", it.tagName(), it.inv.repository)
}

// pinOwnTag gives an exact tag its digest.
func (it *item) pinOwnTag(ctx context.Context) {
	m, err := it.inv.confirm(ctx, it.tagName())
	switch {
	case errors.Is(err, ErrNotFound):
		it.reportMissing()
		return
	case err != nil:
		it.fail(err)
		return
	}
	it.current = it.inv.tags[it.tagName()]
	it.decide(Decision{
		Outcome: Pin, Tag: it.ref.Image.Tag, Digest: m.Digest, UpdateType: UpdatePin, Evidence: EvidenceIndexDigest,
		Reason: fmt.Sprintf("%s is the digest of %s today; the tag could be pushed again, the digest cannot change", short(m.Digest), it.tagName()),
	})
}

// pinFloating gives a floating tag the exact tag of the same content.
func (it *item) pinFloating(ctx context.Context) (needsRelease bool) {
	if it.settings.floating == FloatingIgnore {
		it.keep(Skip, "the policy says to leave floating tags of this image alone")
		return false
	}
	twin, found, err := it.inv.findTwin(ctx, it.version, it.current.Digest)
	if err == nil && found {
		var m Manifest
		m, err = it.inv.confirm(ctx, twin.Tag)
		found = err == nil && m.Digest == it.current.Digest
	}
	switch {
	case err != nil && !errors.Is(err, ErrNotFound):
		it.fail(err)
	case found:
		it.decidePin(twin, EvidenceIndexDigest)
	case it.settings.floating == FloatingDigest:
		it.pinDigestOnly(ctx, "the policy says to keep the tag and write its digest")
	case it.lineName() != "" && it.settings.floating != FloatingRelease:
		it.pinDigestOnly(ctx, fmt.Sprintf("%s, which is %s today", it.noTwin(), it.lineName()))
	case newestByDefault(it.class, it.version), it.class == ClassPartial, it.settings.floating == FloatingRelease:
		return true
	default:
		it.pinDigestOnly(ctx, it.noTwin())
	}
	return false
}

// noTwin says that no exact tag has the content of a floating one, and how much
// was looked at.
func (it *item) noTwin() string {
	if it.inv.complete {
		return "no exact tag has the content of " + it.tagName()
	}
	return fmt.Sprintf("no exact tag with the content of %s was found in the part of the repository's tags that was read", it.tagName())
}

// lineName is another name that the content of latest has, and that says that
// it is of a line of its own: trixie, where the releases are those of Ubuntu.
func (it *item) lineName() string {
	if it.class == ClassPartial || development(it.version) {
		return ""
	}
	for _, v := range it.inv.sameContent(it.current.Digest, it.tagName()) {
		if v.Kind == TagChannel && slices.ContainsFunc(v.Words, func(w string) bool { return codenames[strings.ToLower(w)] }) {
			return v.Tag
		}
	}
	return ""
}

// decidePin pins to an exact tag with the same content.
func (it *item) decidePin(twin Version, evidence Evidence) {
	how := "the same digest"
	if evidence == EvidencePlatformDigests {
		how = "the same image for every platform"
	}
	reason := fmt.Sprintf("%s and %s have %s today, so what a fresh pull gets stays the same", it.written(), twin.Tag, how)
	switch {
	case twin.Kind == TagDate:
		reason += fmt.Sprintf("; %s names a build by its date", twin.Tag)
	case twin.Kind == TagCommit:
		reason += fmt.Sprintf("; %s names a build by its commit, not a release", twin.Tag)
	case it.inv.isPrerelease(twin):
		reason += fmt.Sprintf("; %s is a pre-release", twin.Tag)
	}
	it.decide(Decision{
		Outcome: Pin, Tag: twin.Tag, Digest: it.inv.tags[twin.Tag].Digest, UpdateType: UpdatePin, Evidence: evidence, Reason: reason,
	})
}

// written names the tag for a sentence, also where none is written.
func (it *item) written() string {
	if it.ref.Image.Tag == "" {
		return "no tag (latest)"
	}
	return it.ref.Image.Tag
}

// pinDigestOnly keeps a floating tag and writes its digest, except where the
// registry soon drops what only a moving tag holds.
func (it *item) pinDigestOnly(ctx context.Context, why string) {
	if it.inv.collects {
		it.find(FindingPerishable)
		if !it.settings.perishable {
			it.keep(Hold, "%s; its digest %s is held by %s alone, and the registry drops it once the tag moves, so it is not written unless the policy says perishable: true", why, short(it.current.Digest), it.tagName())
			return
		}
	}
	m, err := it.inv.confirm(ctx, it.tagName())
	if err != nil {
		it.fail(err)
		return
	}
	it.decide(Decision{
		Outcome: Pin, Tag: it.ref.Image.Tag, Digest: m.Digest, UpdateType: UpdatePin, Evidence: EvidenceNone,
		Reason: fmt.Sprintf("%s, so the tag stays and its digest of today is written", why),
	})
}

// short is a digest for a sentence.
func short(digest string) string {
	if len(digest) > 19 {
		return digest[:19]
	}
	return digest
}
