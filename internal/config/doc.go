// Package config reads pinbot's two configuration files into the option types
// of the stages.
//
// The files have two owners. The operator's ([Operator]) says where the forge
// and the registries are, whose token is used and what a run may cost. A
// repository's ([Repository]) holds policy only: whoever can open a pull
// request can propose one, so it can never name an endpoint, a credential or a
// command. No file at all is a good configuration.
//
// A wrong file is refused as a whole, with all that is wrong in it: [Errors]
// names file, line, column and the nearest key that exists. Keys are declared
// once, in the tags of the structs that they are read into:
//
//	key:"limit"            the key
//	min:"1"                the smallest number
//	oneof:"a b"            the values that text may have
//	check:"glob"           a rule of checks.go for text, for each text of a list
//	keys:"host"            the same for the keys of a map
//	example:"[\"*\"]"      shown in the reference, and where a list is none
//
// docs/configuration.md is written from these tags and the fields' comments.
//
// The library's own decoder is not used, because it stops at the first wrong
// type and does not know the column of a key.
package config
