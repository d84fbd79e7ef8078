package resolver

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// DockerTags is the Scheme for tags as repositories of images write them:
// [prefix]numbers[pre-release][-revision][-variant], or words only. It reads
// semantic versions, shorter and longer ones, calendar versions, dates, commits
// and numbered rebuilds; docs/tags.md shows each with an example.
type DockerTags struct{}

var _ Scheme = DockerTags{}

var (
	artifactTag = regexp.MustCompile(`^sha256-[0-9a-f]{64}(\.[a-z]+)?$`)
	commitTag   = regexp.MustCompile(`^(?:sha|git|commit|rev)[-_.]?[0-9a-f]{6,40}$`)
	hexWord     = regexp.MustCompile(`^g?[0-9a-f]{7,40}$`)
	isoDate     = regexp.MustCompile(`(?s)^(\d{4})-(\d{2})-(\d{2})(?:T(\d{2})-(\d{2})-(\d{2})Z)?(.*)$`)
	versionHead = regexp.MustCompile(`(?s)^([vV]?)(\d+(?:[._]\d+|u\d+)*)(.*)$`)
	attachedV   = regexp.MustCompile(`(?s)^([A-Za-z]+[._]?)(\d.*)$`)
	number      = regexp.MustCompile(`^\d+(?:\.\d+)*$`)
	wordNumber  = regexp.MustCompile(`^([a-z]+(?:\d[a-z]+)?)(\d+)$`)
)

// Parse implements Scheme.
func (DockerTags) Parse(tag string) Version {
	v := Version{Tag: tag}
	switch {
	case artifactTag.MatchString(tag):
		v.Kind = TagArtifact
		return v
	case commitTag.MatchString(tag) || isCommitWord(tag):
		v.Kind = TagCommit
		return v
	}
	prefix, rest, ok := splitPrefix(tag)
	if !ok {
		v.Words = strings.Split(tag, "-")
		if isCommitWord(v.Words[len(v.Words)-1]) {
			v.Kind = TagCommit
			v.Words = v.Words[:len(v.Words)-1]
		}
		return v
	}
	v.Prefix = prefix
	v.Words = prefixVariant(prefix)
	v.readNumbers(rest)
	if v.Kind == TagRelease && fromDevelopment(prefix) {
		v.Kind = TagPrerelease
	}
	return v
}

// fromDevelopment reports whether a prefix such as "nightly-" says that what
// follows is a build of a development line.
func fromDevelopment(prefix string) bool {
	return slices.ContainsFunc(strings.Split(strings.ToLower(prefix), "-"), func(w string) bool {
		return developmentWords[w] || w == "alpha" || w == "beta" || w == "rc"
	})
}

// splitPrefix finds where the version begins. It is not found in tags of words
// only, and in those whose only number belongs to a base system.
func splitPrefix(tag string) (prefix, rest string, ok bool) {
	at := 0
	for i, token := range strings.Split(tag, "-") {
		if versionHead.MatchString(token) && !isCommitWord(token) {
			if i > 0 && isSystem(lastWord(tag[:at])) && !startsWithDate(tag[at:]) {
				return "", "", false
			}
			if token[0] == 'v' || token[0] == 'V' {
				at++
			}
			return tag[:at], tag[at:], true
		}
		if m := attachedV.FindStringSubmatch(token); m != nil && isVersionPrefix(m[1]) {
			at += len(m[1])
			return tag[:at], tag[at:], true
		}
		at += len(token) + 1
	}
	return "", "", false
}

// isVersionPrefix reports whether letters that touch a number are a prefix of
// it (RELEASE.2024, release1.2) and not a word with a number (alpine3).
func isVersionPrefix(s string) bool {
	return strings.HasSuffix(s, ".") || prefixWords[strings.ToLower(strings.TrimRight(s, "._"))]
}

func lastWord(prefix string) string {
	words := strings.Split(strings.TrimSuffix(prefix, "-"), "-")
	return words[len(words)-1]
}

// prefixVariant is the words of a prefix that say what the image is: bookworm
// in bookworm-20240311, but nothing in release-4.17.
func prefixVariant(prefix string) []string {
	var words []string
	for _, w := range strings.FieldsFunc(prefix, func(r rune) bool { return r == '-' || r == '.' || r == '_' }) {
		if l := strings.ToLower(w); !prefixWords[l] && !isChannelWord(l) {
			words = append(words, w)
		}
	}
	return words
}

// readNumbers reads a version from its first digit on.
func (v *Version) readNumbers(s string) {
	if m := isoDate.FindStringSubmatch(s); m != nil && plausibleDate(m[1]+m[2]+m[3]) {
		v.Kind = TagDate
		v.Numbers = slices.DeleteFunc(m[1:7], func(n string) bool { return n == "" })
		v.readSuffix(strings.TrimLeft(m[7], "-."), false)
		return
	}
	m := versionHead.FindStringSubmatch(s)
	v.Kind = TagRelease
	numbers, build := cutBuild(m[2])
	v.Numbers = digitGroups(numbers)
	if build != "" {
		v.RevisionWord, v.Revision = "_", digitGroups(build)
	}
	rest := m[3]
	switch {
	case plausibleDate(v.Numbers[0]):
		v.Kind = TagDate
	case rest == "" && len(v.Numbers) == 1 && len(v.Numbers[0]) >= buildDigits:
		v.Kind = TagCommit
	}
	if cut, found := strings.CutPrefix(rest, ".x"); found && (cut == "" || cut[0] == '-') {
		v.Wild, rest = true, cut
	}
	suffix := strings.TrimLeft(rest, "-+_.")
	v.readSuffix(suffix, suffix == rest)
}

