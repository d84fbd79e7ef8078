package updater

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	"github.com/yuin/goldmark/renderer/html"

	"pinbot/resolver"
)

// hostile is text as tags, file names, reasons and sources could have it.
var hostile = []string{
	"@all", "Closes #1", "<img src=x onerror=alert(1)>", "a|b", "```````", "![](http://evil.example/x.png)", "</details>", "<!-- pinbot:end -->",
	" -->\n<!-- pinbot:end -->\n", "\n<!-- pinbot:state {} -->", "\x1b]0;x\x07", "\u202eexe", "[x](https://evil.example)", "\n\n# heading", "| x |\n|---|", "~~~\ncode", "&lt;script&gt;",
	"Signed-off-by: Eve <eve@evil.example>", "x [skip ci]", "https://evil.example/issues/1",
}

func render(t *testing.T, markdown string) string {
	t.Helper()
	var out bytes.Buffer
	md := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(html.WithUnsafe()))
	if err := md.Convert([]byte(markdown), &out); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// evil is a change with a hostile text in every place that has one.
func evil(kind ChangeKind, o string) Change {
	return Change{Branch: "pinbot/pin", Kind: kind, Subject: o, Updates: []Update{{
		Repository: "quay.io/x/" + o, From: o, To: o, UpdateType: resolver.UpdatePin, FromTag: o, FromDigest: "sha256:" + o, ToTag: o, ToDigest: o,
		Evidence: resolver.EvidenceNone, Reason: o, Source: "https://x.example/" + o, Places: []Place{{o, 1}}, Notes: []string{"A note."},
	}}}
}

// skeleton is a page's elements without its text.
func skeleton(page string) string {
	page = regexp.MustCompile(`(?s)<code>.*?</code>`).ReplaceAllString(page, "CODE")
	page = regexp.MustCompile(`<a href="https://quay.io/[^"]*">CODE</a>|<a href="https://x.example/[^"]*">source</a>`).ReplaceAllString(page, "LINK")
	return strings.Join(regexp.MustCompile(`<[^>]*>|LINK|CODE`).FindAllString(page, -1), "")
}

func TestTorture(t *testing.T) {
	t.Run("O02", func(t *testing.T) {
		for _, kind := range []ChangeKind{ChangePin, ChangeRelease, ChangeUpgrade} {
			// Odd text is worth no link, so the plain text has none either.
			plain := evil(kind, "plain")
			plain.Updates[0].Source, plain.Updates[0].Repository = "", "host.example/plain"
			want := skeleton(render(t, plain.Body()))
			for _, o := range hostile {
				c := evil(kind, o)
				c.Updates[0].Repository = "host.example/" + o
				c.Updates[0].Source = "https://x.example/" + o + "(" // never plain
				if got := skeleton(render(t, c.Body())); got != want {
					t.Errorf("%s with %q renders\n%s\nwant\n%s\n%s", kind, o, got, want, c.Body())
				}
			}
		}
	})
	t.Run("O02 links", func(t *testing.T) {
		for _, o := range hostile {
			u := evil(ChangePin, o).Updates[0]
			page := render(t, "| "+u.link()+" |\n|---|\n")
			if strings.Count(page, "<a ") > 2 || strings.Contains(page, "<img") || strings.Contains(page, "issues/1\"") || strings.Contains(page, "href=\"https://evil") {
				t.Errorf("%q makes the link %q", o, page)
			}
		}
	})
	t.Run("G12", func(t *testing.T) {
		for _, o := range hostile {
			for _, kind := range []ChangeKind{ChangePin, ChangeRelease, ChangeUpgrade} {
				c := evil(kind, o)
				if title := c.Title(); strings.ContainsAny(title, "\n\r\x1b") || len(title) > maxTitle {
					t.Errorf("%q makes the title %q", o, title)
				}
				lines := strings.Split(strings.TrimSuffix(c.Message(), "\n"), "\n")
				if len(lines) != 4 || lines[1] != "" || strings.HasPrefix(lines[2], "Signed-off") {
					t.Errorf("%q makes the message %q", o, c.Message())
				}
			}
		}
	})
	t.Run("P07", func(t *testing.T) {
		for _, o := range hostile {
			c := evil(ChangePin, o)
			first := compose("", c.Body(), c.marker())
			m, ok := readMarker(first)
			if !ok || m.Title != c.Title() || m.Updates[0].From != o || m.Branch != c.Branch {
				t.Errorf("%q is read back as %v, %+v", o, ok, m)
			}
			if strings.Count(first, "\n<!-- pinbot:state ") != 1 || strings.Count(first, endMark) != 1 {
				t.Errorf("%q breaks out of the comment:\n%s", o, first)
			}
			around := strings.ReplaceAll("before\n\n"+first+"\n\nafter\n", "\n", "\r\n")
			second := evil(ChangePin, "plain")
			want := "before\n\n" + compose("", second.Body(), second.marker()) + "\n\nafter\n"
			if got := compose(around, second.Body(), second.marker()); got != want {
				t.Errorf("%q: the body became\n%q\nwant\n%q", o, got, want)
			}
			m.Closed = true
			closed := withMarker(around, m)
			if got, ok := readMarker(closed); !ok || !got.Closed || len(closed) != len(lines(around))+len(`,"closed":true`) {
				t.Errorf("%q: closing makes\n%q", o, closed)
			}
		}
	})
	t.Run("P09", testTooLong)
}

