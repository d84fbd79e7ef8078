package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

const pod = "kind: Pod\napiVersion: v1\nspec:\n  containers:\n    - image: %s\n"

// process is pinbot as an operating system sees it, in a folder of its own. It
// is killed where it takes a minute.
func process(t *testing.T, w *world, dir string, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "pinbot", args...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + w.dir, "PINBOT_CONFIG=" + filepath.Join(w.dir, "operator.yaml"), "PATH=" + os.Getenv("PATH")}
	stderr := &bytes.Buffer{}
	cmd.Stderr = stderr
	return cmd, stderr
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// A signal while registries are asked ends the program with 128 + its number,
// soon, in a sentence, and with nothing written (torture row L01).
func TestTorture_L01_Signals(t *testing.T) {
	for _, c := range []struct {
		signal syscall.Signal
		code   int
	}{{syscall.SIGINT, 130}, {syscall.SIGTERM, 143}} {
		for _, command := range []string{"scan", "update"} {
			t.Run(fmt.Sprint(command, " ", c.signal), func(t *testing.T) {
				t.Parallel()
				w := &world{t: t, dir: t.TempDir()}
				asked, release := make(chan struct{}), make(chan struct{})
				once := sync.OnceFunc(func() { close(asked) })
				w.front = func(http.Handler) http.Handler {
					return http.HandlerFunc(func(http.ResponseWriter, *http.Request) { once(); <-release })
				}
				if err := w.playRegistry([]byte("docker.io/library/nginx 1.27.3 2024-11-26")); err != nil {
					t.Fatal(err)
				}
				t.Cleanup(func() { close(release) })
				dir := t.TempDir()
				before := fmt.Sprintf(pod, "nginx:1.27.3")
				write(t, filepath.Join(dir, "a.yaml"), before)

				cmd, stderr := process(t, w, dir, command)
				if err := cmd.Start(); err != nil {
					t.Fatal(err)
				}
				<-asked
				begin := time.Now()
				if err := cmd.Process.Signal(c.signal); err != nil {
					t.Fatal(err)
				}
				err := cmd.Wait()
				var exit *exec.ExitError
				if !errors.As(err, &exit) || exit.ExitCode() != c.code {
					t.Fatalf("ended with %v, want exit code %d\n%s", err, c.code, stderr)
				}
				if took := time.Since(begin); took > time.Minute {
					t.Errorf("took %v to end", took)
				}
				if got := stderr.String(); !strings.HasPrefix(got, "pinbot was interrupted") || strings.Count(got, "\n") != 1 {
					t.Errorf("said %q", got)
				}
				if got := read(t, filepath.Join(dir, "a.yaml")); got != before {
					t.Errorf("wrote %q", got)
				}
			})
		}
	}
}

// Who reads only the beginning gets it, and pinbot ends without a complaint
// (torture row O04).
func TestTorture_O04_ClosedPipe(t *testing.T) {
	w, dir := &world{t: t, dir: t.TempDir()}, t.TempDir()
	for i := range 2000 { // many times what a pipe holds
		write(t, filepath.Join(dir, fmt.Sprintf("%04d.yaml", i)), fmt.Sprintf(pod, "quay.io/team/application:main"))
	}
	for _, format := range []string{"table", "json", "jsonl"} {
		cmd, stderr := process(t, w, dir, "scan", "--offline", "--format", format)
		cmd.Env[1] = "PINBOT_CONFIG="
		out, err := cmd.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		first := make([]byte, 100)
		if _, err := out.Read(first); err != nil {
			t.Errorf("%s: reading the beginning: %v", format, err)
		}
		out.Close()
		err = cmd.Wait()
		if err == nil {
			t.Errorf("%s: ended as if everything had been read", format)
		}
		if stderr.Len() > 0 {
			t.Errorf("%s: said %q", format, stderr)
		}
	}
}

