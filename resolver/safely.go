package resolver

import (
	"context"
	"fmt"
	"strings"
)

// gatherSafely gathers, and turns a panic into the error of this one image. One
// answer that nobody thought of must not cost a whole run.
func (it *item) gatherSafely(ctx context.Context) {
	defer func() {
		if p := recover(); p != nil {
			it.err = panicked(it.inv.repository, p)
		}
	}()
	it.gather(ctx)
}

// decideSafely decides, and turns a panic into the error of the unit's images.
func (u *unit) decideSafely(ctx context.Context, opts Options) {
	defer func() {
		if p := recover(); p != nil {
			for _, it := range u.members {
				it.upgrades = nil
				it.fail(panicked(it.inv.repository, p))
			}
		}
	}()
	u.decide(ctx, opts)
	if opts.Sources {
		for _, it := range u.members {
			it.readSource(ctx)
		}
	}
}

func panicked(repository string, p any) error {
	return fmt.Errorf("looking up %s ran into a fault of pinbot's own, please report it: %v", repository, p)
}

// sourceLabel is where an image says its source is (image-spec, annotations).
const sourceLabel = "org.opencontainers.image.source"

// readSource finds the source's address in the labels of what will run. It is
// only a link for reviewers, so that there is none is not an error.
func (it *item) readSource(ctx context.Context) {
	digest := it.decision.Digest
	if len(it.upgrades) > 0 {
		digest = it.upgrades[0].Digest
	}
	if digest == "" || digest == it.ref.Image.Digest && len(it.upgrades) == 0 {
		return
	}
	config, err := it.inv.reg.Config(ctx, it.inv.repository, digest)
	if source := config.Labels[sourceLabel]; err == nil && linkable(source) {
		it.source = source
	}
}

// linkable reports whether a label is an address that may stand in a link as it
// is: https, and nothing that Markdown or HTML could end a link at.
func linkable(s string) bool {
	return strings.HasPrefix(s, "https://") && len(s) < 200 && !strings.ContainsFunc(s, func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/:?=&%#+", r)
	})
}
