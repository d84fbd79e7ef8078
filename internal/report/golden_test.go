package report

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"

	"pinbot/resolver"
)

var renew = flag.Bool("update", false, "write testdata anew from what is printed")

// golden compares what is printed with a file.
func golden(t *testing.T, name string, write func(io.Writer) error) {
	t.Helper()
	var got bytes.Buffer
	if err := write(&got); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join("testdata", name)
	if *renew {
		if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Bytes(), want) {
		t.Errorf("%s differs; renew it with -update and read the difference:\n%s", file, got.String())
	}
}

type table interface {
	WriteTable(io.Writer, Layout) error
}

func TestTables(t *testing.T) {
	offline := sample()
	offline.offline = true
	for i := range offline.Images {
		img := &offline.Images[i]
		img.Decision, img.Upgrades = nil, nil
	}
	for name, tab := range map[string]table{
		"scan": sample(), "offline": offline, "run": sampleRun(false), "dryrun": sampleRun(true), "explain": sampleExplanation(),
		"empty": NewScan(3, resolver.Report{}, nil, false),
	} {
		for _, width := range []int{0, 80, 200} {
			for _, color := range []bool{false, true} {
				file := fmt.Sprintf("%s-%d.txt", name, width)
				if color {
					file = fmt.Sprintf("%s-%d.ansi", name, width)
				}
				golden(t, file, func(w io.Writer) error { return tab.WriteTable(w, Layout{Width: width, Color: color}) })
			}
		}
	}
}

func TestJSON(t *testing.T) {
	golden(t, "scan.json", sample().WriteJSON)
	golden(t, "scan.jsonl", sample().WriteJSONLines)
	golden(t, "run.json", sampleRun(true).WriteJSON)
	golden(t, "explain.json", sampleExplanation().WriteJSON)
}
