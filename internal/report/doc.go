// Package report prints what a run found and did: for people as a table, for
// scripts as JSON.
//
// The two have different duties. JSON is a contract: its names, and that a
// list is [] and never null, hold within a schemaVersion, and the text in it
// is as it was found. The table may change with every release. It is written
// for a terminal of a given width, with or without colors, and all text that
// pinbot did not write passes through [text.Outside], because a tag or a file
// name can carry what a terminal obeys.
//
// A table shows the same image once, with all places that name it, because
// that is how it was decided; where the width is unlimited (a pipe) each
// reference has a line of its own, so that grep and awk see all of it. Names
// are never cut short. They wrap where a reader looks for a seam: behind a
// slash, before the tag, before the digest. Only digests are shortened; the
// diff and the JSON have them whole.
//
// Nothing here looks at the environment: whether the output is a terminal, how
// wide it is and whether NO_COLOR is set is for the caller to know.
package report
