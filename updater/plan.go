package updater

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"pinbot/internal/edit"
	"pinbot/manifest"
	"pinbot/resolver"
)

// Problem is a reference that could not be made part of a change.
type Problem struct {
	File    string
	Line    int
	Message string
}

// step is one reference's way from what it is to what it should be.
type step struct {
	result     resolver.Result
	pins       bool // what a fresh pull gets stays the same
	tag        string
	digest     string
	updateType resolver.UpdateType
	evidence   resolver.Evidence
	reason     string
}

// from is the tag that the decision leads to, where an upgrade begins.
func (s step) from() string { return cmp.Or(s.result.Decision.Tag, s.result.Ref.Image.Tag) }

// editable reports whether anything may be written for the result.
func editable(r resolver.Result) bool { return r.Ref.Fixed == "" && !r.Ref.Variable }

// first is the step of the decision, if that is a change.
func first(r resolver.Result) (step, bool) {
	d := r.Decision
	ok := editable(r) && (d.Outcome == resolver.Pin || d.Outcome == resolver.Upgrade)
	return step{r, d.Outcome == resolver.Pin, d.Tag, d.Digest, d.UpdateType, d.Evidence, d.Reason}, ok
}

func proposed(r resolver.Result, p resolver.Proposal) step {
	return step{r, false, p.Tag, p.Digest, p.UpdateType, resolver.EvidenceNone, p.Reason}
}

// Plan makes the pull requests that results ask for: one of pins, and one per
// repository or group and major line. Groups of which a member is [Unknown] are
// not moved. Files holds the bytes of every file that the results name. Branch
// names begin with prefix ("pinbot/").
func Plan(results []resolver.Result, files map[string][]byte, prefix string) ([]Change, []Problem) {
	steps := map[string][]step{}
	kinds := map[string]ChangeKind{}
	titles := map[string]string{}
	called := nameAll(results)
	add := func(branch string, kind ChangeKind, s step) {
		steps[branch] = append(steps[branch], s)
		kinds[branch] = kind
		titles[branch] = called[subjectOf(s.result)].title
	}
	unknown := Unknown(results)
	for _, r := range results {
		for _, s := range allSteps(r) {
			branch := prefix + "upgrade/" + called[subjectOf(r)].slug + "-" + lineOf(s)
			switch {
			case s.pins:
				add(prefix+"pin", ChangePin, s)
			case slices.Contains(unknown, r.Repository):
			case s.updateType == resolver.UpdateRelease:
				add(branch+"-release", ChangeRelease, s)
			default:
				add(branch, ChangeUpgrade, s)
			}
		}
	}
	var changes []Change
	var problems []Problem
	for _, branch := range slices.Sorted(maps.Keys(steps)) {
		c, p := build(branch, kinds[branch], steps[branch], files)
		if c.Kind != ChangePin {
			c.Subject = titles[branch]
		}
		problems = append(problems, p...)
		if len(c.Files) > 0 {
			changes = append(changes, c)
		}
	}
	return changes, problems
}

// allSteps are the decision's step and the proposals beyond it.
func allSteps(r resolver.Result) []step {
	var steps []step
	if s, ok := first(r); ok {
		steps = append(steps, s)
	}
	for _, p := range r.Upgrades {
		if editable(r) {
			steps = append(steps, proposed(r, p))
		}
	}
	return steps
}

// Wanted says which steps Now takes.
type Wanted struct {
	Pins     bool
	Upgrades bool
	Majors   bool
}

// Now makes the one change that brings every reference as far as is wanted, for
// `pinbot update`.
func Now(results []resolver.Result, files map[string][]byte, want Wanted) (Change, []Problem) {
	var steps []step
	unknown := Unknown(results)
	for _, r := range results {
		want := want
		want.Upgrades = want.Upgrades && !slices.Contains(unknown, r.Repository)
		if s, ok := furthest(r, want); ok {
			steps = append(steps, s)
		}
	}
	return build("", ChangeUpgrade, steps, files)
}

// furthest is the last step of a result that is wanted.
func furthest(r resolver.Result, want Wanted) (step, bool) {
	for _, s := range slices.Backward(allSteps(r)) {
		if s.pins && want.Pins || !s.pins && want.Upgrades && (s.updateType != resolver.UpdateMajor || want.Majors) {
			return s, true
		}
	}
	return step{}, false
}

