package config

import _ "embed"

var (
	//go:embed starter/pinbot.yaml
	starterRepository string
	//go:embed starter/operator.yaml
	starterOperator string
	//go:embed starter/workflow.yaml
	starterWorkflow string
)

// StarterFile is a commented file to begin with.
type StarterFile struct {
	Path string // where it belongs, relative to the repository's root
	Text string
	For  string // what it is for, in a few words
}

// Starter returns the files to begin with: the repository's policy, a job that
// runs pinbot every night, and an operator's file for those who run it for many
// repositories.
func Starter() []StarterFile {
	return []StarterFile{
		{Path: "pinbot.yaml", Text: starterRepository, For: "this repository's policy"},
		{Path: ".gitea/workflows/pinbot.yaml", Text: starterWorkflow, For: "a nightly run in Gitea Actions"},
		{Path: "pinbot-operator.yaml", Text: starterOperator, For: "the operator's file, for running pinbot on many repositories"},
	}
}
