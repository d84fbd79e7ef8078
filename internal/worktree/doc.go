// Package worktree finds, reads and writes the files of a folder that somebody
// else filled.
//
// A repository can hold anything: a symbolic link to /etc/passwd named
// values.yaml, a named pipe that is never written to, a sparse file of
// gigabytes, a folder that links to itself. So files are reached through
// [os.Root], which no link leads out of; only regular files of a sane size are
// opened; and links are never followed while walking. [Write] replaces a file
// only if it still has the bytes that the change was made for, by a temporary
// file in the same folder and a rename, so that at no moment there is half a
// file.
//
// Paths are slash-separated and relative to the root. A PATH that leads
// elsewhere is kept as it was typed ("../other/k8s", "/srv/k8s"), and so are
// the names of the files below it. Names are bytes: they may hold line breaks
// and need not be UTF-8.
package worktree
