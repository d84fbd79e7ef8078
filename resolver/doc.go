// Package resolver decides what each image reference of a repository should
// become, and says why in words that a reviewer can check.
//
// References go in, results come out; the registries are asked through the
// [Registry] that the caller hands over, and nothing is written anywhere.
//
// The order of thought, for one image:
//
//  1. Pin first. A tag without a digest gets the digest of the content that a
//     fresh pull gets today. A floating tag (latest, lts, 1.27-alpine) also gets
//     the exact tag that has this content, found by digest, never by the highest
//     version: some projects keep latest on a long-term line.
//  2. A floating tag whose content no exact tag has (main, a branch build such
//     as v0.13) cannot be pinned without pinning a passing build. It moves to
//     the newest release instead, as an upgrade of type "release".
//  3. Upgrades beyond that are proposals: the newest qualifying version within
//     the major, and the highest qualifying major, apart.
//  4. Images of one application that stand at one version today (metallb's
//     speaker and controller) move together or not at all.
//
// Tags are read through a [Scheme], which knows one way of versioning. The
// family of a tag is its prefix and its variant ("-alpine"); a decision never
// leaves it.
//
// Awkward truths: a tag's age is the time of its push where a listing has it,
// and else a date inside the image that its publisher can set; an exact tag may
// be pushed again; a registry that cannot be asked costs its own images their
// update and nothing else; and a lookup that failed is never "no update".
package resolver
