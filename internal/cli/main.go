package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"runtime/debug"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/spf13/cobra"

	"pinbot/internal/config"
	"pinbot/internal/text"
)

// app is one call of the program: its inputs, and the flags that all commands
// share.
type app struct {
	env    func(string) string
	now    time.Time
	stdin  io.Reader
	stdout io.Writer
	stderr io.Writer
	// screen is what standard output is without the redaction around it, to ask
	// whether it is a terminal.
	screen io.Writer
	redact *text.Redactor
	asked  atomic.Int64 // requests to registries

	flags flags
}

// flags are the global ones.
type flags struct {
	config      string
	format      string
	output      string
	failOn      []string
	concurrency int
	cache       string
	color       string
	quiet       bool
	verbose     bool
}

// Main runs pinbot and returns its exit code. Args are without the program's
// name. A context that ends with Interrupted gives 128 + signal.
func Main(ctx context.Context, args []string, env func(string) string, stdin io.Reader, stdout, stderr io.Writer) int {
	a := &app{env: env, now: time.Now(), stdin: stdin, screen: stdout}
	a.redact = text.NewRedactor(env(config.DefaultTokenEnv))
	out, errs := a.redact.Writer(stdout), a.redact.Writer(stderr)
	a.stdout, a.stderr = out, errs

	root := a.root()
	root.SetArgs(args)
	err := root.ExecuteContext(ctx)
	if interrupted := (Interrupted{}); errors.As(context.Cause(ctx), &interrupted) {
		fmt.Fprintln(errs, "pinbot was interrupted; what was done is done, and the next run goes on from there.")
		_ = errors.Join(out.Close(), errs.Close())
		return 128 + int(interrupted.Signal)
	}
	code := exitCode(err)
	if err != nil && err.Error() != "" {
		fmt.Fprintln(errs, "pinbot: "+printable(err.Error()))
	}
	if closed := errors.Join(out.Close(), errs.Close()); closed != nil && code == exitDone {
		code = exitIncomplete
	}
	return code
}

// printable is an error's text for a terminal, line by line.
func printable(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = text.Outside(l).Terminal()
	}
	return strings.Join(lines, "\n")
}

// root is the command line.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "pinbot",
		Short: "Keep container images on stable releases and digests",
		Long: "pinbot finds every container image that a repository's manifests name, and keeps it on a\n" +
			"stable release and a digest: by hand, or with pull requests that people review.\n\n" +
			"Begin with: pinbot demo, then pinbot scan in a repository of yours.",
		Args:          knownCommand,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
		SilenceErrors: true, SilenceUsage: true, Version: version(),
		SuggestionsMinimumDistance: 2,
		CompletionOptions:          cobra.CompletionOptions{HiddenDefaultCmd: true},
		PersistentPreRunE:          func(*cobra.Command, []string) error { return a.checkFlags() },
	}
	root.SetOut(a.stdout)
	root.SetErr(a.stderr)
	root.SetIn(a.stdin)
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usage("%s. Run: %s --help", strings.TrimSuffix(err.Error(), "."), c.CommandPath())
	})
	f := root.PersistentFlags()
	f.StringVar(&a.flags.config, "config", a.env("PINBOT_CONFIG"), "the operator's configuration `FILE` (or PINBOT_CONFIG)")
	f.StringVar(&a.flags.format, "format", "table", "table, json or jsonl")
	f.StringVar(&a.flags.output, "output", "", "write the report into `FILE` instead of standard output")
	f.StringSliceVar(&a.flags.failOn, "fail-on", nil, "exit with 1 where one of these `FINDINGS` is found: "+strings.Join(findingNames, ", "))
	f.IntVar(&a.flags.concurrency, "concurrency", 0, "images that are looked up at once (default 32)")
	f.StringVar(&a.flags.cache, "cache", "", "cache `DIR`, or off (default: the user's cache folder)")
	f.StringVar(&a.flags.color, "color", "auto", "auto, always or never")
	f.BoolVar(&a.flags.quiet, "quiet", false, "print the report and errors only")
	f.BoolVar(&a.flags.verbose, "verbose", false, "show each request with its time and status")
	root.AddCommand(a.scanCommand(), a.updateCommand(), a.runCommand(), a.explainCommand(), a.demoCommand(), a.initCommand(), a.validateCommand())
	return root
}

// knownCommand is what the root says to arguments: they would have to be a
// command.
func knownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if near := root.SuggestionsFor(args[0]); len(near) > 0 {
		return usage("There is no command %q. Did you mean %s?", args[0], strings.Join(near, " or "))
	}
	return usage("There is no command %q. Run: pinbot --help", args[0])
}

// noArgs refuses arguments of commands that take none.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usage("%s takes no arguments; %q was given.", c.Name(), args[0])
	}
	return nil
}

// version is what the build says of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v := info.Main.Version
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			v += " " + s.Value
		}
	}
	return v
}

// exitHelp is the part of a command's help that scripts are written by.
const exitHelp = "\n\nExit codes: 0 done; 1 findings that --fail-on names; 2 bad usage or configuration;\n3 incomplete: something could not be read, looked up or written, the rest was done."

func (a *app) checkFlags() error {
	if !slices.Contains([]string{"auto", "always", "never"}, a.flags.color) {
		return usage("--color is %q: use auto, always or never.", a.flags.color)
	}
	if a.flags.concurrency < 0 {
		return usage("--concurrency is %d: use a number from 1, or leave it out.", a.flags.concurrency)
	}
	for _, name := range a.flags.failOn {
		if !slices.Contains(findingNames, name) {
			return errFinding(name, findingNames)
		}
	}
	return nil
}

// note tells people something that is not part of the report.
func (a *app) note(format string, args ...any) {
	if !a.flags.quiet {
		fmt.Fprintln(a.stderr, printable(fmt.Sprintf(format, args...)))
	}
}
