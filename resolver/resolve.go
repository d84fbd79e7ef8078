package resolver

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"pinbot/manifest"
)

// Options say how references are resolved. Now must be set; the zero value of
// everything else is a default.
type Options struct {
	Policy Policy
	Scheme Scheme // nil: DockerTags
	Now    time.Time
	// FirstSeen tells when a tag was first seen, zero where it is not known. It
	// is asked where a registry gives no time of push, or one that is too young:
	// the tag may have been rebuilt. May be nil.
	FirstSeen func(repository, tag string) time.Time
	// Proposed tells whether an open pull request brings the repository to a tag
	// already: it was old enough then, and is not younger because it was pushed
	// again. May be nil.
	Proposed func(repository, tag string) bool
	// Concurrency is how many images are looked up at once; 0: 32. Registries
	// have limits of their own.
	Concurrency int
	// Offline decides nothing and says only what the tags are.
	Offline bool
	// ConfirmMajors fetches the target of a major before it is proposed. Without
	// it, the listing is believed, which is enough to show it.
	ConfirmMajors bool
	// Explain keeps in the results which tags were looked at.
	Explain bool
	// Sources reads from the images' labels where their source is, for links.
	Sources bool
}

// Report is all that came out of resolving the references of a repository.
type Report struct {
	Results  []Result // one per reference, in their order
	Findings []GroupFinding
	Seen     []Seen // tags whose first sight is worth remembering
}

// Seen is a tag that an upgrade was weighed for and whose time of push is not
// known or too young.
type Seen struct {
	Repository string
	Tag        string
}

// Resolve decides what each reference should become. It asks each distinct
// question once, several at a time, and gives the same answer whatever their
// order. Lookups that fail are told in the results; the returned error is the
// context's.
func Resolve(ctx context.Context, reg Registry, refs []manifest.Ref, opts Options) (Report, error) {
	if opts.Scheme == nil {
		opts.Scheme = DockerTags{}
	}
	if opts.Concurrency <= 0 {
		opts.Concurrency = 32
	}
	items := collect(reg, refs, opts)
	if opts.Offline {
		return report(refs, items, nil, opts), nil
	}
	if err := each(ctx, items, opts.Concurrency, func(ctx context.Context, it *item) { it.gatherSafely(ctx) }); err != nil {
		return Report{}, err
	}
	units, findings := group(refs, items)
	if err := each(ctx, units, opts.Concurrency, func(ctx context.Context, u *unit) { u.decideSafely(ctx, opts) }); err != nil {
		return Report{}, err
	}
	var decided []*item
	for _, u := range units {
		decided = append(decided, u.members...)
	}
	return report(refs, decided, findings, opts), nil
}

// each calls f for every value, several at a time.
func each[T any](ctx context.Context, values []T, limit int, f func(context.Context, T)) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	for _, v := range values {
		g.Go(func() error {
			if ctx.Err() == nil {
				f(ctx, v)
			}
			return ctx.Err()
		})
	}
	return g.Wait()
}

// itemKey is what makes two references the same question.
type itemKey struct {
	repository string
	tag        string
	digest     string
	variable   bool
	settings   settings
}

// collect gathers references into distinct items, in the order of first sight.
func collect(reg Registry, refs []manifest.Ref, opts Options) []*item {
	seen := map[itemKey]*item{}
	var items []*item
	for i, ref := range refs {
		s := opts.Policy.settings(ref)
		key := itemKey{ref.Image.Repository(), ref.Image.Tag, ref.Image.Digest, ref.Variable, s}
		it := seen[key]
		if it == nil {
			it = newItem(reg, ref, s, opts.Scheme)
			seen[key] = it
			items = append(items, it)
		}
		it.refs = append(it.refs, i)
	}
	return items
}

func newItem(reg Registry, ref manifest.Ref, s settings, scheme Scheme) *item {
	it := &item{ref: ref, settings: s, inv: newInventory(reg, ref.Image.Repository(), scheme)}
	it.version = scheme.Parse(it.tagName())
	it.chosen = it.version
	it.classify(nil)
	return it
}

