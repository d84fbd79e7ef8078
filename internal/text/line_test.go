package text

import (
	"regexp"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// checkLine tries the sinks that have no syntax of their own but lines.
func checkLine(t *testing.T, o string) {
	t.Helper()
	for sink, got := range map[string]string{
		"terminal": Outside(o).Terminal(), "log": Outside(o).Log(), "HTML": Outside(o).HTML(),
		"commit": Outside(o).Commit(), "Markdown": Outside(o).Markdown(), "code": Outside(o).Code(),
	} {
		if !utf8.ValidString(got) {
			t.Errorf("%q: %s %q is not UTF-8", o, sink, got)
		}
		if i := strings.IndexFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }); i >= 0 {
			t.Errorf("%q: %s %q has something unseen at %d", o, sink, got, i)
		}
	}
	if got := Outside(o).HTML(); strings.ContainsAny(got, `<>"'`) {
		t.Errorf("%q: HTML %q", o, got)
	}
	if got := Outside(o).Log(); !regexp.MustCompile(`^([^\s"=\\]+|"([^"\\]|\\.)*")$`).MatchString(got) {
		t.Errorf("%q: log %s is not one value", o, got)
	}
}

func checkCommit(t *testing.T, o string) {
	t.Helper()
	got := Outside(o).Commit()
	for _, name := range []string{"reference", "closing keyword", "link", "GitHub's"} {
		if found := triggersOfForges[name].FindString(got); found != "" {
			t.Errorf("%q: %s %q in the commit message %q", o, name, found, got)
		}
	}
	// Gitea wants a space or bracket before a mention, GitHub anything but a
	// letter or digit.
	if found := regexp.MustCompile(`(^|[^A-Za-z0-9])@[\w-]`).FindString(got); found != "" {
		t.Errorf("%q: mention %q in the commit message %q", o, found, got)
	}
	if regexp.MustCompile(`^[A-Za-z0-9-]+\s*:\s|^(?i)(signed-off|co-authored)-by\s*:.*<`).MatchString(got) {
		t.Errorf("%q: the commit message %q is a trailer", o, got)
	}
	if regexp.MustCompile(`(?i)\[(skip ci|ci skip|no ci|skip actions|actions skip)\]`).MatchString(got) {
		t.Errorf("%q: the commit message %q skips checks", o, got)
	}
}

func TestSinks(t *testing.T) {
	tests := []struct{ in, terminal, log, html, commit string }{
		{"v1.2.3", "v1.2.3", "v1.2.3", "v1.2.3", "v1.2.3"},
		{"a b", "a b", `"a b"`, "a b", "a b"},
		{"", "", `""`, "", ""},
		{"k=v", "k=v", `"k=v"`, "k=v", "k=v"},
		{`"x"`, `"x"`, `"\"x\""`, "&#34;x&#34;", `"x"`},
		{`c:\x`, `c:\x`, `"c:\\x"`, `c:\x`, `"c:\x"`},
		{"a\nb\r\t", `a\nb\r\t`, `"a\nb\r\t"`, `a\nb\r\t`, `a\nb\r\t`},
		{"\x1b[31m", `\x1b[31m`, `"\x1b[31m"`, `\x1b[31m`, `\x1b[31m`},
		{"\xff", `\xff`, `"\xff"`, `\xff`, `\xff`},
		{"\u202e\u200b\u00a0", `\u202e\u200b\u00a0`, `"\u202e\u200b\u00a0"`, `\u202e\u200b\u00a0`, `\u202e\u200b\u00a0`},
		{"\U000e0041", `\U000e0041`, `"\U000e0041"`, `\U000e0041`, `\U000e0041`},
		{"größe 日本", "größe 日本", `"größe 日本"`, "größe 日本", "größe 日本"},
		{"Closes #1 @all", "Closes #1 @all", `"Closes #1 @all"`, "Closes #1 @all", "Closes # 1 @ all"},
		{"nginx:1@sha256:ab", "nginx:1@sha256:ab", "nginx:1@sha256:ab", "nginx:1@sha256:ab", "nginx:1@sha256:ab"},
		{"Signed-off-by: E <e@x>", "Signed-off-by: E <e@x>", `"Signed-off-by: E <e@x>"`, "Signed-off-by: E &lt;e@x&gt;", `"Signed-off-by: E <e@x>"`},
		{"x [skip ci]", "x [skip ci]", `"x [skip ci]"`, "x [skip ci]", "x [ skip ci]"},
	}
	for _, tt := range tests {
		o := Outside(tt.in)
		got := [...]string{o.Terminal(), o.Log(), o.HTML(), o.Commit()}
		want := [...]string{tt.terminal, tt.log, tt.html, tt.commit}
		if got != want {
			t.Errorf("%q:\n got %q\nwant %q", tt.in, got, want)
		}
	}
}
