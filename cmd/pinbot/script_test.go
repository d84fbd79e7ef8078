package main

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

var update = flag.Bool("update", false, "renew what the scripts compare with")

// TestMain lets the test binary be pinbot itself where it is started under that
// name, as scripts and the tests with signals do.
func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"pinbot": main})
}

// TestScripts runs testdata/script: a behaviour of the command line each, told
// as what a person types. See verbs for the words beyond testscript's own.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", Cmds: verbs, Setup: setup, UpdateScripts: *update, RequireUniqueNames: true,
	})
}

// setup gives each script a world of its own. Its servers and its operator's
// file stand outside of the folder that is scanned.
func setup(env *testscript.Env) error {
	t := env.T().(testing.TB)
	w := &world{t: t, dir: t.TempDir()}
	env.Values[worldKey{}] = w
	env.Setenv("HOME", filepath.Join(w.dir, "home"))
	env.Setenv("OPERATOR", filepath.Join(w.dir, "operator.yaml"))
	env.Setenv("ESC", "\x1b]0;title\x07")
	env.Setenv("GIT_CONFIG_GLOBAL", filepath.Join(w.dir, "gitconfig"))
	env.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	return os.WriteFile(filepath.Join(w.dir, "gitconfig"), []byte(
		"[user]\n\tname = Ada\n\temail = ada@example.org\n[init]\n\tdefaultBranch = main\n[core]\n\tautocrlf = false\n"), 0o644)
}
