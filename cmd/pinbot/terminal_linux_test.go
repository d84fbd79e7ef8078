package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// On a terminal the table has colors and keeps to the terminal's width; people
// and terminals that want no colors get none.
func TestTerminal(t *testing.T) {
	w, dir := &world{t: t, dir: t.TempDir()}, t.TempDir()
	if err := w.playRegistry([]byte("quay.io/metallb/speaker v0.13.9 2022-12-06\nquay.io/metallb/speaker main 2022-12-10")); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "deploy", "cluster", "speaker.yaml"), fmt.Sprintf(pod, "quay.io/metallb/speaker:main"))
	for _, c := range []struct {
		name    string
		columns uint16
		args    string
		env     []string
		colored bool
	}{
		{"80 columns", 80, "scan", nil, true},
		{"200 columns", 200, "scan", nil, true},
		{"NO_COLOR", 80, "scan", []string{"NO_COLOR=1"}, false},
		{"NO_COLOR, but asked for", 80, "scan --color always", []string{"NO_COLOR=1"}, true},
		{"a dumb terminal", 80, "scan", []string{"TERM=dumb"}, false},
		{"not wanted", 80, "scan --color never", nil, false},
		{"a diff", 80, "update --dry-run", nil, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			shown := onTerminal(t, w, dir, c.columns, strings.Fields(c.args), c.env)
			if colored := strings.Contains(shown, "\x1b["); colored != c.colored {
				t.Errorf("colors: %v, want %v:\n%q", colored, c.colored, shown)
			}
			plain := regexp.MustCompile("\x1b\\[[0-9;]*m").ReplaceAllString(shown, "")
			if !strings.Contains(plain, "v0.13.9") {
				t.Errorf("shows\n%s", plain)
			}
			for line := range strings.Lines(plain) {
				if line = strings.TrimRight(line, "\r\n"); len([]rune(line)) > int(c.columns) && !strings.Contains(line, "@sha256:") {
					t.Errorf("wider than %d columns: %q", c.columns, line)
				}
			}
		})
	}

	// A report that goes into a file is not for this terminal.
	file := filepath.Join(w.dir, "report")
	onTerminal(t, w, dir, 80, []string{"scan", "--output", file}, nil)
	if got := read(t, file); strings.Contains(got, "\x1b") || !strings.Contains(got, "WHERE") {
		t.Errorf("the file has\n%s", got)
	}
}

// onTerminal runs pinbot with its standard output on a terminal (pts(4)), and
// returns what the terminal got.
func onTerminal(t *testing.T, w *world, dir string, columns uint16, args, env []string) string {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	fd := int(master.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		err = unix.IoctlSetWinsize(fd, unix.TIOCSWINSZ, &unix.Winsize{Row: 24, Col: columns})
	}
	if err != nil {
		t.Fatal(err)
	}
	terminal, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	cmd, stderr := process(t, w, dir, args...)
	cmd.Env = append(append(cmd.Env, "TERM=xterm"), env...)
	cmd.Stdout = terminal
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	terminal.Close()
	shown, _ := io.ReadAll(master) // ends with EIO when the last writer is gone
	if err := cmd.Wait(); err != nil {
		t.Fatalf("%v\n%s%s", err, shown, stderr)
	}
	return string(shown)
}
