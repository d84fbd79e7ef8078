package resolver

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// form is what an image consists of: an index with the images of some platforms,
// or the single manifest of one.
type form struct {
	index     bool
	platforms []string
}

// index reports whether a manifest is one of several platforms, or made for them.
func (m Manifest) index() bool { return len(m.Children) > 0 || len(m.Platforms) > 0 }

// compareForm says what the current image has and the candidate lacks: a
// platform, or the index itself. A single manifest that becomes an index lacks
// nothing; that is told.
func (it *item) compareForm(ctx context.Context, candidate Manifest) (told, lacks string, err error) {
	current, found, err := it.form(ctx)
	if err != nil || !found {
		return "", "", err
	}
	if current.index && !candidate.index() {
		return "", "it is the manifest of a single platform, and the current one is an index", nil
	}
	next, err := it.formOf(ctx, candidate)
	if err != nil {
		return "", "", err
	}
	for _, p := range current.platforms {
		if !slices.Contains(next.platforms, p) {
			return "", "it has no image for " + p + ", which the current one has", nil
		}
	}
	if next.index && !current.index {
		told = "; it is an index, and the current one is the manifest of a single platform"
	}
	return told, "", nil
}

// form is that of the current image; found is not set where there is no current
// image any more. A listing that has several platforms tells of an index, and one
// that has a single one may tell of either.
func (it *item) form(ctx context.Context) (f form, found bool, err error) {
	digest := it.digest()
	if digest == "" || it.missing && it.ref.Image.Digest == "" {
		return form{}, false, nil
	}
	if listed := it.current.Platforms; len(listed) > 1 && it.current.Digest == digest {
		return form{true, listed}, true, nil
	}
	m, err := it.inv.manifest(ctx, digest)
	if errors.Is(err, ErrNotFound) {
		return form{}, false, nil
	}
	if err != nil {
		return form{}, false, fmt.Errorf("reading the platforms of %s@%s: %w", it.inv.repository, digest, err)
	}
	f, err = it.formOf(ctx, m)
	return f, err == nil, err
}

// formOf reads the form of a manifest. The platform of a single one stands in its
// configuration.
func (it *item) formOf(ctx context.Context, m Manifest) (form, error) {
	if m.index() {
		return form{true, m.Platforms}, nil
	}
	if listed := it.current.Platforms; len(listed) == 1 && it.current.Digest == m.Digest {
		return form{false, listed}, nil
	}
	config, err := it.inv.reg.Config(ctx, it.inv.repository, m.Digest)
	if err != nil {
		return form{}, fmt.Errorf("reading the platform of %s@%s: %w", it.inv.repository, m.Digest, err)
	}
	return form{false, []string{config.Platform}}, nil
}

// sameImages reports whether two indexes hold the same image for every platform.
func sameImages(a, b []Child) bool {
	if len(a) == 0 || len(a) != len(b) {
		return false
	}
	for _, c := range a {
		if !slices.Contains(b, c) {
			return false
		}
	}
	return true
}
