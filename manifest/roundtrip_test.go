package manifest_test

import (
	"bytes"
	"testing"

	"pinbot/internal/edit"
	"pinbot/manifest"
)

const longTag = "v123.456.789-rc.1_with-a-long-tail"

// variants are the ways in which editors and systems write one text.
var variants = []struct {
	name string
	make func([]byte) []byte
}{
	{"as it is", func(b []byte) []byte { return b }},
	{"CRLF", func(b []byte) []byte {
		return bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("\r\n"), []byte("\n")), []byte("\n"), []byte("\r\n"))
	}},
	{"byte-order mark", func(b []byte) []byte {
		return append([]byte("\xef\xbb\xbf"), bytes.TrimPrefix(b, []byte("\xef\xbb\xbf"))...)
	}},
	{"no final newline", func(b []byte) []byte { return bytes.TrimRight(b, "\r\n") }},
}

// TestRoundTrip: over the shared corpus and its variants, each reference
// replaced by itself gives the same bytes, and a long pin changes nothing but
// the references.
func TestRoundTrip(t *testing.T) {
	files, refs := 0, 0
	for _, f := range readCorpus(t) {
		plain, _ := manifest.Scan(f.path, f.data)
		for i, v := range variants {
			if i > 0 && len(plain) == 0 {
				break // line ends do not make images
			}
			data := v.make(f.data)
			found := checkRoundTrip(t, f.path+" "+v.name, f.path, data)
			if len(found) != len(plain) {
				t.Errorf("%s, %s: %d references, %d in the file as it is", f.path, v.name, len(found), len(plain))
			}
			refs += len(found)
		}
		files++
	}
	t.Logf("%d files, %d references", files, refs)
}

// checkRoundTrip scans data, replaces each reference by itself and then by a
// long pin, and returns what was found.
func checkRoundTrip(t testing.TB, name, path string, data []byte) []manifest.Ref {
	t.Helper()
	refs, _ := manifest.Scan(path, data)
	var edits []edit.Edit
	for i, r := range refs {
		if i > 0 && r.Start < refs[i-1].Start || r.Start < 0 || r.End < r.Start || r.End > len(data) {
			t.Fatalf("%s: reference %d at [%d, %d) of %d bytes is out of order or range", name, i, r.Start, r.End, len(data))
		}
		if !editable(r) {
			continue
		}
		splices, _, err := r.Rewrite(r.Image.Tag, r.Image.Digest)
		if err != nil {
			t.Fatalf("%s: %s replaced by itself: %v", name, r.Image, err)
		}
		for _, s := range splices {
			edits = append(edits, edit.Edit{Start: s.Start, End: s.End, New: s.New})
		}
	}
	if got := splice(t, data, edits); !bytes.Equal(got, data) {
		t.Fatalf("%s: replacing each reference by itself changes the file", name)
	}
	pinned, targets := rewriteAll(t, data, refs, longTag, digestB)
	if err := manifest.Verify(path, data, pinned, targets); err != nil {
		t.Errorf("%s: %v", name, err)
	}
	again, _ := rewriteAll(t, pinned, mustScan(path, pinned), longTag, digestB)
	if !bytes.Equal(again, pinned) {
		t.Errorf("%s: pinning a second time changes the file", name)
	}
	return refs
}

func mustScan(path string, data []byte) []manifest.Ref {
	refs, _ := manifest.Scan(path, data)
	return refs
}

// TestVerifyRefuses: an edit that touches anything else is seen.
func TestVerifyRefuses(t *testing.T) {
	const path, before = "pod.yaml", "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a/b:1\n  - image: c/d:1\n"
	refs, _ := manifest.Scan(path, []byte(before))
	targets := []manifest.Target{{Ref: refs[0], Tag: "2"}}
	for after, want := range map[string]bool{
		"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a/b:2\n  - image: c/d:1\n":  true,
		"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a/b:3\n  - image: c/d:1\n":  false,
		"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a/b:2\n  - image: c/d:2\n":  false,
		"apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a/b:2\n  - image: c/d:1 \n": false,
		before: false,
	} {
		if err := manifest.Verify(path, []byte(before), []byte(after), targets); (err == nil) != want {
			t.Errorf("Verify says %v of:\n%s", err, after)
		}
	}
}

// BenchmarkScan reports the speed over the shared corpus.
func BenchmarkScan(b *testing.B) {
	files := readCorpus(b)
	total := 0
	for _, f := range files {
		total += len(f.data)
	}
	b.SetBytes(int64(total))
	b.ReportAllocs()
	for b.Loop() {
		for _, f := range files {
			manifest.Scan(f.path, f.data)
		}
	}
}
