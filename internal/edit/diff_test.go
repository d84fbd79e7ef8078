package edit

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestDiff(t *testing.T) {
	before := "a\r\nimage: nginx\r\nb\r\nc\r\nd\r\ne\r\nlast"
	after := "a\r\nimage: nginx:1.27\r\nb\r\nc\r\nd\r\ne\r\nlast"
	want := "--- a/k8s/web.yaml\n+++ b/k8s/web.yaml\n@@ -1,5 +1,5 @@\n" +
		" a\r\n-image: nginx\r\n+image: nginx:1.27\r\n b\r\n c\r\n d\r\n"
	if got := Diff("k8s/web.yaml", []byte(before), []byte(after)); got != want {
		t.Errorf("Diff =\n%q\nwant\n%q", got, want)
	}
	if got := Diff("x", []byte(before), []byte(before)); got != "" {
		t.Errorf("Diff of equal files = %q", got)
	}
}

// diffCases are changes of a file, for tests that undo or apply them.
var diffCases = []struct{ name, path, before, after string }{
	{"plain", "a.yaml", "a\nb\nc\n", "a\nB\nc\n"},
	{"no final newline", "a.yaml", "a\nb", "a\nB"},
	{"final newline added", "a.yaml", "a\nb", "a\nb\n"},
	{"final newline removed", "a.yaml", "a\nb\n", "a\nb"},
	{"unchanged last line without newline", "a.yaml", "a\nb", "A\nb"},
	{"carriage returns", "a.yaml", "a\r\nb\r\nc", "a\r\nB\r\nc"},
	{"two hunks", "a.yaml", strings.Repeat("x\n", 20), "y\n" + strings.Repeat("x\n", 18) + "z\n"},
	{"not UTF-8", "a.yaml", "# caf\xe9\nb\n", "# caf\xe9\nB\n"},
	{"a file becomes empty", "a.yaml", "a\n", ""},
	{"an empty file gets text", "a.yaml", "", "a\nb\n"},
	{"looks like a header", "a.yaml", "-- a/b\nx\n", "++ b/c\nx\n"},
	{"space in the name", "my app/web deploy.yaml", "a\n", "b\n"},
	{"space at the end of the name", "web ", "a\n", "b\n"},
	{"newline in the name", "we\nird.yaml", "a\n", "b\n"},
	{"tab and quote in the name", "we\t\"ird\\.yaml", "a\n", "b\n"},
	{"umlaut in the name", "größe.yaml", "a\n", "b\n"},
	{"umlaut and escape in the name", "grö\x1b[31m.yaml", "a\n", "b\n"},
	{"name that is not UTF-8", "caf\xe9.yaml", "a\n", "b\n"},
	{"name like a flag", "--help", "a\n", "b\n"},
}

func TestDiffIsForGit(t *testing.T) {
	git, err := exec.LookPath("git")
	if err != nil {
		t.Skip("git is not installed")
	}
	for _, tt := range diffCases {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			file := filepath.Join(dir, tt.path)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(tt.before), 0o644); err != nil {
				t.Fatal(err)
			}
			diff := Diff(tt.path, []byte(tt.before), []byte(tt.after))
			cmd := exec.Command(git, "apply", "--whitespace=nowarn")
			cmd.Dir, cmd.Stdin = dir, strings.NewReader(diff)
			// Without this a repository around the temporary folder would
			// take part.
			cmd.Env = append(os.Environ(), "GIT_CEILING_DIRECTORIES="+filepath.Dir(dir), "GIT_CONFIG_GLOBAL=/dev/null", "GIT_CONFIG_NOSYSTEM=1")
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("git apply: %v\n%s\n%s", err, out, diff)
			}
			if got, _ := os.ReadFile(file); string(got) != tt.after {
				t.Errorf("after git apply: %q, want %q\n%s", got, tt.after, diff)
			}
		})
	}
}

func TestDiffHeaderIsOneLine(t *testing.T) {
	for _, tt := range diffCases {
		lines := strings.SplitN(Diff(tt.path, []byte("a\n"), []byte("b\n")), "\n", 4)
		if len(lines) != 4 || !strings.HasPrefix(lines[0], "--- ") || !strings.HasPrefix(lines[1], "+++ ") || !strings.HasPrefix(lines[2], "@@") {
			t.Errorf("%s: header %q", tt.name, lines)
		}
		if strings.ContainsRune(lines[0]+lines[1], 0x1b) {
			t.Errorf("%s: escape sequence in the header %q", tt.name, lines)
		}
	}
}
