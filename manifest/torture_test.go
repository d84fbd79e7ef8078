package manifest_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pinbot/manifest"
)

const pod = "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: nginx:1.2 # é\n"

// limited fails if work takes longer than limit. The limits are generous: what
// is guarded against takes minutes, or all memory.
func limited(t *testing.T, limit time.Duration, work func()) {
	t.Helper()
	done := make(chan struct{})
	go func() { defer close(done); work() }()
	select {
	case <-done:
	case <-time.After(limit):
		t.Fatalf("not done after %s", limit)
	}
}

func TestTorture(t *testing.T) {
	t.Run("Y01", tortureAliases)
	t.Run("Y01 in merges", tortureMerges)
	t.Run("Y02", tortureDepth)
	t.Run("Y03", tortureRepeatedKeys)
	t.Run("Y03 in split forms", tortureRepeatedKinds)
	t.Run("Y04", tortureTemplates)
	t.Run("Y05", tortureText)
	t.Run("Y06", tortureStyles)
	t.Run("Y07", tortureLongLine)
	t.Run("Y08", tortureHidden)
	t.Run("F06", tortureLineEnds)
	t.Run("F07", tortureLatin1)
	t.Run("F08", tortureUTF16)
}

// tortureAliases: nested aliases stand for 9^9 values, or for themselves.
func tortureAliases(t *testing.T) {
	bomb := "x0: &x0 [image, nginx]\n"
	for i := range 9 {
		d, e := string(rune('0'+i)), string(rune('1'+i))
		bomb += "x" + e + ": &x" + e + " [" + strings.Repeat("*x"+d+", ", 9) + "]\n"
	}
	for _, text := range []string{
		pod + bomb,
		"services:\n  a: &a\n    <<: [*a, *a]\n    image: *b\n  c: {<<: *a, image: &b nginx:1}\n" + bomb,
		"ARG A=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n" + strings.Repeat("ARG A=$A$A$A$A\n", 64) + "FROM $A\nFROM " + strings.Repeat("${A:-", 10000) + "\n",
		"image: " + strings.Repeat("{image: ", 3000),
	} {
		for _, path := range []string{"a.yaml", "compose.yaml", "values.yaml", "kustomization.yaml", "Dockerfile"} {
			limited(t, 20*time.Second, func() { manifest.Scan(path, []byte(text)) })
		}
	}
	refs, _ := manifest.Scan("a.yaml", []byte(pod+bomb))
	if len(refs) != 1 {
		t.Errorf("%d references beside the aliases, want 1", len(refs))
	}
}

// tortureMerges: a long chain of merged services is walked once, not once a
// service.
func tortureMerges(t *testing.T) {
	chain := "services:\n  s0: &s0 {image: a/b:1}\n"
	for i := range 20_000 {
		chain += fmt.Sprintf("  s%d: &s%d {<<: *s%d}\n", i+1, i+1, i)
	}
	limited(t, 20*time.Second, func() {
		if refs, problems := manifest.Scan("compose.yaml", []byte(chain)); len(refs) != 1 || len(problems) != 0 {
			t.Errorf("%d references and %d problems, want 1 and 0", len(refs), len(problems))
		}
	})
}

// tortureDepth: what is too deep costs its own document only.
func tortureDepth(t *testing.T) {
	for _, deep := range []string{
		"image: containers:\napiVersion: " + strings.Repeat("[", 100_000),
		"apiVersion: {image: " + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + "}",
		"apiVersion: [{image: " + strings.Repeat("{a: ", 100_000),
		"apiVersion:\nimage:\n" + strings.Repeat("- ", 100_000),
	} {
		limited(t, time.Minute, func() {
			refs, problems := manifest.Scan("a.yaml", []byte(pod+"---\n"+deep+"\n---\n"+pod))
			if len(refs) != 2 || len(problems) != 1 {
				t.Errorf("%d references and %d problems, want 2 and 1", len(refs), len(problems))
			}
		})
	}
}

// tortureRepeatedKeys: a key that is there twice is a problem of its line; what
// is unambiguous beside it still counts.
func tortureRepeatedKeys(t *testing.T) {
	refs, problems := manifest.Scan("a.yaml", []byte("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a/b:1\n    image: c/d:1\n  - image: e/f:1\n"))
	if len(refs) != 1 || refs[0].Image.Name != "e/f" || len(problems) != 1 || problems[0].Line != 6 || !strings.Contains(problems[0].Message, `"image"`) {
		t.Errorf("references %+v, problems %+v", refs, problems)
	}
}

// tortureRepeatedKinds: a form whose keys are repeated is not written to, and
// each repetition is said once.
func tortureRepeatedKinds(t *testing.T) {
	for path, in := range map[string]string{
		"kustomization.yaml": "images:\n- name: a/b\n  newTag: v1\n  newTag: v2\n  digest: " + digestA + "\n",
		"values.yaml":        "image:\n  repository: a/b\n  tag: v1\n  tag: v2\n",
	} {
		refs, problems := manifest.Scan(path, []byte(in))
		if len(refs) != 1 || editable(refs[0]) || len(problems) != 1 || problems[0].Line != 4 {
			t.Errorf("%s: references %+v, problems %+v", path, refs, problems)
		}
	}
}

// tortureTemplates: a template that cannot be read is named, with its line,
// only if there is an image to be missed in it.
func tortureTemplates(t *testing.T) {
	const broken = "apiVersion: v1\nkind: Pod\n{{ if }\n- ]\nspec: {{ x }}\n  image: a/b:1\n"
	refs, problems := manifest.Scan("a.yaml", []byte(pod+"---\n"+broken))
	if len(refs) != 1 || len(problems) != 1 || problems[0].Line < 7 || !strings.Contains(problems[0].Message, "template") {
		t.Errorf("references %+v, problems %+v", refs, problems)
	}
	_, problems = manifest.Scan("a.yaml", []byte(strings.ReplaceAll(broken, "a/b:1", "{{ .x }}")))
	if len(problems) != 0 {
		t.Errorf("problems without an image: %+v", problems)
	}
}

