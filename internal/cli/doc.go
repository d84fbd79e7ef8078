// Package cli is pinbot's command line: flags, subcommands, what they are wired
// to, and exit codes.
//
// [Main] is a function of its inputs. It is the only room that reads the
// environment and the clock, and the only one that prints: results on standard
// output, all else on standard error, both with secrets removed.
package cli
