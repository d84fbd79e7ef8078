package text

import (
	"regexp"
	"strings"
)

var (
	// trailer is what git takes for one, wherever the line stands in the last
	// paragraph.
	trailer = regexp.MustCompile(`^[A-Za-z0-9-]+\s*:|^BREAKING[ -]CHANGE`)
	// imageName looks like a trailer and is what commits are full of.
	imageName = regexp.MustCompile(`^[a-z0-9-]+:[\w.-]+(@sha256:[0-9a-f]+)?$`)
	// skipsChecks matches what makes forges leave out the checks of a commit,
	// such as "[skip ci]".
	skipsChecks = regexp.MustCompile(`(?i)\[(skip|no|ci|actions)\b`)
)

// Commit returns one line for a commit's message or for a pull request's title,
// which becomes one when it is merged. Commit messages have no escapes that
// forges honour, so separators are plain spaces ("Closes # 1"), and text that
// would read as a trailer at the start of a line stands in quotes.
func (o Outside) Commit() string {
	s := strings.Trim(visible(string(o), ""), " ")
	if trailer.MatchString(s) && !imageName.MatchString(s) {
		s = `"` + s + `"`
	}
	s = skipsChecks.ReplaceAllString(s, "[ $1")
	var b strings.Builder
	done := 0
	for _, i := range breaks(s, acting) {
		b.WriteString(s[done:i] + " ")
		done = i
	}
	return b.String() + s[done:]
}
