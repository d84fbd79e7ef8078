package manifest

// Kind names the manifest format that a reference was found in. It is what the
// "kind" field of pinbot's JSON prints.
type Kind string

// The kinds that are read.
const (
	KindKubernetes Kind = "kubernetes"
	KindKustomize  Kind = "kustomize"
	KindHelm       Kind = "helm"
	KindCompose    Kind = "compose"
	KindDockerfile Kind = "dockerfile"
)

// Span is a half-open range of bytes [Start, End) in a file.
type Span struct {
	Start int `json:"start"`
	End   int `json:"end"`
}

// Slot is where one value of a reference is written: all of it, its tag or its
// digest.
type Slot struct {
	// Span holds the value's bytes without quotes. It is empty where the value
	// is not written yet: an empty key, or a key that must be inserted.
	Span
	// Before and After surround a value that is written into an empty Span,
	// for example "\n    digest: " and "" for a key that is not there yet.
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	// Prefix and Suffix are the parts of the value that stand elsewhere, such as
	// the "-alpine" of golang:${VERSION}-alpine. They stay; what stands between
	// them is written.
	Prefix string `json:"prefix,omitempty"`
	Suffix string `json:"suffix,omitempty"`
	// Plain is set for YAML scalars without quotes: a value that YAML would
	// read as a number, a date or a truth value is written with quotes.
	Plain bool `json:"plain,omitempty"`
	// Bare is set for digests that are written without their "sha256:".
	Bare bool `json:"bare,omitempty"`
}

// Ref is one place in a file that names an image.
//
// A Ref is plain data: it can be compared, printed as JSON and written as a
// literal in a test.
type Ref struct {
	File string `json:"file"` // slash-separated, relative to the root that was scanned
	Kind Kind   `json:"kind"`

	// Span is the reference for people and for the contract: the whole of it,
	// or for a split form its tag (its repository where no tag is written).
	Span
	Line   int `json:"line"`   // of Span.Start, from 1
	Column int `json:"column"` // of Span.Start in bytes, from 1

	// Image is what is written, composed where the form is split.
	Image Image `json:"image"`

	// Whole, Tag and Digest say where a rewrite goes. A form has either Whole,
	// or Tag with or without Digest. All are nil where the reference cannot be
	// edited, and Fixed then says why.
	Whole  *Slot `json:"whole,omitempty"`
	Tag    *Slot `json:"tag,omitempty"`
	Digest *Slot `json:"digest,omitempty"`
	// TagTakesDigest allows "tag@sha256:…" in the Tag slot of a form that has
	// no Digest slot, because the file already writes it so.
	TagTakesDigest bool   `json:"tagTakesDigest,omitempty"`
	Fixed          string `json:"fixed,omitempty"`

	// Variable is set where the reference contains a template or a variable
	// that cannot be evaluated from the file. Such a reference is never edited.
	Variable bool `json:"variable,omitempty"`
	// Source says where a value that is not written here comes from, for
	// example "ARG VERSION on line 3".
	Source string `json:"source,omitempty"`

	// Replaces is the name that a kustomization matches: images of that name
	// are placeholders for this one. See [MarkPlaceholders].
	Replaces string `json:"replaces,omitempty"`

	// Workload names the object whose pods run this image, for example
	// "Deployment metallb-system/controller", so that different versions in
	// one pod can be seen. It is empty outside of Kubernetes.
	Workload string `json:"workload,omitempty"`
	// PullsAlways is set where no imagePullPolicy is written and Kubernetes
	// would default to Always because of the tag: pinning changes that.
	PullsAlways bool `json:"pullsAlways,omitempty"`
	// DigestOnly is set by policy for consumers that refuse tag and digest
	// together: Rewrite then writes name@digest.
	DigestOnly bool `json:"digestOnly,omitempty"`
}

// Problem is a file, or a part of one, that could not be read.
type Problem struct {
	File    string `json:"file"`
	Line    int    `json:"line"` // from 1; 0 where it concerns the whole file
	Message string `json:"message"`
}

// Splice replaces the bytes of Span by New.
type Splice struct {
	Span
	New string `json:"new"`
}
