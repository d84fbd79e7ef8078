package fakeregistry

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
)

// The media types that are served.
const (
	typeIndex    = "application/vnd.oci.image.index.v1+json"
	typeManifest = "application/vnd.oci.image.manifest.v1+json"
	typeConfig   = "application/vnd.oci.image.config.v1+json"
	typeLayer    = "application/vnd.oci.image.layer.v1.tar+gzip"
)

// image is a content in bytes: documents (index and manifests) and blobs
// (configurations) by digest.
type image struct {
	digest    string // of the root: the index, or the only manifest
	documents map[string]document
	blobs     map[string][]byte
	children  []child
}

type document struct {
	mediaType string
	body      []byte
}

type child struct{ platform, digest string }

type descriptor struct {
	MediaType   string            `json:"mediaType"`
	Digest      string            `json:"digest"`
	Size        int               `json:"size"`
	Platform    *platform         `json:"platform,omitempty"`
	Annotations map[string]string `json:"annotations,omitempty"`
}

type platform struct {
	Architecture string `json:"architecture"`
	OS           string `json:"os"`
	Variant      string `json:"variant,omitempty"`
}

// image makes the image of a content, once; r.mu is held.
func (r *Registry) image(content string) *image {
	if r.images[content] == nil {
		r.images[content] = newImage(r.specs[content])
	}
	return r.images[content]
}

// find looks a document or blob of a repository up by digest; r.mu is held.
// Only a digest that is not known yet makes all of the repository's images.
func (r *Registry) find(rp *repository, digest string) *image {
	for _, known := range []bool{true, false} {
		for content := range rp.held {
			if known && r.images[content] == nil {
				continue
			}
			img := r.image(content)
			if _, found := img.documents[digest]; found {
				return img
			}
			if _, found := img.blobs[digest]; found {
				return img
			}
		}
	}
	return nil
}

func newImage(t Tag) *image {
	img := &image{documents: map[string]document{}, blobs: map[string][]byte{}}
	var entries []descriptor
	for _, name := range t.Platforms {
		p := parsePlatform(name)
		d := img.addManifest(t, p)
		d.Platform = &p
		entries = append(entries, d)
		img.children = append(img.children, child{platform: name, digest: d.Digest})
	}
	if len(entries) == 1 && !t.Attested {
		img.digest = entries[0].Digest
		return img
	}
	if t.Attested {
		entries = append(entries, img.attestations(t, entries)...)
	}
	img.digest = img.addDocument(typeIndex, map[string]any{"schemaVersion": 2, "mediaType": typeIndex, "manifests": entries}).Digest
	return img
}

// attestations are the entries that BuildKit adds for provenance.
func (img *image) attestations(t Tag, of []descriptor) (entries []descriptor) {
	unknown := platform{Architecture: "unknown", OS: "unknown"}
	for _, subject := range of {
		d := img.addManifest(Tag{Content: t.Content + " attests " + subject.Digest}, unknown)
		d.Platform = &unknown
		d.Annotations = map[string]string{
			"vnd.docker.reference.digest": subject.Digest,
			"vnd.docker.reference.type":   "attestation-manifest",
		}
		entries = append(entries, d)
	}
	return entries
}

// addManifest adds one platform's manifest and configuration.
func (img *image) addManifest(t Tag, p platform) descriptor {
	layer := sha256.Sum256([]byte("layer of " + t.Content + " for " + p.OS + "/" + p.Architecture + p.Variant))
	config := mustJSON(map[string]any{
		"architecture": p.Architecture, "os": p.OS, "variant": p.Variant,
		"created": t.Pushed.UTC().Format(time.RFC3339),
		"config":  map[string]any{"Labels": t.Labels, "Env": envList(t.Env)},
		"rootfs":  map[string]any{"type": "layers", "diff_ids": []string{"sha256:" + hex.EncodeToString(layer[:])}},
	})
	img.blobs[digestOf(config)] = config
	return img.addDocument(typeManifest, map[string]any{
		"schemaVersion": 2, "mediaType": typeManifest,
		"config": descriptor{MediaType: typeConfig, Digest: digestOf(config), Size: len(config)},
		"layers": []descriptor{{MediaType: typeLayer, Digest: "sha256:" + hex.EncodeToString(layer[:]), Size: 1000}},
	})
}

func (img *image) addDocument(mediaType string, content map[string]any) descriptor {
	body := mustJSON(content)
	d := descriptor{MediaType: mediaType, Digest: digestOf(body), Size: len(body)}
	img.documents[d.Digest] = document{mediaType: mediaType, body: body}
	return d
}

func parsePlatform(s string) platform {
	parts := append(strings.SplitN(s, "/", 3), "", "")
	return platform{OS: parts[0], Architecture: parts[1], Variant: parts[2]}
}

func envList(env map[string]string) []string {
	list := make([]string, 0, len(env))
	for _, k := range slices.Sorted(maps.Keys(env)) {
		list = append(list, k+"="+env[k])
	}
	return list
}

func digestOf(b []byte) string {
	sum := sha256.Sum256(b)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// mustJSON encodes what this package itself put together, which cannot fail.
func mustJSON(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return b
}
