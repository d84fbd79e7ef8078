package manifest_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pinbot/internal/edit"
	"pinbot/manifest"
)

const (
	hexA    = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	digestA = "sha256:" + hexA
	hexB    = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
	digestB = "sha256:" + hexB
)

// form is a file, what is found in it, and what becomes of it when every
// reference that can be edited gets one tag and digestB. In the texts, @A and
// @B stand for digestA and digestB.
type form struct {
	name  string
	path  string
	in    string
	finds []string // as describe writes them
	tag   string   // "9.9" if empty
	out   string   // in, if empty
}

func expandDigests(s string) string {
	return strings.NewReplacer("@A", "@"+digestA, "@B", "@"+digestB, "=A=", hexA, "=B=", hexB).Replace(s)
}

// describe is a reference in one line, with all that matters to who reads it.
func describe(r manifest.Ref) string {
	s := fmt.Sprintf("%d:%d %s %s", r.Line, r.Column, r.Kind, r.Image)
	if r.Variable {
		s += " variable"
	}
	if r.Fixed != "" {
		s += " fixed: " + r.Fixed
	}
	if r.Source != "" {
		s += " from " + r.Source
	}
	if r.Workload != "" {
		s += " in " + r.Workload
	}
	if r.PullsAlways {
		s += " always"
	}
	return s
}

func testForms(t *testing.T, forms []form) {
	t.Helper()
	for _, f := range forms {
		t.Run(f.name, func(t *testing.T) {
			in := []byte(expandDigests(f.in))
			refs, problems := manifest.Scan(f.path, in)
			if len(problems) > 0 {
				t.Errorf("unexpected problems: %+v", problems)
			}
			var finds []string
			for _, r := range refs {
				finds = append(finds, describe(r))
			}
			for i := range f.finds {
				f.finds[i] = expandDigests(f.finds[i])
			}
			if diff := cmp.Diff(f.finds, finds); diff != "" {
				t.Errorf("found (-want +got):\n%s", diff)
			}
			if f.tag == "" {
				f.tag = "9.9"
			}
			if f.out == "" {
				f.out = f.in
			}
			out, targets := rewriteAll(t, in, refs, f.tag, digestB)
			if diff := cmp.Diff(expandDigests(f.out), string(out)); diff != "" {
				t.Errorf("rewritten (-want +got):\n%s", diff)
			}
			if err := manifest.Verify(f.path, in, out, targets); err != nil {
				t.Error(err)
			}
		})
	}
}

// rewriteAll gives every reference that can be edited the tag and the digest.
func rewriteAll(t testing.TB, in []byte, refs []manifest.Ref, tag, digest string) ([]byte, []manifest.Target) {
	t.Helper()
	var edits []edit.Edit
	var targets []manifest.Target
	for _, r := range refs {
		tag := fitting(r, tag)
		splices, _, err := r.Rewrite(tag, digest)
		if (err == nil) != editable(r) && manifest.ValidTag(tag) {
			t.Errorf("line %d, %s: editable is %t, but Rewrite says: %v", r.Line, r.Image, editable(r), err)
		}
		if err != nil {
			continue
		}
		targets = append(targets, manifest.Target{Ref: r, Tag: tag, Digest: digest})
		for _, s := range splices {
			edits = append(edits, edit.Edit{Start: s.Start, End: s.End, New: s.New})
		}
	}
	return splice(t, in, edits), targets
}

// fitting is the tag with the parts that the reference has elsewhere.
func fitting(r manifest.Ref, tag string) string {
	if r.Tag == nil {
		return tag
	}
	return r.Tag.Prefix + tag + r.Tag.Suffix
}

// splice applies edits in the order of their places.
func splice(t testing.TB, in []byte, edits []edit.Edit) []byte {
	t.Helper()
	out, at := "", 0
	for _, e := range edits {
		if e.Start < at || e.End < e.Start || e.End > len(in) {
			t.Fatalf("edit [%d, %d) does not follow %d in %d bytes", e.Start, e.End, at, len(in))
		}
		out += string(in[at:e.Start]) + e.New
		at = e.End
	}
	return []byte(out + string(in[at:]))
}
