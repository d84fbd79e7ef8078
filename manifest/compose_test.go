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
				"7:39 compose docker.io/a/b:1 from the default of REGISTRY", "9:12 compose docker.io/a/b from the default of REGISTRY", "11:21 compose a/b:1-alpine from the default of V",
				"13:22 compose c/d:2 from the default of B", "15:12 compose ${X?must be set} variable from the variable X?must be set, which has no default in this file"},
			out: "services:\n  a: {image: \"${IMAGE:-nginx:9.9@B}\"}\n  b: {image: \"nginx:${TAG-9.9}\"}\n  c:\n    image: nginx:${TAG}\n  d:\n    image: ${REGISTRY:-docker.io}/a/b:9.9@B\n  e:\n    image: ${REGISTRY:-docker.io}/a/b:9.9@B\n  f:\n    image: a/b:${V:-9.9}-alpine\n  g:\n    image: ${A:-${B:-c/d:9.9@B}}\n  h:\n    image: ${X?must be set}\n"},
		{name: "tags in several places", path: "stack.yml",
			in:    "services:\n  a: {image: \"a/b:${MAJOR:-1}.${MINOR:-2}\"}\n  b: {image: \"c/d:1.2-${V:-slim}\"}\n  c: {image: \"e/f:${V:-slim}@${D:-sha256:=A=}\"}\n  d: {image: \"g/h:v${V:-1}\"}\n",
			finds: []string{"2:15 compose a/b:1.2 fixed: its tag is put together from several places from the default of MAJOR, the default of MINOR", "3:19 compose c/d:1.2-slim from the default of V", "4:15 compose e/f:slim@A fixed: its tag is put together from several places from the default of V, the default of D", "5:25 compose g/h:v1 from the default of V"},
			out:   "services:\n  a: {image: \"a/b:${MAJOR:-1}.${MINOR:-2}\"}\n  b: {image: \"c/d:9.9${V:-slim}\"}\n  c: {image: \"e/f:${V:-slim}@${D:-sha256:=A=}\"}\n  d: {image: \"g/h:v${V:-9.9}\"}\n"},
		{name: "first format", path: "docker-compose.yml",
			in:    "web:\n  image: nginx:1\n  ports: [80]\ndb:\n  build: .\n  image: me/db\n",
			finds: []string{"2:10 compose nginx:1"},
			out:   "web:\n  image: nginx:9.9@B\n  ports: [80]\ndb:\n  build: .\n  image: me/db\n"},
		{name: "not a compose file", path: "compose.yaml",
			in: "image: nginx\nservices: [a]\n"},
	})
}
