package fakeregistry

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

type hubTag struct {
	Name          string     `json:"name"`
	Digest        string     `json:"digest"`
	LastUpdated   string     `json:"last_updated"`
	TagLastPushed string     `json:"tag_last_pushed"`
	Images        []hubImage `json:"images"`
	TagStatus     string     `json:"tag_status"`
}

type hubImage struct {
	Architecture string  `json:"architecture"`
	Variant      *string `json:"variant"`
	OS           string  `json:"os"`
	Digest       string  `json:"digest"`
	Status       string  `json:"status"`
}

// serveHub answers Docker Hub's list of tags, and one tag's page.
func (r *Registry) serveHub(w http.ResponseWriter, req *http.Request, h *host, path string) {
	repo, tag, _ := strings.Cut(path, "/tags")
	tag = strings.Trim(tag, "/")
	r.mu.Lock()
	defer r.mu.Unlock()
	rp := h.repos[repo]
	if rp == nil {
		hubMissing(w, repo, tag)
		return
	}
	if tag == "" {
		r.serveHubList(w, req, rp)
		return
	}
	t, found := rp.tags[tag]
	if !found {
		hubMissing(w, repo, tag)
		return
	}
	writeJSON(w, http.StatusOK, r.hubTag(t))
}

func (r *Registry) serveHubList(w http.ResponseWriter, req *http.Request, rp *repository) {
	q := req.URL.Query()
	number := max(1, atoi(q.Get("page")))
	size := min(100, max(1, atoi(q.Get("page_size"))))
	tags, total := page(rp.byTime(), func(t Tag) bool { return strings.Contains(t.Name, q.Get("name")) }, number, size)
	list := []hubTag{}
	for _, t := range tags {
		list = append(list, r.hubTag(t))
	}
	var next *string
	if number*size < total {
		v := url.Values{"page": {strconv.Itoa(number + 1)}, "page_size": {strconv.Itoa(size)}}
		link := fmt.Sprintf("http://%s%s?%s", req.Host, req.URL.Path, v.Encode())
		next = &link
	}
	writeJSON(w, http.StatusOK, map[string]any{"count": total, "next": next, "previous": nil, "results": list})
}

func (r *Registry) hubTag(t Tag) hubTag {
	img := r.image(t.Content)
	out := hubTag{Name: t.Name, Digest: img.digest, LastUpdated: rfc3339(t.Pushed), TagLastPushed: rfc3339(t.Pushed), TagStatus: "active"}
	for _, c := range img.children {
		p := parsePlatform(c.platform)
		entry := hubImage{Architecture: p.Architecture, OS: p.OS, Digest: c.digest, Status: "active"}
		if p.Variant != "" {
			entry.Variant = &p.Variant
		}
		out.Images = append(out.Images, entry)
	}
	return out
}

func hubMissing(w http.ResponseWriter, repo, tag string) {
	writeJSON(w, http.StatusNotFound, map[string]any{"message": "object not found",
		"errinfo": map[string]string{"repository": repo, "tag": tag}})
}
