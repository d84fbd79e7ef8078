// Package registry asks container registries: which tags a repository has,
// what a tag or digest names, what an image's configuration says.
//
// Registries speak one language for pulling, the OCI distribution API, and
// none for finding out. Its tags/list has names only: no digest, no time, in
// lexical order. So quay.io and Docker Hub are asked through listings of their
// own, which give name, digest and time of a hundred tags a page, newest first;
// Google's registries put digests and times into tags/list; all others cost
// a request per tag. A listing that is not there (a mirror, a private
// repository) is remembered and the distribution API asked instead.
//
// Awkward truths that shape it:
//
//   - References name docker.io, the API is at registry-1.docker.io, the token
//     service at auth.docker.io, the listing at hub.docker.com, credentials are
//     kept under https://index.docker.io/v1/.
//   - A registry decides where its clients go next: token realms, redirects and
//     Link headers are addresses that a stranger wrote. Only a host that the
//     operator configured may be at a private address, and that is checked when
//     the connection is made, after DNS.
//   - Docker-Content-Digest is a claim. A digest is computed from the bytes.
//   - registry.k8s.io ignores n and last; quay.io refuses pages of 1000; some
//     registries link to the page that was just read.
//   - A 404 may come from the repository or from there being no such API.
//   - With an HTTP proxy the proxy makes the connections: its own address is
//     allowed, and filtering by address is its duty. Literal addresses are
//     refused here all the same.
//
// The guards are small wrappers around http.RoundTripper, put together in one
// place: [site.guard].
package registry
