package manifest

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// TestDockerfileOracle: over every Dockerfile of the shared corpus, and some
// that are harder, the lexer sees the instructions and lines that BuildKit's
// own parser sees.
func TestDockerfileOracle(t *testing.T) {
	for _, text := range []string{
		"FROM a\\\n b\nRUN <<A <<B\nx\nA\ny\nB\nRUN c\n",
		"# escape=`\nFROM a `\nb\n",
		"FROM a\nRUN x \\\n# c\n\n y\nRUN z\\\\\nCMD w",
		"\n\n  FROM a\n\t# x\n RUN b <<-'E' \\\n c\n\t\tE\nUSER d\n",
		"FROM a\r\nRUN b \\\r\n c\r\n",
		"ONBUILD RUN <<E\nFROM x\nE\nFROM b\nCOPY [\"<<E\",\"x\"]\nFROM c",
	} {
		compareWithBuildKit(t, "literal", []byte(text))
	}
	root := "../../shared/corpus"
	if _, err := os.Stat(root); err != nil {
		t.Skip("../shared is absent, so the Dockerfiles of the shared corpus cannot be read")
	}
	files := 0
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() || !isDockerfile(filepath.Base(path)) {
			return err
		}
		data, err := os.ReadFile(path)
		files++
		compareWithBuildKit(t, path, data)
		return err
	})
	if err != nil || files < 100 {
		t.Errorf("%d Dockerfiles compared, error %v", files, err)
	}
}

func compareWithBuildKit(t *testing.T, name string, data []byte) {
	t.Helper()
	want, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		t.Logf("%s: BuildKit refuses it: %v", name, err)
		return
	}
	l := newDockerLexer(data)
	for _, node := range want.AST.Children {
		in, terminated, ok := l.instruction()
		if !ok || !terminated {
			t.Errorf("%s: BuildKit sees %q on line %d, the lexer nothing", name, node.Original, node.StartLine)
			return
		}
		if in.line != node.StartLine || in.end != node.EndLine || strings.TrimSpace(in.text) != strings.TrimSpace(node.Original) {
			t.Errorf("%s: lines %d to %d are %q, for BuildKit lines %d to %d are %q", name, in.line, in.end, in.text, node.StartLine, node.EndLine, node.Original)
			return
		}
		for i := range in.text {
			if at := in.at(i); data[at] != in.text[i] {
				t.Fatalf("%s: byte %d of %q is at offset %d, where the file has %q", name, i, in.text, at, data[at])
			}
		}
	}
	if in, _, ok := l.instruction(); ok {
		t.Errorf("%s: the lexer sees %q on line %d, BuildKit nothing", name, in.text, in.line)
	}
}
