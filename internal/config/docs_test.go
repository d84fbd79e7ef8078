package config

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"pinbot/resolver"
)

const reference = "../../docs/configuration.md"

// TestReference compares docs/configuration.md with the keys that are read. It
// fails where a key is not described, described as something else, or gone.
func TestReference(t *testing.T) {
	data, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	comments := fieldComments(t)
	page := string(data)
	for name, file := range map[string]reflect.Type{
		"operator": reflect.TypeFor[operatorFile](), "repository": reflect.TypeFor[repositoryFile](),
	} {
		page = between(t, page, "keys: "+name, describeKeys(t, file, "", comments))
	}
	if *update {
		if err := os.WriteFile(reference, []byte(page), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if page != string(data) {
		t.Errorf("%s is not what the keys are; write it anew with -update. It should be:\n%s", reference, page)
	}
}

// between replaces what stands between the two comments of a name.
func between(t *testing.T, page, name, text string) string {
	begin, end := "<!-- "+name+" -->\n", "<!-- end of "+name+" -->"
	before, rest, found := strings.Cut(page, begin)
	_, after, ended := strings.Cut(rest, end)
	if !found || !ended {
		t.Fatalf("%s has no place for %q", reference, name)
	}
	return before + begin + "\n" + text + "\n" + end + after
}

// describeKeys has a list item for each key of a struct and of those below it.
func describeKeys(t *testing.T, s reflect.Type, path string, comments map[string]string) string {
	var b strings.Builder
	for i := range s.NumField() {
		f := s.Field(i)
		key := join(path, f.Tag.Get(keyTag))
		comment := comments[s.Name()+"."+f.Name]
		if comment == "" {
			t.Errorf("the field %s.%s has no comment, which describes its key to people", s.Name(), f.Name)
		}
		fmt.Fprintf(&b, "- **`%s`**: %s. %s", key, valueOf(f), comment)
		if example := f.Tag.Get("example"); example != "" && !strings.HasPrefix(example, "- ") {
			fmt.Fprintf(&b, " Example: `%s: %s`", f.Tag.Get(keyTag), example)
		}
		b.WriteByte('\n')
		if below, path := structBelow(f.Type, key); below != nil {
			b.WriteString(describeKeys(t, below, path, comments))
		}
	}
	return b.String()
}

// structBelow is the struct whose keys stand below a key, and their path.
func structBelow(t reflect.Type, key string) (reflect.Type, string) {
	switch {
	case t.Kind() == reflect.Struct:
		return t, key
	case t.Kind() == reflect.Map:
		return t.Elem(), key + ".HOST"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return t.Elem(), key + "[]"
	}
	return nil, ""
}

// valueOf says what may be written for a key.
func valueOf(f reflect.StructField) string {
	if values := strings.Fields(f.Tag.Get("oneof")); len(values) > 0 {
		return "`" + strings.Join(values, "`, `") + "`"
	}
	t := f.Type
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == reflect.TypeFor[time.Duration]():
		return "a time such as `3d`, `36h`, `2w` or `1d12h`"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "a list of mappings"
	case t.Kind() == reflect.Slice:
		return "a list of " + cmp.Or(plurals[f.Tag.Get("check")], "texts")
	}
	return map[reflect.Kind]string{
		reflect.Struct: "a mapping", reflect.Map: "a mapping, by the host as references name it",
		reflect.String: cmp.Or(singulars[f.Tag.Get("check")], "text"), reflect.Bool: "`true` or `false`",
		reflect.Int: "a whole number from " + f.Tag.Get("min"),
	}[t.Kind()]
}

var singulars = map[string]string{"url": "a URL", "variable": "the name of an environment variable", "constraint": "a constraint on versions"}

var plurals = map[string]string{"glob": "patterns", "kind": "kinds: `" + strings.Join(kinds(), "`, `") + "`", "repository": "OWNER/NAME, with wildcards"}

// fieldComments reads the comments of this package's struct fields, in one line
// each, by "struct.Field".
func fieldComments(t *testing.T) map[string]string {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	comments := map[string]string{}
	for _, name := range files {
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.TypeSpec)
			if !ok {
				return true
			}
			if s, ok := spec.Type.(*ast.StructType); ok {
				for _, f := range s.Fields.List {
					for _, id := range f.Names {
						comments[spec.Name.Name+"."+id.Name] = strings.Join(strings.Fields(f.Doc.Text()), " ")
					}
				}
			}
			return false
		})
	}
	return comments
}

// The defaults that the reference states are those of the code.
func TestReferenceDefaults(t *testing.T) {
	comments := fieldComments(t)
	days := fmt.Sprintf("%dd", int(resolver.DefaultMinimumAge.Hours()/24))
	for field, want := range map[string]string{
		"Forge.TokenEnv": DefaultTokenEnv, "PullRequests.Limit": fmt.Sprint(DefaultPullRequestLimit), "rule.MinimumAge": days,
	} {
		if m := regexp.MustCompile(`Default: (\S+)\.$`).FindStringSubmatch(comments[field]); m == nil || m[1] != want {
			t.Errorf("the comment of %s says %q; the default is %s", field, comments[field], want)
		}
	}
}

// The examples of the reference are files that pinbot reads.
func TestReferenceExamples(t *testing.T) {
	data, err := os.ReadFile(reference)
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```yaml\n(.*?)```").FindAllStringSubmatch(string(data), -1)
	if len(examples) < 2 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, e := range examples {
		_, asRepository := ParseRepository("pinbot.yaml", []byte(e[1]))
		_, asOperator := ParseOperator("operator.yaml", []byte(e[1]))
		if asRepository != nil && asOperator != nil {
			t.Errorf("%s\nis neither a repository's file (%v) nor an operator's (%v)", e[1], asRepository, asOperator)
		}
	}
}
