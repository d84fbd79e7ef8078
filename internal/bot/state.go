package bot

import (
	"encoding/json"
	"time"

	"pinbot/resolver"
	"pinbot/updater"
)

// state is what a repository's forge keeps for pinbot beside the pull requests.
type state struct {
	Version int `json:"version"`
	// FirstSeen tells, for repository:tag, when a run first weighed it as an
	// upgrade. It is asked where a registry has no times of its own.
	FirstSeen map[string]time.Time `json:"firstSeen,omitempty"`
}

const stateVersion = 1

// keepSeen is how long a first sight is remembered after the tag has gone out of
// sight, which a failed lookup may make it do for a while.
const keepSeen = 365 * 24 * time.Hour

// readState reads a document. One that is damaged or of a later version counts
// as empty, and note says so: waits then begin anew.
func readState(doc string) (s state, note string) {
	if doc == "" {
		return state{Version: stateVersion}, ""
	}
	if err := json.Unmarshal([]byte(doc), &s); err != nil || s.Version != stateVersion {
		return state{Version: stateVersion}, "the kept state could not be read and begins anew: minimum ages of registries without times are counted from today"
	}
	return s, ""
}

// firstSeen tells the resolver since when tags are known. What an open pull
// request proposes was old enough once, and stays so where the tag is pushed
// again: else the pull request would be written back to an older version. Where
// no first sight was kept, it is therefore put before any minimum age, at a day
// that does not move from run to run, because the pull request's text tells it.
func (b *Bot) firstSeen(kept state, pulls updater.Listing) func(repository, tag string) time.Time {
	long := time.Date(b.Now.Year()-1, 1, 1, 0, 0, 0, 0, time.UTC)
	return func(repository, tag string) time.Time {
		seen := kept.FirstSeen[repository+":"+tag]
		if seen.IsZero() && pulls.Proposes(repository, tag) {
			return long
		}
		return seen
	}
}

// with adds what was seen now, and forgets what is long gone. firstSeen answers
// zero for what was never seen before.
func (s state) with(seen []resolver.Seen, now time.Time, firstSeen func(repository, tag string) time.Time) state {
	next := state{Version: stateVersion, FirstSeen: map[string]time.Time{}}
	for key, when := range s.FirstSeen {
		if now.Sub(when) < keepSeen {
			next.FirstSeen[key] = when
		}
	}
	for _, t := range seen {
		when := firstSeen(t.Repository, t.Tag)
		if when.IsZero() {
			when = now.UTC().Truncate(time.Second)
		}
		next.FirstSeen[t.Repository+":"+t.Tag] = when
	}
	return next
}

// document is the state as text, "" where there is nothing to keep.
func (s state) document() string {
	if len(s.FirstSeen) == 0 {
		return ""
	}
	doc, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		panic(err) // strings and times
	}
	return string(doc)
}
