// Package gitea keeps pull requests on Gitea and Forgejo.
//
// What the API does not say, and what shapes the package:
//
//   - A POST whose answer is lost may have been carried out. Nothing that
//     creates is sent twice: the list is read first.
//   - Lists are cut into pages of at most 50, whatever is asked. A pull request
//     that is not on the first page exists all the same.
//   - When a head branch is deleted, its pull requests close, and head.ref
//     becomes refs/pull/N/head; the branch's name is left in head.label.
//   - A pull request's head may be a fork's branch of the same name. Only
//     branches of the repository itself are pinbot's.
//   - A renamed repository answers 301. It is reported and not followed: the
//     token is for what was configured.
//   - The server's clone_url is what its administrator configured, which may be
//     another host. Addresses are built from the forge's own URL.
//   - Searching issues by words goes through an index that lags behind; listing
//     them by author does not.
package gitea
