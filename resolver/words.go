package resolver

import (
	"regexp"
	"strings"
)

// developmentWords name lines that are built from a branch or in the night.
// They carry no promise, so a tag with one of them never counts as a release.
var developmentWords = set(`main master dev devel develop development edge nightly canary unstable snapshot
	next head trunk tip sid rawhide testing experimental insiders weekly daily ci`)

// channelWords name what moves but is meant for people to run. They are not
// part of a variant.
var channelWords = set(`latest stable lts mainline current release rolling oldstable oldoldstable innovation production prod`)

// systemWords name the base of an image. A number behind one of them is the
// base's and not the image's: alpine3.20, nanoserver-1809.
var systemWords = set(`alpine debian ubuntu ubi ubi7 ubi8 ubi9 ubi10 centos rocky rockylinux almalinux fedora rhel el
	amazonlinux al photon sles leap opensuse wolfi distroless windows windowsservercore nanoserver servercore ltsc cuda rocm`)

// codenames are releases of base systems that people name without a number.
var codenames = set(`wheezy jessie stretch buster bullseye bookworm trixie forky duke
	trusty xenial bionic focal jammy noble oracular plucky questing resolute`)

// architectureWords mark tags of a single platform. Such a tag never stands
// for an index.
var architectureWords = set(`amd64 arm64 arm64v8 arm32v5 arm32v6 arm32v7 armv6 armv7 armhf arm aarch64 x86 x64 i386 386
	ppc64le s390x riscv64 mips64le linux loong64`)

// prefixWords may stand before a version without being part of a variant.
var prefixWords = set(`v version ver release rel r b build n rev tag`)

// revisionWords number the builds of one version.
var revisionWords = set(`r rev ls p patch b build k3s rke2r post hotfix hf fix`)

// A pre-release word, with its number attached or not.
var prereleaseWord = regexp.MustCompile(`^(?i:(alpha|beta|rc|pre|preview|prerelease|dev|snapshot|nightly|canary|ea|ec|milestone|cr|test|unstable|next|experimental|insiders)|([abm]))\.?(\d+(?:\.\d+)*)?$`)

// A word that numbers pre-releases, and that is one also behind a variant:
// 17.03.0-ce-rc1.
var candidateWord = regexp.MustCompile(`^(?i:alpha|beta|rc)\.?\d+$`)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(words) {
		m[w] = true
	}
	return m
}

// base is a word without the digits and dots at its end: alpine3.20 is alpine.
func base(word string) string { return strings.TrimRight(word, "0123456789.") }

// isSystem reports whether a word names what an image is built on.
func isSystem(word string) bool {
	w := strings.ToLower(word)
	return systemWords[w] || codenames[w] || systemWords[base(w)]
}

// isChannelWord reports whether a word of a tag names a line that moves.
func isChannelWord(word string) bool { return channelWords[word] || developmentWords[word] }
