package cli

import (
	"bytes"
	"flag"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"pinbot/internal/config"
	"pinbot/internal/report"
)

var renewDocs = flag.Bool("update", false, "write what is generated in README.md and docs/cli.md anew")

// project is the folder of README.md.
const project = "../.."

// TestCommandReference compares docs/cli.md with the commands and flags.
func TestCommandReference(t *testing.T) {
	a := &app{env: func(string) string { return "" }}
	root := a.root()
	var b strings.Builder
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() && c.Name() != "help" {
			describeCommand(&b, c)
		}
	}
	b.WriteString("### Global flags\n\n" + describeFlags(root.PersistentFlags()) + "\n")
	keepDocument(t, "docs/cli.md", map[string]string{"commands": b.String()})
}

// describeCommand is a section for one command.
func describeCommand(b *strings.Builder, c *cobra.Command) {
	long := strings.ReplaceAll(strings.TrimSuffix(c.Long, exitHelp), "\n", " ")
	b.WriteString("### " + c.CommandPath() + "\n\n" + c.Short + ".\n\n    " + c.UseLine() + "\n\n`" + c.Name() + "`" + strings.TrimPrefix(long, c.Name()) + "\n\n")
	if flags := describeFlags(c.LocalNonPersistentFlags()); flags != "" {
		b.WriteString(flags + "\n")
	}
	if c.Example != "" {
		b.WriteString("Examples:\n\n```sh\n" + strings.ReplaceAll(strings.TrimPrefix(c.Example, "  "), "\n  ", "\n") + "\n```\n\n")
	}
}

// describeFlags has a row for each flag.
func describeFlags(flags *pflag.FlagSet) string {
	var rows strings.Builder
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Name == "help" {
			return
		}
		value, use := pflag.UnquoteUsage(f)
		name := strings.TrimSpace("--" + f.Name + " " + value)
		if f.DefValue != "" && f.DefValue != "false" && f.DefValue != "0" && f.DefValue != "[]" {
			use += " (default: " + f.DefValue + ")"
		}
		rows.WriteString("| `" + name + "` | " + use + " |\n")
	})
	if rows.Len() == 0 {
		return ""
	}
	return "| Flag | Meaning |\n|---|---|\n" + rows.String()
}

// TestContractFields fails where a field of the JSON is not in docs/cli.md.
func TestContractFields(t *testing.T) {
	page := readDocument(t, "docs/cli.md")
	fields := map[string]bool{}
	for _, v := range []any{report.Scan{}, report.Run{}, report.Update{}} {
		jsonFields(reflect.TypeOf(v), fields)
	}
	if len(fields) < 40 {
		t.Fatalf("only %d fields: %v", len(fields), fields)
	}
	for name := range fields {
		if !strings.Contains(page, "`"+name+"`") {
			t.Errorf("docs/cli.md does not tell of the field %q", name)
		}
	}
}

// jsonFields collects the names of a type's fields, and of those below it.
func jsonFields(t reflect.Type, names map[string]bool) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice:
		jsonFields(t.Elem(), names)
	case reflect.Struct:
		for i := range t.NumField() {
			f := t.Field(i)
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			if !f.IsExported() || name == "-" {
				continue
			}
			if name != "" {
				names[name] = true
			}
			jsonFields(f.Type, names)
		}
	}
}

// TestReadme compares what README.md shows with what pinbot demo prints.
func TestReadme(t *testing.T) {
	_, run, found := strings.Cut(demoOutput(t, "100"), "$ pinbot scan")
	scan, _, ended := strings.Cut(run, "\n$ pinbot run")
	if !found || !ended {
		t.Fatalf("the demo does not scan and run:\n%s", run)
	}
	var quoted []string
	for line := range strings.Lines(demoOutput(t, "")) {
		if text, ok := strings.CutPrefix(line, "    │"); ok {
			quoted = append(quoted, strings.TrimPrefix(strings.TrimRight(text, "\n"), " "))
		}
	}
	diff := slices.IndexFunc(quoted, func(s string) bool { return strings.HasPrefix(s, "--- ") })
	if diff < 10 {
		t.Fatalf("the demo shows no text and no diff:\n%s", strings.Join(quoted, "\n"))
	}
	keepDocument(t, "README.md", map[string]string{
		"scan": "```console\n$ pinbot scan" + scan + "```\n",
		"text": "```markdown\n" + strings.Join(quoted[:diff], "\n") + "\n```\n",
		"diff": "```diff\n" + strings.Join(quoted[diff:], "\n") + "\n```\n",
	})
}

