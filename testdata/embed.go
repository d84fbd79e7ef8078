// Package testdata holds what pinbot brings along to show and to test itself:
// real manifests and real lists of tags.
package testdata

import "embed"

// Demo is the material of `pinbot demo`: manifests/*.yaml and tags/*.json below
// demo/.
//
//go:embed demo
var Demo embed.FS
