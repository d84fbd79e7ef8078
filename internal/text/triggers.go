package text

import (
	"regexp"
	"sort"
)

// trigger finds a place where a forge would start to act. Its one group begins
// where a separator makes it harmless.
type trigger = *regexp.Regexp

// acting are triggers with consequences for people: notifications, closed
// issues, time booked. They work in commit messages too.
var acting = []trigger{
	regexp.MustCompile(`(?:^|[^A-Za-z0-9])@([\w-])`), // @user, @org/team, @2h; not name@sha256:…
	regexp.MustCompile(`[#!](\d)`),                   // #1, !1, owner/repo#1
	regexp.MustCompile(`(?i)\bgh-(\d)`),              // GitHub's GH-1
	regexp.MustCompile(`\w:(//)`),                    // links, and "closes https://forge.example/o/r/issues/1"
	regexp.MustCompile(`(?i)\bwww(\.)`),              // links without a scheme
	regexp.MustCompile(`(?i)mailto:(\S)`),            // links without slashes
}

// linking are triggers that only decorate: a link or a picture where the text
// should stand as it is.
var linking = []trigger{
	regexp.MustCompile(`@([\w-])`),                      // a@b.example, owner/repo@hash, and forges that see mentions inside of words
	regexp.MustCompile(`:([\w+-]+:)`),                   // emoji shortcodes
	regexp.MustCompile(`\b[A-Z]{1,10}-(\d)`),            // issues of other trackers
	regexp.MustCompile(`\[(\[)`),                        // wiki links
	regexp.MustCompile(`\b[0-9a-fA-F]{6}([0-9a-fA-F])`), // commit hashes have 7 digits or more
}

// breaks returns the offsets in s at which a separator has to stand, in order.
func breaks(s string, triggers ...[]trigger) []int {
	at := map[int]bool{}
	for _, group := range triggers {
		for _, t := range group {
			// Matches may share bytes (":a:b:"), so each search starts behind
			// the last one's group, not behind its match.
			for from := 0; ; {
				m := t.FindStringSubmatchIndex(s[from:])
				if m == nil {
					break
				}
				from += m[2]
				at[from] = true
			}
		}
	}
	sorted := make([]int, 0, len(at))
	for i := range at {
		sorted = append(sorted, i)
	}
	sort.Ints(sorted)
	return sorted
}
