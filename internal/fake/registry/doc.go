// Package fakeregistry is a container registry in the process: a real HTTP
// server for tests, benchmarks and the demo.
//
// One [Registry] plays any number of hosts, each under a path of its own, so
// that an operator's `endpoint: http://127.0.0.1:5001/quay.io` is all that is
// needed to ask it instead of the real one:
//
//	/quay.io/v2/…                          the distribution API
//	/quay.io/api/v1/repository/…/tag/      Quay's listing
//	/docker.io/hub/v2/repositories/…/tags  Docker Hub's listing
//	/gcr.io/v2/…/tags/list                 with Google's "manifest" member
//	/HOST/token                            the token service of hosts that want a login
//
// Tags are simple data. Their indexes, manifests and configurations are made
// when somebody asks for them, are the same in every process, and have the
// digests that they are listed under. Tags of equal Content have equal digests,
// in all repositories; that is how an alias is told from a build of its own.
package fakeregistry
