// Package updater turns decisions into changes of files, and changes into pull
// requests.
//
// [Plan] is pure: results and files in, [Change] values out, each one a pull
// request to be. [Publisher.Publish] makes the forge and the git repository look
// like the plan, through the two interfaces [Repo] and [Forge] that it declares;
// [ReadOnly] wraps them for a dry run.
//
// There is no database. What pinbot did before is read from the forge and from
// git each time: the branch's name and its one commit, whose author and
// committer are pinbot's, and a hidden block in the pull request's body. So a
// run that ends anywhere is continued by the next one, and running twice changes
// nothing the second time.
//
// Rules that people rely on:
//
//   - a branch with a commit of a person is never touched again,
//   - a pull request that a person closed is not opened again for that version,
//   - a lookup that failed closes nothing and changes nothing,
//   - a push replaces exactly the head that was read, or nothing.
package updater
