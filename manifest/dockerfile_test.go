package manifest_test

import "testing"

func TestDockerfile(t *testing.T) {
	testForms(t, []form{
		{name: "stages, flags and quotes", path: "Dockerfile",
			in:    "# syntax=docker/dockerfile:1\n# FROM not/this:1\nFROM --platform=$BUILDPLATFORM \"golang:1.2\" AS Build\nfrom alpine\nFROM build as two\nFROM scratch\nCOPY --link --from=BUILD --chown=a /a /b\nCOPY --from=0 /a /b\nCOPY --from=\"busybox:1\" /a /b\nRUN --mount=type=bind,from=a/b:1,target=/x --mount=type=cache,target=/c echo --from=no/no:1\nONBUILD COPY --from=c/d:1 /a /b\nONBUILD FROM e/f\nADD --from=g/h x y\nRUN echo FROM not/this:1\nCMD [\"FROM\", \"x\"]\n",
			finds: []string{"1:10 dockerfile docker/dockerfile:1", "3:33 dockerfile golang:1.2", "4:6 dockerfile alpine", "9:14 dockerfile busybox:1", "10:28 dockerfile a/b:1", "11:21 dockerfile c/d:1", "12:14 dockerfile e/f", "13:12 dockerfile g/h"},
			out:   "# syntax=docker/dockerfile:9.9@B\n# FROM not/this:1\nFROM --platform=$BUILDPLATFORM \"golang:9.9@B\" AS Build\nfrom alpine:9.9@B\nFROM build as two\nFROM scratch\nCOPY --link --from=BUILD --chown=a /a /b\nCOPY --from=0 /a /b\nCOPY --from=\"busybox:9.9@B\" /a /b\nRUN --mount=type=bind,from=a/b:9.9@B,target=/x --mount=type=cache,target=/c echo --from=no/no:1\nONBUILD COPY --from=c/d:9.9@B /a /b\nONBUILD FROM e/f:9.9@B\nADD --from=g/h:9.9@B x y\nRUN echo FROM not/this:1\nCMD [\"FROM\", \"x\"]\n"},
		{name: "build arguments", path: "build.Dockerfile",
			in: "ARG BASE=\"debian:12\" TAG=1.2\nARG REG=docker.io\nARG NONE\nARG IMG=${REG}/a/b:1\nFROM ${BASE} AS a\nFROM golang:$TAG\nFROM $BASE\nFROM ${REG}/x/y:3\nFROM node:${TAG}-slim\nFROM ${NONE}\nFROM x:${UNSET:-4}\nFROM $IMG\nARG BASE=no/no:1\nFROM a\n",
			finds: []string{"1:11 dockerfile debian:12 from ARG BASE on line 1", "1:26 dockerfile golang:1.2 fixed: its value is part of other images too from ARG TAG on line 1", "4:20 dockerfile docker.io/a/b:1 from ARG REG on line 2, ARG IMG on line 4",
				"8:17 dockerfile docker.io/x/y:3 from ARG REG on line 2", "9:6 dockerfile node:1.2-slim fixed: its tag is put together from several places from ARG TAG on line 1",
				"10:6 dockerfile ${NONE} variable from ARG NONE on line 3, which has no default", "11:17 dockerfile x:4 from the default of UNSET"},
			out: "ARG BASE=\"debian:9.9@B\" TAG=1.2\nARG REG=docker.io\nARG NONE\nARG IMG=${REG}/a/b:9.9\nFROM ${BASE} AS a\nFROM golang:$TAG\nFROM $BASE\nFROM ${REG}/x/y:9.9@B\nFROM node:${TAG}-slim\nFROM ${NONE}\nFROM x:${UNSET:-9.9}\nFROM $IMG\nARG BASE=no/no:1\nFROM a\n"},
		{name: "one argument for two images", path: "Dockerfile.dev",
			in:    "ARG V=1\nFROM a/b:$V\nFROM c/d:$V\n",
			finds: []string{"1:7 dockerfile a/b:1 fixed: its value is part of other images too from ARG V on line 1", "1:7 dockerfile c/d:1 fixed: its value is part of other images too from ARG V on line 1"}},
		{name: "argument that is the tag", path: "Dockerfile",
			in:    "ARG V='1'\nFROM a/b:${V} AS x\nFROM a/b:$V\n",
			finds: []string{"1:8 dockerfile a/b:1 from ARG V on line 1"},
			out:   "ARG V='9.9'\nFROM a/b:${V} AS x\nFROM a/b:$V\n"},
		{name: "continuations, comments and empty lines", path: "Containerfile",
			in:    "FROM \\\n  # comment\n\n  --platform=linux/amd64 \\  \n  nginx:1 \\\n  AS web\nRUN a && \\\n  # FROM not/this:1\n  b\nCOPY --from=web \\\n --from=a/b a b\nFROM split/\\\nname:1\n",
			finds: []string{"5:3 dockerfile nginx:1", "11:9 dockerfile a/b", "12:6 dockerfile split/name:1 fixed: it is written over several lines; write it on one"},
			out:   "FROM \\\n  # comment\n\n  --platform=linux/amd64 \\  \n  nginx:9.9@B \\\n  AS web\nRUN a && \\\n  # FROM not/this:1\n  b\nCOPY --from=web \\\n --from=a/b:9.9@B a b\nFROM split/\\\nname:1\n"},
		{name: "escape directive, CRLF and byte-order mark", path: "Dockerfile.windows",
			in:    "\ufeff# escape=`\r\nFROM `\r\n  a/b:1\r\nRUN dir C:\\\r\nFROM c/d",
			finds: []string{"3:3 dockerfile a/b:1", "5:6 dockerfile c/d"},
			out:   "\ufeff# escape=`\r\nFROM `\r\n  a/b:9.9@B\r\nRUN dir C:\\\r\nFROM c/d:9.9@B"},
		{name: "heredocs", path: "Dockerfile",
			in:    "FROM a/b:1\nRUN <<EOF cat <<-\"END\"\nFROM not/this:1\nEOF\nFROM not/this:2\n\tEND\nCOPY [\"<<no\", \"x\"]\nRUN echo $((1<<2)) <<<x\nFROM c/d:2\n",
			finds: []string{"1:6 dockerfile a/b:1", "9:6 dockerfile c/d:2"},
			out:   "FROM a/b:9.9@B\nRUN <<EOF cat <<-\"END\"\nFROM not/this:1\nEOF\nFROM not/this:2\n\tEND\nCOPY [\"<<no\", \"x\"]\nRUN echo $((1<<2)) <<<x\nFROM c/d:9.9@B\n"},
		{name: "directive after a comment is a comment", path: "Dockerfile",
			in: "# hello\n# syntax=a/b:1\nFROM scratch\n"},
	})
}
