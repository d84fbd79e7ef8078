package manifest

import (
	"maps"
	"slices"
)

// uses remembers which images take part of their text from which place: the
// value of one build argument can be part of many.
type uses map[int]use // by the offset of the place

type use struct {
	end   int
	image Image
	mixed bool // different images use it
}

// add notes that image uses the piece.
func (u uses) add(p piece, image Image) {
	if old, ok := u[p.at]; ok {
		old.mixed = old.mixed || old.image != image
		u[p.at] = old
		return
	}
	u[p.at] = use{end: p.at + len(p.text), image: image}
}

// settle takes the slots from references that cannot be edited without
// changing another image, and drops those that repeat another: the same image
// at the same place is one reference.
func (f *file) settle() {
	places := slices.Sorted(maps.Keys(f.uses))
	first := map[Span]int{}
	fixed := map[shown]bool{}
	refs := f.refs[:0]
	for _, r := range f.refs {
		slot := r.slot()
		if slot != nil && f.isMixed(places, slot.Start) {
			r.fix("its value is part of other images too")
			slot = nil
		}
		if slot == nil {
			if here := (shown{r.Span, r.Image}); !fixed[here] {
				fixed[here] = true
				refs = append(refs, r)
			}
			continue
		}
		i, taken := first[slot.Span]
		switch {
		case !taken:
			first[slot.Span] = len(refs)
			refs = append(refs, r)
		case refs[i].Image.Name != r.Image.Name:
			refs[i].fix("its tag is also that of " + r.Image.Name)
			r.fix("its tag is also that of " + refs[i].Image.Name)
			refs = append(refs, r)
		}
	}
	f.refs = refs
}

// shown is an image at the place where it shows.
type shown struct {
	Span
	image Image
}

// slot is where the reference or its tag is edited, nil where neither is.
func (r Ref) slot() *Slot {
	if r.Whole != nil {
		return r.Whole
	}
	return r.Tag
}

// isMixed reports whether the place around the offset is used by different
// images.
func (f *file) isMixed(places []int, offset int) bool {
	i, exact := slices.BinarySearch(places, offset)
	if !exact {
		i--
	}
	return i >= 0 && f.uses[places[i]].mixed && offset <= f.uses[places[i]].end
}