// buildDigits is how long a lone number is at least that counts builds, or
// seconds since 1970, instead of versions.
const buildDigits = 7

// cutBuild parts 21.0.12_8 into the version and its build. Where all numbers are
// joined by underscores, they are the version.
func cutBuild(s string) (numbers, build string) {
	if i := strings.IndexByte(s, '_'); i > 0 && strings.Contains(s[:i], ".") {
		return s[:i], s[i+1:]
	}
	return s, ""
}

// digitGroups lists the numbers in a text.
func digitGroups(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// readSuffix reads what stands behind the numbers, word by word. A single letter
// with a number is a pre-release only where it touches the numbers: 3.15.0a1,
// but 8u502-b07 is a build.
func (v *Version) readSuffix(s string, attached bool) {
	if s == "" {
		return
	}
	if v.readOKD(s) {
		return
	}
	tokens := strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '+' || r == '_' })
	for i := 0; i < len(tokens); i++ {
		if !(attached && i == 0) && isRevision(tokens[i]) && v.RevisionWord == "" {
			v.readRevision(tokens[i])
			continue
		}
		i += v.readWord(tokens, i)
	}
}

// readWord reads the token at i and says how many more it took.
func (v *Version) readWord(tokens []string, i int) (more int) {
	t, next := tokens[i], ""
	if i+1 < len(tokens) {
		next = tokens[i+1]
	}
	bare := len(v.Words) == len(prefixVariant(v.Prefix))
	switch {
	case bare && prereleaseWord.MatchString(t), candidateWord.MatchString(t):
		return v.readPre(t, next)
	case i+2 < len(tokens) && t == "debian" && number.MatchString(next) && strings.HasPrefix(tokens[i+2], "r") && number.MatchString(tokens[i+2][1:]):
		v.RevisionWord, v.Revision = "debian-r", []string{next, tokens[i+2][1:]}
		return 2
	case bare && number.MatchString(t) && v.RevisionWord == "":
		v.RevisionWord, v.Revision = "#", strings.Split(t, ".")
	case isCommitWord(t):
		if v.Kind == TagRelease || v.Kind == TagPrerelease {
			v.Kind = TagCommit
		}
	default:
		v.Words = append(v.Words, t)
	}
	return 0
}

func (v *Version) readRevision(word string) {
	m := wordNumber.FindStringSubmatch(word)
	v.RevisionWord, v.Revision = m[1], []string{m[2]}
}

// readPre reads a pre-release word, and its number where that stands apart.
func (v *Version) readPre(t, next string) (more int) {
	m := prereleaseWord.FindStringSubmatch(t)
	word, digits := strings.ToLower(m[1]+m[2]), m[3]
	if digits == "" && m[2] != "" { // a lone letter is a word, not a pre-release
		v.Words = append(v.Words, t)
		return 0
	}
	if v.Kind == TagRelease {
		v.Kind = TagPrerelease
	}
	v.Pre = append(v.Pre, word)
	if digits == "" && number.MatchString(next) {
		digits, more = next, 1
	}
	if digits != "" {
		v.Pre = append(v.Pre, strings.Split(digits, ".")...)
	}
	return more
}

// okdSuffix is how OKD numbers its builds behind the version of OpenShift.
var okdSuffix = regexp.MustCompile(`^(?:0\.)?okd-(?:scos[-.])?(ec\.|rc\.)?([\d.-]+)$`)

// readOKD reads OKD's suffixes: 0.okd-2024-03-10-010116, okd-scos.0, okd-scos.ec.1.
func (v *Version) readOKD(s string) bool {
	m := okdSuffix.FindStringSubmatch(s)
	if m == nil {
		return false
	}
	digits := strings.FieldsFunc(m[2], func(r rune) bool { return r == '-' || r == '.' })
	if m[1] != "" {
		v.Kind = TagPrerelease
		v.Pre = append([]string{strings.TrimSuffix(m[1], ".")}, digits...)
	}
	v.RevisionWord = "okd"
	if strings.Contains(s, "scos") {
		v.RevisionWord = "okd-scos"
	}
	if m[1] == "" {
		v.Revision = digits
	}
	return true
}

func isRevision(word string) bool {
	m := wordNumber.FindStringSubmatch(word)
	return m != nil && revisionWords[m[1]]
}

// isCommitWord reports whether a word is an abbreviated commit: hexadecimal,
// and not a plausible number or word.
func isCommitWord(s string) bool {
	return hexWord.MatchString(s) && strings.ContainsAny(s, "abcdef") && strings.ContainsAny(s, "0123456789")
}

func startsWithDate(s string) bool {
	if isoDate.MatchString(s) {
		return true
	}
	m := versionHead.FindStringSubmatch(s)
	return m != nil && plausibleDate(digitGroups(m[2])[0])
}

// plausibleDate reports whether digits begin with a day between 2013, when
// images began, and 2099, and are a day, a minute or a second.
func plausibleDate(s string) bool {
	if len(s) != 8 && len(s) != 12 && len(s) != 14 {
		return false
	}
	if year, err := strconv.Atoi(s[:4]); err != nil || year < 2013 || year > 2099 {
		return false
	}
	_, err := time.Parse("20060102150405"[:len(s)], s)
	return err == nil
}
