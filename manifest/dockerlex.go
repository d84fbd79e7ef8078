package manifest

import (
	"bytes"
	"encoding/json"
	"regexp"
	"sort"
	"strings"
	"unicode"
)

// instruction is one instruction of a Dockerfile: its logical line, put
// together from the lines that continuations join.
type instruction struct {
	text  string
	parts []part
	line  int // first and last line in the file, heredocs included
	end   int
}

// part says where a stretch of the logical line stands in the file.
type part struct{ text, file int }

// at is the offset in the file of an offset in the logical line.
func (in instruction) at(i int) int {
	n := sort.Search(len(in.parts), func(k int) bool { return in.parts[k].text > i }) - 1
	return in.parts[n].file + i - in.parts[n].text
}

// directive is a parser directive, a comment such as "# syntax=image" before
// anything else.
type directive struct {
	name, value string
	at          int
}

// dockerLexer cuts a Dockerfile into instructions the way BuildKit does.
type dockerLexer struct {
	data       []byte
	next       int  // offset of the next line
	line       int  // number of the line that was read last
	escape     byte // continues a line at its end
	directives []directive
	preamble   bool // directives can still follow
}

func newDockerLexer(data []byte) *dockerLexer {
	l := &dockerLexer{data: data, escape: '\\', preamble: true}
	if bytes.HasPrefix(data, bom) {
		l.next = len(bom)
	}
	return l
}

// read returns the next line without its end, and its offset.
func (l *dockerLexer) read() (line []byte, at int, ok bool) {
	if l.next >= len(l.data) {
		return nil, 0, false
	}
	at = l.next
	line = l.data[at:]
	if n := bytes.IndexByte(line, '\n'); n >= 0 {
		line = line[:n+1]
	}
	l.next += len(line)
	l.line++
	return bytes.TrimRight(line, "\r\n"), at, true
}

// instruction returns the next instruction. terminated is false where a
// heredoc has no end.
func (l *dockerLexer) instruction() (in instruction, terminated, ok bool) {
	for {
		line, at, ok := l.read()
		if !ok {
			return instruction{}, true, false
		}
		trimmed := bytes.TrimLeftFunc(line, unicode.IsSpace)
		at += len(line) - len(trimmed)
		l.directive(trimmed, at)
		if len(trimmed) == 0 || trimmed[0] == '#' {
			continue
		}
		in = l.join(trimmed, at)
		if strings.TrimSpace(in.text) == "" {
			continue
		}
		terminated = l.skipHeredocs(in.text)
		in.end = l.line
		return in, terminated, true
	}
}

// join adds the lines that continue the first. Comments and empty lines within
// a continuation are left out.
func (l *dockerLexer) join(line []byte, at int) instruction {
	var text strings.Builder
	in := instruction{line: l.line}
	for {
		body, more := l.continued(line)
		in.parts = append(in.parts, part{text.Len(), at})
		text.Write(body)
		if !more {
			break
		}
		for {
			var ok bool
			if line, at, ok = l.read(); !ok {
				in.text = text.String()
				return in
			}
			if t := bytes.TrimLeftFunc(line, unicode.IsSpace); len(t) > 0 && t[0] != '#' {
				break
			}
		}
	}
	in.text = text.String()
	return in
}

// continued cuts off the escape character that continues a line. One that is
// escaped itself does not.
func (l *dockerLexer) continued(line []byte) ([]byte, bool) {
	trimmed := bytes.TrimRight(line, " \t")
	n := len(trimmed) - 1
	if n < 0 || trimmed[n] != l.escape || n > 0 && trimmed[n-1] == l.escape {
		return line, false
	}
	return trimmed[:n], true
}

var directiveGrammar = regexp.MustCompile(`^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$`)

// directive reads a line as a parser directive, if one can still come.
func (l *dockerLexer) directive(line []byte, at int) {
	if !l.preamble {
		return
	}
	m := directiveGrammar.FindSubmatchIndex(line)
	if m == nil {
		l.preamble = false
		return
	}
	name, value := strings.ToLower(string(line[m[2]:m[3]])), string(line[m[4]:m[5]])
	switch name {
	case "escape":
		if value == "`" {
			l.escape = '`'
		}
	case "syntax", "check":
	default:
		l.preamble = false
		return
	}
	l.directives = append(l.directives, directive{name, value, at + m[4]})
}

// skipHeredocs passes over the heredocs that an instruction begins, and
// reports whether all of them end.
func (l *dockerLexer) skipHeredocs(text string) bool {
	if !strings.Contains(text, "<<") || !takesHeredoc(text) {
		return true
	}
	for _, w := range words(text) {
		name, chomp, ok := heredoc(w.text)
		if ok && !l.skipTo(name, chomp) {
			return false
		}
	}
	return true
}

func (l *dockerLexer) skipTo(name string, chomp bool) bool {
	for {
		line, _, ok := l.read()
		if !ok {
			return false
		}
		if chomp {
			line = bytes.TrimLeft(line, "\t")
		}
		if string(line) == name {
			return true
		}
	}
}

// takesHeredoc reports whether the instruction is one that heredocs belong to,
// and not written as JSON.
func takesHeredoc(text string) bool {
	keyword, rest := cutWord(text)
	if strings.EqualFold(keyword, "ONBUILD") {
		keyword, rest = cutWord(rest)
	}
	switch strings.ToUpper(keyword) {
	case "RUN", "COPY", "ADD":
		var list []string
		return json.Unmarshal([]byte(rest), &list) != nil
	}
	return false
}

func cutWord(text string) (word, rest string) {
	text = strings.TrimSpace(text)
	n := strings.IndexFunc(text, unicode.IsSpace)
	if n < 0 {
		return text, ""
	}
	return text[:n], strings.TrimSpace(text[n:])
}

var heredocGrammar = regexp.MustCompile(`^[0-9]*<<(-?)([^<]+)$`)

// heredoc is the end word of "<<WORD" or "<<-WORD".
func heredoc(word string) (name string, chomp, ok bool) {
	m := heredocGrammar.FindStringSubmatch(word)
	if m == nil {
		return "", false, false
	}
	return unquote(m[2]), m[1] == "-", true
}
