package report

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// A line may only be wider than the screen where it is one name that has no
// seam. Diffs and bodies are printed as they are.
func TestLinesFit(t *testing.T) {
	tables := map[string]table{"scan": sample(), "run": sampleRun(false), "explain": sampleExplanation()}
	for _, s := range hostile {
		tables["scan of "+s] = hostileScan(s)
		tables["explain of "+s] = hostileExplanation(s)
	}
	for name, tab := range tables {
		for _, width := range []int{40, 80, 120, 200} {
			var out bytes.Buffer
			if err := tab.WriteTable(&out, Layout{Width: width}); err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(out.String()) {
				line = strings.TrimRight(line, "\n")
				if cells.StringWidth(line) > width && !hasLongWord(line, width) {
					t.Errorf("%q at %d: %d cells in %q", name, width, cells.StringWidth(line), line)
				}
			}
		}
	}
}

// hasLongWord reports whether a line is as wide as it is because of one word.
func hasLongWord(line string, width int) bool {
	name := strings.TrimLeft(line, " ")
	indent := len(line) - len(name)
	for _, field := range strings.Fields(name) {
		for _, w := range seams(plain, field) {
			if indent+w.width() > width {
				return true
			}
		}
	}
	return false
}

func TestWrap(t *testing.T) {
	for _, tt := range []struct {
		in    string
		width int
		want  string
	}{
		{"one two three", 0, "one two three"},
		{"one two three", 7, "one two|three"},
		{"one two three", 6, "one|two|three"},
		{"", 10, ""},
		{"see quay.io/a/b:main now", 14, "see|quay.io/a/b|:main now"},
		{"see quay.io/a/b:main now", 16, "see|quay.io/a/b:main|now"},
		{"quay.io/metallb/speaker:v0.13.9", 20, "quay.io/metallb/|speaker:v0.13.9"},
		{"nginx:1.27.5-alpine@sha256:0123", 19, "nginx:1.27.5-alpine|@sha256:0123"},
		{"nginx:1.27.5-alpine", 13, "nginx|:1.27.5-alpine"},
		{"x unbreakable-and-longer y", 8, "x|unbreakable-and-longer|y"},
		{"日本 語", 5, "日本|語"},
		{"日本 語", 7, "日本 語"},
		{"https://a.example/b", 12, "https://|a.example/b"},
	} {
		var lines []string
		p := &page{}
		for _, l := range wrap(phrase(plain, tt.in), tt.width) {
			lines = append(lines, p.render(l))
		}
		if got := strings.Join(lines, "|"); got != tt.want {
			t.Errorf("wrap(%q, %d) = %q, want %q", tt.in, tt.width, got, tt.want)
		}
	}
}

func TestShrink(t *testing.T) {
	for _, tt := range []struct {
		widths, least, want []int
		room                int
		ok                  bool
	}{
		{[]int{10, 10}, []int{1, 1}, []int{10, 10}, 20, true},
		{[]int{30, 10}, []int{1, 1}, []int{15, 10}, 25, true},
		{[]int{30, 10}, []int{28, 1}, []int{28, 2}, 30, true},
		{[]int{30, 10}, []int{28, 8}, nil, 30, false},
	} {
		ok := shrink(tt.widths, tt.least, tt.room)
		if ok != tt.ok || ok && (tt.widths[0] != tt.want[0] || tt.widths[1] != tt.want[1]) {
			t.Errorf("%v, %v; want %v, %v", tt.widths, ok, tt.want, tt.ok)
		}
	}
}

// Colors must add nothing but sequences, and end before each line does: a line
// that is cut out of the output must not color what follows.
func TestColorsOnlyColor(t *testing.T) {
	for name, tab := range map[string]table{"scan": sample(), "run": sampleRun(true), "explain": sampleExplanation()} {
		var colored, bare bytes.Buffer
		if err := errors.Join(tab.WriteTable(&colored, Layout{Width: 80, Color: true}), tab.WriteTable(&bare, Layout{Width: 80, Color: false})); err != nil {
			t.Fatal(err)
		}
		if ours.ReplaceAllString(colored.String(), "") != bare.String() {
			t.Errorf("%s: colors change the text", name)
		}
		for line := range strings.Lines(colored.String()) {
			if all := ours.FindAllString(line, -1); len(all) > 0 && all[len(all)-1] != "\x1b[0m" {
				t.Errorf("%s: %q leaves its color on", name, line)
			}
		}
		if strings.Contains(bare.String(), "\x1b") {
			t.Errorf("%s: sequences without color", name)
		}
	}
}

// In a pipe each reference is one line that names its file and line.
func TestPipeHasALineForEachReference(t *testing.T) {
	var out bytes.Buffer
	s := sample()
	if err := s.WriteTable(&out, Layout{}); err != nil {
		t.Fatal(err)
	}
	rows, _, _ := strings.Cut(out.String(), "\n\n")
	if got := strings.Count(rows, "\n"); got != len(s.Images) {
		t.Errorf("%d rows for %d references:\n%s", got, len(s.Images), rows)
	}
}

type broken struct{ err error }

func (b broken) Write([]byte) (int, error) { return 0, b.err }

func TestErrorsOfWritingAreReturned(t *testing.T) {
	w := broken{errors.New("broken pipe")}
	for i, err := range []error{
		sample().WriteTable(w, Layout{}), sample().WriteJSON(w), sample().WriteJSONLines(w), sampleRun(true).WriteTable(w, Layout{}),
		sampleRun(true).WriteJSON(w), sampleExplanation().WriteTable(w, Layout{}), sampleExplanation().WriteJSON(w),
	} {
		if !errors.Is(err, w.err) {
			t.Errorf("%d: %v", i, err)
		}
	}
}
