package bot

import (
	"encoding/json"
	"time"

	"pinbot/resolver"
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

func (s state) firstSeen(repository, tag string) time.Time { return s.FirstSeen[repository+":"+tag] }

// with adds what was seen now, and forgets what is long gone.
func (s state) with(seen []resolver.Seen, now time.Time) state {
	next := state{Version: stateVersion, FirstSeen: map[string]time.Time{}}
	for key, when := range s.FirstSeen {
		if now.Sub(when) < keepSeen {
			next.FirstSeen[key] = when
		}
	}
	for _, t := range seen {
		when := s.firstSeen(t.Repository, t.Tag)
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
