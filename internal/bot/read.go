package bot

import (
	"context"
	"errors"
	"runtime"
	"slices"

	"github.com/bmatcuk/doublestar/v4"
	"golang.org/x/sync/errgroup"

	"pinbot/manifest"
)

// Blob is a file that can be read when it is needed.
type Blob struct {
	Path  string
	Bytes func() ([]byte, error)
}

// Found is what a set of files holds.
type Found struct {
	Count    int               // files that were read
	Refs     []manifest.Ref    // in the order of files and bytes
	Files    map[string][]byte // contents of the files that have references
	Problems []manifest.Problem
}

// Read finds the references of files, in their order. Files are read several at
// a time, and only the contents of those with references are kept.
func Read(ctx context.Context, blobs []Blob) (Found, error) {
	type slot struct {
		data     []byte
		refs     []manifest.Ref
		problems []manifest.Problem
	}
	slots := make([]slot, len(blobs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, b := range blobs {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			data, err := b.Bytes()
			if err != nil {
				slots[i].problems = []manifest.Problem{{File: b.Path, Message: err.Error()}}
				return nil
			}
			refs, problems := manifest.Scan(b.Path, data)
			slots[i] = slot{refs: refs, problems: problems}
			if len(refs) > 0 {
				slots[i].data = data
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return Found{}, err
	}
	found := Found{Count: len(blobs), Files: map[string][]byte{}}
	for i, s := range slots {
		found.Refs = append(found.Refs, s.refs...)
		found.Problems = append(found.Problems, s.problems...)
		if s.data != nil {
			found.Files[blobs[i].Path] = s.data
		}
	}
	manifest.MarkPlaceholders(found.Refs)
	return found, nil
}

// Wanted lists the paths that can hold references and that no glob leaves out.
func Wanted(paths, ignore []string) []string {
	return slices.DeleteFunc(slices.Clone(paths), func(p string) bool {
		return !manifest.Wants(p) || slices.ContainsFunc(ignore, func(glob string) bool {
			ok, err := doublestar.Match(glob, p)
			return err == nil && ok
		})
	})
}

// ErrSkipped: the repository is left alone, for the reason that wraps it.
var ErrSkipped = errors.New("skipped")
