package gitrepo

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/storage"
	"github.com/go-git/go-git/v5/storage/memory"
)

// maxInflated is how many bytes the objects of one pack may unpack to.
const maxInflated = 4 << 30

// storePack checks a pack and stores its objects.
//
// It is parsed in memory first, in this goroutine, whatever it is stored in:
// the library's writer for disks parses in a goroutine of its own, where a
// panic cannot be recovered, and believes the pack's count of objects, for
// which a pack of twelve bytes can ask 128 GiB of memory.
func storePack(r io.Reader, into storage.Storer) error {
	pack, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := checkPack(pack); err != nil {
		return fmt.Errorf("the server's pack is damaged: %w", err)
	}
	scratch := &bounded{Storage: memory.NewStorage(), left: maxInflated}
	parser, err := packfile.NewParserWithStorage(packfile.NewScanner(bytes.NewReader(pack)), scratch)
	if err != nil {
		return err
	}
	if _, err := parser.Parse(); err != nil {
		return fmt.Errorf("the server's pack is damaged: %w", err)
	}
	if len(scratch.Objects) == 0 {
		return nil // the library's writer for disks takes no empty pack
	}
	if _, inMemory := into.(*memory.Storage); !inMemory {
		return packfile.UpdateObjectStorage(into, bytes.NewReader(pack))
	}
	for _, obj := range scratch.Objects {
		if _, err := into.SetEncodedObject(obj); err != nil {
			return err
		}
	}
	return nil
}

// checkPack reads the headers: as many objects as can fit, and none that says
// it unpacks to more than is read.
func checkPack(pack []byte) error {
	const header, trailer, smallest = 12, 20, 9 // bytes; one of type and size and eight of zlib
	if len(pack) < header+trailer {
		return errors.New("it is too short")
	}
	count := int64(binary.BigEndian.Uint32(pack[8:]))
	if count > int64(len(pack))/smallest {
		return fmt.Errorf("it cannot hold %d objects", count)
	}
	s := packfile.NewScanner(bytes.NewReader(pack))
	if _, _, err := s.Header(); err != nil {
		return err
	}
	left := int64(maxInflated)
	for range count {
		h, err := s.NextObjectHeader()
		if err != nil {
			return err
		}
		if left -= h.Length; h.Length < 0 || left < 0 {
			return ErrTooLarge
		}
	}
	return nil
}

// bounded is a store in memory that holds no more than some bytes.
type bounded struct {
	*memory.Storage
	left int64
}

// SetEncodedObject implements storer.EncodedObjectStorer.
func (b *bounded) SetEncodedObject(o plumbing.EncodedObject) (plumbing.Hash, error) {
	if b.left -= o.Size(); b.left < 0 {
		return plumbing.ZeroHash, ErrTooLarge
	}
	return b.Storage.SetEncodedObject(o)
}
