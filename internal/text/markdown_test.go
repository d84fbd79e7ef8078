package text

import (
	"bytes"
	"html"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
)

// places are where reports put text; X is the text. Each is rendered with and
// without it, and nothing but X may differ.
var places = map[string]string{
	"alone":        "X",
	"second line":  "head\nX",
	"after a rule": "text\n\nX\n\ntext",
	"sentence":     "the tag X is gone",
	"in brackets":  "the tag (X), gone",
	"in bold":      "**X**",
	"item":         "- X\n- two",
	"quote":        "> X",
	"heading":      "## X",
	"link text":    "[X](https://pinbot.example)",
	"table":        "| a | b |\n|---|---|\n| X | two |\n| three | X |",
	"last cell":    "| a | b |\n|---|---|\n| one | X |",
}

func render(t *testing.T, markdown string) string {
	t.Helper()
	// Raw HTML passes, as on the forges: the test would otherwise not see it.
	md := goldmark.New(
		goldmark.WithExtensions(extension.GFM, extension.Footnote, extension.DefinitionList),
		goldmark.WithRendererOptions(renderer.WithUnsafe()))
	var out bytes.Buffer
	if err := md.Convert([]byte(markdown), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// asElementText is how goldmark writes plain text.
var asElementText = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;")

// triggersOfForges describe what Gitea and GitHub document to act on, looser
// than they do: where one of these finds nothing, neither of them does.
var triggersOfForges = map[string]*regexp.Regexp{
	"mention":         regexp.MustCompile(`@[A-Za-z0-9_-]`),
	"reference":       regexp.MustCompile(`[#!][0-9]`),
	"GitHub's":        regexp.MustCompile(`(?i)\bgh-[0-9]`),
	"tracker's":       regexp.MustCompile(`\b[A-Z]{1,10}-[1-9]`),
	"commit":          regexp.MustCompile(`\b[0-9a-f]{7,64}\b`),
	"link":            regexp.MustCompile(`(?i)(https?|ftp)://|\bwww\.`),
	"emoji":           regexp.MustCompile(`:[\w+-]+:`),
	"wiki link":       regexp.MustCompile(`\[\[`),
	"closing keyword": regexp.MustCompile(`(?i)(clos|fix|resolv)\w*:? +\S*[#!]\d`),
}

func checkTriggers(t *testing.T, o, where, s string) {
	t.Helper()
	for name, pattern := range triggersOfForges {
		if found := pattern.FindString(s); found != "" {
			t.Errorf("%q: %s %q in the %s %q", o, name, found, where, s)
		}
	}
}

func checkMarkdown(t *testing.T, o string) {
	t.Helper()
	got := Outside(o).Markdown()
	// References are searched in the stored source and in the page.
	checkTriggers(t, o, "source", regexp.MustCompile(`&#\d+;`).ReplaceAllString(got, "\u200b"))
	checkTriggers(t, o, "page", html.UnescapeString(got))
	want := asElementText.Replace(strings.Trim(visible(o, ""), " "))
	for name, place := range places {
		if want == "" {
			continue // an empty item or heading is another structure, and harmless
		}
		page := strings.ReplaceAll(render(t, strings.ReplaceAll(place, "X", got)), "\u200b", "")
		if expected := strings.ReplaceAll(render(t, place), "X", want); withoutIDs(page) != withoutIDs(expected) {
			t.Errorf("%q, %s: Markdown %q renders\n%swant\n%s", o, name, got, page, expected)
		}
	}
}

// withoutIDs removes what goldmark derives from a heading's text.
func withoutIDs(page string) string {
	return regexp.MustCompile(` id="[^"]*"`).ReplaceAllString(page, "")
}

func checkCode(t *testing.T, o string) {
	t.Helper()
	got := Outside(o).Code()
	want := "<code>" + asElementText.Replace(visible(o, "")) + "</code>"
	if o == "" {
		want = ""
	}
	if strings.Contains(o, "|") { // an element keeps no spaces at its ends
		want = "<code>" + asElementText.Replace(strings.Trim(visible(o, ""), " ")) + "</code>"
		checkTriggers(t, o, "page", html.UnescapeString(got))
	}
	for _, name := range []string{"sentence", "table", "last cell", "in brackets", "item"} {
		if o == "" && name == "item" {
			continue
		}
		page := strings.ReplaceAll(render(t, strings.ReplaceAll(places[name], "X", got)), "\u200b", "")
		if expected := strings.ReplaceAll(render(t, places[name]), "X", want); page != expected {
			t.Errorf("%q, %s: Code %q renders\n%swant\n%s", o, name, got, page, expected)
		}
	}
}

func TestTorture(t *testing.T) {
	t.Run("O01", func(t *testing.T) {
		for _, o := range hostile {
			checkLine(t, o)
		}
	})
	t.Run("O02", func(t *testing.T) {
		for _, o := range hostile {
			checkMarkdown(t, o)
			checkCode(t, o)
		}
	})
	t.Run("O03", testCanary)
	t.Run("G12", func(t *testing.T) {
		for _, o := range hostile {
			checkCommit(t, o)
		}
	})
}

// The text must still be read by people: ordinary words stay as they are.
func TestMarkdownReadsWell(t *testing.T) {
	for in, want := range map[string]string{
		"v0.13.9":                   "v0.13.9",
		"8.0.29-debian-12-r5":       "8.0.29-debian-12-r5",
		"quay.io/metallb/speaker":   "quay.io/metallb/speaker",
		"my_tag":                    "my_tag",
		"not found (404), try x:1!": "not found (404), try x:1!",
		"Closes #1":                 "Closes &#35;&#8203;1",
		"@all":                      "&#64;&#8203;all",
		"1. x":                      "1&#46; x",
	} {
		if got := Outside(in).Markdown(); got != want {
			t.Errorf("Markdown(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestCode(t *testing.T) {
	for in, want := range map[string]string{
		"nginx:1.27": "`nginx:1.27`",
		"a`b":        "``a`b``",
		"`":          "`` ` ``",
		"```````":    "```````` ``````` ````````",
		"a|b":        "<code>a&#124;b</code>",
		"@all":       "`@all`",
		"a\nb":       "`a\\nb`",
	} {
		if got := Outside(in).Code(); got != want {
			t.Errorf("Code(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzOutside(f *testing.F) {
	for _, o := range hostile {
		f.Add(o)
	}
	f.Fuzz(func(t *testing.T, o string) {
		checkLine(t, o)
		checkCommit(t, o)
		checkMarkdown(t, o)
		checkCode(t, o)
	})
}
