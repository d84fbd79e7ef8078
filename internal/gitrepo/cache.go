package gitrepo

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-billy/v5/osfs"
	"github.com/go-git/go-git/v5/plumbing"
	gitcache "github.com/go-git/go-git/v5/plumbing/cache"
	"github.com/go-git/go-git/v5/storage/filesystem"
	"github.com/gofrs/flock"
)

// cache is a folder of fetched objects. It is disposable: whatever is wrong
// with it costs a fetch and nothing else.
type cache struct {
	lock  *flock.Flock
	store *filesystem.Storage
}

// maxPacks is how many packs gather before the cache starts anew. Each fetch
// adds one, and nothing merges them.
const maxPacks = 50

// openCache makes the repository work in dir, unless another process does or
// the folder cannot be used: it then stays in memory.
func (r *Repo) openCache(dir, url string) {
	if os.MkdirAll(dir, 0o700) != nil {
		return
	}
	lock := flock.New(filepath.Join(dir, "lock"))
	if ok, err := lock.TryLock(); err != nil || !ok {
		return
	}
	git := filepath.Join(dir, "git")
	if !usable(git, url) {
		if os.RemoveAll(git) != nil || create(git, url) != nil {
			_ = lock.Close()
			return
		}
	}
	r.cache = &cache{lock: lock, store: filesystem.NewStorage(osfs.New(git), gitcache.NewObjectLRUDefault())}
	r.store = r.cache.store
	r.known = r.cache.tips()
}

// usable reports whether the folder holds this repository and is not due for a
// fresh start.
func usable(git, url string) bool {
	origin, err := os.ReadFile(filepath.Join(git, "origin"))
	if err != nil || string(origin) != url {
		return false
	}
	packs, err := filepath.Glob(filepath.Join(git, "objects", "pack", "*.pack"))
	return err == nil && len(packs) <= maxPacks
}

func create(git, url string) error {
	if err := os.MkdirAll(git, 0o700); err != nil {
		return err
	}
	store := filesystem.NewStorage(osfs.New(git), gitcache.NewObjectLRUDefault())
	if err := store.Init(); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(git, "origin"), []byte(url), 0o600)
}

// remember keeps a tip for the next process, which then need not fetch what it
// contains. Failing to do so only costs that.
func (c *cache) remember(branch string, tip plumbing.Hash) {
	_ = c.store.SetReference(plumbing.NewHashReference(plumbing.ReferenceName(refName(branch)), tip))
}

// tips are the remembered commits that are really here.
func (c *cache) tips() []plumbing.Hash {
	var tips []plumbing.Hash
	iter, err := c.store.IterReferences()
	if err != nil {
		return nil
	}
	_ = iter.ForEach(func(ref *plumbing.Reference) error {
		if strings.HasPrefix(ref.Name().String(), "refs/heads/") && c.store.HasEncodedObject(ref.Hash()) == nil {
			tips = append(tips, ref.Hash())
		}
		return nil
	})
	return tips
}

func (c *cache) close() error {
	return errors.Join(c.store.Close(), c.lock.Close())
}
