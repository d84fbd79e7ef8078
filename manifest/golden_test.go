package manifest_test

import (
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"pinbot/manifest"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

const manifests = "../testdata/manifests"

// TestGolden: the references of a small tree, as they were found when a person
// last looked at them.
func TestGolden(t *testing.T) {
	var refs []manifest.Ref
	err := filepath.WalkDir(manifests, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !manifest.Wants(path) {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(manifests, path)
		found, problems := manifest.Scan(filepath.ToSlash(rel), data)
		if len(problems) > 0 {
			t.Errorf("%s: %+v", path, problems)
		}
		refs = append(refs, found...)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	manifest.MarkPlaceholders(refs)
	var got strings.Builder
	for _, r := range refs {
		got.WriteString(r.File + ":" + describe(r) + "\n")
	}
	golden := filepath.Join(manifests, "scan.golden")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("found (-want +got), renew with -update:\n%s", diff)
	}
}
