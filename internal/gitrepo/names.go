package gitrepo

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
	"unicode"
)

// CheckURL reports why a URL cannot be a repository's or a forge's address. It
// never repeats the URL, which may hold a password.
func CheckURL(raw string) error {
	if strings.HasPrefix(raw, "-") {
		return errors.New("the repository's URL begins with a hyphen; it must begin with https:// or http://")
	}
	if scheme, _, ok := strings.Cut(raw, "::"); ok && !strings.Contains(scheme, "/") {
		return errors.New("the repository's URL names a git remote helper, which pinbot does not run; use an https:// URL")
	}
	u, err := url.Parse(raw)
	if err != nil || strings.ContainsFunc(raw, func(c rune) bool { return unicode.IsSpace(c) || unicode.IsControl(c) }) {
		return errors.New("the repository's URL cannot be read; it must look like https://git.example.org/owner/name.git")
	}
	switch {
	case u.User != nil:
		return errors.New("the repository's URL contains a user or a password; remove it and give the token by tokenEnv or tokenFile")
	case u.Scheme == "ssh" || u.Scheme == "git+ssh" || u.Scheme == "" && strings.Contains(raw, "@"):
		return errors.New("the repository's URL is an ssh address, which pinbot does not speak; use its https:// URL and a token")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("the repository's URL must begin with https:// or http://")
	case u.Hostname() == "":
		return errors.New("the repository's URL names no host")
	case u.RawQuery != "" || u.Fragment != "":
		return errors.New("the repository's URL has a query or a fragment; it must end with the repository's path")
	}
	return nil
}

// CheckBranch reports why a name cannot be a branch's, after the rules of
// git-check-ref-format.
func CheckBranch(name string) error {
	bad := func(why string) error { return fmt.Errorf("%q cannot be a branch: it %s", clip(name), why) }
	switch {
	case name == "":
		return bad("is empty")
	case len(name) > 200:
		return bad("is longer than 200 bytes")
	case name == "@" || name == "HEAD" || strings.HasPrefix(name, "-"):
		return bad("means something else to git")
	case strings.HasPrefix(name, "/") || strings.HasSuffix(name, "/") || strings.Contains(name, "//"):
		return bad("has an empty part")
	case strings.Contains(name, "..") || strings.Contains(name, "@{") || strings.HasSuffix(name, "."):
		return bad("contains .., @{ or a dot at its end")
	case strings.ContainsFunc(name, forbiddenInRef):
		return bad("contains a character that git does not allow")
	}
	for part := range strings.SplitSeq(name, "/") {
		if strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return bad("has a part that begins with a dot or ends in .lock")
		}
	}
	return nil
}

func forbiddenInRef(c rune) bool {
	return c <= ' ' || c == 0x7f || c == unicode.ReplacementChar || strings.ContainsRune(`~^:?*[\`, c)
}

// conflict returns the branch whose name excludes name, or "". The names are
// full reference names.
func conflict(name string, exists func(yield func(string) bool)) string {
	for other := range exists {
		if strings.HasPrefix(other, name+"/") || strings.HasPrefix(name, other+"/") {
			return other
		}
	}
	return ""
}

func refConflict(branch, other string) error {
	return fmt.Errorf("branch %s cannot exist beside %s; delete or rename %[2]s: %w",
		branch, clip(strings.TrimPrefix(other, "refs/heads/")), ErrRefConflict)
}

// checkPath refuses names that mean something else in a working tree.
func checkPath(path string) error {
	for part := range strings.SplitSeq(path, "/") {
		if part == "" || part == "." || part == ".." || strings.EqualFold(part, ".git") || strings.ContainsAny(part, "\x00\\") {
			return fmt.Errorf("%q cannot be the path of a file in a repository", path)
		}
	}
	return nil
}
