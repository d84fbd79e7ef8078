package manifest_test

import (
	"os"
	"regexp"
	"testing"

	"pinbot/internal/edit"
	"pinbot/manifest"
)

const manifestsPage = "../docs/manifests.md"

var beforeAfter = regexp.MustCompile("(?s)Before, `([^`]+)`:\n\n```\\w+\n(.*?)```\n\nAfter:\n\n```\\w+\n(.*?)```")

// pinned is what the images of the page become.
var pinned = map[string]manifest.Image{
	"quay.io/metallb/speaker:main":       {Tag: "v0.16.1", Digest: "sha256:1790c419f6e888f873676726a0723eaf1c0550bbacca7e502d75ab27179ce23c"},
	"quay.io/metallb/controller:v0.13.7": {Tag: "v0.13.7", Digest: "sha256:54bca39e2cc1b9cef3b5ac16a9dd961d191733659d3b5ae1ba2839e3b042f5ee"},
	"nginx:1.27-alpine":                  {Tag: "1.27.5-alpine", Digest: "sha256:ad72f898eb7537044bb7cfbd02ea77db052b83f7300034535adb3598dffedeb4"},
	"docker.io/nginx:1.27-alpine":        {Tag: "1.27.5-alpine", Digest: "sha256:ad72f898eb7537044bb7cfbd02ea77db052b83f7300034535adb3598dffedeb4"},
	"redis:7":                            {Tag: "7.4.11", Digest: "sha256:a41de9b36514a8058f7971b8d129fe09a6dd6c9f2ba20b3802eb25ec2d7264c7"},
	"golang:1.26":                        {Tag: "1.26.7", Digest: "sha256:2cfdb9b36acda7c23b4bd5b1411e1da090b7e0fb412c99e036351e71706bc2af"},
	"busybox:1.36":                       {Tag: "1.36.1", Digest: "sha256:99979397a8b9591d77636e82f1dde945e8d2a1749b5f7e85f7860fbb794c7f7c"},
}

// TestManifestsPage scans the examples of docs/manifests.md, pins what they
// name, and compares the result with what the page shows.
func TestManifestsPage(t *testing.T) {
	page, err := os.ReadFile(manifestsPage)
	if err != nil {
		t.Fatal(err)
	}
	examples := beforeAfter.FindAllSubmatchIndex(page, -1)
	if len(examples) != 5 {
		t.Fatalf("the page has %d examples; each of the five kinds needs one", len(examples))
	}
	renewed, at := "", 0
	for _, m := range examples {
		name, before, after := string(page[m[2]:m[3]]), page[m[4]:m[5]], string(page[m[6]:m[7]])
		got := pinExample(t, name, before)
		if got != after && !*update {
			t.Errorf("%s becomes\n%s\nthe page says\n%s\nwrite it anew with -update", name, got, after)
		}
		renewed += string(page[at:m[6]]) + got
		at = m[7]
	}
	if *update {
		if err := os.WriteFile(manifestsPage, []byte(renewed+string(page[at:])), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// pinExample pins every reference of a file that can be edited.
func pinExample(t *testing.T, name string, before []byte) string {
	refs, problems := manifest.Scan(name, before)
	if len(refs) == 0 || len(problems) > 0 {
		t.Fatalf("%s: %d references, %v", name, len(refs), problems)
	}
	var edits []edit.Edit
	for _, r := range refs {
		to, known := pinned[r.Image.String()]
		if !known {
			t.Fatalf("%s names %s, which the test cannot pin", name, r.Image)
		}
		splices, _, err := r.Rewrite(to.Tag, to.Digest)
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range splices {
			edits = append(edits, edit.Edit{Start: s.Start, End: s.End, New: s.New})
		}
	}
	return string(splice(t, before, edits))
}
