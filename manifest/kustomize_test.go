package manifest_test

import "testing"

func TestKustomize(t *testing.T) {
	testForms(t, []form{
		{name: "new tag takes a digest key behind its line", path: "a/kustomization.yaml",
			in:    "images:\n  - name: controller\n    newName: quay.io/a/b\n    newTag: main # nightly\n  - newTag: v1\n    name: quay.io/c/d",
			finds: []string{"4:13 kustomize quay.io/a/b:main", "5:13 kustomize quay.io/c/d:v1"},
			out:   "images:\n  - name: controller\n    newName: quay.io/a/b\n    newTag: 9.9.9 # nightly\n    digest: sha256:=B=\n  - newTag: 9.9.9\n    digest: sha256:=B=\n    name: quay.io/c/d",
			tag:   "9.9.9"},
		{name: "tags that YAML takes for numbers", path: "kustomization.yml",
			in:    "images:\n- name: a/b\n  newTag: v1\n- name: c/d\n  newTag: \"1.10\"\n- name: e/f\n  newTag: 1.10\n- name: g/h\n  newTag: 17\n",
			finds: []string{"3:11 kustomize a/b:v1", "5:12 kustomize c/d:1.10", "7:11 kustomize e/f:1.10 fixed: YAML does not read \"1.10\" as text, so that another tag is used; put it in quotes", "9:11 kustomize g/h:17"},
			tag:   "1.20",
			out:   "images:\n- name: a/b\n  newTag: \"1.20\"\n  digest: sha256:=B=\n- name: c/d\n  newTag: \"1.20\"\n  digest: sha256:=B=\n- name: e/f\n  newTag: 1.10\n- name: g/h\n  newTag: \"1.20\"\n  digest: sha256:=B=\n"},
		{name: "digest there, CRLF, no final newline", path: "Kustomization",
			in:    "kind: Component\r\nimages:\r\n- name: a/b\r\n  newTag: v1\r\n  digest: sha256:=A=\r\n- name: c/d\r\n  newTag: v2",
			finds: []string{"4:11 kustomize a/b:v1@A", "7:11 kustomize c/d:v2"},
			out:   "kind: Component\r\nimages:\r\n- name: a/b\r\n  newTag: \"9.9\"\r\n  digest: sha256:=B=\r\n- name: c/d\r\n  newTag: \"9.9\"\r\n  digest: sha256:=B="},
		{name: "digest only takes a tag key", path: "kustomization.yaml",
			in:    "images:\n- name: a/b\n  digest: sha256:=A=\n",
			finds: []string{"2:9 kustomize a/b@A"},
			out:   "images:\n- name: a/b\n  digest: sha256:=B=\n  newTag: \"9.9\"\n"},
		{name: "flow", path: "kustomization.yaml",
			in:    "images: [{name: a/b, newTag: v1}, {\"name\": \"c/d\", \"newTag\": \"v2\"}]",
			finds: []string{"1:30 kustomize a/b:v1", "1:62 kustomize c/d:v2"},
			out:   "images: [{name: a/b, newTag: \"9.9\", digest: sha256:=B=}, {\"name\": \"c/d\", \"newTag\": \"9.9\", \"digest\": \"sha256:=B=\"}]"},
		{name: "tag stands elsewhere", path: "kustomization.yaml",
			in:    "images:\n- name: app\n  newName: quay.io/a/app\n- {}\n- text\n",
			finds: []string{"3:12 kustomize quay.io/a/app variable from the tag of the images that kustomize matches as app"}},
	})
}
