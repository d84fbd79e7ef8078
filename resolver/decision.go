package resolver

import "pinbot/manifest"

// Class says what a reference's tag is.
type Class string

// The classes of the contract.
const (
	ClassNone       Class = "none"       // no tag
	ClassChannel    Class = "channel"    // no version: latest, main, stable, lts, bookworm
	ClassPartial    Class = "partial"    // fewer numbers than the releases of its line have
	ClassExact      Class = "exact"      // a full release
	ClassPrerelease Class = "prerelease" // a full pre-release
	ClassDate       Class = "date"
	ClassCommit     Class = "commit"
	ClassDigest     Class = "digest"   // a digest and no tag
	ClassVariable   Class = "variable" // cannot be evaluated from the file
)

// Outcome says what a decision does.
type Outcome string

// The outcomes of the contract.
const (
	Keep    Outcome = "keep"
	Pin     Outcome = "pin"
	Upgrade Outcome = "upgrade"
	Hold    Outcome = "hold"
	Skip    Outcome = "skip"
	Error   Outcome = "error"
)

// UpdateType says how far a change goes.
type UpdateType string

// The update types of the contract.
const (
	UpdatePin      UpdateType = "pin"
	UpdateDigest   UpdateType = "digest"
	UpdatePatch    UpdateType = "patch"
	UpdateMinor    UpdateType = "minor"
	UpdateMajor    UpdateType = "major"
	UpdateRelease  UpdateType = "release" // a floating tag moved to a release
	UpdateMove     UpdateType = "move"
	UpdateRollback UpdateType = "rollback"
)

// Evidence says why two tags are taken for the same content.
type Evidence string

// The tiers of evidence, strongest first.
const (
	EvidenceIndexDigest     Evidence = "index-digest"
	EvidencePlatformDigests Evidence = "platform-digests"
	EvidenceVersionLabel    Evidence = "version-label"
	EvidenceNone            Evidence = "none"
)

// The findings of the contract, as --fail-on names them.
const (
	FindingFloating   = "floating"   // none, channel or partial without a digest
	FindingUnpinned   = "unpinned"   // no digest
	FindingOutdated   = "outdated"   // an upgrade qualifies
	FindingSkew       = "skew"       // members of a group, or one workload's containers, differ
	FindingMoved      = "moved"      // an exact tag whose digest is no longer the pinned one
	FindingRollback   = "rollback"   // a tag that went back to a digest seen before
	FindingMissing    = "missing"    // a pinned digest or tag that the registry no longer has
	FindingPerishable = "perishable" // a digest that only a moving tag holds
	FindingUnmanaged  = "unmanaged"
	FindingDrift      = "drift"
)

// Decision is what one reference should become, and why.
type Decision struct {
	Outcome    Outcome    `json:"outcome"`
	Tag        string     `json:"tag"`
	Digest     string     `json:"digest"`
	Image      string     `json:"image"`      // as it would be written, tag and digest included
	UpdateType UpdateType `json:"updateType"` // "" where nothing changes
	Evidence   Evidence   `json:"evidence"`   // "" where nothing was compared
	Reason     string     `json:"reason"`
}

// Proposal is an upgrade beyond the decision: at most one within the major,
// and the highest qualifying major.
type Proposal struct {
	Tag        string     `json:"tag"`
	Digest     string     `json:"digest"`
	Image      string     `json:"image"`
	UpdateType UpdateType `json:"updateType"`
	Reason     string     `json:"reason"`
}

// Result is all that the resolver has to say about one reference.
type Result struct {
	Ref        manifest.Ref
	Repository string // fully qualified
	Class      Class
	Group      string   // lockstep group, "" where it is in none
	ByPolicy   bool     // the policy names the group; else its members are of one registry and owner
	Findings   []string // of the Finding constants, in their order
	Assumed    []string // what was guessed: "short name is docker.io", "partial: offline"
	// Decision and Upgrades are empty where no network was allowed.
	Decision Decision
	Upgrades []Proposal
	// Considered are all tags that were looked at, newest version first; nil
	// unless Options asked for them.
	Considered []Considered
	// Waits says what keeps upgrades back: an age, a missing member of the group.
	Waits []string
	// Links are what a reviewer may want to open; from the image's labels.
	Source string // org.opencontainers.image.source of what will run, a https URL or ""
	From   string // digest that a fresh pull of the reference gets today, "" if unknown
	Err    error  // why Outcome is Error or Skip, nil otherwise
}

// Considered is a tag that was looked at, and how it was read.
type Considered struct {
	Tag
	Version Version
	Partial bool // it stands for longer versions
}

// Told is the decision with what keeps upgrades back in its reason, for people
// who see nothing else of it.
func (r Result) Told() Decision {
	d := r.Decision
	for _, w := range r.Waits {
		d.Reason += "; " + w
	}
	return d
}

// GroupFinding is a finding that concerns several references.
type GroupFinding struct {
	Finding string   `json:"finding"`
	Group   string   `json:"group"`
	Images  []string `json:"images"`
	File    string   `json:"file"`
	Line    int      `json:"line"`
	Message string   `json:"message"`

	refs []int // indexes of the references that it is about
}
