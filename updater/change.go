package updater

import (
	"fmt"

	"pinbot/internal/edit"
	"pinbot/manifest"
	"pinbot/resolver"
)

// Change is a pull request to be: what to write into which files, and why.
type Change struct {
	Branch  string
	Kind    ChangeKind
	Subject string // what it is about: a repository, a group, or "" for pins
	Updates []Update
	Files   []FileChange

	steps []step // what it was built of, to build it again without some
}

// ChangeKind says which of the pull requests a Change is.
type ChangeKind string

// The kinds of pull requests.
const (
	ChangePin     ChangeKind = "pin"     // what a fresh pull gets stays the same
	ChangeRelease ChangeKind = "release" // floating tags move to a release
	ChangeUpgrade ChangeKind = "upgrade"
)

// Update is one image's step within a Change, with all places that take it.
type Update struct {
	Repository string              `json:"repository"`
	From       string              `json:"from"` // as written
	To         string              `json:"to"`   // as it will be written
	UpdateType resolver.UpdateType `json:"updateType"`

	FromTag    string            `json:"-"`
	FromDigest string            `json:"-"` // what a fresh pull gets today
	ToTag      string            `json:"-"`
	ToDigest   string            `json:"-"`
	Evidence   resolver.Evidence `json:"-"`
	Reason     string            `json:"-"`
	Source     string            `json:"-"` // https URL of the image's source, or ""
	Places     []Place           `json:"-"`
	Notes      []string          `json:"-"` // what a reviewer must know: pull policy, no digest written
}

// Place is where an update is written.
type Place struct {
	File string
	Line int
}

// FileChange is the edits of one file, and what they are meant to do.
type FileChange struct {
	Path    string
	Edits   []edit.Edit
	Targets []manifest.Target
}

// Apply makes the edits and checks that only the intended references differ
// afterwards. A file that changed since the plan is refused.
func (f FileChange) Apply(data []byte) ([]byte, error) {
	after, err := edit.Apply(data, f.Edits)
	if err != nil {
		return nil, fmt.Errorf("editing %s: %w", f.Path, err)
	}
	if err := manifest.Verify(f.Path, data, after, f.Targets); err != nil {
		return nil, err
	}
	return after, nil
}
