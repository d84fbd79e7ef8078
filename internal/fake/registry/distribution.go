package fakeregistry

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"
)

// call is a request to the distribution API, taken apart.
type call struct {
	host *host
	name string // of the host
	path string // below /v2/
	repo *repository
}

// serveDistribution answers /v2/ (OCI distribution specification).
func (r *Registry) serveDistribution(w http.ResponseWriter, req *http.Request, c call) {
	if c.path == "" {
		writeJSON(w, http.StatusOK, map[string]any{})
		return
	}
	repo, kind, ref := splitPath(c.path)
	if kind == "" {
		http.NotFound(w, req)
		return
	}
	if c.host.login != nil && !c.host.authorized(req, repo) {
		c.host.challenge(w, req, c.name, repo)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.repo = c.host.repos[repo]; c.repo == nil {
		ociError(w, http.StatusNotFound, "NAME_UNKNOWN", "repository name not known to registry", map[string]string{"name": repo})
		return
	}
	switch kind {
	case "tags":
		r.serveTagList(w, req, c)
	case "manifests":
		r.serveManifest(w, req, c.repo, ref)
	case "blobs":
		r.serveBlob(w, c.repo, ref)
	}
}

// splitPath takes "metallb/speaker/manifests/main" apart. A repository may have
// an element called "manifests", so the last one counts.
func splitPath(path string) (repo, kind, ref string) {
	if repo, found := strings.CutSuffix(path, "/tags/list"); found {
		return repo, "tags", ""
	}
	parts := strings.Split(path, "/")
	if len(parts) < 3 {
		return "", "", ""
	}
	kind, ref = parts[len(parts)-2], parts[len(parts)-1]
	if kind != "manifests" && kind != "blobs" {
		return "", "", ""
	}
	return strings.Join(parts[:len(parts)-2], "/"), kind, ref
}

// serveTagList answers tags/list, a page at a time where n is asked for.
// Google's registries ignore n and tell of every digest.
func (r *Registry) serveTagList(w http.ResponseWriter, req *http.Request, c call) {
	answer := map[string]any{"name": strings.TrimPrefix(c.repo.name, c.name+"/")}
	names := c.repo.byName()
	if c.host.style == Google {
		answer["child"], answer["manifest"] = []string{}, r.googleManifests(c.repo)
	} else {
		names = nextPage(w, req, names)
	}
	answer["tags"] = append([]string{}, names...)
	writeJSON(w, http.StatusOK, answer)
}

// nextPage cuts the page that n and last ask for, and links to the one after.
func nextPage(w http.ResponseWriter, req *http.Request, names []string) []string {
	last := req.URL.Query().Get("last")
	names = names[sort.Search(len(names), func(i int) bool { return names[i] > last }):]
	n, err := strconv.Atoi(req.URL.Query().Get("n"))
	if err != nil || n <= 0 || n >= len(names) {
		return names
	}
	next := url.Values{"n": {strconv.Itoa(n)}, "last": {names[n-1]}}
	w.Header().Set("Link", fmt.Sprintf(`<%s?%s>; rel="next"`, req.URL.Path, next.Encode()))
	return names[:n]
}

func (r *Registry) googleManifests(rp *repository) map[string]any {
	type entry struct {
		ImageSizeBytes string   `json:"imageSizeBytes"`
		MediaType      string   `json:"mediaType"`
		Tag            []string `json:"tag"`
		TimeCreatedMs  string   `json:"timeCreatedMs"`
		TimeUploadedMs string   `json:"timeUploadedMs"`
	}
	manifests := map[string]any{}
	for _, name := range rp.byName() {
		t := rp.tags[name]
		img := r.image(t.Content)
		e, found := manifests[img.digest].(*entry)
		if !found {
			ms := strconv.FormatInt(t.Pushed.UnixMilli(), 10)
			e = &entry{ImageSizeBytes: "1000", MediaType: img.documents[img.digest].mediaType, TimeCreatedMs: ms, TimeUploadedMs: ms}
			manifests[img.digest] = e
		}
		e.Tag = append(e.Tag, name)
	}
	return manifests
}

// serveManifest answers by tag or digest.
func (r *Registry) serveManifest(w http.ResponseWriter, req *http.Request, rp *repository, ref string) {
	digest := ref
	if t, found := rp.tags[ref]; found {
		digest = r.image(t.Content).digest
	}
	img := r.find(rp, digest)
	if !strings.HasPrefix(digest, "sha256:") || img == nil || img.documents[digest].body == nil {
		ociError(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "manifest unknown", map[string]string{"unknown": ref})
		return
	}
	doc := img.documents[digest]
	if !accepts(req, doc.mediaType) {
		ociError(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "OCI index found, but accept header does not support OCI indexes", nil)
		return
	}
	w.Header().Set("Docker-Content-Digest", digest)
	writeBytes(w, doc.mediaType, doc.body)
}

// accepts reports whether the client can read the type: a registry does not
// convert.
func accepts(req *http.Request, mediaType string) bool {
	return slices.ContainsFunc(req.Header.Values("Accept"), func(v string) bool { return strings.Contains(v, mediaType) })
}

func (r *Registry) serveBlob(w http.ResponseWriter, rp *repository, digest string) {
	img := r.find(rp, digest)
	if img == nil || img.blobs[digest] == nil {
		ociError(w, http.StatusNotFound, "BLOB_UNKNOWN", "blob unknown to registry", nil)
		return
	}
	w.Header().Set("Docker-Content-Digest", digest)
	writeBytes(w, "application/octet-stream", img.blobs[digest])
}

func ociError(w http.ResponseWriter, status int, code, message string, detail any) {
	writeJSON(w, status, map[string]any{"errors": []any{map[string]any{"code": code, "message": message, "detail": detail}}})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// The client may be gone, which is nothing to answer to.
	_ = json.NewEncoder(w).Encode(v)
}

func writeBytes(w http.ResponseWriter, mediaType string, body []byte) {
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.Write(body)
}

func rfc3339(t time.Time) string { return t.UTC().Format(time.RFC3339Nano) }
