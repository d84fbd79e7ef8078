package fakeregistry

import (
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func get(t *testing.T, r *Registry, target string, into any) *httptest.ResponseRecorder {
	t.Helper()
	req := httptest.NewRequest("GET", target, nil)
	req.Header.Set("Accept", typeIndex+", "+typeManifest)
	w := httptest.NewRecorder()
	r.ServeHTTP(w, req)
	if into != nil {
		if err := json.Unmarshal(w.Body.Bytes(), into); err != nil {
			t.Fatalf("%s: %v in %s", target, err, w.Body)
		}
	}
	return w
}

func TestDigestsFollowContent(t *testing.T) {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	first, second := New(), New()
	for _, r := range []*Registry{first, second} {
		r.Add("quay.io", "a/b", Tag{Name: "latest", Content: "x", Pushed: at}, Tag{Name: "v1", Content: "x", Pushed: at}, Tag{Name: "main", Pushed: at})
		r.Add("ghcr.io", "a/b", Tag{Name: "v1", Content: "x"}, Tag{Name: "main"})
	}
	same := first.Digest("quay.io", "a/b", "latest")
	for _, got := range []string{first.Digest("quay.io", "a/b", "v1"), first.Digest("ghcr.io", "a/b", "v1"), second.Digest("quay.io", "a/b", "v1")} {
		if got != same {
			t.Errorf("digest %s, want %s", got, same)
		}
	}
	if a, b := first.Digest("quay.io", "a/b", "main"), first.Digest("ghcr.io", "a/b", "main"); a == b || a == same {
		t.Errorf("builds of their own share a digest: %s %s", a, b)
	}
	// A digest from another process can be asked for before anything is listed.
	if w := get(t, second, "/ghcr.io/v2/a/b/manifests/"+first.Digest("ghcr.io", "a/b", "main"), nil); w.Code != 200 {
		t.Errorf("by digest: %d", w.Code)
	}
}

func TestServedBytesHaveTheirDigest(t *testing.T) {
	r := New()
	r.Add("ghcr.io", "a/b", Tag{Name: "v1", Platforms: []string{"linux/amd64", "linux/arm/v7"}, Attested: true}, Tag{Name: "single", Platforms: []string{"linux/amd64"}})
	var index struct{ Manifests []descriptor }
	w := get(t, r, "/ghcr.io/v2/a/b/manifests/v1", &index)
	if d := digestOf(w.Body.Bytes()); d != r.Digest("ghcr.io", "a/b", "v1") || d != w.Header().Get("Docker-Content-Digest") {
		t.Errorf("index %s", d)
	}
	if len(index.Manifests) != 4 {
		t.Errorf("%d entries, want two images and two attestations", len(index.Manifests))
	}
	for _, m := range index.Manifests {
		var manifest struct{ Config descriptor }
		body := get(t, r, "/ghcr.io/v2/a/b/manifests/"+m.Digest, &manifest).Body.Bytes()
		config := get(t, r, "/ghcr.io/v2/a/b/blobs/"+manifest.Config.Digest, nil).Body.Bytes()
		if digestOf(body) != m.Digest || len(body) != m.Size || digestOf(config) != manifest.Config.Digest {
			t.Errorf("manifest %s", m.Digest)
		}
	}
	if w := get(t, r, "/ghcr.io/v2/a/b/manifests/single", nil); w.Header().Get("Content-Type") != typeManifest {
		t.Errorf("one platform is served as %s", w.Header().Get("Content-Type"))
	}
}

func TestMoveDeleteCollect(t *testing.T) {
	r := New()
	r.Add("quay.io", "a/b", Tag{Name: "main", Content: "monday"})
	monday := r.Digest("quay.io", "a/b", "main")
	r.Move("quay.io", "a/b", Tag{Name: "main", Content: "tuesday"})
	if r.Digest("quay.io", "a/b", "main") == monday {
		t.Error("main did not move")
	}
	if w := get(t, r, "/quay.io/v2/a/b/manifests/"+monday, nil); w.Code != 200 {
		t.Errorf("the old digest: %d", w.Code)
	}
	r.Collect("quay.io", "a/b")
	if w := get(t, r, "/quay.io/v2/a/b/manifests/"+monday, nil); w.Code != 404 || !strings.Contains(w.Body.String(), "MANIFEST_UNKNOWN") {
		t.Errorf("the old digest, collected: %d %s", w.Code, w.Body)
	}
	r.Delete("quay.io", "a/b", "main")
	var page struct{ Tags []quayTag }
	if get(t, r, "/quay.io/api/v1/repository/a/b/tag/?limit=100", &page); len(page.Tags) != 0 {
		t.Errorf("tags %v", page.Tags)
	}
}

func TestLargeRepositoryIsCheap(t *testing.T) {
	r := New()
	for i := range 15000 {
		r.Add("docker.io", "library/php", Tag{Name: fmt.Sprintf("8.%d", i), Pushed: newestDay.Add(time.Duration(i) * time.Minute)})
	}
	var page struct {
		Count   int
		Next    string
		Results []hubTag
	}
	get(t, r, "/docker.io/hub/v2/repositories/library/php/tags?page_size=100&page=150", &page)
	if page.Count != 15000 || page.Next != "" || len(page.Results) != 100 || page.Results[99].Name != "8.0" {
		t.Errorf("the last page: %d of %d, next %q", len(page.Results), page.Count, page.Next)
	}
	if len(r.images) != 100 {
		t.Errorf("%d images were made for a page of 100", len(r.images))
	}
}

// sharedTags is the folder of tag lists in the shared corpus.
func sharedTags(t *testing.T) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "..", "shared", "tags")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared corpus is not beside the project: ../shared is absent")
	}
	return dir
}

func TestLoadTagLists(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(sharedTags(t), "*__*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d tag lists, error %v", len(files), err)
	}
	r := New()
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list, err := r.LoadTagList(data)
		if err != nil {
			t.Fatalf("%s: %v", file, err)
		}
		host, repo, _ := strings.Cut(list.Repository, "/")
		if got := len(r.host(host).repos[repo].tags); got != len(list.Tags) {
			t.Errorf("%s: %d tags, want %d", file, got, len(list.Tags))
		}
		for _, group := range list.SameDigestGroups[:min(3, len(list.SameDigestGroups))] {
			for _, tag := range group {
				if r.Digest(host, repo, tag) != r.Digest(host, repo, group[0]) {
					t.Errorf("%s: %s and %s differ", list.Repository, tag, group[0])
				}
			}
		}
		for name, tag := range r.host(host).repos[repo].tags {
			if tag.Pushed.Year() < 2012 {
				t.Errorf("%s: %s was pushed %s", file, name, tag.Pushed)
			}
		}
	}
}

func TestMetallbSpeaker(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(sharedTags(t), "quay.io__metallb__speaker.json"))
	if err != nil {
		t.Fatal(err)
	}
	r := New()
	if _, err := r.LoadTagList(data); err != nil {
		t.Fatal(err)
	}
	main := r.Digest("quay.io", "metallb/speaker", "main")
	tags := r.host("quay.io").repos["metallb/speaker"].byTime()
	if tags[0].Name != "main" {
		t.Errorf("the newest is %s", tags[0].Name)
	}
	for _, tag := range tags[1:] {
		if r.Digest("quay.io", "metallb/speaker", tag.Name) == main {
			t.Errorf("%s has main's content", tag.Name)
		}
	}
	if a, b := r.Digest("quay.io", "metallb/speaker", "latest"), r.Digest("quay.io", "metallb/speaker", "v0.16.1"); a != b {
		t.Errorf("latest is %s, v0.16.1 %s", a, b)
	}
}
