package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"pinbot/manifest"
	"pinbot/resolver"
	"pinbot/updater"
)

// hostile text tries to act on a terminal or to forge lines of a report.
var hostile = []string{
	"\x1b[2J\x1b[31mred", "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07", "\x1b]0;title\x07", "\u009b31m", "two\nlines", "a\rb", "tab\tbed",
	"\u202egnp.exe", "zero\u200bwidth", "\u2066x\u2069", "bad\xffutf-8", "\x00", "\x7f\b\b", "\U000e0041", "no\u00a0break", "  spaced  out  ", "", ":", "@", "/", "sha256:",
	"日本語/イメージ:タグ", strings.Repeat("x", 250), strings.Repeat("wide日本", 25), strings.Repeat("a/", 50),
}

// hostileScan has a string wherever text comes from outside.
func hostileScan(s string) Scan {
	ref := manifest.Ref{File: s, Line: 3, Image: manifest.Image{Name: s, Tag: s, Digest: s}, Source: s}
	var results []resolver.Result
	for _, outcome := range []resolver.Outcome{resolver.Keep, resolver.Pin, resolver.Upgrade, resolver.Hold, resolver.Skip, resolver.Error} {
		results = append(results, resolver.Result{
			Ref: ref, Repository: s, Class: resolver.ClassVariable, Group: s, Findings: []string{s}, Assumed: []string{s}, Err: errors.New(s + "."),
			Decision: resolver.Decision{Outcome: outcome, Tag: s, Digest: s, Image: s, UpdateType: resolver.UpdateRelease, Reason: s},
			Upgrades: []resolver.Proposal{{Tag: s, Digest: s, Image: s, UpdateType: resolver.UpdateRelease, Reason: s}},
		})
		results = append(results, resolver.Result{Ref: ref, Repository: s, Err: resolver.ErrUnconfigured, Decision: resolver.Decision{Outcome: outcome, Tag: s}})
	}
	finding := resolver.GroupFinding{Finding: s, Group: s, File: s, Line: 1, Message: s}
	return NewScan(1, resolver.Report{Results: results, Findings: []resolver.GroupFinding{finding}}, []Problem{{s, 1, s, s}, {"", 0, s, s}}, false)
}

func hostileRun(s string) Run {
	pr := updater.Published{
		Branch: s, Title: s, URL: s, Base: s, Body: s, Diff: s, Action: updater.Action(s), Reason: s,
		Updates: []updater.Update{{Repository: s, From: s, To: s, UpdateType: resolver.UpdateType(s)}},
	}
	return NewRun(true, []Repository{{Name: s, Base: s, Outcome: Done, Reason: s, PullRequests: []updater.Published{pr}, Errors: []Problem{{s, 1, s, s}}}})
}

func hostileExplanation(s string) Explanation {
	res := hostileScanResult(s)
	tag := resolver.Considered{Tag: resolver.Tag{Name: s, Digest: s}, Version: resolver.Version{Tag: s, Kind: resolver.TagRelease}}
	res.Considered = []resolver.Considered{tag, tag}
	return Explanation{Image: s, Result: res}
}

func hostileScanResult(s string) resolver.Result {
	return resolver.Result{
		Repository: s, Group: s, Findings: []string{s}, Assumed: []string{s}, Source: s, From: s, Err: errors.New(s),
		Decision: resolver.Decision{Outcome: resolver.Pin, Tag: s, Digest: s, Image: s, Reason: s + "!"},
		Upgrades: []resolver.Proposal{{Tag: s, Image: s, UpdateType: resolver.UpdateMinor, Reason: s}},
	}
}

// ours are the escape sequences that the report writes itself.
var ours = regexp.MustCompile("\x1b\\[[0-9;]+m")

func TestNothingActsOnATerminal(t *testing.T) {
	for _, s := range hostile {
		for name, tab := range map[string]table{"scan": hostileScan(s), "run": hostileRun(s), "explain": hostileExplanation(s)} {
			for _, l := range []Layout{{}, {Color: true}, {Width: 80}, {Width: 80, Color: true}, {Width: 200}, {Width: 200, Color: true}, {Width: 1}} {
				var out bytes.Buffer
				if err := tab.WriteTable(&out, l); err != nil {
					t.Fatal(err)
				}
				got := out.String()
				if l.Color {
					got = ours.ReplaceAllString(got, "")
				}
				// A diff and a body have lines of their own, and diffs tabs.
				if i := strings.IndexFunc(got, func(r rune) bool {
					return r != '\n' && r != '\t' && (!unicode.IsPrint(r) || r == unicode.ReplacementChar)
				}); i >= 0 {
					t.Errorf("%s of %q at %+v has %q", name, s, l, got[i:min(i+8, len(got))])
				}
			}
		}
	}
}

// A file name with a line break must not make a row of its own.
func TestNamesForgeNoLines(t *testing.T) {
	forged := "a.yaml\nforged.yaml:1  nginx:1.27  exact version  keep"
	for _, width := range []int{0, 80, 200} {
		var out bytes.Buffer
		if err := hostileScan(forged).WriteTable(&out, Layout{Width: width}); err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(out.String()) {
			if strings.HasPrefix(strings.TrimSpace(line), "forged.yaml") {
				t.Errorf("width %d: %q", width, line)
			}
		}
	}
}

func TestJSONOfAnything(t *testing.T) {
	for _, s := range hostile {
		for name, write := range map[string]func(io.Writer) error{
			"scan": hostileScan(s).WriteJSON, "run": hostileRun(s).WriteJSON, "explain": hostileExplanation(s).WriteJSON, "lines": hostileScan(s).WriteJSONLines,
		} {
			var out bytes.Buffer
			if err := write(&out); err != nil {
				t.Fatal(err)
			}
			if i := strings.IndexFunc(out.String(), func(r rune) bool { return r != '\n' && r != unicode.ReplacementChar && !unicode.IsPrint(r) }); i >= 0 {
				t.Errorf("%s of %q has %q", name, s, out.String()[i:min(i+8, out.Len())])
			}
			for dec := json.NewDecoder(&out); dec.More(); {
				var v any
				if err := dec.Decode(&v); err != nil {
					t.Fatalf("%s of %q: %v", name, s, err)
				}
			}
		}
	}
}

// The escapes that JSON is given for terminals must mean what was there.
func TestJSONKeepsText(t *testing.T) {
	for _, s := range hostile {
		var out bytes.Buffer
		if err := hostileRun(s).WriteJSON(&out); err != nil {
			t.Fatal(err)
		}
		var got Run
		if err := json.Unmarshal(out.Bytes(), &got); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); got.Repositories[0].Name != want {
			t.Errorf("%q became %q", want, got.Repositories[0].Name)
		}
	}
}