// build makes a change of steps.
func build(branch string, kind ChangeKind, steps []step, files map[string][]byte) (Change, []Problem) {
	c := Change{Branch: branch, Kind: kind, steps: steps}
	changes := map[string]*FileChange{}
	var problems []Problem
	for _, s := range steps {
		digestWritten, err := s.edit(changes, files)
		if err != nil {
			problems = append(problems, Problem{s.result.Ref.File, s.result.Ref.Line, err.Error()})
			continue
		}
		c.add(s, digestWritten)
	}
	for _, path := range slices.Sorted(maps.Keys(changes)) {
		c.Files = append(c.Files, *changes[path])
	}
	slices.SortStableFunc(c.Updates, func(a, b Update) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return c, problems
}

// edit adds the step's bytes to its file's change.
func (s step) edit(changes map[string]*FileChange, files map[string][]byte) (digestWritten bool, err error) {
	ref := s.result.Ref
	data, ok := files[ref.File]
	if !ok {
		return false, fmt.Errorf("%s was not read", ref.File)
	}
	splices, digestWritten, err := ref.Rewrite(s.tag, s.digest)
	if err != nil {
		return false, err
	}
	fc := changes[ref.File]
	if fc == nil {
		fc = &FileChange{Path: ref.File}
		changes[ref.File] = fc
	}
	target := manifest.Target{Ref: ref, Tag: s.tag, Digest: s.digest}
	if slices.Contains(fc.Targets, target) {
		return digestWritten, nil
	}
	edits := slices.Clone(fc.Edits)
	for _, p := range splices {
		edits = append(edits, edit.Edit{Start: p.Start, End: p.End, Old: string(data[p.Start:p.End]), New: p.New})
	}
	if _, err := edit.Apply(data, edits); err != nil {
		return false, fmt.Errorf("%s shares its text with another reference, and the two want different versions: %w", ref.Image, err)
	}
	fc.Edits, fc.Targets = edits, append(fc.Targets, target)
	return digestWritten, nil
}

// add merges a step into the updates: one for each way from text to text.
func (c *Change) add(s step, digestWritten bool) {
	ref := s.result.Ref
	u := s.update(digestWritten)
	i := slices.IndexFunc(c.Updates, func(o Update) bool { return o.From == u.From && o.To == u.To && o.Repository == u.Repository })
	if i < 0 {
		c.Updates = append(c.Updates, u)
		i = len(c.Updates) - 1
	}
	to := &c.Updates[i]
	to.Places = append(to.Places, Place{ref.File, ref.Line})
	for _, note := range s.notes(digestWritten) {
		if !slices.Contains(to.Notes, note) {
			to.Notes = append(to.Notes, note)
		}
	}
}

func (s step) update(digestWritten bool) Update {
	ref := s.result.Ref
	to := manifest.Image{Name: ref.Image.Name, Tag: s.tag}
	if digestWritten {
		to.Digest = s.digest
		if ref.DigestOnly {
			to.Tag = ""
		}
	}
	updateType := s.updateType
	if s.result.Decision.UpdateType == resolver.UpdateRelease {
		updateType = resolver.UpdateRelease // from what floats, however far beyond its first release it goes
	}
	return Update{
		Repository: s.result.Repository, From: ref.Image.String(), To: to.String(), UpdateType: updateType,
		FromTag: ref.Image.Tag, FromDigest: s.result.From, ToTag: s.tag, ToDigest: s.digest,
		Evidence: s.evidence, Reason: s.reason, Source: s.result.Source,
	}
}

// notes lists what a reviewer cannot see in the diff.
func (s step) notes(digestWritten bool) []string {
	var notes []string
	if s.result.Ref.PullsAlways {
		notes = append(notes, "No imagePullPolicy is written, so Kubernetes pulls the floating tag at every start (Always). With an exact tag or a digest its default is IfNotPresent.")
	}
	if !digestWritten {
		notes = append(notes, "There is no place for a digest in this form, so only the tag is written, and the image stays unpinned.")
	}
	return notes
}
