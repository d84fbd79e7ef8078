package text

// hostile is text that registries, files and people have been seen to send, or
// could. Every sink is tried with all of it.
var hostile = []string{
	"@all", "ping @user, @org/team", "(@me)", "a@b.example", "x@y", "@2h", "@-x", "@_x", "@@all",
	"Closes #1", "fixes: #12, #13", "resolves !7", "#1", "(#1)", "owner/repo#1", "owner/repo!1", "GH-1", "gh-12", "PROJ-123",
	"closes https://forge.example/o/r/issues/1", "owner/repo@d8a994ef", "d8a994ef243349f321568f9e36d5c3f444b99cae",
	"20240131", "1234567", "D8A994EF", "https://evil.example/a?b=c#d", "http://a.example", "ftp://a.example", "www.evil.example", "WWW.evil.example",
	"mailto:a@b.example", "xmpp:a@b.example", "<https://evil.example>", "HTTPS://EVIL.EXAMPLE",
	":smile:", ":+1:", ":a:b:c:", "[[Home]]", "[[[x]]]", "[[a|b]]",
	"<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "<!-- ", "-->", "<details>", "</td></table>", "&lt;b&gt;", "&#64;all", "&commat;all", "&",
	"a|b", "|", "||", `\|`, `\\|`, `a\`, `\`, "| --- |", "---|---",
	"```````", "`", "``", "`x`", " `x", "x` ", "a ``` b", "~~~", "~~x~~",
	"![](http://evil.example/x.png)", "[x](http://evil.example)", "[x][y]", "[x]: http://evil.example", "[^1]", "[^1]: x", "[ ] task", "- [x] done",
	"# heading", "## h", "> quote", "> [!NOTE]", "- item", "+ item", "* item", "1. item", "1) item", "123456789. x", "2.5.1", "---", "***", "___", "===", ": definition", ":-:",
	"*x*", "**x**", "_x_", "__x__", "a_b_c", "a_b_", "my_tag", "x_", "$x$", "$$x$$", `\(x\)`, `\[x\]`, "x^2^", "H~2~O", "==x==",
	"    indented", "\tindented", "trailing  ", " ", "  ", "", "-rf", "..", "--help", "-", "_", ".",
	"line one\nline two", "a\r\nb", "\nCloses #1", "x\n\n# h", "tab\there",
	"\x1b[31mred\x1b[0m", "\x1b]8;;http://evil.example\x07link\x1b]8;;\x07", "\x1b]0;title\x07", "\u009b31m", "\x00", "\x7f", "\b\b\b",
	"abc\u202edef", "\u2066x\u2069", "zero\u200bwidth", "a\u200db", "\ufeffbom", "no\u00a0break", "\u2028", "\u3164", "v\ufe0f", "\U000e0041", "soft\u00adhyphen",
	"bad \xff utf-8 \xc3", "\xe2\x28\xa1", "größe", "日本語", "é", "😀",
	"Signed-off-by: Eve <eve@evil.example>", "Co-authored-by:Eve <e@x>", "Change-Id : I1", "BREAKING CHANGE: all", "fix\n\nSigned-off-by: Eve <e@x>",
	"[skip ci]", "[CI skip]", "[no ci]", "nginx:1.27", "key=value", `say "hi"`, "it's", "100%",
	"quay.io/metallb/speaker:v0.13.9@sha256:0000000000000000000000000000000000000000000000000000000000000000",
}
