package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"pinbot/resolver"
)

const someManifest = `{"schemaVersion":2,"mediaType":"` + typeOCIManifest + `","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111"}}`

func sha(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "sha256:" + hex.EncodeToString(sum[:])
}

// claiming serves one manifest under any reference, with that digest header.
func claiming(t *testing.T, body, digest string) *Client {
	base, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", typeOCIManifest)
		if digest != "" {
			w.Header().Set(digestHeader, digest)
		}
		io.WriteString(w, body)
	})
	return newClient(t, Options{Hosts: at("r.test", base)})
}

func tortureLyingDigest(t *testing.T) {
	lie := sha("something else")
	if m, err := claiming(t, someManifest, lie).Manifest(t.Context(), "r.test/a/b", "main"); !errors.Is(err, resolver.ErrDigestMismatch) {
		t.Errorf("by tag: %v, error %v", m, err)
	}
	// The header agrees with the question, the bytes do not.
	if m, err := claiming(t, someManifest, lie).Manifest(t.Context(), "r.test/a/b", lie); !errors.Is(err, resolver.ErrDigestMismatch) {
		t.Errorf("by digest: %v, error %v", m, err)
	}
}

// TestOtherBytes has a registry that answers a digest with something else and
// claims nothing.
func TestOtherBytes(t *testing.T) {
	if m, err := claiming(t, someManifest, "").Manifest(t.Context(), "r.test/a/b", sha("x")); !errors.Is(err, resolver.ErrDigestMismatch) {
		t.Errorf("manifest %v, error %v", m, err)
	}
	// Its configuration is said to be sha256:111…
	if c, err := claiming(t, someManifest, "").Config(t.Context(), "r.test/a/b", sha(someManifest)); !errors.Is(err, resolver.ErrDigestMismatch) {
		t.Errorf("configuration %v, error %v", c, err)
	}
}

func tortureNoDigest(t *testing.T) {
	c := claiming(t, someManifest, "")
	m, err := c.Manifest(t.Context(), "r.test/a/b", "main")
	if err != nil || m.Digest != sha(someManifest) {
		t.Errorf("manifest %v, error %v", m, err)
	}
	page, err := c.Tags(t.Context(), "r.test/a/b", resolver.TagQuery{Name: "main"})
	if err != nil || len(page.Tags) != 1 || page.Tags[0].Digest != sha(someManifest) {
		t.Errorf("tags %v, error %v", page, err)
	}
}

func tortureOddDigest(t *testing.T) {
	right := sha(someManifest)
	for _, header := range []string{
		"sha512:" + strings.Repeat("a", 128), strings.ToUpper(right), "sha256:" + strings.ToUpper(right[7:]),
		right[:60], "md5:d41d8cd98f00b204e9800998ecf8427e", right[7:], "sha256:", "x",
	} {
		c := claiming(t, someManifest, header)
		if m, err := c.Manifest(t.Context(), "r.test/a/b", "main"); !errors.Is(err, resolver.ErrDigestMismatch) {
			t.Errorf("%q: manifest %v, error %v", header, m, err)
		}
		if p, err := c.Tags(t.Context(), "r.test/a/b", resolver.TagQuery{Name: "main"}); !errors.Is(err, resolver.ErrDigestMismatch) {
			t.Errorf("%q: tags %v, error %v", header, p, err)
		}
	}
}

func tortureMovedMeanwhile(t *testing.T) {
	base, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", typeOCIManifest)
		switch {
		case r.Method == http.MethodHead:
			w.Header().Set(digestHeader, sha("yesterday's"))
		case strings.HasSuffix(r.URL.Path, "/main"):
			io.WriteString(w, someManifest)
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	})
	c := newClient(t, Options{Hosts: at("r.test", base)})
	if page, err := c.Tags(t.Context(), "r.test/a/b", resolver.TagQuery{Name: "main"}); err != nil || page.Tags[0].Digest != sha("yesterday's") {
		t.Errorf("HEAD: %v, error %v", page, err)
	}
	m, err := c.Manifest(t.Context(), "r.test/a/b", "main")
	if err != nil || m.Digest != sha(someManifest) {
		t.Errorf("GET: %v, error %v", m, err)
	}
	if _, err := c.Manifest(t.Context(), "r.test/a/b", m.Digest); !errors.Is(err, resolver.ErrNotFound) {
		t.Errorf("by digest: error %v, want ErrNotFound", err)
	}
}

func TestManifestForms(t *testing.T) {
	for name, row := range map[string]struct{ body, wantErr string }{
		"schema 1":    {`{"schemaVersion":1,"name":"a/b","tag":"main"}`, "schema 1"},
		"no manifest": {`{"schemaVersion":2}`, "instead of JSON"},
		"no JSON":     {`hello`, "instead of JSON"},
	} {
		_, err := claiming(t, row.body, "").Manifest(t.Context(), "r.test/a/b", "main")
		if err == nil || !strings.Contains(err.Error(), row.wantErr) || errors.Is(err, resolver.ErrNotFound) {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestManifestPlatforms(t *testing.T) {
	child := func(os, arch, variant, more string) string {
		return `{"digest":"` + sha(os+arch+variant+more) + `","platform":{"os":"` + os + `","architecture":"` + arch + `","variant":"` + variant + `"` + more + `}`
	}
	body := `{"schemaVersion":2,"mediaType":"` + typeDockerList + `","manifests":[` + strings.Join([]string{
		child("windows", "amd64", "", `,"os.version":"10.0.17763"`), child("windows", "amd64", "", `,"os.version":"10.0.20348"`),
		child("linux", "arm", "v7", ""), child("linux", "amd64", "", ""), child("unknown", "unknown", "", ""),
		strings.TrimSuffix(child("linux", "amd64", "", ""), "}") + `},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}`,
	}, "},") + "}]}"
	m, err := claiming(t, body, "").Manifest(t.Context(), "r.test/a/b", "main")
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(m.Platforms, " "); got != "linux/amd64 linux/arm/v7 windows/amd64" {
		t.Errorf("platforms %q", got)
	}
	if len(m.Children) != 4 || m.MediaType != typeDockerList {
		t.Errorf("manifest %+v", m)
	}
}
