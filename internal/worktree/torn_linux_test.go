package worktree

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// diskFull limits the size of files that a second process may write: the same
// half-written file, without a full disk. In this process the limit would hit
// what the test runner writes, too.
func diskFull(t *testing.T) {
	root := tree(t, map[string]string{"a.yaml": "old"})
	child := exec.Command(os.Args[0])
	child.Env = append(os.Environ(), cramped+"="+root)
	if out, err := child.CombinedOutput(); err != nil || string(out) != syscall.EFBIG.Error() {
		t.Errorf("Write: %q, %v", out, err)
	}
	if data, _ := os.ReadFile(filepath.Join(root, "a.yaml")); string(data) != "old" {
		t.Errorf("the file became %q", data)
	}
	onlyFile(t, root, "a.yaml")
}

// cramped names the folder in which a second process of this test writes a file
// that is larger than it may be.
const cramped = "PINBOT_TEST_CRAMPED_IN"

// writeCramped is that process.
func writeCramped(root string) {
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &syscall.Rlimit{Cur: 1000, Max: 1000}); err != nil {
		fmt.Print(err)
	}
	err := Write(root, "a.yaml", []byte("old"), make([]byte, 5000))
	if errors.Is(err, syscall.EFBIG) {
		err = syscall.EFBIG
	}
	fmt.Print(err)
	os.Exit(0)
}

// victim names the folder in which a second process of this test writes until
// it is killed.
const victim = "PINBOT_TEST_WRITES_IN"

func version(i int) []byte {
	return []byte(strings.Repeat(fmt.Sprintf("version %d\n", i%2), 20_000))
}

func TestMain(m *testing.M) {
	if root := os.Getenv(cramped); root != "" {
		writeCramped(root)
	}
	if root := os.Getenv(victim); root != "" {
		for i := 0; ; i++ {
			if err := Write(root, "a.yaml", version(i), version(i+1)); err != nil {
				fmt.Fprintln(os.Stderr, err)
				os.Exit(1)
			}
		}
	}
	os.Exit(m.Run())
}

func killed(t *testing.T) {
	for i := range 10 {
		root := tree(t, map[string]string{"a.yaml": string(version(0))})
		cmd := exec.Command(os.Args[0])
		cmd.Env = append(os.Environ(), victim+"="+root)
		var stderr strings.Builder
		cmd.Stderr = &stderr
		must(t, cmd.Start())
		time.Sleep(time.Duration(20+7*i) * time.Millisecond)
		must(t, cmd.Process.Kill())
		_ = cmd.Wait() // it was killed
		data, err := Read(root, "a.yaml", 0)
		if text := string(data); err != nil || text != string(version(0)) && text != string(version(1)) {
			t.Errorf("torn: %d bytes, %v", len(data), err)
		}
		if stderr.Len() > 0 {
			t.Error(stderr.String())
		}
	}
}
