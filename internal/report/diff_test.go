package report

import (
	"strings"
	"testing"
)

func TestColorDiff(t *testing.T) {
	diff := "--- a/x.sql\n+++ b/x.sql\n@@ -1,2 +1,2 @@\n--- a comment\n+++ a sum\n \tsame\r\n" +
		"--- a/y\n+++ b/y\n@@ -1 +1 @@\n-\x1b[2J\n\\ No newline at end of file\n+new\n\\ No newline at end of file\n"
	want := []string{
		"[bold]--- a/x.sql", "[bold]+++ b/x.sql", "[cyan]@@ -1,2 +1,2 @@", "[red]--- a comment", "[green]+++ a sum", " \tsame\\r",
		"[bold]--- a/y", "[bold]+++ b/y", "[cyan]@@ -1 +1 @@", `[red]-\x1b[2J`, `\ No newline at end of file`, "[green]+new", `\ No newline at end of file`,
	}
	names := strings.NewReplacer("\x1b[0m", "", "\x1b[1m", "[bold]", "\x1b[31m", "[red]", "\x1b[32m", "[green]", "\x1b[36m", "[cyan]")
	got := strings.Split(strings.TrimSuffix(names.Replace(terminalDiff(diff, true)), "\n"), "\n")
	for i := range max(len(got), len(want)) {
		if i >= len(got) || i >= len(want) || got[i] != want[i] {
			t.Fatalf("line %d:\n%q\nwant\n%q", i+1, got, want)
		}
	}
	if strings.Contains(terminalDiff(diff, false), "\x1b") {
		t.Error("sequences in a plain diff")
	}
	if terminalDiff("", true) != "" {
		t.Error("lines where there are none")
	}
}
