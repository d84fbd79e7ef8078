package bot

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"golang.org/x/sync/errgroup"

	"pinbot/internal/report"
	"pinbot/internal/worktree"
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

// slot is what one file holds.
type slot struct {
	data     []byte // nil where it has no references
	refs     []manifest.Ref
	problems []manifest.Problem
}

// read never panics, so that one file cannot keep the others from being read.
func (b Blob) read() (s slot) {
	fail := func(message string) slot { return slot{problems: []manifest.Problem{{File: b.Path, Message: message}}} }
	defer func() {
		if p := recover(); p != nil {
			s = fail(fmt.Sprintf("reading it ran into a fault of pinbot's own, please report it: %v", p))
		}
	}()
	data, err := b.Bytes()
	if err != nil {
		return fail(err.Error())
	}
	if s.refs, s.problems = manifest.Scan(b.Path, data); len(s.refs) > 0 {
		s.data = data
	}
	return s
}

// Read finds the references of files, in their order. Files are read several at
// a time, and only the contents of those with references are kept.
func Read(ctx context.Context, blobs []Blob) (Found, error) {
	slots := make([]slot, len(blobs))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, b := range blobs {
		g.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			slots[i] = b.read()
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

// Wanted lists the files that can hold references and that no glob leaves out.
func Wanted(blobs []Blob, ignore []string) []Blob {
	return slices.DeleteFunc(slices.Clone(blobs), func(b Blob) bool {
		return !manifest.Wants(b.Path) || worktree.Ignored(ignore, b.Path)
	})
}

// Problems are what could not be read, for a report.
func Problems(found []manifest.Problem) []report.Problem {
	list := make([]report.Problem, 0, len(found))
	for _, p := range found {
		list = append(list, report.Problem{File: p.File, Line: p.Line, Message: p.Message})
	}
	return list
}

// ErrSkipped: the repository is left alone, for the reason that wraps it.
var ErrSkipped = errors.New("skipped")
