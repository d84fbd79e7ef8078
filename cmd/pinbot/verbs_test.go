package main

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	fakegitea "pinbot/internal/fake/gitea"
	fakeregistry "pinbot/internal/fake/registry"
)

// verb is a word of the scripts. What it prints, stdout asks for.
type verb = func(ts *testscript.TestScript, neg bool, args []string)

// verbs are the words that scripts have beside testscript's own.
var verbs = map[string]verb{
	// Files.
	"crlf":  rewriting(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")) }),
	"chomp": rewriting(func(b []byte) []byte { return bytes.TrimRight(b, "\r\n") }),
	"bom":   rewriting(func(b []byte) []byte { return append([]byte("\xef\xbb\xbf"), b...) }),
	"esc":   rewriting(func(b []byte) []byte { return bytes.ReplaceAll(b, []byte("<ESC>"), []byte("\x1b")) }),
	"mode":  with(1, (*world).mode),

	// Servers: registry TAGS, gitea OWNER/NAME FOLDER, proxy. The operator's file
	// is written to $OPERATOR, which PINBOT_CONFIG names.
	"registry":  with(1, (*world).verbRegistry),
	"gitea":     with(2, (*world).verbGitea),
	"tokenfile": with(0, (*world).verbTokenFile),
	"proxy":     with(0, (*world).verbProxy),
	"break":     with(3, (*world).verbBreak), // break PART STATUS BODY: the registry answers that below PART
	// login HOST USER PASSWORD: the registry asks for it, and docker login was done.
	"login": with(3, (*world).verbLogin),

	// breakforge PART: the forge repeats the token in errors below PART.
	"breakforge": with(1, (*world).verbBreakForge),
	"repair":     with(0, func(w *world, _ *testscript.TestScript, _ []string) error { w.forge.Repair(); return nil }),

	// What the servers were asked, and what they hold.
	"requests": with(0, (*world).verbRequests),
	"forget":   with(0, (*world).verbForget),
	"writes":   with(0, (*world).verbWrites),
	"proxied":  with(0, (*world).verbProxied),
	"pulls":    with(1, (*world).verbPulls),

	// What pinbot did.
	"exits":    exits,
	"contract": contract,
	"narrow":   narrow,
	"nosecret": with(0, (*world).verbNoSecret),
}

// rewriting makes a verb that changes files.
func rewriting(change func([]byte) []byte) verb {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		for _, name := range args {
			path := ts.MkAbs(name)
			data, err := os.ReadFile(path)
			ts.Check(err)
			ts.Check(os.WriteFile(path, change(data), 0o644))
		}
	}
}

// with makes a verb of n arguments out of what a world can do.
func with(n int, do func(*world, *testscript.TestScript, []string) error) verb {
	return func(ts *testscript.TestScript, _ bool, args []string) {
		if len(args) != n {
			ts.Fatalf("%d arguments are needed, not %q", n, args)
		}
		ts.Check(do(ts.Value(worldKey{}).(*world), ts, args))
	}
}

func (w *world) verbRegistry(ts *testscript.TestScript, args []string) error {
	ts.Setenv("PINBOT_CONFIG", ts.Getenv("OPERATOR"))
	if err := w.playRegistry([]byte(ts.ReadFile(args[0]))); err != nil {
		return err
	}
	ts.Setenv("REGISTRY", w.registryURL)
	return nil
}

func (w *world) verbGitea(ts *testscript.TestScript, args []string) error {
	ts.Setenv("PINBOT_CONFIG", ts.Getenv("OPERATOR"))
	if err := w.playForge(args[0], ts.MkAbs(args[1])); err != nil {
		return err
	}
	ts.Setenv("GITEA", w.forgeURL)
	ts.Setenv("PINBOT_TOKEN", w.token())
	return nil
}

// verbTokenFile moves the token from the environment into a file.
func (w *world) verbTokenFile(ts *testscript.TestScript, _ []string) error {
	w.tokenFile = filepath.Join(w.dir, "token")
	ts.Setenv("PINBOT_TOKEN", "")
	ts.Setenv("TOKENFILE", w.tokenFile)
	if err := os.WriteFile(w.tokenFile, []byte(w.token()+"\n"), 0o600); err != nil {
		return err
	}
	return w.writeOperator()
}

func (w *world) verbProxy(ts *testscript.TestScript, _ []string) error {
	address, err := w.playProxy()
	ts.Setenv("PROXY", address)
	return err
}

func (w *world) verbBreak(_ *testscript.TestScript, args []string) error {
	status, err := strconv.Atoi(args[1])
	w.faults.Store(args[0], fault{status, args[2]})
	return err
}

