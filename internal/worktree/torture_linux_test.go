package worktree

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestTorture(t *testing.T) {
	for _, row := range []struct {
		id   string
		test func(*testing.T)
	}{
		{"F01", linkToFile}, {"F02", linkedFolders}, {"F03", swappedForLink}, {"F04", notFiles}, {"F05", sparse},
		{"F06", bytesStay}, {"F09", pointers}, {"F10", readOnlyFolder}, {"F11", diskFull}, {"F12", killed},
		{"F13", modes}, {"F14", manyFiles}, {"F15", oddNames},
	} {
		t.Run(row.id, row.test)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func linkToFile(t *testing.T) {
	outside := tree(t, map[string]string{"passwd": "root:x:0"})
	root := tree(t, map[string]string{"a.yaml": ""})
	must(t, os.Symlink(filepath.Join(outside, "passwd"), filepath.Join(root, "values.yaml")))
	files, problems := Walk(t.Context(), root, nil, Options{})
	checkProblems(t, problems, []string{"note values.yaml"})
	if got := names(files); !slices.Equal(got, []string{"a.yaml"}) {
		t.Errorf("files %q", got)
	}
	if data, err := Read(root, "values.yaml", 0); !errors.Is(err, ErrNotRegular) {
		t.Errorf("Read = %q, %v", data, err)
	}
	files, problems = Walk(t.Context(), root, []string{"values.yaml"}, Options{})
	checkProblems(t, problems, []string{"error values.yaml"})
	if len(files) > 0 {
		t.Errorf("files %v", files)
	}
}

func linkedFolders(t *testing.T) {
	outside := tree(t, map[string]string{"secret.yaml": "secret"})
	root := tree(t, map[string]string{"a/b/x.yaml": ""})
	must(t, os.Symlink(outside, filepath.Join(root, "out")))
	must(t, os.Symlink("..", filepath.Join(root, "a/b/loop")))
	must(t, os.Symlink("self", filepath.Join(root, "self")))
	files, problems := Walk(t.Context(), root, nil, Options{Wants: wantYAML})
	checkProblems(t, problems, nil)
	if got := names(files); !slices.Equal(got, []string{"a/b/x.yaml"}) {
		t.Errorf("files %q", got)
	}
	if data, err := Read(root, "out/secret.yaml", 0); err == nil {
		t.Errorf("read %q through a link that leads out", data)
	}
	if err := Write(root, "out/secret.yaml", []byte("secret"), nil); err == nil {
		t.Error("written through a link that leads out")
	}
	_, problems = Walk(t.Context(), root, []string{"out", "self", "out/secret.yaml"}, Options{})
	checkProblems(t, problems, []string{"error out", "error self", "error out/secret.yaml"})
}

func swappedForLink(t *testing.T) {
	outside := tree(t, map[string]string{"target": "same bytes"})
	target := filepath.Join(outside, "target")
	root := tree(t, map[string]string{"a.yaml": "same bytes", "in.yaml": "same bytes"})
	for _, to := range []string{target, "in.yaml"} {
		must(t, os.Remove(filepath.Join(root, "a.yaml")))
		must(t, os.Symlink(to, filepath.Join(root, "a.yaml")))
		if err := Write(root, "a.yaml", []byte("same bytes"), []byte("new")); !errors.Is(err, ErrNotRegular) {
			t.Errorf("link to %s: %v", to, err)
		}
	}
	for _, p := range []string{target, filepath.Join(root, "in.yaml")} {
		if data, _ := os.ReadFile(p); string(data) != "same bytes" {
			t.Errorf("%s became %q", p, data)
		}
	}
}

func notFiles(t *testing.T) {
	root := tree(t, map[string]string{"a.yaml": ""})
	must(t, syscall.Mkfifo(filepath.Join(root, "pipe.yaml"), 0o644))
	t.Chdir(root) // a socket's path may have 108 bytes
	listener, err := net.Listen("unix", "socket.yaml")
	must(t, err)
	defer listener.Close()
	within(t, 5*time.Second, func() {
		files, problems := Walk(t.Context(), root, nil, Options{})
		checkProblems(t, problems, []string{"note pipe.yaml", "note socket.yaml"})
		if got := names(files); !slices.Equal(got, []string{"a.yaml"}) {
			t.Errorf("files %q", got)
		}
		_, problems = Walk(t.Context(), root, []string{"pipe.yaml", "/dev/zero"}, Options{})
		checkProblems(t, problems, []string{"error pipe.yaml", "error /dev/zero"})
		for _, p := range []string{"pipe.yaml", "socket.yaml", "/dev/zero"} {
			if _, err := Read(root, p, 0); !errors.Is(err, ErrNotRegular) {
				t.Errorf("reading %s: %v", p, err)
			}
		}
	})
}

func within(t *testing.T, limit time.Duration, f func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); f() }()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatalf("not done within %s", limit)
	}
}

func sparse(t *testing.T) {
	root := tree(t, map[string]string{"big.yaml": "", "a.yaml": ""})
	must(t, os.Truncate(filepath.Join(root, "big.yaml"), 2<<30))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	files, problems := Walk(t.Context(), root, nil, Options{})
	_, err := Read(root, "big.yaml", 0)
	runtime.ReadMemStats(&after)
	checkProblems(t, problems, []string{"note big.yaml"})
	if got := names(files); !slices.Equal(got, []string{"a.yaml"}) || !errors.Is(err, ErrTooLarge) {
		t.Errorf("files %q, Read: %v", got, err)
	}
	if used := after.TotalAlloc - before.TotalAlloc; used > 64<<20 {
		t.Errorf("%d MiB allocated", used>>20)
	}
}

