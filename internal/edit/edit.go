// Package edit replaces byte ranges of a file, or refuses to touch it.
//
// An edit is data: a half-open range of bytes, what must stand there and what
// shall stand there. [Apply] checks all edits of a file before it makes the
// first, so that a file is either changed as planned or not at all. [Diff]
// shows people, and git apply, what a change does.
//
// Bytes are bytes here: line ends, byte-order marks and text that is not UTF-8
// pass through as they are.
package edit

// Edit replaces the bytes [Start, End), which must be Old, by New. Start equal
// to End inserts.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Old   string `json:"-"`
	New   string `json:"new"`
}
