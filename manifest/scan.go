package manifest

import (
	"bytes"
	"cmp"
	"path"
	"slices"
)

// reader finds the references of one manifest format.
type reader struct {
	kind     Kind
	names    func(base string) bool // whether a file of this name can be one
	mentions func(data []byte) bool // whether these bytes can name an image; asked before anything is parsed
	scan     func(f *file)          // adds to f.refs and f.problems
}

// readers is every format that is read. A YAML document belongs to the first
// reader that claims it, so the particular formats stand before Kubernetes,
// which takes any YAML file.
var readers = []reader{
	{KindDockerfile, isDockerfile, anyOf("FROM", "from", "From", "syntax"), scanDockerfile},
	{KindKustomize, isKustomization, anyOf("images"), documents(anyOf("images"), claimsKustomization, scanKustomization)},
	{KindCompose, isCompose, anyOf("image"), documents(anyOf("image"), claimsCompose, scanCompose)},
	{KindHelm, isValues, anyOf("repository", "image"), documents(anyOf("repository", "image"), claimsValues, scanValues)},
	{KindKubernetes, isYAML, anyOf("image"), documents(mentionsKubernetesImage, claimsKubernetes, scanKubernetes)},
}

// Wants reports whether a file of this name can hold references. It looks at
// the name only.
func Wants(name string) bool {
	base := path.Base(name)
	return slices.ContainsFunc(readers, func(r reader) bool { return r.names(base) })
}

// Scan finds the references in a file's bytes, in byte order. The path is
// slash-separated; its last element says which formats are tried.
//
// Scan takes any input. What cannot be read is a Problem, and the rest of the
// file still counts.
func Scan(name string, data []byte) ([]Ref, []Problem) {
	f := &file{path: name, data: data, uses: uses{}}
	base := path.Base(name)
	for _, r := range readers {
		switch {
		case !r.names(base):
		case isUTF16(data):
			f.problem(0, "the file is UTF-16; pinbot reads UTF-8 only, so its images are not seen")
			return nil, f.problems
		case r.mentions(data):
			r.scan(f)
		}
	}
	slices.SortStableFunc(f.refs, func(a, b Ref) int { return cmp.Compare(a.Start, b.Start) })
	f.settle()
	return f.refs, f.problems
}

// isUTF16 goes by the byte-order mark, or by every second byte of the first
// few being zero.
func isUTF16(data []byte) bool {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return true
	}
	return len(data) >= 4 && (data[0] == 0) != (data[1] == 0) && (data[2] == 0) != (data[3] == 0)
}

// anyOf makes the cheap look at bytes that keeps most files from being parsed.
func anyOf(words ...string) func([]byte) bool {
	return func(data []byte) bool {
		return slices.ContainsFunc(words, func(w string) bool { return bytes.Contains(data, []byte(w)) })
	}
}
