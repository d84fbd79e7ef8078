// Package renovatecompat knows the configuration of Renovate, another bot that
// many repositories have set up already.
//
// It finds Renovate's configuration files, so that a repository that has one is
// told that pinbot does not follow it. Reading them into pinbot's own
// configuration belongs here too; callers hand in what they know of the
// repository, and this package opens no files.
package renovatecompat
