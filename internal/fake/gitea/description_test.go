package fakegitea

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"
)

const (
	fullDescription = "../../../../shared/gitea-swagger.v1.json"
	reducedPath     = "testdata/gitea-api.json"
)

var update = flag.Bool("update", false, "renew the reduced API description from the shared corpus")

// TestDescription compares the committed, reduced description with the whole
// one: a call or a definition that differs would make the checks worthless.
func TestDescription(t *testing.T) {
	full, err := os.ReadFile(fullDescription)
	if os.IsNotExist(err) {
		t.Skip("../shared is absent: the reduced description cannot be compared with Gitea's")
	}
	if err != nil {
		t.Fatal(err)
	}
	want := reduce(t, full)
	if *update {
		if err := os.WriteFile(reducedPath, want, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(reducedPath)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what Gitea's description says; renew it with go test -run TestDescription -update", reducedPath)
	}
}

// reduce keeps the calls that the server has, and what they refer to.
func reduce(t *testing.T, full []byte) []byte {
	t.Helper()
	var doc map[string]any
	if err := json.Unmarshal(full, &doc); err != nil {
		t.Fatal(err)
	}
	kept := map[string]any{
		"swagger": doc["swagger"], "info": doc["info"], "basePath": doc["basePath"],
		"consumes": doc["consumes"], "produces": doc["produces"],
	}
	paths := map[string]any{}
	for _, rt := range routes() {
		all, _ := doc["paths"].(map[string]any)[rt.path].(map[string]any)
		op := all[strings.ToLower(rt.method)]
		if op == nil {
			t.Fatalf("Gitea has no %s %s", rt.method, rt.path)
		}
		if paths[rt.path] == nil {
			paths[rt.path] = map[string]any{}
		}
		paths[rt.path].(map[string]any)[strings.ToLower(rt.method)] = op
	}
	kept["paths"] = paths
	follow(doc, kept, paths)
	out, err := json.MarshalIndent(kept, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

// follow copies everything that v refers to, and what that refers to.
func follow(doc, kept map[string]any, v any) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			follow(doc, kept, e)
		}
	case map[string]any:
		if ref, ok := v["$ref"].(string); ok {
			parts := strings.Split(ref, "/") // "#", section, name
			section, name := parts[1], parts[2]
			if kept[section] == nil {
				kept[section] = map[string]any{}
			}
			into := kept[section].(map[string]any)
			if into[name] == nil {
				into[name] = doc[section].(map[string]any)[name]
				follow(doc, kept, into[name])
			}
		}
		for _, e := range v {
			follow(doc, kept, e)
		}
	}
}
