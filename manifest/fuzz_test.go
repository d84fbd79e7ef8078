package manifest_test

import (
	"os"
	"path/filepath"
	"testing"
)

// fuzzPaths are one name for each YAML format.
var fuzzPaths = []string{"pod.yaml", "kustomization.yaml", "values.yaml", "compose.yaml", "pod.json"}

// FuzzScanYAML: whatever the bytes, each reference replaced by itself gives
// the same bytes, and a long pin changes nothing but the references.
//
//	go test ./manifest -fuzz FuzzScanYAML -fuzztime 60s
func FuzzScanYAML(f *testing.F) {
	seed(f, "*/*.yaml", func(data []byte) {
		for kind := range fuzzPaths {
			f.Add(uint8(kind), data)
		}
	})
	for _, text := range []string{
		"a: &a !!str 'nginx:1'\nservices:\n  b: {image: *a}\n",
		"images:\n- {name: a, newTag: v1}\n- name: b\n  digest:\n  newTag: \"1\"",
		"\ufeffimage:\r\n  repository: a/b\r\n  tag:  v1 #\r\n  sha: \r\n---\r\nimage: \"a/b\"\r\n...\r\n",
		"apiVersion: v1\nkind: Pod\nspec: {containers: [{image: \"a\\u002fb\"}, {image: a/b:1@sha256:00}, {image: \xff}]}",
		"apiVersion: v1\nkind: Pod\n{{ if a }}\nx:\n- image: {{ b }}:1\n- image: c/d:1\n{{ end }}",
		"services: {a: {image: \"${A:-x/y}:${B-1}\"}, b: {<<: {image: q}, build: }}",
	} {
		for kind := range fuzzPaths {
			f.Add(uint8(kind), []byte(text))
		}
	}
	f.Fuzz(func(t *testing.T, kind uint8, data []byte) {
		path := fuzzPaths[int(kind)%len(fuzzPaths)]
		checkRoundTrip(t, path, path, data)
	})
}

// FuzzScanDockerfile is FuzzScanYAML for Dockerfiles.
//
//	go test ./manifest -fuzz FuzzScanDockerfile -fuzztime 60s
func FuzzScanDockerfile(f *testing.F) {
	seed(f, "*/Dockerfile", func(data []byte) { f.Add(data) })
	for _, text := range []string{
		"# escape=`\n# syntax=a/b\nARG A=x/y:1 B=\"2\"\nFROM $A AS z\nFROM q:${B}\nCOPY --from='z' a b\n",
		"FROM \\\n#\n\n a/b@sha256:00 \\",
		"RUN <<A --mount=from=b/c:1,x\nA\nONBUILD RUN --mount=type=bind,from=d --x <<-'B'\n\tB\r\n",
		"ARG A\nARG B=${A:-c/d}\nFROM ${B}:${C-1}\nFROM ${B}",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		checkRoundTrip(t, "Dockerfile", "Dockerfile", data)
	})
}

// seed adds the project's manifests to a fuzz target's corpus.
func seed(f *testing.F, pattern string, add func([]byte)) {
	f.Helper()
	paths, err := filepath.Glob(filepath.Join(manifests, pattern))
	if err != nil || len(paths) == 0 {
		f.Fatalf("no manifests to start from: %v", err)
	}
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		add(data)
	}
}
