// Package gitrepo reads and writes git repositories for pinbot without ever
// checking a working tree out: blobs of a commit's tree are read, and new
// blobs, trees and one commit are written.
//
// [Open] works on a repository behind http(s), bare, in memory or in a cache
// folder. [OpenLocal] works on the repository that a folder belongs to.
//
// What shapes the package:
//
//   - It speaks git's protocol through go-git's transport, not through a
//     configured remote. A push is one command "NAME OLD NEW", which the
//     server compares and swaps. No remote-tracking branch has to be fetched
//     for the lease to hold, and nothing in a .git/config, such as
//     url.*.insteadOf, can send the token elsewhere.
//   - Names of the server's branches are looked up, never written to disk.
//   - Two commits of history are enough: the base's tip, and a branch's head
//     with its parent. Whether that parent belongs to the base's history is
//     asked of the server, by counting the commits it would send to someone
//     who has the base.
//   - A commit is a function of its parent, files, message and author. Its
//     time is the parent's, so two processes that decide the same write the
//     same commit, and the second push has nothing to do.
//   - go-git panics on some crafted packs. Each exported method turns a panic
//     into an error, because one bad repository must not end a run over many.
package gitrepo
