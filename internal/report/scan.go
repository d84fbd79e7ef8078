package report

import (
	"errors"
	"slices"
	"strings"

	"pinbot/manifest"
	"pinbot/resolver"
)

// schemaVersion counts the changes of the JSON that would break a script.
const schemaVersion = 1

// Problem is something that could not be read or looked up.
type Problem struct {
	File       string `json:"file"`
	Line       int    `json:"line"`       // from 1; 0 where it concerns no line
	Repository string `json:"repository"` // fully qualified; "" where no image is concerned
	Message    string `json:"message"`
}

// Scan is what `pinbot scan --format json` prints.
type Scan struct {
	SchemaVersion int                     `json:"schemaVersion"`
	Images        []Image                 `json:"images"`
	Findings      []resolver.GroupFinding `json:"findings"`
	Errors        []Problem               `json:"errors"`
	Summary       Summary                 `json:"summary"`

	offline bool
	hints   []hint
}

// Image is one reference in a scan.
type Image struct {
	File   string        `json:"file"`
	Line   int           `json:"line"`   // from 1
	Column int           `json:"column"` // in bytes, from 1
	Start  int           `json:"start"`  // bytes [start, end) of the file; of a split form its tag
	End    int           `json:"end"`
	Kind   manifest.Kind `json:"kind"`

	Image      string         `json:"image"`      // as written
	Repository string         `json:"repository"` // fully qualified
	Tag        string         `json:"tag"`        // "" where none is written
	Digest     string         `json:"digest"`     // "" where none is written
	Class      resolver.Class `json:"class"`

	// Edits are all bytes that the decision would change.
	Edits    []manifest.Splice `json:"edits"`
	Assumed  []string          `json:"assumed"`
	Source   string            `json:"source"` // where a variable's value comes from
	Group    string            `json:"group"`
	Findings []string          `json:"findings"`

	// Decision and Upgrades are absent where no network was allowed.
	Decision *resolver.Decision  `json:"decision,omitempty"`
	Upgrades []resolver.Proposal `json:"upgrades,omitzero"`

	digestWritten bool // the edits write the decision's digest
	unconfigured  bool // a hint says why nothing is decided
}

// Summary counts. Files are those that were read; all but files and errors
// count references, so one skewed group of three adds three.
type Summary struct {
	Files    int `json:"files"`
	Images   int `json:"images"`
	Floating int `json:"floating"`
	Unpinned int `json:"unpinned"`
	Outdated int `json:"outdated"`
	Skew     int `json:"skew"`
	Moved    int `json:"moved"`
	Missing  int `json:"missing"`
	Errors   int `json:"errors"`
}

// hint is what keeps images of a registry that nobody configured from being
// looked up.
type hint struct {
	host    string
	images  int
	message string // of the first of them
}

// NewScan puts together what was found in files. The problems are those of
// reading; lookups that failed are added to them, once for each repository and
// message, at the first reference that they concern.
func NewScan(files int, r resolver.Report, problems []Problem, offline bool) Scan {
	s := Scan{
		SchemaVersion: schemaVersion, Images: make([]Image, 0, len(r.Results)),
		Findings: findings(r.Findings), Errors: list(problems), offline: offline,
	}
	for _, res := range r.Results {
		img, err := newImage(res, offline)
		s.Images = append(s.Images, img)
		s.add(res, res.Err)
		s.add(res, err)
	}
	s.summarize(files)
	return s
}

// add records why a reference could not be looked up or cannot be edited.
func (s *Scan) add(res resolver.Result, err error) {
	switch {
	case err == nil:
	case errors.Is(err, resolver.ErrUnconfigured):
		host, _, _ := strings.Cut(res.Repository, "/")
		i := slices.IndexFunc(s.hints, func(h hint) bool { return h.host == host })
		if i < 0 {
			i = len(s.hints)
			s.hints = append(s.hints, hint{host: host, message: err.Error()})
		}
		s.hints[i].images++
	case !slices.ContainsFunc(s.Errors, func(p Problem) bool { return p.Repository == res.Repository && p.Message == err.Error() }):
		s.Errors = append(s.Errors, Problem{res.Ref.File, res.Ref.Line, res.Repository, err.Error()})
	}
}

func (s *Scan) summarize(files int) {
	has := map[string]int{}
	for _, img := range s.Images {
		for _, f := range img.Findings {
			has[f]++
		}
	}
	s.Summary = Summary{
		Files: files, Images: len(s.Images),
		Floating: has[resolver.FindingFloating], Unpinned: has[resolver.FindingUnpinned],
		Outdated: has[resolver.FindingOutdated], Skew: has[resolver.FindingSkew],
		Moved: has[resolver.FindingMoved], Missing: has[resolver.FindingMissing],
		Errors: len(s.Errors),
	}
}

// newImage is one result as the contract has it. The error says why the
// decision cannot be written where the reference stands.
func newImage(res resolver.Result, offline bool) (Image, error) {
	ref := res.Ref
	img := Image{
		File: ref.File, Line: ref.Line, Column: ref.Column, Start: ref.Start, End: ref.End, Kind: ref.Kind,
		Image: ref.Image.String(), Repository: res.Repository, Tag: ref.Image.Tag, Digest: ref.Image.Digest, Class: res.Class,
		Edits: []manifest.Splice{}, Assumed: list(res.Assumed), Source: ref.Source, Group: res.Group, Findings: list(res.Findings),
	}
	if offline {
		return img, nil
	}
	d := res.Told()
	img.Decision, img.Upgrades = &d, list(res.Upgrades)
	img.unconfigured = errors.Is(res.Err, resolver.ErrUnconfigured)
	if d.Outcome != resolver.Pin && d.Outcome != resolver.Upgrade {
		return img, nil
	}
	splices, written, err := ref.Rewrite(d.Tag, d.Digest)
	img.Edits, img.digestWritten = changes(ref, splices), written
	return img, err
}

// changes leaves out what would write the bytes that are there: the tag key of
// a split form that only gets a digest.
func changes(ref manifest.Ref, splices []manifest.Splice) []manifest.Splice {
	kept := []manifest.Splice{}
	for _, s := range splices {
		same := ref.Tag != nil && s.Span == ref.Tag.Span && s.New == ref.Image.Tag ||
			ref.Digest != nil && s.Span == ref.Digest.Span && strings.HasSuffix(ref.Image.Digest, s.New) || // may be without "sha256:"
			ref.Whole != nil && s.Span == ref.Whole.Span && s.New == ref.Image.String()
		if !same || s.Start == s.End {
			kept = append(kept, s)
		}
	}
	return kept
}

// list copies values so that none of them is null in JSON.
func list[T any](values []T) []T { return append([]T{}, values...) }

func findings(all []resolver.GroupFinding) []resolver.GroupFinding {
	all = list(all)
	for i := range all {
		all[i].Images = list(all[i].Images)
	}
	return all
}