// report spreads what was decided over the references, each in its own form.
func report(refs []manifest.Ref, items []*item, findings []GroupFinding, opts Options) Report {
	r := Report{Results: make([]Result, len(refs)), Findings: findings}
	for _, it := range items {
		for _, i := range it.refs {
			r.Results[i] = it.result(refs[i], opts)
		}
		for _, tag := range it.waits {
			r.Seen = append(r.Seen, Seen{it.inv.repository, tag})
		}
	}
	for _, f := range findings {
		markSkew(r.Results, f)
	}
	slices.SortFunc(r.Seen, func(a, b Seen) int {
		return strings.Compare(a.Repository+":"+a.Tag, b.Repository+":"+b.Tag)
	})
	r.Seen = slices.Compact(r.Seen)
	return r
}

// result is the item's decision as one reference takes it.
func (it *item) result(ref manifest.Ref, opts Options) Result {
	ref.DigestOnly = it.settings.digestOnly && ref.Whole != nil
	ref.TagTakesDigest = ref.TagTakesDigest || it.settings.tagDigest
	res := Result{
		Ref: ref, Repository: it.inv.repository, Class: it.class, Group: it.group, ByPolicy: it.group != "" && it.settings.group != "",
		Assumed: slices.Clone(it.assumed), From: it.digest(), Source: it.source, Err: it.err,
	}
	if ref.Image.Short() && !ref.Variable {
		res.Assumed = append(res.Assumed, "registry: docker.io, because none is written")
	}
	if !opts.Offline {
		res.Decision = it.decisionFor(ref)
		res.Waits = slices.Clone(it.notes)
		if opts.Explain {
			res.Considered = it.inv.considered()
		}
		for _, p := range it.upgrades {
			if ref.Fixed != "" {
				break // is in the findings, but there is nothing to write it into
			}
			p.Image = writtenAs(ref, p.Tag, p.Digest)
			res.Upgrades = append(res.Upgrades, p)
		}
	}
	res.Findings = it.findingsFor(ref)
	return res
}

// decisionFor fits the decision to the reference's form: a form without a place
// for a digest takes the exact tag alone, and one that cannot be edited is left.
func (it *item) decisionFor(ref manifest.Ref) Decision {
	d := it.decision
	d.Image = writtenAs(ref, d.Tag, d.Digest)
	if d.Outcome != Pin && d.Outcome != Upgrade {
		return d
	}
	switch {
	case ref.Fixed != "":
		d.Outcome, d.UpdateType = Skip, ""
		d.Reason = fmt.Sprintf("%s cannot be edited here: %s (%s)", ref.Image, ref.Fixed, d.Reason)
	case !takesDigest(ref) && d.Tag == ref.Image.Tag:
		d.Outcome, d.UpdateType = Keep, ""
		if it.class.floating() {
			d.Reason += "; there is no place for a digest here, so the reference stays as it is"
		} else {
			d.Reason = "there is no place for a digest here, and the tag is exact already"
		}
	case !takesDigest(ref):
		d.Reason += "; there is no place for a digest here, so only the tag is written"
	}
	return d
}

// writtenAs is the reference as its form would have it.
func writtenAs(ref manifest.Ref, tag, digest string) string {
	image := manifest.Image{Name: ref.Image.Name, Tag: tag, Digest: digest}
	switch {
	case !takesDigest(ref) && ref.Fixed == "" && !ref.Variable:
		image.Digest = ""
	case ref.DigestOnly && digest != "":
		image.Tag = ""
	}
	return image.String()
}

// takesDigest reports whether a digest can be written where the reference stands.
func takesDigest(ref manifest.Ref) bool {
	return ref.Whole != nil || ref.Digest != nil || ref.TagTakesDigest
}

// findingsFor lists what is found at one reference.
func (it *item) findingsFor(ref manifest.Ref) []string {
	has := map[string]bool{}
	for _, f := range it.findings {
		has[f] = true
	}
	if !ref.Variable && ref.Image.Digest == "" && !it.settings.ignore {
		has[FindingFloating] = it.class.floating()
		has[FindingUnpinned] = true
	}
	return ordered(has)
}

// ordered lists findings in the contract's order.
func ordered(has map[string]bool) []string {
	var list []string
	for _, f := range []string{FindingFloating, FindingUnpinned, FindingOutdated, FindingSkew, FindingMoved, FindingRollback, FindingMissing, FindingPerishable} {
		if has[f] {
			list = append(list, f)
		}
	}
	return list
}

// markSkew adds the finding of a group to the references that it is about.
func markSkew(results []Result, f GroupFinding) {
	for _, i := range f.refs {
		has := map[string]bool{f.Finding: true}
		for _, other := range results[i].Findings {
			has[other] = true
		}
		results[i].Findings = ordered(has)
	}
}
