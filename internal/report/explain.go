package report

import (
	"time"

	"pinbot/resolver"
)

// Explanation is all that led to the decision for one image.
type Explanation struct {
	Image    string // as it was asked for
	Result   resolver.Result
	Requests int // that it took
}

// familySize is how many tags are shown of what an upgrade could be.
const familySize = 10

// explanation is what `pinbot explain --format json` prints.
type explanation struct {
	SchemaVersion int                 `json:"schemaVersion"`
	Image         string              `json:"image"`
	Repository    string              `json:"repository"`
	Class         resolver.Class      `json:"class"`
	Group         string              `json:"group"`
	Assumed       []string            `json:"assumed"`
	Findings      []string            `json:"findings"`
	Digest        string              `json:"digest"`      // what a fresh pull gets today, "" if unknown
	SameContent   []string            `json:"sameContent"` // tags of that digest
	Source        string              `json:"source"`      // of the image, a URL, or ""
	Decision      resolver.Decision   `json:"decision"`
	Upgrades      []resolver.Proposal `json:"upgrades"`
	Tags          []explainedTag      `json:"tags"`
	Requests      int                 `json:"requests"`
	Error         string              `json:"error"`
}

// explainedTag is one tag in the JSON of an explanation.
type explainedTag struct {
	Name      string    `json:"name"`
	Kind      string    `json:"kind"`
	Digest    string    `json:"digest"`
	Pushed    time.Time `json:"pushed,omitzero"`
	Platforms []string  `json:"platforms"`
	Family    bool      `json:"family"` // a version of the same thing as the image's tag
}

var kindNames = map[resolver.TagKind]string{
	resolver.TagChannel: "channel", resolver.TagRelease: "release", resolver.TagPrerelease: "prerelease",
	resolver.TagDate: "date", resolver.TagCommit: "commit", resolver.TagArtifact: "artifact",
}

func (e Explanation) object() explanation {
	res := e.Result
	o := explanation{
		SchemaVersion: schemaVersion, Image: e.Image, Repository: res.Repository, Class: res.Class, Group: res.Group,
		Assumed: list(res.Assumed), Findings: list(res.Findings), Digest: res.From, SameContent: list(e.sameContent()),
		Source: res.Source, Decision: res.Told(), Upgrades: list(res.Upgrades), Tags: []explainedTag{}, Requests: e.Requests,
	}
	if res.Err != nil {
		o.Error = res.Err.Error()
	}
	for _, t := range e.Result.Considered {
		o.Tags = append(o.Tags, explainedTag{t.Name, kindNames[t.Version.Kind], t.Digest, t.Pushed, list(t.Platforms), e.inFamily(t)})
	}
	return o
}

// sameContent lists the tags that have the digest of a fresh pull.
func (e Explanation) sameContent() []string {
	var names []string
	for _, t := range e.Result.Considered {
		if t.Digest != "" && t.Digest == e.Result.From {
			names = append(names, t.Name)
		}
	}
	return names
}

// inFamily reports whether a tag is a version of what the decision chose, or of
// the tag as written where nothing was chosen.
func (e Explanation) inFamily(t resolver.Considered) bool {
	from, found := e.tag(e.Result.Decision.Tag)
	if !found || !from.Version.Versioned() {
		if len(e.Result.Upgrades) > 0 {
			from, found = e.tag(e.Result.Upgrades[0].Tag)
		}
	}
	return found && !t.Partial && t.Version.Versioned() && t.Version.SameFamily(from.Version)
}

func (e Explanation) tag(name string) (resolver.Considered, bool) {
	for _, t := range e.Result.Considered {
		if t.Name == name {
			return t, true
		}
	}
	return resolver.Considered{}, false
}

// family is the newest tags that an upgrade could choose from, and how many
// there are in all.
func (e Explanation) family() (newest []resolver.Considered, all int) {
	for _, t := range e.Result.Considered {
		if !e.inFamily(t) {
			continue
		}
		if all++; len(newest) < familySize {
			newest = append(newest, t)
		}
	}
	return newest, all
}
