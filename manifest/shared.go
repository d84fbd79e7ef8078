package manifest

// shareSlots settles references that are edited at the same place: the same
// image twice is one reference, and different images that have one tag between
// them cannot be edited one by one.
func shareSlots(refs []Ref) []Ref {
	first := map[Span]int{}
	out := refs[:0]
	for _, r := range refs {
		slot := r.Tag
		if r.Whole != nil {
			slot = r.Whole
		}
		if slot == nil {
			out = append(out, r)
			continue
		}
		i, taken := first[slot.Span]
		switch {
		case !taken:
			first[slot.Span] = len(out)
			out = append(out, r)
		case out[i].Image.Name != r.Image.Name:
			reason := "its tag stands in one place for several images: " + out[i].Image.Name + " and " + r.Image.Name
			out[i].fix(reason)
			r.fix(reason)
			out = append(out, r)
		}
	}
	return out
}
