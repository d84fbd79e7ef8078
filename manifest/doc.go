// Package manifest finds the container images that a file names and says at
// which bytes they stand.
//
// It works on bytes alone: no disk, no network, no clock. A file goes in, a
// slice of [Ref] comes out; a Ref knows how its own form takes a tag and a
// digest ([Ref.Rewrite]), so a caller never needs to know whether it came from
// a container's image key, a kustomization or a Dockerfile's ARG.
//
// Awkward truths that shape it:
//
//   - A document is never re-emitted. YAML is parsed for positions only, and
//     the bytes between are left alone: the best YAML library re-emits one file
//     in six differently from how people wrote it.
//   - yaml/v4 counts columns in runes from 1, does not count a byte-order mark,
//     and puts an anchored or tagged scalar's column at the anchor or tag.
//   - A scalar whose raw bytes are not its value (escapes, folded lines) is
//     found and reported, but refuses to be edited.
//   - What is written is not always what is pulled: a kustomization replaces
//     names ([MarkPlaceholders]), a chart fills in empty tags, variables come
//     from elsewhere. Such references are Variable, and never edited.
//   - An edit is checked after it was made ([Verify]), by a new scan and by a
//     comparison of all other values.
//   - An alias is edited where its anchor stands, once.
//   - A reference may hold both a tag and a digest. The digest is then what
//     runs, and the tag is a label for people.
package manifest
