package resolver

import (
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"
)

var renewDocs = flag.Bool("update", false, "write the table of docs/tags.md anew")

const tagsPage = "../docs/tags.md"

var (
	tagsTable = regexp.MustCompile(`(?s)(<!-- tags -->\n\|[^\n]*\n\|[^\n]*\n)(.*)(<!-- end of tags -->)`)
	stepRow   = regexp.MustCompile("(?m)^\\| `([^`]+)` \\| `([^`]+)` \\| (patch|minor|major) \\|")
)

// TestTagsPage compares the examples of docs/tags.md with what is read.
func TestTagsPage(t *testing.T) {
	data, err := os.ReadFile(tagsPage)
	if err != nil {
		t.Fatal(err)
	}
	m := tagsTable.FindStringSubmatchIndex(string(data))
	if m == nil {
		t.Fatal("the page has no table of tags")
	}
	rows := string(data[m[4]:m[5]])
	var want strings.Builder
	for row := range strings.Lines(rows) {
		tag := strings.Split(row, "`")[1]
		want.WriteString(tagRow(DockerTags{}.Parse(tag)))
	}
	if *renewDocs {
		page := string(data[:m[4]]) + want.String() + string(data[m[5]:])
		if err := os.WriteFile(tagsPage, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if rows != want.String() {
		t.Errorf("the table of %s is not what is read; write it anew with -update. It should be:\n%s", tagsPage, want.String())
	}
	steps := stepRow.FindAllStringSubmatch(string(data), -1)
	if len(steps) == 0 {
		t.Error("the page has no table of steps")
	}
	for _, s := range steps {
		if got := (DockerTags{}).Step(DockerTags{}.Parse(s[1]), DockerTags{}.Parse(s[2])); string(got) != s[3] {
			t.Errorf("from %s to %s is %s, and the page says %s", s[1], s[2], got, s[3])
		}
	}
}

// tagRow is a tag as a row of the table.
func tagRow(v Version) string {
	kind, _, _ := strings.Cut(describe(v), " ")
	numbers := strings.Join(v.Numbers, ".")
	if v.Wild {
		numbers += ".x"
	}
	revision := strings.TrimLeft(v.RevisionWord, "#_")
	if len(v.Revision) > 0 {
		revision = strings.TrimSpace(revision + " " + strings.Join(v.Revision, "."))
	}
	row := "| `" + v.Tag + "` | " + kind
	for _, part := range []string{v.Prefix, numbers, strings.Join(v.Pre, "."), revision, v.Variant()} {
		if part != "" {
			part = "`" + part + "`"
		}
		row += " | " + part
	}
	return row + " |\n"
}
