package edit

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

var (
	// ErrRange: an edit's range is not a range of the file.
	ErrRange = errors.New("outside of the file")
	// ErrStale: the bytes that an edit replaces are not what it expects. The
	// file changed since the edit was planned.
	ErrStale = errors.New("the text is not what it was")
	// ErrOverlap: two edits concern the same bytes, or insert different text
	// at the same place.
	ErrOverlap = errors.New("two edits contradict each other")
)

// Apply returns data with all edits made, or nil and an error that wraps one of
// this package's sentinels. It keeps data as it is, and edits in any order
// give the same result. Edits that are equal count once. An insertion may
// touch a replacement; at the replacement's start it comes before it.
func Apply(data []byte, edits []Edit) ([]byte, error) {
	sorted := slices.Clone(edits)
	slices.SortFunc(sorted, compare)
	sorted = slices.Compact(sorted)
	if err := check(data, sorted); err != nil {
		return nil, err
	}
	return splice(data, sorted), nil
}

// compare orders by place first. The texts are compared too, so that equal
// edits become neighbours and the order never depends on the input's.
func compare(a, b Edit) int {
	return cmp.Or(
		cmp.Compare(a.Start, b.Start),
		cmp.Compare(a.End, b.End),
		cmp.Compare(a.New, b.New),
		cmp.Compare(a.Old, b.Old),
	)
}

func check(data []byte, sorted []Edit) error {
	for i, e := range sorted {
		if e.Start < 0 || e.End < e.Start || e.End > len(data) {
			return fmt.Errorf("editing bytes %d to %d of %d: %w", e.Start, e.End, len(data), ErrRange)
		}
		if string(data[e.Start:e.End]) != e.Old {
			return fmt.Errorf("editing bytes %d to %d: %w", e.Start, e.End, ErrStale)
		}
		if i > 0 && overlap(sorted[i-1], e) {
			return fmt.Errorf("editing bytes %d to %d: %w", e.Start, e.End, ErrOverlap)
		}
	}
	return nil
}

// overlap tells whether b, which is not before a, wants bytes that a has taken.
func overlap(a, b Edit) bool {
	samePlace := a.Start == b.Start && a.End == b.End
	return samePlace || b.Start < a.End
}

func splice(data []byte, sorted []Edit) []byte {
	size := len(data)
	for _, e := range sorted {
		size += len(e.New) - len(e.Old)
	}
	out := make([]byte, 0, size)
	done := 0
	for _, e := range sorted {
		out = append(out, data[done:e.Start]...)
		out = append(out, e.New...)
		done = e.End
	}
	return append(out, data[done:]...)
}
