// Package edit replaces byte ranges of a file, or refuses to touch it.
package edit

// Edit replaces the bytes [Start, End), which must be Old, by New. Start equal
// to End inserts.
type Edit struct {
	Start int    `json:"start"`
	End   int    `json:"end"`
	Old   string `json:"-"`
	New   string `json:"new"`
}