// many is a change of n images in n files.
func many(n int) Change {
	c := Change{Branch: "pinbot/pin", Kind: ChangePin}
	for i := range n {
		u := evil(ChangePin, fmt.Sprintf("image%d", i)).Updates[0]
		u.Places = []Place{{fmt.Sprintf("very/long/path/%d.yaml", i), 7}, {fmt.Sprintf("very/long/path/%d.yaml", i), 9}}
		c.Updates = append(c.Updates, u)
	}
	return c
}

func testTooLong(t *testing.T) {
	for _, n := range []int{1, 9, 100, 120, 150, 400} {
		c := many(n)
		people := strings.Repeat("a long story\n", 200)
		body := compose(people+compose("", "old", marker{}), c.Body(), c.marker())
		m, ok := readMarker(body)
		if len(body) > MaxBody || !ok || len(m.Updates) != n || !m.covers(c) || !strings.HasPrefix(body, people) {
			t.Errorf("%d images: %d bytes, marker %v of %d", n, len(body), ok, len(m.Updates))
		}
		page := render(t, body)
		for _, element := range []string{"table", "details", "ul", "tr", "td"} {
			if opened, closed := strings.Count(page, "<"+element+">"), strings.Count(page, "</"+element+">"); opened != closed {
				t.Errorf("%d images: %d <%s> and %d closed", n, opened, element, closed)
			}
		}
		if cut := strings.Contains(body, "this text was cut"); cut != (n > 120) {
			t.Errorf("%d images: cut is %v", n, cut)
		}
		for line := range strings.Lines(body) {
			if strings.HasPrefix(line, "| ") && strings.Count(line, "|") != 5 {
				t.Errorf("%d images: half a row %q", n, line)
			}
		}
	}
}

func TestLinks(t *testing.T) {
	for _, row := range []struct{ repository, tag, source, want string }{
		{"docker.io/library/nginx", "1.27", "", "[`nginx`](https://hub.docker.com/_/nginx/tags?name=1.27)"},
		{"docker.io/grafana/loki", "3", "", "[`grafana/loki`](https://hub.docker.com/r/grafana/loki/tags?name=3)"},
		{"quay.io/a/b", "v1", "https://github.com/a/b", "[`quay.io/a/b`](https://quay.io/repository/a/b?tab=tags&tag=v1) ([source](https://github.com/a/b))"},
		{"ghcr.io/a/b", "v1", "https://github.com/a/b.git#abc:dir", "[`ghcr.io/a/b`](https://ghcr.io/a/b) ([source](https://github.com/a/b.git))"},
		{"public.ecr.aws/a/b", "v1", "https://git.example/a/b/issues/1", "[`public.ecr.aws/a/b`](https://gallery.ecr.aws/a/b)"},
		{"registry.example/a", "v1", "javascript:alert(1)", "`registry.example/a`"},
	} {
		if got := (Update{Repository: row.repository, ToTag: row.tag, Source: row.source}).link(); got != row.want {
			t.Errorf("%s links as %s, want %s", row.repository, got, row.want)
		}
	}
}