// TestReadmeJob fails where README.md shows another job than pinbot init writes.
func TestReadmeJob(t *testing.T) {
	for _, f := range config.Starter() {
		_, job, found := strings.Cut(f.Text, "\nname: pinbot\n")
		if !strings.Contains(f.Path, "workflows") {
			continue
		}
		job = "name: pinbot\n" + strings.ReplaceAll(job, "\n\n", "\n")
		if !found || !strings.Contains(readDocument(t, "README.md"), "```yaml\n"+job+"```\n") {
			t.Errorf("README.md does not show the job of %s:\n%s", f.Path, job)
		}
	}
}

// TestFolderMap fails where a folder is not in the map of CONTRIBUTING.md, or
// the map has one that is not there.
func TestFolderMap(t *testing.T) {
	page := readDocument(t, "CONTRIBUTING.md")
	for _, m := range regexp.MustCompile("(?m)^\\| `([^`]+)/` \\|").FindAllStringSubmatch(page, -1) {
		if info, err := os.Stat(filepath.Join(project, m[1])); err != nil || !info.IsDir() {
			t.Errorf("CONTRIBUTING.md tells of the folder %s, which is not there", m[1])
		}
	}
	err := fs.WalkDir(os.DirFS(project), ".", func(path string, entry fs.DirEntry, err error) error {
		if entry != nil && entry.IsDir() && (entry.Name() == ".git" || entry.Name() == "testdata") {
			return fs.SkipDir
		}
		if dir := filepath.Dir(path); filepath.Ext(path) == ".go" && !strings.Contains(page, "\n| `"+dir+"/` |") {
			t.Errorf("CONTRIBUTING.md does not tell of the folder %s", dir)
			return fs.SkipDir
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// demoOutput is what pinbot demo prints on so many columns.
func demoOutput(t *testing.T, columns string) string {
	var out bytes.Buffer
	env := map[string]string{"COLUMNS": columns}
	if code := Main(t.Context(), []string{"demo"}, func(k string) string { return env[k] }, strings.NewReader(""), &out, &out); code != exitDone {
		t.Fatalf("pinbot demo exits with %d:\n%s", code, out.String())
	}
	return out.String()
}

// TestDocumentLinks follows the links between documents, to files and headings.
func TestDocumentLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, name := range documents(t) {
		page := fenced.ReplaceAllString(readDocument(t, name), "")
		for _, m := range link.FindAllStringSubmatch(page, -1) {
			u, err := url.Parse(m[1])
			if err != nil {
				t.Errorf("%s: %q is no link: %v", name, m[1], err)
				continue
			}
			if u.Scheme != "" {
				continue // another site
			}
			to := name
			if u.Path != "" {
				to = filepath.Join(filepath.Dir(name), u.Path)
			}
			if _, err := os.Stat(filepath.Join(project, to)); err != nil {
				t.Errorf("%s links to %s, which is not there", name, m[1])
			} else if u.Fragment != "" && !slices.Contains(anchors(readDocument(t, to)), u.Fragment) {
				t.Errorf("%s links to %s, and %s has no such heading", name, m[1], to)
			}
		}
	}
}

var (
	fenced   = regexp.MustCompile("(?ms)^```.*?^```")
	heading  = regexp.MustCompile(`(?m)^#+ +(.+)$`)
	unanchor = regexp.MustCompile(`[^a-z0-9 _-]`)
)

// anchors are the fragments of a page's headings, as forges make them.
func anchors(page string) []string {
	var list []string
	for _, m := range heading.FindAllStringSubmatch(fenced.ReplaceAllString(page, ""), -1) {
		list = append(list, strings.ReplaceAll(unanchor.ReplaceAllString(strings.ToLower(m[1]), ""), " ", "-"))
	}
	return list
}

// documents are README.md and its siblings.
func documents(t *testing.T) []string {
	names, err := fs.Glob(os.DirFS(project), "docs/*.md")
	if err != nil || len(names) == 0 {
		t.Fatal(names, err)
	}
	return append(names, "README.md", "CONTRIBUTING.md", "CHANGELOG.md")
}

func readDocument(t *testing.T, name string) string {
	data, err := os.ReadFile(filepath.Join(project, name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// keepDocument compares the generated parts of a page with what they should be,
// or writes them with -update. A part stands between two comments of its name.
func keepDocument(t *testing.T, name string, parts map[string]string) {
	old := readDocument(t, name)
	page := old
	for part, text := range parts {
		begin, end := "<!-- generated: "+part+" -->\n", "<!-- end of "+part+" -->"
		before, rest, found := strings.Cut(page, begin)
		was, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("%s has no place for %q", name, part)
		}
		if was != text && !*renewDocs {
			t.Errorf("%s is not up to date, write it anew with -update; %s should be:\n%s", name, part, text)
		}
		page = before + begin + text + end + after
	}
	if *renewDocs && page != old {
		if err := os.WriteFile(filepath.Join(project, name), []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
