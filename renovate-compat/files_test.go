package renovatecompat

import (
	"slices"
	"strings"
	"testing"
)

func TestFiles(t *testing.T) {
	for there, want := range map[string]string{
		"README.md pinbot.yaml":                    "",
		"renovate.json package.json":               "renovate.json",
		".github/renovate.json5 .renovaterc":       ".github/renovate.json5 .renovaterc",
		"docs/renovate.json .github/.renovaterc":   "",
		".forgejo/renovate.json .renovaterc.jsonc": ".forgejo/renovate.json .renovaterc.jsonc",
	} {
		files := strings.Fields(there)
		got := strings.Join(Files(func(p string) bool { return slices.Contains(files, p) }), " ")
		if got != want {
			t.Errorf("%s: %q, want %q", there, got, want)
		}
	}
}
