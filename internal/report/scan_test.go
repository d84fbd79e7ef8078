package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"testing"

	"pinbot/manifest"
	"pinbot/resolver"
	"pinbot/updater"
)

// Scripts iterate over lists without asking whether they are there.
func TestListsAreNeverNull(t *testing.T) {
	bare := resolver.Report{Results: []resolver.Result{{}}, Findings: []resolver.GroupFinding{{}}}
	for name, write := range map[string]func(io.Writer) error{
		"scan": NewScan(0, bare, nil, false).WriteJSON, "offline": NewScan(0, bare, nil, true).WriteJSON,
		"empty": NewScan(0, resolver.Report{}, nil, false).WriteJSON, "lines": NewScan(0, bare, nil, false).WriteJSONLines,
		"run": NewRun(false, nil).WriteJSON, "repository": NewRun(true, []Repository{{PullRequests: []updater.Published{{}}}}).WriteJSON,
		"explain": Explanation{Result: resolver.Result{Considered: []resolver.Considered{{}}}}.WriteJSON,
	} {
		var out bytes.Buffer
		if err := write(&out); err != nil {
			t.Fatal(err)
		}
		if strings.Contains(out.String(), "null") {
			t.Errorf("%s: %s", name, out.String())
		}
	}
}

func TestOfflineHasNoDecisions(t *testing.T) {
	r := pinned("a.yaml", 1, "nginx:1.27", "1.27.5", 1)
	for offline, want := range map[bool]bool{true: false, false: true} {
		var out bytes.Buffer
		if err := NewScan(1, resolver.Report{Results: []resolver.Result{r}}, nil, offline).WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		for _, key := range []string{`"decision"`, `"upgrades"`} {
			if got := strings.Contains(out.String(), key); got != want {
				t.Errorf("offline %v: %s is there: %v", offline, key, got)
			}
		}
	}
}

func TestEdits(t *testing.T) {
	tag, key := manifest.Span{Start: 20, End: 24}, manifest.Span{Start: 24, End: 24}
	r := pinned("values.yaml", 2, "nginx:1.27", "1.27.5", 1)
	whole := r.Ref.Span
	insert := "\n    digest: " + digest(1)
	split := r
	split.Ref.Whole, split.Ref.Span = nil, tag
	split.Ref.Tag, split.Ref.Digest = &manifest.Slot{Span: tag, Plain: true}, &manifest.Slot{Span: key, Before: "\n    digest: "}
	same := split
	same.Decision.Tag = "1.27"
	kept := r
	kept.Decision.Outcome = resolver.Hold
	for name, tt := range map[string]struct {
		result resolver.Result
		want   []manifest.Splice
	}{
		"whole":               {r, []manifest.Splice{{Span: whole, New: "nginx:1.27.5@" + digest(1)}}},
		"split, inserted key": {split, []manifest.Splice{{Span: tag, New: "1.27.5"}, {Span: key, New: insert}}},
		"tag stays":           {same, []manifest.Splice{{Span: key, New: insert}}},
		"hold":                {kept, []manifest.Splice{}},
	} {
		s := NewScan(1, resolver.Report{Results: []resolver.Result{tt.result}}, nil, false)
		if got := s.Images[0].Edits; !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: %v, want %v", name, got, tt.want)
		}
		if len(s.Errors) > 0 {
			t.Errorf("%s: %v", name, s.Errors)
		}
	}
}

// What a decision wants and the file's form cannot take is an error with its
// place, not a silent nothing.
func TestRefusedEditsAreErrors(t *testing.T) {
	r := pinned("values.yaml", 2, "nginx:1.27", "1.27.5", 1)
	r.Ref.Whole = nil
	s := NewScan(1, resolver.Report{Results: []resolver.Result{r}}, nil, false)
	if len(s.Errors) != 1 || s.Errors[0].File != "values.yaml" || s.Errors[0].Line != 2 || s.Summary.Errors != 1 {
		t.Errorf("%+v", s.Errors)
	}
}

func TestFailedLookups(t *testing.T) {
	down, private := errors.New("503 Service Unavailable"), fmt.Errorf("log in: %w", resolver.ErrUnconfigured)
	result := func(line int, image string, outcome resolver.Outcome, err error) resolver.Result {
		r := kept("a.yaml", line, image, outcome, "why")
		r.Err = err
		return r
	}
	s := NewScan(1, resolver.Report{Results: []resolver.Result{
		result(1, "quay.io/a/b:1.0.0", resolver.Error, down), result(2, "quay.io/a/b:1.0.1", resolver.Error, down),
		result(3, "quay.io/a/c:1.0.0", resolver.Error, down), result(4, "quay.io/a/d:1.0.0", resolver.Pin, down),
		result(5, "corp.example/x:1.0.0", resolver.Skip, private), result(6, "corp.example/y:1.0.0", resolver.Skip, private),
	}}, []Problem{{File: "b.yaml", Message: "not YAML"}}, false)
	want := []Problem{
		{"b.yaml", 0, "", "not YAML"}, {"a.yaml", 1, "quay.io/a/b", down.Error()},
		{"a.yaml", 3, "quay.io/a/c", down.Error()}, {"a.yaml", 4, "quay.io/a/d", down.Error()},
	}
	if !reflect.DeepEqual(s.Errors, want) || s.Summary.Errors != len(want) {
		t.Errorf("errors %+v, want %+v", s.Errors, want)
	}
	if len(s.hints) != 1 || s.hints[0].images != 2 || s.hints[0].host != "corp.example" {
		t.Errorf("hints %+v", s.hints)
	}
}

func TestJSONLinesHaveTypes(t *testing.T) {
	var out bytes.Buffer
	s := sample()
	if err := s.WriteJSONLines(&out); err != nil {
		t.Fatal(err)
	}
	types := map[string]int{}
	last := ""
	for line := range strings.Lines(out.String()) {
		var v struct{ Type string }
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		types[v.Type]++
		last = v.Type
	}
	want := map[string]int{"image": len(s.Images), "finding": len(s.Findings), "error": len(s.Errors), "summary": 1}
	if !reflect.DeepEqual(types, want) || last != "summary" {
		t.Errorf("%v, last %s; want %v", types, last, want)
	}
}

func TestRunSummary(t *testing.T) {
	var prs []updater.Published
	for i, a := range []updater.Action{updater.Created, updater.Updated, updater.Unchanged, updater.ClosedIt, updater.Kept, updater.Blocked, updater.Held, updater.MergedIt} {
		for range i + 1 {
			prs = append(prs, updater.Published{Action: a, Body: "body", Diff: "diff"})
		}
	}
	repos := []Repository{{PullRequests: prs, Errors: make([]Problem, 2), Outcome: Partial}, {Outcome: Failed}, {Outcome: Failed, Errors: make([]Problem, 1)}}
	r := NewRun(false, repos)
	if want := (RunSummary{3, 1, 2, 3, 4, 5, 6, 7, 4}); r.Summary != want {
		t.Errorf("%+v, want %+v", r.Summary, want)
	}
	if r.Repositories[0].PullRequests[0].Diff != "" || prs[0].Diff != "diff" {
		t.Error("diffs are for dry runs only, and the caller keeps its own")
	}
}
