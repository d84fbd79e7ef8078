package manifest_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"pinbot/manifest"
)

const sharedCorpus = "../../shared/corpus"

// corpusFile is a file of the shared corpus that the scanner wants.
type corpusFile struct {
	path string
	data []byte
}

// readCorpus reads the files of the shared corpus whose names the scanner
// wants. It skips the test where the corpus is not there.
func readCorpus(t testing.TB) []corpusFile {
	t.Helper()
	if _, err := os.Stat(sharedCorpus); err != nil {
		t.Skip("../shared is absent, so the shared corpus cannot be read")
	}
	var files []corpusFile
	err := filepath.WalkDir(sharedCorpus, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !manifest.Wants(path) {
			return err
		}
		data, err := os.ReadFile(path)
		rel, _ := filepath.Rel(sharedCorpus, path)
		files = append(files, corpusFile{filepath.ToSlash(rel), data})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 1000 {
		t.Fatalf("only %d files of the corpus are wanted; Wants is too narrow", len(files))
	}
	return files
}
