package manifest_test

import "testing"

func TestCompose(t *testing.T) {
	testForms(t, []form{
		{name: "services", path: "compose.yaml",
			in:    "x-base: &base\n  image: base/img:1\nservices:\n  web:\n    image: nginx # web\n  made:\n    build: .\n    image: me/made:1\n  a:\n    <<: *base\n  b:\n    <<: [*base]\n    build: .\n  c: {image: \"a/b:1@A\"}\nvolumes: {image: {image: x/y:1}}\n",
			finds: []string{"2:10 compose base/img:1", "5:12 compose nginx", "14:15 compose a/b:1@A"},
			out:   "x-base: &base\n  image: base/img:9.9@B\nservices:\n  web:\n    image: nginx:9.9@B # web\n  made:\n    build: .\n    image: me/made:1\n  a:\n    <<: *base\n  b:\n    <<: [*base]\n    build: .\n  c: {image: \"a/b:9.9@B\"}\nvolumes: {image: {image: x/y:1}}\n"},
		{name: "variables", path: "docker-compose.prod.yml",
			in: "services:\n  a: {image: \"${IMAGE:-nginx:1}\"}\n  b: {image: \"nginx:${TAG-1.2}\"}\n  c:\n    image: nginx:${TAG}\n  d:\n    image: ${REGISTRY:-docker.io}/a/b:1\n  e:\n    image: ${REGISTRY:-docker.io}/a/b\n  f:\n    image: a/b:${V:-1}-alpine\n  g:\n    image: ${A:-${B:-c/d:2}}\n  h:\n    image: ${X?must be set}\n",
			finds: []string{"2:24 compose nginx:1 from the default of IMAGE", "3:27 compose nginx:1.2 from the default of TAG", "5:12 compose nginx:${TAG} variable from the variable TAG, which has no default in this file",
				"7:39 compose docker.io/a/b:1 from the default of REGISTRY", "9:12 compose docker.io/a/b from the default of REGISTRY", "11:12 compose a/b:1-alpine fixed: its tag is put together from several places from the default of V",
				"13:22 compose c/d:2 from the default of B", "15:12 compose ${X?must be set} variable from the variable X?must be set, which has no default in this file"},
			out: "services:\n  a: {image: \"${IMAGE:-nginx:9.9@B}\"}\n  b: {image: \"nginx:${TAG-9.9}\"}\n  c:\n    image: nginx:${TAG}\n  d:\n    image: ${REGISTRY:-docker.io}/a/b:9.9@B\n  e:\n    image: ${REGISTRY:-docker.io}/a/b:9.9@B\n  f:\n    image: a/b:${V:-1}-alpine\n  g:\n    image: ${A:-${B:-c/d:9.9@B}}\n  h:\n    image: ${X?must be set}\n"},
		{name: "not a compose file", path: "compose.yaml",
			in: "image: nginx\nservices: [a]\n"},
	})
}
