package main

import (
	"go/build"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	module = "pinbot"
	top    = "../.." // the module's folder, from this one
)

// ranks are the rooms of the house from the ground up. A room may use what is
// below it: not its own rank, and nothing above. So no stage can reach the
// network, and each can be understood without those above it. A pattern that
// ends in /… stands for all folders below.
var ranks = [][]string{
	{"internal/text", "testdata"},
	{"manifest", "internal/edit"},
	{"resolver"},
	{"updater"},
	{"registry", "internal/gitrepo", "internal/forge/…", "internal/report", "internal/worktree", "internal/fake/…"},
	{"internal/config"},
	{"internal/bot", "renovate-compat"},
	{"internal/cli"},
	{"cmd/…"},
}

// rank of a folder, -1 where it has none.
func rank(folder string) int {
	return slices.IndexFunc(ranks, func(rooms []string) bool {
		return slices.ContainsFunc(rooms, func(room string) bool {
			below, all := strings.CutSuffix(room, "…")
			return folder == room || all && strings.HasPrefix(folder, below)
		})
	})
}

// packages reads the imports of every package of the module in this process, so
// that the test's cached result is dropped when one of them changes.
func packages(t *testing.T) map[string]*build.Package {
	t.Helper()
	found := map[string]*build.Package{}
	err := filepath.WalkDir(top, func(p string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.IsDir() {
			return err
		}
		folder, err := filepath.Rel(top, p)
		folder = filepath.ToSlash(folder)
		if err != nil || entry.Name() == ".git" || folder != "testdata" && path.Base(folder) == "testdata" {
			return fs.SkipDir
		}
		pkg, err := build.ImportDir(p, 0)
		if _, empty := err.(*build.NoGoError); empty {
			return nil
		}
		found[folder] = pkg
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(found) < 10 {
		t.Fatalf("only %d packages were found", len(found))
	}
	return found
}

func TestLayers(t *testing.T) {
	for folder, pkg := range packages(t) {
		mine := rank(folder)
		if mine < 0 {
			t.Errorf("the folder %s has no rank: say in ranks what it may use, and in CONTRIBUTING.md what it is for", folder)
			continue
		}
		for _, folder2 := range ours(pkg.Imports) {
			if rank(folder2) >= mine {
				t.Errorf("%s imports %s, which is not below it", folder, folder2)
			}
		}
		// A test may also use the rooms of its own rank, and the fakes wherever it
		// stands.
		for _, folder2 := range ours(slices.Concat(pkg.TestImports, pkg.XTestImports)) {
			if rank(folder2) > mine && !strings.HasPrefix(folder2, "internal/fake/") {
				t.Errorf("a test of %s imports %s, which is above it and no fake", folder, folder2)
			}
		}
	}
}

// ours are the imported folders of this module.
func ours(imports []string) []string {
	var folders []string
	for _, i := range imports {
		if folder, ok := strings.CutPrefix(i, module+"/"); ok {
			folders = append(folders, folder)
		}
	}
	return folders
}
