package manifest_test

import (
	"bufio"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pinbot/manifest"
)

// row is a place of the shared corpus that a person has judged.
type row struct {
	File     string
	Line     int
	LineTag  int    `json:"line_tag"` // of a split form's tag, where Line is its name's
	Kind     string // of the row, not of the reference
	Ref      string
	Name     string // fully qualified
	Tag      string
	Digest   string
	Expected any // true, false, "optional" or "unknown"
	Reason   string
}

func readTruth(t *testing.T) []row {
	t.Helper()
	file, err := os.Open(filepath.Join(sharedCorpus, "truth.jsonl"))
	if err != nil {
		t.Skip("../shared is absent, so the judged places of the shared corpus cannot be read")
	}
	defer file.Close()
	var rows []row
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var r row
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			t.Fatal(err)
		}
		rows = append(rows, r)
	}
	return rows
}

// readKinds are the row kinds of the formats that are read. Anchors count in
// files of these formats only.
var readKinds = []string{"k8s-container-image", "cr-spec-image", "kustomize-images", "helm-values-split", "helm-values-registry-split",
	"helm-values-registry-image-split", "compose-image", "dockerfile-from", "dockerfile-arg", "copy-from"}

// TestTruth measures the scanner against places that people judged: what must
// be found is found with its name, tag and digest, and nothing that only looks
// like a reference can be edited.
func TestTruth(t *testing.T) {
	found := scanCorpus(t)
	hits, all := map[string]int{}, map[string]int{}
	misses, total := 0, 0
	judged := map[string]map[int]bool{}
	for _, r := range readTruth(t) {
		if judged[r.File] == nil {
			judged[r.File] = map[int]bool{}
		}
		judged[r.File][r.Line] = true
		judged[r.File][r.LineTag] = true
		switch {
		case r.Expected == false:
			checkFalse(t, r, found[r.File])
		case r.Expected == true && slices.Contains(readKinds, r.Kind):
			all[r.Kind]++
			total++
			if hit(r, found[r.File]) {
				hits[r.Kind]++
			} else {
				misses++
				t.Logf("missed %s:%d %s (%s); on that line: %+v", r.File, r.Line, r.Ref, r.Kind, onLine(r.Line, found[r.File]))
			}
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(all)) {
		t.Logf("%-34s %3d of %3d", kind, hits[kind], all[kind])
	}
	if total < 50 || misses*50 > total {
		t.Errorf("%d of %d places are missed", misses, total)
	}
	logUnjudged(t, found, judged)
}

// scanCorpus scans the whole corpus as one tree.
func scanCorpus(t *testing.T) map[string][]manifest.Ref {
	t.Helper()
	var all []manifest.Ref
	for _, f := range readCorpus(t) {
		refs, _ := manifest.Scan(f.path, f.data)
		all = append(all, refs...)
	}
	manifest.MarkPlaceholders(all)
	found := map[string][]manifest.Ref{}
	for _, r := range all {
		found[r.File] = append(found[r.File], r)
	}
	return found
}

func editable(r manifest.Ref) bool {
	return !r.Variable && r.Fixed == ""
}

func hit(r row, refs []manifest.Ref) bool {
	places := append(onLine(r.Line, refs), onLine(r.LineTag, refs)...)
	return slices.ContainsFunc(places, func(f manifest.Ref) bool {
		return f.Image.Repository() == r.Name && f.Image.Tag == r.Tag && f.Image.Digest == r.Digest && (editable(f) || r.Tag == "")
	})
}

// checkFalse fails where bytes that an edit would replace are part of what the
// row says is no reference.
func checkFalse(t *testing.T, r row, refs []manifest.Ref) {
	t.Helper()
	if r.Line == 0 {
		if len(refs) > 0 {
			t.Errorf("%s has no images, but %d were found", r.File, len(refs))
		}
		return
	}
	data, err := os.ReadFile(filepath.Join(sharedCorpus, r.File))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(data), "\n")
	start := len(strings.Join(lines[:r.Line-1], ""))
	end := start + len(lines[r.Line-1])
	if i := strings.Index(lines[r.Line-1], r.Ref); i >= 0 {
		start, end = start+i, start+i+len(r.Ref)
	}
	for _, f := range refs {
		for _, slot := range []*manifest.Slot{f.Whole, f.Tag, f.Digest} {
			if slot != nil && editable(f) && slot.Start < end && start < slot.End {
				t.Errorf("%s:%d: %s is editable, but is no reference: %s", r.File, r.Line, f.Image, r.Reason)
			}
		}
	}
}

func onLine(line int, refs []manifest.Ref) []manifest.Ref {
	var out []manifest.Ref
	for _, f := range refs {
		if f.Line == line {
			out = append(out, f)
		}
	}
	return out
}

// logUnjudged prints what was found in judged files and no row lists.
func logUnjudged(t *testing.T, found map[string][]manifest.Ref, judged map[string]map[int]bool) {
	for _, file := range slices.Sorted(maps.Keys(judged)) {
		for _, f := range found[file] {
			if !judged[file][f.Line] {
				t.Logf("not judged: %s:%d %s %s variable=%t fixed=%q source=%q", file, f.Line, f.Kind, f.Image, f.Variable, f.Fixed, f.Source)
			}
		}
	}
}
