package gitrepo

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"time"

	git "github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/object"
)

// Create makes a repository in an empty folder, with one commit of the given
// files on the branch main.
func Create(dir string, files map[string][]byte, message string, when time.Time) error {
	repo, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{
		InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName("main")},
	})
	if err != nil {
		return fmt.Errorf("creating a repository in %s: %w", dir, err)
	}
	tree, err := repo.Worktree()
	if err != nil {
		return err
	}
	for _, path := range slices.Sorted(maps.Keys(files)) {
		full := filepath.Join(dir, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(full, files[path], 0o644); err != nil {
			return err
		}
		if _, err := tree.Add(path); err != nil {
			return fmt.Errorf("adding %s: %w", path, err)
		}
	}
	author := &object.Signature{Name: "Platform Team", Email: "platform@example.org", When: when}
	if _, err := tree.Commit(message, &git.CommitOptions{Author: author}); err != nil {
		return fmt.Errorf("committing to %s: %w", dir, err)
	}
	return nil
}
