package local

import (
	"fmt"
	"os"
	"strings"

	"pinbot/updater"
)

// author is who opened a pull request here: nobody else does.
const author = "pinbot"

const rule = "---\n"

// write keeps a pull request as its file.
func (f *Forge) write(pr updater.PullRequest) error {
	var b strings.Builder
	b.WriteString(rule)
	for _, field := range []struct{ key, value string }{
		{"number", fmt.Sprint(pr.Number)}, {"title", pr.Title}, {"head", pr.Head}, {"base", pr.Base},
		{"commit", pr.HeadSHA}, {"labels", strings.Join(pr.Labels, ", ")},
		{"state", string(pr.State)},
	} {
		// One line each, whatever the value holds.
		fmt.Fprintf(&b, "%s: %s\n", field.key, strings.Join(strings.Fields(field.value), " "))
	}
	b.WriteString(rule + "\n" + pr.Body)
	return f.replace(f.path(pr.Number), b.String())
}

// read is the inverse of write. It takes what an editor may have made of the
// file: CRLF, spaces, another order, more fields.
func (f *Forge) read(number int64) (updater.PullRequest, error) {
	path := f.path(number)
	raw, err := os.ReadFile(path)
	if err != nil {
		return updater.PullRequest{}, fmt.Errorf("reading pull request %d: %w", number, err)
	}
	text := strings.ReplaceAll(string(raw), "\r\n", "\n")
	head, body, found := strings.Cut(strings.TrimPrefix(text, rule), "\n"+rule)
	if !found || !strings.HasPrefix(text, rule) {
		return updater.PullRequest{}, fmt.Errorf("%s does not begin with fields between two lines of ---; restore them or delete the file", path)
	}
	fields := map[string]string{}
	for line := range strings.Lines(head) {
		key, value, _ := strings.Cut(line, ":")
		fields[strings.TrimSpace(key)] = strings.TrimSpace(value)
	}
	pr := updater.PullRequest{
		Number: number, URL: path, Title: fields["title"], Body: strings.TrimPrefix(body, "\n"),
		Head: fields["head"], HeadSHA: fields["commit"], Base: fields["base"],
		State: updater.State(strings.ToLower(fields["state"])), Author: author,
	}
	if l := fields["labels"]; l != "" {
		pr.Labels = strings.Split(l, ", ")
	}
	switch pr.State {
	case updater.Open, updater.Closed, updater.Merged:
		return pr, nil
	}
	return pr, fmt.Errorf("%s: state is %q; write open or closed", path, fields["state"])
}