func tortureText(t *testing.T) {
	refs, problems := manifest.Scan("a.yaml", []byte("# image: a/b:1\napiVersion: v1\nkind: ConfigMap\ndata:\n  image: a/b:1\n  x: |\n    containers:\n    - image: a/b:1\n---\napiVersion: v1\nkind: Pod\nmetadata:\n  annotations:\n    x: |\n      image: a/b:1\n"))
	if len(refs)+len(problems) != 0 {
		t.Errorf("references %+v, problems %+v", refs, problems)
	}
}

func tortureStyles(t *testing.T) {
	in := []byte(expandDigests("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a/b:1@A\n  - image: 'a/b@A'\n  - \"image\":   \"a/b:1\"\n"))
	out, _ := rewriteAll(t, in, mustScan("a.yaml", in), "2", digestB)
	want := expandDigests("apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: a/b:2@B\n  - image: 'a/b:2@B'\n  - \"image\":   \"a/b:2@B\"\n")
	if string(out) != want {
		t.Errorf("got:\n%s", out)
	}
	refs := mustScan("a.yaml", in)
	refs[0].DigestOnly = true
	splices, written, err := refs[0].Rewrite("2", digestB)
	if err != nil || !written || splices[0].New != "a/b@"+digestB {
		t.Errorf("for a consumer of digests only: %+v, %t, %v", splices, written, err)
	}
}

// tortureLongLine: ten megabytes on one line, with characters of several bytes
// so that columns are not offsets.
func tortureLongLine(t *testing.T) {
	item := `{"name":"` + strings.Repeat("é", 500) + `","image":"quay.io/a/b:1"},`
	n := 10 << 20 / len(item)
	text := `{"apiVersion":"v1","kind":"Pod","spec":{"containers":[` + strings.Repeat(item, n) + `{}]}}`
	limited(t, 2*time.Minute, func() {
		refs, problems := manifest.Scan("a.json", []byte(text))
		if len(refs) != n || len(problems) != 0 {
			t.Fatalf("%d references and %d problems, want %d and 0", len(refs), len(problems), n)
		}
		last := refs[n-1]
		if got := text[last.Start:last.End]; got != "quay.io/a/b:1" {
			t.Errorf("the last reference is at %q", got)
		}
	})
}

func tortureHidden(t *testing.T) {
	for name, image := range map[string]string{
		"U+202E": "quay.io/a/\u202eb:1", "U+200B": "quay.io/a/b\u200b:1", "U+0007": "quay.io/a/b\a:1", "U+FFFD": "quay.io/a/b\xff:1", "U+00AD": "quay.io/a\u00ad/b:1",
	} {
		for path, text := range map[string]string{
			"a.yaml":       "apiVersion: v1\nkind: Pod\nspec: {containers: [{image: \"" + image + "\"}]}\n",
			"Dockerfile":   "\n\nFROM " + image + "\n",
			"compose.yaml": "services:\n  a:\n    image: " + image + "\n",
		} {
			refs, problems := manifest.Scan(path, []byte(text))
			if len(refs) != 0 || len(problems) != 1 || problems[0].Line != 3 || !strings.Contains(problems[0].Message, name) {
				t.Errorf("%s, %s: references %+v, problems %+v", path, name, refs, problems)
			}
		}
	}
}

func tortureLineEnds(t *testing.T) {
	mixed := "\ufeff" + strings.Replace(strings.ReplaceAll(pod, "\n", "\r\n"), "Pod\r\n", "Pod\n", 1) + "---\r" + strings.ReplaceAll(pod, "\n", "\r")
	for _, v := range variants {
		in := v.make([]byte(mixed))
		refs := mustScan("a.yaml", in)
		out, targets := rewriteAll(t, in, refs, "2", "")
		if want := bytes.ReplaceAll(in, []byte("nginx:1.2"), []byte("nginx:2")); len(refs) != 2 || !bytes.Equal(out, want) {
			t.Errorf("%s: %d references; got %q", v.name, len(refs), out)
		}
		if err := manifest.Verify("a.yaml", in, out, targets); err != nil {
			t.Errorf("%s: %v", v.name, err)
		}
	}
}

func tortureLatin1(t *testing.T) {
	in := []byte(strings.ReplaceAll(pod, "é", "\xe9\xff\x01") + "# caf\xe9")
	out, targets := rewriteAll(t, in, mustScan("a.yaml", in), "2", "")
	if want := bytes.ReplaceAll(in, []byte("nginx:1.2"), []byte("nginx:2")); !bytes.Equal(out, want) {
		t.Errorf("got %q", out)
	}
	if err := manifest.Verify("a.yaml", in, out, targets); err != nil {
		t.Error(err)
	}
}

func tortureUTF16(t *testing.T) {
	for _, text := range []string{"\ufeff" + pod, pod} {
		var data []byte
		for _, u := range utf16.Encode([]rune(text)) {
			data = append(data, byte(u), byte(u>>8))
		}
		for _, path := range []string{"a.yaml", "Dockerfile"} {
			refs, problems := manifest.Scan(path, data)
			if len(refs) != 0 || len(problems) != 1 || problems[0].Line != 0 || !strings.Contains(problems[0].Message, "UTF-16") {
				t.Errorf("%s: references %+v, problems %+v", path, refs, problems)
			}
		}
	}
}
