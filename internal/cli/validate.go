package cli

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"pinbot/internal/config"
)

func (a *app) initCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "init",
		Short: "Write a starter configuration and a nightly job for Gitea Actions",
		Long:  "init writes a policy, a nightly job for Gitea Actions and an operator's file, all with comments. A file\nthat exists is left alone." + exitHelp,
		Args:  noArgs,
		RunE:  func(*cobra.Command, []string) error { return a.init() },
	}
}

func (a *app) init() error {
	if err := a.checkFormat("init", "table"); err != nil {
		return err
	}
	for _, f := range config.Starter() {
		written, err := writeNew(f.Path, f.Text)
		switch {
		case err != nil:
			return exitError{exitIncomplete, "The starter could not be written: " + err.Error()}
		case written:
			a.say("wrote   %s: %s", f.Path, f.For)
		default:
			a.say("exists  %s: left as it is", f.Path)
		}
	}
	a.say("\nNext: pinbot validate, then commit what you keep. The nightly job needs a token in the secret PINBOT_TOKEN.")
	return nil
}

// writeNew writes a file that does not exist yet.
func writeNew(path, content string) (bool, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return false, err
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	_, err = f.WriteString(content)
	return true, errors.Join(err, f.Close())
}

func (a *app) validateCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "validate [FILE…]",
		Short: "Check configuration files",
		Long: "validate checks the repository's configuration in this folder, the operator's file that --config names,\n" +
			"and any files that are given: each is taken for the kind whose keys it has." + exitHelp,
		Example: "  pinbot validate\n  pinbot validate --config operator.yaml",
		RunE:    func(_ *cobra.Command, args []string) error { return a.validate(args) },
	}
}

func (a *app) validate(files []string) error {
	if err := a.checkFormat("validate", "table"); err != nil {
		return err
	}
	var wrong []string
	check := func(name string, err error) {
		if err != nil {
			wrong = append(wrong, err.Error())
			return
		}
		a.say("ok  %s", name)
	}
	if a.flags.config != "" {
		op, err := a.operator()
		if err == nil {
			err = named(a.flags.config, op)
		}
		check(a.flags.config, err)
	}
	for _, f := range files {
		check(f, validateFile(f))
	}
	if len(files) == 0 {
		_, err := a.policy()
		check("this repository's configuration", err)
	}
	if len(wrong) > 0 {
		return usage("%s", strings.Join(wrong, "\n"))
	}
	return nil
}

// validateFile checks a file as the kind that it is: a policy, unless only an
// operator's file can be read in it.
func validateFile(file string) error {
	data, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("%s cannot be read: %w", file, err)
	}
	_, asRepository := config.ParseRepository(file, data)
	if asRepository == nil {
		return nil
	}
	op, err := config.ParseOperator(file, data)
	if err == nil {
		return named(file, op)
	}
	if operatorKey.Match(data) {
		return err
	}
	return asRepository
}

// named checks that the files that an operator's file names are there.
func named(file string, op config.Operator) error {
	names := map[string]string{"forge.tokenFile": op.Forge.TokenFile, "caFile": op.CAFile}
	for host, r := range op.Registries {
		names["registries."+host+".caFile"] = r.CAFile
	}
	var missing []error
	for _, key := range slices.Sorted(maps.Keys(names)) {
		if names[key] == "" {
			continue
		}
		if _, err := os.Stat(names[key]); err != nil {
			missing = append(missing, fmt.Errorf("%s: the file of %q cannot be read: %w", file, key, err))
		}
	}
	return errors.Join(missing...)
}

// operatorKey matches what only an operator's file has.
var operatorKey = regexp.MustCompile(`(?m)^(forge|repositories|registries)\s*:`)