// bytesStay is F06 and F07: what is written is what was given.
func bytesStay(t *testing.T) {
	old := "\xef\xbb\xbfa: 1\r\nb: 2\n# caf\xe9\r\nimage: nginx"
	root := tree(t, map[string]string{"a.yaml": old})
	data, err := Read(root, "a.yaml", 0)
	if err != nil || string(data) != old {
		t.Fatalf("Read = %q, %v", data, err)
	}
	must(t, Write(root, "a.yaml", data, []byte(old+":1")))
	if data, _ := os.ReadFile(filepath.Join(root, "a.yaml")); string(data) != old+":1" {
		t.Errorf("written %q", data)
	}
}

func pointers(t *testing.T) {
	pointer := lfsVersion + "v1\noid sha256:" + strings.Repeat("0", 64) + "\nsize 12345\n"
	root := tree(t, map[string]string{"a.yaml": pointer, "doc.yaml": "# " + pointer, "sub/.git": "gitdir: x", "sub/x.yaml": ""})
	files, problems := Walk(t.Context(), root, nil, Options{})
	checkProblems(t, problems, []string{"note a.yaml", "note sub"})
	if got := names(files); !slices.Equal(got, []string{"doc.yaml"}) {
		t.Errorf("files %q", got)
	}
}

func readOnlyFolder(t *testing.T) {
	root := tree(t, map[string]string{"ro/a.yaml": "old", "rw/a.yaml": "old"})
	must(t, os.Chmod(filepath.Dir(root), 0o755))
	must(t, os.Chmod(filepath.Join(root, "rw"), 0o777))
	must(t, os.Chmod(filepath.Join(root, "ro"), 0o555))
	asNobody(t, func() {
		if err := Write(root, "ro/a.yaml", []byte("old"), []byte("new")); !errors.Is(err, fs.ErrPermission) {
			t.Errorf("written in a read-only folder: %v", err)
		}
		must(t, Write(root, "rw/a.yaml", []byte("old"), []byte("new")))
	})
	if data, _ := Read(root, "ro/a.yaml", 0); string(data) != "old" {
		t.Errorf("the file became %q", data)
	}
	onlyFile(t, filepath.Join(root, "ro"), "a.yaml")
}

// asNobody takes root's power over permissions from the test, where it has it:
// the file system's user is a property of the thread in Linux.
func asNobody(t *testing.T, f func()) {
	if os.Geteuid() != 0 {
		f()
		return
	}
	const nobody = 65534
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // and never unlocked: the thread ends with the goroutine
		if _, _, errno := syscall.RawSyscall(syscall.SYS_SETFSUID, nobody, 0, 0); errno != 0 {
			t.Errorf("setfsuid: %v", errno)
			return
		}
		f()
	}()
	<-done
}

func modes(t *testing.T) {
	root := tree(t, map[string]string{"a": "old"})
	file := filepath.Join(root, "a")
	for _, mode := range []fs.FileMode{0o755, 0o444, 0o640, 0o666} {
		must(t, os.Chmod(file, mode))
		must(t, Write(root, "a", []byte("old"), []byte("old")))
		if info, err := os.Stat(file); err != nil || info.Mode() != mode {
			t.Errorf("mode %v became %v, %v", mode, info.Mode(), err)
		}
	}
}

// manyFiles is a fifth of the row's 100,000 files, in a fifth of its time.
func manyFiles(t *testing.T) {
	root := t.TempDir()
	deep := filepath.Join(root, strings.Repeat("d/", 50))
	must(t, os.MkdirAll(deep, 0o755))
	const count = 20_000
	for i := range count {
		dir := root
		if i%2 == 0 {
			dir = deep
		}
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d.yaml", i)), nil, 0o644))
	}
	start := time.Now()
	files, problems := Walk(t.Context(), root, nil, Options{Wants: wantYAML})
	checkProblems(t, problems, nil)
	if took := time.Since(start); len(files) != count || took > time.Minute {
		t.Errorf("%d of %d files in %s", len(files), count, took)
	}
}

func oddNames(t *testing.T) {
	odd := []string{"\x1b[31mred.yaml", "--help", "-rf.yaml", "a\nb.yaml", "caf\xe9.yaml", "dir\xff\n/x.yaml", "größe.yaml", "quo\"te\\.yaml", "sp ace.yaml"}
	slices.Sort(odd)
	files := map[string]string{}
	for _, name := range odd {
		files[name] = "old"
	}
	root := tree(t, files)
	found, problems := Walk(t.Context(), root, nil, Options{})
	checkProblems(t, problems, nil)
	if got := names(found); !slices.Equal(got, odd) {
		t.Errorf("got %q, want %q", got, odd)
	}
	named, problems := Walk(t.Context(), root, odd, Options{})
	checkProblems(t, problems, nil)
	if got := names(named); !slices.Equal(got, odd) {
		t.Errorf("by name: got %q, want %q", got, odd)
	}
	for _, f := range found {
		data, err := Read(root, f.Path, 0)
		must(t, err)
		must(t, Write(root, f.Path, data, []byte("new")))
	}
}
