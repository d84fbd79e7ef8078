package report

import (
	"regexp"
	"strconv"
	"strings"

	"pinbot/internal/text"
)

// terminalDiff is a unified diff for a terminal, in git's colors or without.
// What a terminal would obey is escaped, so the result is for eyes and not for
// patch: a program gets the diff as it is.
func terminalDiff(diff string, color bool) string {
	p := page{Layout: Layout{Color: color}}
	for _, l := range diffLines(diff) {
		p.line(0, l)
	}
	return p.out.String()
}

var hunkHeader = regexp.MustCompile(`^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@`)

// diffLines gives each line its color. A hunk ends where its header says: only
// so is a removed line "-- a" told from the header "--- a" of the next file.
func diffLines(diff string) [][]word {
	var lines [][]word
	before, after := 0, 0 // lines that are left of the hunk
	for line := range strings.Lines(diff) {
		line = strings.TrimSuffix(line, "\n")
		st := plain
		switch header := hunkHeader.FindStringSubmatch(line); {
		case strings.HasPrefix(line, `\`): // "\ No newline at end of file"
		case before > 0 || after > 0:
			st = lineStyle(line)
			if st != green {
				before--
			}
			if st != red {
				after--
			}
		case header != nil:
			st, before, after = cyan, hunkSize(header[1]), hunkSize(header[2])
		default:
			st = bold
		}
		lines = append(lines, []word{{tabbed(line), st, false}})
	}
	return lines
}

func lineStyle(line string) style {
	switch {
	case strings.HasPrefix(line, "+"):
		return green
	case strings.HasPrefix(line, "-"):
		return red
	}
	return plain
}

// hunkSize reads a number of lines, which is 1 where it is left out.
func hunkSize(s string) int {
	if s == "" {
		return 1
	}
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0 // out of range: what follows is taken for headers
	}
	return n
}

// tabbed escapes all but tabs, which diffs of YAML with comments are full of.
func tabbed(line string) string {
	parts := strings.Split(line, "\t")
	for i, part := range parts {
		parts[i] = text.Outside(part).Terminal()
	}
	return strings.Join(parts, "\t")
}
