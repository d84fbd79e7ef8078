package manifest_test

import (
	"strings"
	"testing"

	"pinbot/manifest"
)

// TestRewrite: what a form can take, and what it says where it can't.
func TestRewrite(t *testing.T) {
	for _, c := range []struct {
		name, path, in string
		tag, digest    string
		want           string // the first splice's text
		written        bool
		refusal        string // part of the error
	}{
		{"tag only", "compose.yaml", "services: {a: {image: a/b:1@A}}", "2", "", "a/b:2", false, ""},
		{"digest only", "compose.yaml", "services: {a: {image: a/b}}", "", digestB, "a/b@" + digestB, true, ""},
		{"chart without a digest key", "values.yaml", "image: {repository: a/b, tag: v1}", "v2", digestB, "v2", false, ""},
		{"chart with the digest in its tag", "values.yaml", "image: {repository: a/b, tag: v1@A}", "v2", digestB, "v2@" + digestB, true, ""},
		{"build argument that is a tag", "Dockerfile", "ARG V=1\nFROM a/b:$V\n", "2", digestB, "2", false, ""},
		{"old digest beside a new tag", "values.yaml", "image: {repository: a/b, tag: v1, digest: sha256:=A=}", "v2", "", "", false, "would change nothing"},
		{"no tag", "compose.yaml", "services: {a: {image: a/b}}", "-rf", "", "", false, `"-rf" is not a tag`},
		{"no digest", "compose.yaml", "services: {a: {image: a/b}}", "1", "sha256:12", "", false, `"sha256:12" is not a digest`},
		{"variable", "Dockerfile", "ARG V\nFROM a/b:$V\n", "1", "", "", false, "ARG V on line 1, which has no default"},
		{"no place for a digest without a tag", "compose.yaml", "services: {a: {image: \"${R:-docker.io}/a/b\"}}", "", digestB, "", false, "behind a tag"},
	} {
		t.Run(c.name, func(t *testing.T) {
			refs, _ := manifest.Scan(c.path, []byte(expandDigests(c.in)))
			if len(refs) != 1 {
				t.Fatalf("found %+v", refs)
			}
			splices, written, err := refs[0].Rewrite(c.tag, c.digest)
			if c.refusal != "" {
				if err == nil || !strings.Contains(err.Error(), c.refusal) || splices != nil || written {
					t.Errorf("got %+v, %t, %v; want an error about %q", splices, written, err, c.refusal)
				}
				return
			}
			if err != nil || len(splices) != 1 || splices[0].New != c.want || written != c.written {
				t.Errorf("got %+v, %t, %v; want %q, %t", splices, written, err, c.want, c.written)
			}
		})
	}
}
