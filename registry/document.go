package registry

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"pinbot/manifest"
	"pinbot/resolver"
)

const digestHeader = "Docker-Content-Digest"

const (
	typeOCIIndex       = "application/vnd.oci.image.index.v1+json"
	typeOCIManifest    = "application/vnd.oci.image.manifest.v1+json"
	typeDockerList     = "application/vnd.docker.distribution.manifest.list.v2+json"
	typeDockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
)

// manifestTypes are asked for together: a registry that finds no common type
// converts, and a converted manifest has another digest.
var manifestTypes = []string{typeOCIIndex, typeOCIManifest, typeDockerList, typeDockerManifest}

// document is a manifest and where the image's configuration is.
type document struct {
	resolver.Manifest
	config string // digest; "" for an index
}

// rawDocument is an index or a manifest (OCI image specification; Docker's
// types have the same fields). URLs that it may name are never read.
type rawDocument struct {
	SchemaVersion int    `json:"schemaVersion"`
	MediaType     string `json:"mediaType"`
	Manifests     []struct {
		Digest   string `json:"digest"`
		Platform struct {
			OS           string `json:"os"`
			Architecture string `json:"architecture"`
			Variant      string `json:"variant"`
		} `json:"platform"`
		Annotations map[string]string `json:"annotations"`
	} `json:"manifests"`
	Config struct {
		Digest string `json:"digest"`
	} `json:"config"`
}

// document fetches what a tag or digest names.
func (s *site) document(ctx context.Context, path, reference string) (document, error) {
	if !manifest.ValidTag(reference) && !manifest.ValidDigest(reference) {
		return document{}, fmt.Errorf("%q is neither a tag nor a digest: %w", reference, resolver.ErrNotFound)
	}
	a, err := s.pull(ctx, http.MethodGet, path, "manifests/"+reference, manifestTypes...)
	if err != nil {
		return document{}, err
	}
	digest, err := verify(a, reference)
	if err != nil {
		return document{}, err
	}
	var raw rawDocument
	if err := a.decode(&raw); err != nil {
		return document{}, err
	}
	return raw.document(a, digest)
}

// verify computes the digest of an answer, and refuses one that contradicts
// what was asked for or what the registry claims. The claim must be of the same
// algorithm, in the canonical form: anything else cannot be compared.
func verify(a answer, reference string) (string, error) {
	digest := digestOf(reference, a.body)
	if manifest.ValidDigest(reference) && digest != reference {
		return "", fmt.Errorf("%s sent other bytes than those of %s: %w", a.url.Host, reference, resolver.ErrDigestMismatch)
	}
	switch claimed := a.header.Get(digestHeader); {
	case claimed == "" || claimed == digest:
		return digest, nil
	case !manifest.ValidDigest(claimed) || !strings.HasPrefix(digest, claimed[:len("sha256:")]):
		return "", notADigest(a, claimed)
	default:
		return "", fmt.Errorf("%s says %s, but what it sent is %s: %w", a.url.Host, claimed, digest, resolver.ErrDigestMismatch)
	}
}

func notADigest(a answer, claimed string) error {
	return fmt.Errorf("%s says the digest is %q, which is not sha256: and 64 hexadecimal digits: %w", a.url.Host, shorten(claimed), resolver.ErrDigestMismatch)
}

// digestOf computes a digest: sha256, unless a sha512 digest was asked for.
func digestOf(reference string, body []byte) string {
	if strings.HasPrefix(reference, "sha512:") {
		sum := sha512.Sum512(body)
		return "sha512:" + hex.EncodeToString(sum[:])
	}
	sum := sha256.Sum256(body)
	return "sha256:" + hex.EncodeToString(sum[:])
}

var sha256Grammar = regexp.MustCompile(`^sha256:[a-f0-9]{64}$`)

func isSHA256(digest string) bool { return sha256Grammar.MatchString(digest) }

// document reads what is needed of a manifest.
func (raw rawDocument) document(a answer, digest string) (document, error) {
	mediaType := raw.MediaType
	if mediaType == "" {
		mediaType, _, _ = strings.Cut(a.header.Get("Content-Type"), ";")
	}
	doc := document{Manifest: resolver.Manifest{Digest: digest, MediaType: mediaType}}
	switch {
	case raw.SchemaVersion == 1 || strings.Contains(mediaType, "distribution.manifest.v1+"):
		return doc, fmt.Errorf("%s has this image only in Docker's retired schema 1 format, which cannot be pinned; push it again with a current tool", a.url.Host)
	case len(raw.Manifests) > 0 || mediaType == typeOCIIndex || mediaType == typeDockerList:
		doc.Children, doc.Platforms = raw.children()
		return doc, nil
	case !manifest.ValidDigest(raw.Config.Digest):
		return doc, fmt.Errorf("%w: it is no image manifest", &Error{Host: a.url.Host, Status: a.status, page: true})
	}
	doc.config = raw.Config.Digest
	return doc, nil
}

// children gives the images of an index. Attestations stand in it as images of
// no platform.
func (raw rawDocument) children() (children []resolver.Child, platforms []string) {
	for _, m := range raw.Manifests {
		unknown := m.Platform.OS == "unknown" && m.Platform.Architecture == "unknown"
		if unknown || m.Annotations["vnd.docker.reference.type"] != "" || !manifest.ValidDigest(m.Digest) {
			continue
		}
		p := platformName(m.Platform.OS, m.Platform.Architecture, m.Platform.Variant)
		children = append(children, resolver.Child{Digest: m.Digest, Platform: p})
		if p != "" {
			platforms = append(platforms, p)
		}
	}
	slices.Sort(platforms)
	return children, slices.Compact(platforms)
}

// platformName is "os/arch[/variant]", "" where there is none. The version of
// Windows is left out: it is the host's business which one fits.
func platformName(os, arch, variant string) string {
	if os == "" || arch == "" || os == "unknown" {
		return ""
	}
	return strings.TrimSuffix(os+"/"+arch+"/"+variant, "/")
}

// preferred is the child that speaks for an index, "" where it has none.
func (d document) preferred() string {
	digest := ""
	for _, c := range d.Children {
		if c.Platform == "linux/amd64" {
			return c.Digest
		}
		if digest == "" {
			digest = c.Digest
		}
	}
	return digest
}
