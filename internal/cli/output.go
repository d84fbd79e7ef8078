package cli

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"github.com/google/renameio/v2"
	"golang.org/x/term"

	"pinbot/internal/report"
	"pinbot/resolver"
)

// findingNames are the findings that --fail-on takes.
var findingNames = []string{
	resolver.FindingFloating, resolver.FindingUnpinned, resolver.FindingOutdated, resolver.FindingSkew, resolver.FindingMoved,
	resolver.FindingRollback, resolver.FindingMissing, resolver.FindingPerishable, resolver.FindingUnmanaged, resolver.FindingDrift,
}

// printer writes a report in one format.
type printer map[string]func(io.Writer) error

// print writes the report in the format that was asked for, to where it was
// asked for.
func (a *app) print(command string, p printer) error {
	write, ok := p[a.flags.format]
	if !ok {
		var known []string
		for _, f := range []string{"table", "json", "jsonl"} {
			if p[f] != nil {
				known = append(known, f)
			}
		}
		return errFormat(a.flags.format, command, known)
	}
	if a.flags.output == "" {
		return write(a.stdout)
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	if err := writeOutput(a.flags.output, []byte(a.redact.Redact(b.String()))); err != nil {
		return usage("The report cannot be written with --output: %v.", err)
	}
	return nil
}

// writeOutput replaces a regular file, or makes it. Anything else, such as
// /dev/null or a pipe, is written to; a link leads to what it names.
func writeOutput(file string, data []byte) error {
	if target, err := filepath.EvalSymlinks(file); err == nil {
		file = target
	}
	if _, err := os.Stat(filepath.Dir(file)); err != nil {
		return err
	}
	info, err := os.Stat(file)
	if err != nil || info.Mode().IsRegular() {
		return renameio.WriteFile(file, data, 0o644)
	}
	f, err := os.OpenFile(file, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// checkFormat refuses a format before any work is done for it.
func (a *app) checkFormat(command string, known ...string) error {
	if !slices.Contains(known, a.flags.format) {
		return errFormat(a.flags.format, command, known)
	}
	return nil
}

// layout says how wide and how colorful a table is.
func (a *app) layout() report.Layout {
	f, isFile := a.screen.(*os.File)
	terminal := isFile && a.flags.output == "" && term.IsTerminal(int(f.Fd()))
	l := report.Layout{Color: a.colored(terminal), Terminal: terminal}
	if terminal {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			l.Width = w
		}
	}
	if w, err := strconv.Atoi(a.env("COLUMNS")); err == nil && w > 0 {
		l.Width = w
	}
	return l
}

func (a *app) colored(terminal bool) bool {
	switch a.flags.color {
	case "always":
		return true
	case "never":
		return false
	}
	return terminal && a.env("NO_COLOR") == "" && a.env("TERM") != "dumb"
}

// verdict turns what was found into an error with the exit code that it means.
func (a *app) verdict(findings []string, incomplete bool) error {
	for _, f := range findings {
		if slices.Contains(a.flags.failOn, f) {
			return exitError{code: exitFindings}
		}
	}
	if incomplete {
		return exitError{code: exitIncomplete}
	}
	return nil
}

// say prints a line of a command's result.
func (a *app) say(format string, args ...any) {
	fmt.Fprintln(a.stdout, printable(fmt.Sprintf(format, args...)))
}
