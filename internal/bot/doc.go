// Package bot runs pinbot over repositories: it reads the base branch of each,
// resolves what its manifests name, and publishes what should change.
//
// A repository is worked on from beginning to end by [Bot.Run], which knows no
// forge: a [Host] opens repositories, for a Gitea or for the git repository of a
// folder. What fails in one repository is told there and stops no other.
//
// [Read] is the part of it that works on any set of files; `pinbot scan` uses it
// on a folder.
package bot
