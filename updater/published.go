package updater

// Action says what happened to a pull request.
type Action string

// The actions of the contract.
const (
	Created   Action = "created"
	Updated   Action = "updated"
	Unchanged Action = "unchanged"
	ClosedIt  Action = "closed"
	MergedIt  Action = "merged"
	Kept      Action = "kept"    // left as it is because a lookup failed
	Blocked   Action = "blocked" // a person has committed to it or closed it
	Held      Action = "held"    // a limit, a schedule, age or a missing member waits
)

// Published is what became of one pull request in a run.
type Published struct {
	Branch  string   `json:"branch"`
	Number  int64    `json:"number"` // 0 where none is open
	Title   string   `json:"title"`
	URL     string   `json:"url"`
	Base    string   `json:"base"`
	Body    string   `json:"body,omitempty"` // only of a dry run, as diff
	Diff    string   `json:"diff,omitempty"`
	Updates []Update `json:"updates"`
	Action  Action   `json:"action"`
	Reason  string   `json:"reason"`
}