// A folder that cannot be written to makes the update incomplete and does not
// keep the others from being written (torture row F10).
func TestTorture_F10_ReadOnlyFolder(t *testing.T) {
	w := &world{t: t, dir: shared(t)}
	if err := w.playRegistry([]byte("docker.io/library/nginx 1.27.3 2024-11-26")); err != nil {
		t.Fatal(err)
	}
	dir := shared(t)
	locked, free := filepath.Join(dir, "locked", "a.yaml"), filepath.Join(dir, "open", "a.yaml")
	write(t, locked, fmt.Sprintf(pod, "nginx:1.27.3"))
	write(t, free, fmt.Sprintf(pod, "nginx:1.27.3"))
	cmd, stderr := process(t, w, dir, "update")
	ordinary(t, cmd, filepath.Dir(free), free)
	if err := os.Chmod(filepath.Dir(locked), 0o555); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.Output()
	_ = os.Chmod(filepath.Dir(locked), 0o755) // so that it can be cleaned up
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitIncomplete {
		t.Fatalf("ended with %v, want exit code %d\n%s%s", err, exitIncomplete, out, stderr)
	}
	if got := read(t, locked); got != fmt.Sprintf(pod, "nginx:1.27.3") {
		t.Errorf("the file in the locked folder became %q", got)
	}
	if got := read(t, free); !strings.Contains(got, "nginx:1.27.3@sha256:") {
		t.Errorf("the other file is still %q", got)
	}
	if !strings.Contains(stderr.String(), "locked/a.yaml: ") || !strings.Contains(string(out), "open/a.yaml:5") {
		t.Errorf("said\n%s%s", out, stderr)
	}
}

const exitIncomplete = 3

// shared is a temporary folder that other users may enter.
func shared(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, d := range []string{dir, filepath.Dir(dir)} {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// ordinary makes a command run as a user whom permissions bind, which they do
// not bind the superuser. The paths become the user's own.
func ordinary(t *testing.T, cmd *exec.Cmd, owned ...string) {
	t.Helper()
	if os.Geteuid() != 0 {
		return
	}
	const nobody = 65534
	program := filepath.Join(cmd.Dir, "pinbot")
	data := read(t, cmd.Path)
	if err := os.WriteFile(program, []byte(data), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd.Path = program
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	for _, path := range owned {
		if err := os.Chown(path, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
}

// The demo is over in seconds.
func TestDemoIsQuick(t *testing.T) {
	w := &world{t: t, dir: t.TempDir()}
	cmd, stderr := process(t, w, t.TempDir(), "demo")
	cmd.Env = append(cmd.Env, "TMPDIR="+t.TempDir())
	begin := time.Now()
	if out, err := cmd.Output(); err != nil {
		t.Fatalf("%v\n%s%s", err, out, stderr)
	}
	if took := time.Since(begin); took > time.Minute {
		t.Errorf("took %v", took)
	}
}

// --concurrency bounds how many images are looked up at once.
func TestConcurrency(t *testing.T) {
	w, dir := &world{t: t, dir: t.TempDir()}, t.TempDir()
	var now, most atomic.Int32
	w.front = func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(out http.ResponseWriter, req *http.Request) {
			n := now.Add(1)
			defer now.Add(-1)
			for old := most.Load(); n > old && !most.CompareAndSwap(old, n); old = most.Load() {
			}
			time.Sleep(10 * time.Millisecond) // long enough for others to come
			next.ServeHTTP(out, req)
		})
	}
	var tags strings.Builder
	for i := range 8 {
		fmt.Fprintf(&tags, "quay.io/team/app%d v1.0.0 2024-11-26\n", i)
		write(t, filepath.Join(dir, fmt.Sprintf("%d.yaml", i)), fmt.Sprintf(pod, fmt.Sprintf("quay.io/team/app%d:v1.0.0", i)))
	}
	if err := w.playRegistry([]byte(tags.String())); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args       []string
		from, upTo int32
	}{{[]string{"scan", "--concurrency", "1"}, 1, 1}, {[]string{"scan"}, 2, 8}} {
		most.Store(0)
		cmd, stderr := process(t, w, dir, c.args...)
		if err := cmd.Run(); err != nil {
			t.Fatalf("%v\n%s", err, stderr)
		}
		if n := most.Load(); n < c.from || n > c.upTo {
			t.Errorf("%q: %d requests at once, want %d to %d", c.args, n, c.from, c.upTo)
		}
	}
}
