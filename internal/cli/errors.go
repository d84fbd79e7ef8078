package cli

import (
	"errors"
	"fmt"
	"strings"
	"syscall"
)

// The exit codes of the contract. An interrupted run exits with 128 + signal.
const (
	exitDone       = 0
	exitFindings   = 1
	exitUsage      = 2
	exitIncomplete = 3
)

// Interrupted is the cause of a context that a signal ended.
type Interrupted struct{ Signal syscall.Signal }

func (i Interrupted) Error() string { return fmt.Sprintf("interrupted by signal %d", int(i.Signal)) }

// exitError is an error that knows its exit code. An empty text prints nothing:
// what there is to say stands in the report.
type exitError struct {
	code int
	text string
}

func (e exitError) Error() string { return e.text }

// usage makes an error of bad usage or configuration.
func usage(format string, args ...any) error {
	return exitError{exitUsage, fmt.Sprintf(format, args...)}
}

// badConfig makes an error of a configuration's own words.
func badConfig(err error) error { return exitError{exitUsage, err.Error()} }

// The sentences that users meet, each with the way out.
var (
	errNoForge = usage("No forge is configured, so no repository can be found by its name. Name the operator's file with --config (or PINBOT_CONFIG); its \"forge\" says where repositories are. To work on the git repository in this folder, run: pinbot run --forge local")
	errNoRepos = usage("No repository is named. Give OWNER/NAME as arguments, or list them under \"repositories\" in the operator's file.")
)

func errFormat(format, command string, known []string) error {
	return usage("The format %q is not one of %s's: use %s.", format, command, strings.Join(known, ", "))
}

func errFinding(name string, known []string) error {
	return usage("--fail-on does not know the finding %q: use %s.", name, strings.Join(known, ", "))
}

// exitCode is what an error makes the program exit with.
func exitCode(err error) int {
	var e exitError
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return e.code
	}
	return exitIncomplete
}
