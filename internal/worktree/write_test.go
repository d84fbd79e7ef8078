package worktree

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestWrite(t *testing.T) {
	root := tree(t, map[string]string{"k8s/a.yaml": "old"})
	write := func(old, data string) error { return Write(root, "k8s/a.yaml", []byte(old), []byte(data)) }
	content := func(want string) {
		t.Helper()
		if got, err := Read(root, "k8s/a.yaml", 0); err != nil || string(got) != want {
			t.Errorf("the file has %q, %v; want %q", got, err, want)
		}
		onlyFile(t, filepath.Join(root, "k8s"), "a.yaml")
	}
	for _, stale := range []string{"other", "", "ol", "old and more"} {
		if err := write(stale, "new"); !errors.Is(err, ErrChanged) {
			t.Errorf("written over a file that is not %q: %v", stale, err)
		}
		content("old")
	}
	if err := write("old", "new, longer"); err != nil {
		t.Fatal(err)
	}
	content("new, longer")
	if err := write("new, longer", ""); err != nil {
		t.Fatal(err)
	}
	content("")
	if err := os.Remove(filepath.Join(root, "k8s/a.yaml")); err != nil {
		t.Fatal(err)
	}
	if err := write("", "new"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is gone was written: %v", err)
	}
	if err := Write(root, "k8s", nil, nil); !errors.Is(err, ErrNotRegular) {
		t.Errorf("a folder was written: %v", err)
	}
}

// onlyFile fails where a folder holds anything else, such as a temporary file.
func onlyFile(t *testing.T, dir, name string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) != 1 || entries[0].Name() != name {
		t.Errorf("%s holds %v", dir, entries)
	}
}

func TestReadLimit(t *testing.T) {
	root := tree(t, map[string]string{"a": "12345"})
	if data, err := Read(root, "a", 5); err != nil || string(data) != "12345" {
		t.Errorf("Read = %q, %v", data, err)
	}
	if _, err := Read(root, "a", 4); !errors.Is(err, ErrTooLarge) {
		t.Errorf("5 bytes within a limit of 4: %v", err)
	}
}
