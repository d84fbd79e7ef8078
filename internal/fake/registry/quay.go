package fakeregistry

import (
	"net/http"
	"strconv"
	"strings"
	"time"
)

type quayTag struct {
	Name           string `json:"name"`
	Reversion      bool   `json:"reversion"`
	StartTS        int64  `json:"start_ts"`
	ManifestDigest string `json:"manifest_digest"`
	IsManifestList bool   `json:"is_manifest_list"`
	Size           *int   `json:"size"`
	LastModified   string `json:"last_modified"`
}

// serveQuay answers Quay's "list repository tags".
func (r *Registry) serveQuay(w http.ResponseWriter, req *http.Request, h *host, path string) {
	path, isTag := strings.CutSuffix(path, "/tag/")
	r.mu.Lock()
	defer r.mu.Unlock()
	rp := h.repos[path]
	if !isTag || rp == nil {
		writeJSON(w, http.StatusNotFound, map[string]any{"detail": "Not Found", "error_message": "Not Found",
			"error_type": "not_found", "title": "not_found", "type": "/api/v1/error/not_found", "status": http.StatusNotFound})
		return
	}
	q := req.URL.Query()
	number := max(1, atoi(q.Get("page")))
	size := min(100, max(1, atoi(q.Get("limit"))))
	tags, total := page(rp.byTime(), quayMatch(q.Get("specificTag"), q.Get("filter_tag_name")), number, size)
	list := []quayTag{}
	for _, t := range tags {
		img := r.image(t.Content)
		list = append(list, quayTag{Name: t.Name, StartTS: t.Pushed.Unix(), ManifestDigest: img.digest,
			IsManifestList: img.documents[img.digest].mediaType == typeIndex, LastModified: t.Pushed.UTC().Format(time.RFC1123Z)})
	}
	writeJSON(w, http.StatusOK, map[string]any{"tags": list, "page": number, "has_additional": number*size < total})
}

func quayMatch(specific, filter string) func(Tag) bool {
	like, isLike := strings.CutPrefix(filter, "like:")
	return func(t Tag) bool {
		return (specific == "" || t.Name == specific) && (!isLike || strings.Contains(strings.ToLower(t.Name), strings.ToLower(like)))
	}
}

// atoi reads a query's number; what is none counts as 0.
func atoi(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}
