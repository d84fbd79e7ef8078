package updater

import (
	"pinbot/internal/edit"
	"pinbot/resolver"
)

// Change is a pull request to be: what to write into which files, and why.
type Change struct {
	Branch  string
	Kind    ChangeKind
	Subject string // what it is about: a repository, a group, or "" for pins
	Updates []Update
	Files   []FileChange
	// Held says what it waits for; empty where nothing keeps it back.
	Held string
	// Failed names what could not be looked up. A pull request that exists is
	// then left as it is, because the change may be incomplete.
	Failed []string
}

// ChangeKind says which of the pull requests a Change is.
type ChangeKind string

// The kinds of pull requests.
const (
	ChangePin     ChangeKind = "pin"
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

// FileChange is the edits of one file.
type FileChange struct {
	Path  string
	Edits []edit.Edit
}
