package manifest_test

import "testing"

func TestHelmValues(t *testing.T) {
	testForms(t, []form{
		{name: "repository and tag", path: "values.yaml",
			in:    "image:\n  repository: quay.io/a/b\n  tag: v1\nother: {image: {repository: c/d, tag: \"\"}}\ngit: {repository: https://git.example.org/x}\nfrr:\n  image:\n    repository: e/f\n    tag:\n    pullPolicy:\n",
			finds: []string{"3:8 helm quay.io/a/b:v1", "4:29 helm c/d variable from the chart's appVersion, because the tag on line 4 is empty", "8:17 helm e/f variable from the chart's appVersion, because the tag on line 9 is empty"},
			tag:   "v2",
			out:   "image:\n  repository: quay.io/a/b\n  tag: v2\nother: {image: {repository: c/d, tag: \"\"}}\ngit: {repository: https://git.example.org/x}\nfrr:\n  image:\n    repository: e/f\n    tag:\n    pullPolicy:\n"},
		{name: "digest keys", path: "prod-values.yaml",
			in:    "a: {image: {registry: quay.io, repository: a/b, tag: \"v1\", digest: \"\"}}\nb:\n  image:\n    repository: c/d\n    tag: v1\n    sha: =A=\nc:\n  image:\n    repository: e/f\n    tag: v1\n    digest: # none yet\n    digestChroot: sha256:=A=\n",
			finds: []string{"1:55 helm quay.io/a/b:v1", "5:10 helm c/d:v1@A", "10:10 helm e/f:v1"},
			out:   "a: {image: {registry: quay.io, repository: a/b, tag: \"9.9\", digest: \"sha256:=B=\"}}\nb:\n  image:\n    repository: c/d\n    tag: \"9.9\"\n    sha: =B=\nc:\n  image:\n    repository: e/f\n    tag: \"9.9\"\n    digest: sha256:=B= # none yet\n    digestChroot: sha256:=A=\n"},
		{name: "digest within the tag", path: "values-prod.yaml",
			in:    "image:\n  repository: a/b\n  tag: v1@A\n  digest: \"\"\n",
			finds: []string{"3:8 helm a/b:v1@A"},
			out:   "image:\n  repository: a/b\n  tag: 9.9@B\n  digest: \"\"\n"},
		{name: "registries elsewhere", path: "values.yaml",
			in:    "global:\n  image:\n    registry: registry.k8s.io\ncontroller:\n  image:\n    # registry: x\n    image: ingress-nginx/controller\n    tag: \"v1\"\n    digest: sha256:=A=\n    digestChroot: sha256:=A=\nb: {repository: docker.io/x/y, tag: v1}\n",
			finds: []string{"8:11 helm registry.k8s.io/ingress-nginx/controller:v1@A from registry from global.image.registry on line 3", "11:37 helm docker.io/x/y:v1"},
			out:   "global:\n  image:\n    registry: registry.k8s.io\ncontroller:\n  image:\n    # registry: x\n    image: ingress-nginx/controller\n    tag: \"9.9\"\n    digest: sha256:=B=\n    digestChroot: sha256:=A=\nb: {repository: docker.io/x/y, tag: \"9.9\"}\n"},
		{name: "global registry goes first", path: "app.values.yaml",
			in:    "global: {imageRegistry: mirror.example.org}\nimage: {registry: docker.io, repository: a/b, tag: v1}\n",
			finds: []string{"2:52 helm mirror.example.org/a/b:v1 from registry from global.imageRegistry on line 1"},
			out:   "global: {imageRegistry: mirror.example.org}\nimage: {registry: docker.io, repository: a/b, tag: \"9.9\"}\n"},
		{name: "whole reference and templates", path: "values.yaml",
			in:    "a: {image: \"quay.io/a/b:v1\"}\nb: {repository: \"{{ .x }}/a\", tag: v1}\nc: {image: }\ntags: {tag: v1}\n",
			finds: []string{"1:13 helm quay.io/a/b:v1", "2:36 helm {{ .x }}/a:v1 variable from a template fills it in"},
			out:   "a: {image: \"quay.io/a/b:9.9@B\"}\nb: {repository: \"{{ .x }}/a\", tag: v1}\nc: {image: }\ntags: {tag: v1}\n"},
		{name: "numbers", path: "values.yaml",
			in:    "a: {repository: a/b, tag: 20230101}\nb: {repository: a/b, tag: 17}\nc: {repository: a/b, tag: 2024-01-01}\n",
			finds: []string{"1:27 helm a/b:20230101 fixed: YAML does not read \"20230101\" as text, so that another tag is used; put it in quotes", "2:27 helm a/b:17", "3:27 helm a/b:2024-01-01 fixed: YAML does not read \"2024-01-01\" as text, so that another tag is used; put it in quotes"},
			tag:   "18-alpine",
			out:   "a: {repository: a/b, tag: 20230101}\nb: {repository: a/b, tag: 18-alpine}\nc: {repository: a/b, tag: 2024-01-01}\n"},
		{name: "one tag for two images", path: "values.yaml",
			in:    "tag: &tag v1\na: {repository: a/b, tag: *tag}\nb: {repository: c/d, tag: *tag}\n",
			finds: []string{"1:11 helm a/b:v1 fixed: its tag is also that of c/d", "1:11 helm c/d:v1 fixed: its tag is also that of a/b"}},
	})
}
