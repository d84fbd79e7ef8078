package resolver

import (
	"context"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pinbot/manifest"
)

// sharedLists are the names of all shared tag lists, or the test is skipped.
func sharedLists(t testing.TB) []string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join("..", "..", "shared", "tags", "*__*.json"))
	if len(files) == 0 {
		t.Skip("the shared corpus of tag lists is not beside this project")
	}
	var names []string
	for _, f := range files {
		names = append(names, strings.TrimSuffix(filepath.Base(f), ".json"))
	}
	return names
}

// TestSecondRunKeeps applies each decision as it is written, and asks again:
// what pinbot wrote, it leaves alone.
func TestSecondRunKeeps(t *testing.T) {
	for _, name := range sharedLists(t) {
		reg := shared(t, name)
		repository := strings.ReplaceAll(name, "__", "/")
		var refs []manifest.Ref
		shapes := map[string]int{}
		for _, tag := range reg.repos[repository] {
			v := DockerTags{}.Parse(tag.Name)
			shape := v.Variant() + strings.Repeat("9", len(v.Numbers))
			if shapes[shape]++; shapes[shape] == 1 && len(refs) < 8 {
				refs = append(refs, refsOf(t, repository+":"+tag.Name)...)
			}
		}
		decided := resolveRefs(t, reg, refs)
		for i, r := range decided {
			image, err := manifest.ParseImage(r.Decision.Image)
			if err != nil {
				t.Fatalf("%s becomes %q: %v", refs[i].Image, r.Decision.Image, err)
			}
			refs[i].Image = image
		}
		for i, r := range resolveRefs(t, reg, refs) {
			if before := decided[i].Decision.Outcome; before != Pin && before != Upgrade {
				continue
			}
			if r.Decision.Outcome != Keep {
				t.Errorf("%s became %s, and then %s %s: %s", decided[i].Ref.Image, r.Ref.Image, r.Decision.Outcome, r.Decision.Image, r.Decision.Reason)
			}
		}
	}
}

// resolveRefs resolves each reference in a directory of its own, so that there
// are no groups.
func resolveRefs(t *testing.T, reg Registry, refs []manifest.Ref) []Result {
	t.Helper()
	refs = slices.Clone(refs)
	for i := range refs {
		refs[i].File = strings.Repeat("x", i+1) + "/app.yaml"
	}
	r, err := Resolve(context.Background(), reg, refs, Options{Now: testNow})
	if err != nil {
		t.Fatal(err)
	}
	return r.Results
}

// anyTag makes tags from the pieces that real ones are made of.
func anyTag(t *rapid.T) string {
	piece := rapid.SampledFrom([]string{"1", "2", "01", "10", "1.0", "1.0.0", "1.27.x", "20240310", "2024-03-10", "8u502", "21.0.1_12", "rc1", "rc", "beta.2", "a1", "r5", "debian", "12", "alpine", "alpine3.20", "jdk", "v1", "v1.2.3", "okd", "scos", "main", "2bff8ed3b", "latest", "release", "x"})
	parts := rapid.SliceOfN(piece, 1, 4).Draw(t, "parts")
	s := parts[0]
	for _, p := range parts[1:] {
		s += rapid.SampledFrom([]string{"-", "-", "-", ".", "_", ""}).Draw(t, "join") + p
	}
	return s
}

func TestOrderIsTotal(t *testing.T) {
	scheme := DockerTags{}
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := scheme.Parse(anyTag(t)), scheme.Parse(anyTag(t)), scheme.Parse(anyTag(t))
		if sign(scheme.Compare(a, b)) != -sign(scheme.Compare(b, a)) {
			t.Fatalf("%s and %s: the order depends on which is asked first", a.Tag, b.Tag)
		}
		if (scheme.Compare(a, b) == 0) != (a.Tag == b.Tag) {
			t.Fatalf("%s and %s are the same in the order", a.Tag, b.Tag)
		}
		if scheme.Compare(a, b) <= 0 && scheme.Compare(b, c) <= 0 && scheme.Compare(a, c) > 0 {
			t.Fatalf("%s <= %s <= %s, but not %s <= %s", a.Tag, b.Tag, c.Tag, a.Tag, c.Tag)
		}
	})
}

// TestOrderOfRealTags sorts each list from both ends.
func TestOrderOfRealTags(t *testing.T) {
	for _, name := range sharedLists(t) {
		var versions []Version
		for _, tag := range sharedTags(t, name).Tags {
			versions = append(versions, DockerTags{}.Parse(tag))
		}
		backwards := slices.Clone(versions)
		slices.Reverse(backwards)
		slices.SortFunc(versions, DockerTags{}.Compare)
		slices.SortFunc(backwards, DockerTags{}.Compare)
		if !slices.EqualFunc(versions, backwards, func(a, b Version) bool { return a.Tag == b.Tag }) {
			t.Errorf("%s: the order depends on the order of the listing", name)
		}
	}
}

func sign(n int) int {
	switch {
	case n < 0:
		return -1
	case n > 0:
		return 1
	}
	return 0
}

// FuzzParseTag reads any text. What it reads must be made of the tag's own
// digits, so that no version is invented.
func FuzzParseTag(f *testing.F) {
	for _, s := range []string{"", "-", "v", "1", "1.x", "1.27.x-alpine", "21.0.12_8-jdk", "8u502-b07", "sha256-", "RELEASE.2024-03-10T01-01-16Z", "4.15.0-0.okd-2024-03-10-010116", "1.2.3-debian-12-r5", "3.15.0a1", "\xff1.0", "v1.0.0-rc.1+build.5", "99999999", "2024-13-45"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, tag string) {
		v := DockerTags{}.Parse(tag)
		if v.Tag != tag || !strings.HasPrefix(tag, v.Prefix) {
			t.Fatalf("Parse(%q) says tag %q with prefix %q", tag, v.Tag, v.Prefix)
		}
		for _, part := range slices.Concat(v.Numbers, v.Revision, v.Words) {
			if !strings.Contains(tag, part) {
				t.Fatalf("Parse(%q) invents %q", tag, part)
			}
		}
		if v.Versioned() && len(v.Numbers) == 0 {
			t.Fatalf("Parse(%q) is a version without numbers", tag)
		}
		if !v.SameFamily(v) || (DockerTags{}).Compare(v, v) != 0 || !strings.HasPrefix(tag, v.stem()) {
			t.Fatalf("Parse(%q) is not itself", tag)
		}
		_, _ = v.semver()
		_, _, _ = v.Major(), v.Release(), v.suffix()
	})
}
