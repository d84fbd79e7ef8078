package report

import (
	"pinbot/resolver"
	"pinbot/updater"
)

// RunOutcome says how far a run over one repository got.
type RunOutcome string

// The outcomes of the contract.
const (
	Done    RunOutcome = "done"
	Partial RunOutcome = "partial" // something could not be looked up or written, the rest was done
	Failed  RunOutcome = "failed"
	Skipped RunOutcome = "skipped"
)

// Run is what `pinbot run --format json` prints.
type Run struct {
	SchemaVersion int          `json:"schemaVersion"`
	DryRun        bool         `json:"dryRun"`
	Repositories  []Repository `json:"repositories"`
	Summary       RunSummary   `json:"summary"`
}

// Repository is what became of one git repository.
type Repository struct {
	Name         string                  `json:"name"` // as the forge names it: "infra/okd"
	Base         string                  `json:"base"` // the branch that pull requests go to
	Outcome      RunOutcome              `json:"outcome"`
	Reason       string                  `json:"reason"`
	PullRequests []updater.Published     `json:"pullRequests"`
	Findings     []resolver.GroupFinding `json:"findings"`
	Errors       []Problem               `json:"errors"`

	// Misconfigured is set where it failed because of its own configuration.
	Misconfigured bool `json:"-"`
	// Scan is what was found in its files; nil where it did not come to that.
	Scan *Scan `json:"-"`
}

// RunSummary counts repositories, pull requests by action, and errors.
type RunSummary struct {
	Repositories int `json:"repositories"`
	Created      int `json:"created"`
	Updated      int `json:"updated"`
	Unchanged    int `json:"unchanged"`
	Closed       int `json:"closed"`
	Kept         int `json:"kept"`
	Blocked      int `json:"blocked"`
	Held         int `json:"held"`
	// Errors are those of all repositories. One that failed without saying
	// where counts as one.
	Errors int `json:"errors"`
}

// NewRun puts together what became of repositories. Bodies and diffs are only
// kept for a dry run.
func NewRun(dryRun bool, repos []Repository) Run {
	r := Run{SchemaVersion: schemaVersion, DryRun: dryRun, Repositories: list(repos)}
	actions := map[updater.Action]int{}
	for i := range r.Repositories {
		repo := &r.Repositories[i]
		repo.Findings, repo.Errors = findings(repo.Findings), list(repo.Errors)
		repo.PullRequests = list(repo.PullRequests)
		for j := range repo.PullRequests {
			pr := &repo.PullRequests[j]
			pr.Updates = list(pr.Updates)
			if !dryRun {
				pr.Body, pr.Diff = "", ""
			}
			actions[pr.Action]++
		}
		r.Summary.Errors += len(repo.Errors)
		if repo.Outcome == Failed && len(repo.Errors) == 0 {
			r.Summary.Errors++
		}
	}
	s := &r.Summary
	s.Repositories = len(repos)
	s.Created, s.Updated, s.Unchanged = actions[updater.Created], actions[updater.Updated], actions[updater.Unchanged]
	s.Closed, s.Kept, s.Blocked, s.Held = actions[updater.ClosedIt], actions[updater.Kept], actions[updater.Blocked], actions[updater.Held]
	return r
}