func (w *world) verbLogin(_ *testscript.TestScript, args []string) error {
	host, user, password := args[0], args[1], args[2]
	w.registry.Require(host, fakeregistry.Login{User: user, Password: password})
	auth := base64.StdEncoding.EncodeToString([]byte(user + ":" + password))
	folder := filepath.Join(w.dir, "home", ".docker")
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "config.json"), fmt.Appendf(nil, `{"auths": {%q: {"auth": %q}}}`, host, auth), 0o600)
}

func (w *world) verbBreakForge(_ *testscript.TestScript, args []string) error {
	said := base64.StdEncoding.EncodeToString([]byte("x:" + w.token()))
	w.forge.Break(fakegitea.Fault{Path: args[0], Status: 403, Body: `{"message": "token ` + w.token() + " or " + said + `"}`})
	return nil
}

func (w *world) verbRequests(ts *testscript.TestScript, _ []string) error {
	return print(ts, w.registry.Requests())
}

// print makes lines the standard output that the next verbs look at, also where
// there are none.
func print(ts *testscript.TestScript, lines []string) error {
	_, err := io.WriteString(ts.Stdout(), strings.Join(append(lines, ""), "\n"))
	return err
}

func (w *world) verbForget(*testscript.TestScript, []string) error {
	w.registry.Reset()
	if w.forge != nil {
		w.forge.Forget()
	}
	return nil
}

func (w *world) verbWrites(ts *testscript.TestScript, _ []string) error {
	return print(ts, []string{fmt.Sprint(w.forge.Writes(), " writes")})
}

func (w *world) verbProxied(ts *testscript.TestScript, _ []string) error {
	return print(ts, w.proxied())
}

// verbPulls prints what a person sees of the pull requests of a repository, and
// its branches.
func (w *world) verbPulls(ts *testscript.TestScript, args []string) error {
	repo := w.repos[args[0]]
	var lines []string
	for _, pr := range repo.PullRequests() {
		lines = append(lines, fmt.Sprintf("#%d %s %s -> %s: %s\n%s", pr.Number, pr.State, pr.Head, pr.Base, pr.Title, pr.Body))
	}
	for _, branch := range slices.Sorted(maps.Keys(repo.Branches())) {
		lines = append(lines, "branch "+branch)
	}
	return print(ts, lines)
}

func (w *world) mode(ts *testscript.TestScript, args []string) error {
	info, err := os.Stat(ts.MkAbs(args[0]))
	if err != nil {
		return err
	}
	return print(ts, []string{fmt.Sprintf("%04o", info.Mode().Perm())})
}

// verbNoSecret looks for the bot's token in what was printed last and in every
// file of the script's folders.
func (w *world) verbNoSecret(ts *testscript.TestScript, _ []string) error {
	token := w.token()
	encoded := base64.StdEncoding.EncodeToString([]byte("x:" + token))[4:] // without what depends on the user
	texts := map[string]string{"stdout": ts.ReadFile("stdout"), "stderr": ts.ReadFile("stderr")}
	for _, root := range []string{ts.Getenv("WORK"), filepath.Join(w.dir, "home")} {
		_ = filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
			if err == nil && entry.Type().IsRegular() {
				data, _ := os.ReadFile(path)
				texts[path] = string(data)
			}
			return nil
		})
	}
	for where, s := range texts {
		if strings.Contains(s, token) || strings.Contains(s, encoded) {
			return fmt.Errorf("the token stands in %s", where)
		}
	}
	return nil
}

// exits runs a program and wants one exit code: exits 3 pinbot scan.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE PROGRAM ARGS…")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec(args[1], args[2:]...)
	got := 0
	if failed := (*exec.ExitError)(nil); errors.As(err, &failed) {
		got = failed.ExitCode()
	} else if err != nil {
		ts.Fatalf("%v", err)
	}
	if got != want {
		ts.Fatalf("the exit code is %d, not %d", got, want)
	}
}

// narrow wants that no line of standard output has more cells than its argument,
// other than those that are one word: names are never cut short.
func narrow(ts *testscript.TestScript, _ bool, args []string) {
	width, err := strconv.Atoi(args[0])
	ts.Check(err)
	lines := strings.Split(ts.ReadFile("stdout"), "\n")
	if i := slices.IndexFunc(lines, func(l string) bool { return len([]rune(l)) > width && len(strings.Fields(l)) > 1 }); i >= 0 {
		ts.Fatalf("line %d has more than %d cells:\n%s", i+1, width, lines[i])
	}
}
