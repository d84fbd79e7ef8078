package edit

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestApply(t *testing.T) {
	const text = "image: nginx\r\ntag: latest"
	tests := []struct {
		name  string
		edits []Edit
		want  string
		err   error
	}{
		{"none", nil, text, nil},
		{"replaces", []Edit{{7, 12, "nginx", "nginx:1.27"}}, "image: nginx:1.27\r\ntag: latest", nil},
		{"in any order", []Edit{{19, 25, "latest", "1"}, {7, 12, "nginx", "n"}}, "image: n\r\ntag: 1", nil},
		{"inserts at both ends", []Edit{{25, 25, "", "!"}, {0, 0, "", ">"}}, ">" + text + "!", nil},
		{"deletes all", []Edit{{0, 25, text, ""}}, "", nil},
		{"inserts before a replacement", []Edit{{7, 12, "nginx", "n"}, {7, 7, "", "x/"}}, "image: x/n\r\ntag: latest", nil},
		{"inserts after a replacement", []Edit{{12, 12, "", ":1"}, {7, 12, "nginx", "n"}}, "image: n:1\r\ntag: latest", nil},
		{"neighbours", []Edit{{7, 9, "ng", "N"}, {9, 12, "inx", "X"}}, "image: NX\r\ntag: latest", nil},
		{"the same twice", []Edit{{7, 12, "nginx", "n"}, {7, 12, "nginx", "n"}}, "image: n\r\ntag: latest", nil},
		{"the same insertion twice", []Edit{{0, 0, "", "#"}, {0, 0, "", "#"}}, "#" + text, nil},

		{"stale", []Edit{{7, 12, "httpd", "n"}}, "", ErrStale},
		{"stale by length", []Edit{{7, 12, "ngin", "n"}}, "", ErrStale},
		{"one stale of two", []Edit{{0, 0, "", "#"}, {7, 12, "httpd", "n"}}, "", ErrStale},
		{"same bytes, other text, stale", []Edit{{7, 12, "nginx", "n"}, {7, 12, "httpd", "n"}}, "", ErrStale},
		{"two replacements of the same bytes", []Edit{{7, 12, "nginx", "a"}, {7, 12, "nginx", "b"}}, "", ErrOverlap},
		{"two insertions at one place", []Edit{{7, 7, "", "a"}, {7, 7, "", "b"}}, "", ErrOverlap},
		{"an insertion within", []Edit{{7, 12, "nginx", "a"}, {9, 9, "", "b"}}, "", ErrOverlap},
		{"one within the other", []Edit{{7, 12, "nginx", "a"}, {8, 9, "g", "b"}}, "", ErrOverlap},
		{"crossing", []Edit{{7, 9, "ng", "a"}, {8, 12, "ginx", "b"}}, "", ErrOverlap},
		{"behind the end", []Edit{{25, 26, "x", ""}}, "", ErrRange},
		{"before the start", []Edit{{-1, 0, "", ""}}, "", ErrRange},
		{"backwards", []Edit{{9, 7, "", ""}}, "", ErrRange},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			data, edits := []byte(text), slices.Clone(tt.edits)
			got, err := Apply(data, edits)
			if !errors.Is(err, tt.err) || string(got) != tt.want {
				t.Errorf("Apply = %q, %v; want %q, %v", got, err, tt.want, tt.err)
			}
			if tt.err != nil && got != nil {
				t.Errorf("Apply refused and returned %q", got)
			}
			if string(data) != text || !slices.Equal(edits, tt.edits) {
				t.Error("Apply changed its arguments")
			}
		})
	}
}

// The result must not share memory with the file: a caller compares both.
func TestApplyCopies(t *testing.T) {
	data := []byte("unchanged")
	got, err := Apply(data, nil)
	if err != nil {
		t.Fatal(err)
	}
	got[0] = 'X'
	if string(data) != "unchanged" {
		t.Error("the result shares the input's memory")
	}
}

// FuzzApply makes and takes back an edit in arbitrary bytes.
func FuzzApply(f *testing.F) {
	f.Add([]byte("image: nginx\n"), 7, 12, "nginx:1.27@sha256:0")
	f.Add([]byte("\xef\xbb\xbfa: \xff\r\n"), 3, 3, "b: c\r\n")
	f.Add([]byte(""), 0, 0, "")
	f.Fuzz(func(t *testing.T, data []byte, start, end int, text string) {
		if start < 0 || end < start || end > len(data) {
			if _, err := Apply(data, []Edit{{start, end, "", text}}); !errors.Is(err, ErrRange) {
				t.Fatalf("range %d to %d of %d: %v", start, end, len(data), err)
			}
			return
		}
		old := string(data[start:end])
		changed, err := Apply(data, []Edit{{start, end, old, text}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(string(changed), string(data[:start])) || !strings.HasSuffix(string(changed), string(data[end:])) {
			t.Fatalf("bytes outside of %d to %d changed: %q to %q", start, end, data, changed)
		}
		back, err := Apply(changed, []Edit{{start, start + len(text), text, old}})
		if err != nil || string(back) != string(data) {
			t.Fatalf("taken back: %q, %v; want %q", back, err, data)
		}
	})
}
