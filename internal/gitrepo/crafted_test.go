package gitrepo

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"pinbot/updater"
)

func crafted(t *testing.T) {
	t.Run("packs", craftedPacks)
	t.Run("names", craftedNames)
}

func craftedPacks(t *testing.T) {
	const head = "0123456789012345678901234567890123456789"
	line := func(s string) string { return fmt.Sprintf("%04x%s", len(s)+4, s) }
	refs := line("# service=git-upload-pack\n") + "0000" +
		line(head+" HEAD\x00ofs-delta shallow side-band-64k\n") +
		line(head+" refs/heads/../../config\n") + line(head+" refs/heads/main\n") + "0000"
	packs := map[string]string{
		"not a pack": "PACKX", "empty": "",
		"huge count": "PACK\x00\x00\x00\x02\xff\xff\xff\xff",
		"bad delta":  "PACK\x00\x00\x00\x02\x00\x00\x00\x01\x65\xff\xff\xff\xff\xff\xff\xff\xff\x7f",
		"short":      "PACK\x00\x00\x00\x02\x00\x00\x00\x01\x95",
	}
	for name, pack := range packs {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/info/refs") {
					fmt.Fprint(w, refs)
					return
				}
				fmt.Fprint(w, line("shallow "+head), "0000", line("NAK\n"), line("\x01"+pack), "0000")
			}))
			defer server.Close()
			parent := t.TempDir()
			r, err := Open(Remote{URL: server.URL + "/a/b.git"}, Options{Dir: filepath.Join(parent, "cache"), Timeout: 10 * time.Second})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			if _, err := r.Base(t.Context(), "main"); err == nil {
				t.Error("a crafted pack is taken")
			}
			if left, _ := os.ReadDir(parent); len(left) != 1 {
				t.Errorf("something was written outside of the cache: %v", left)
			}
		})
	}
}

func craftedNames(t *testing.T) {
	s := newSite(t)
	r := s.open(t, Options{})
	base := mustBase(t, r)
	for _, name := range []string{"../../config", "a..b", "x.lock", "-f", "a b", "a\nb", "", "refs@{1}", "a//b", ".a"} {
		if err := r.Push(t.Context(), name, "", base); err == nil {
			t.Errorf("branch %q is pushed", name)
		}
	}
	for _, path := range []string{"../x", ".git/config", "a/../../x", "/etc/passwd", "a/.GIT/hooks/x", ""} {
		if _, err := r.Commit(t.Context(), updater.Commit{Parent: base, Files: map[string][]byte{path: nil}}); err == nil {
			t.Errorf("path %q is written", path)
		}
	}
}
