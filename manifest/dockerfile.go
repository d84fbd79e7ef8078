package manifest

import (
	"bytes"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// isDockerfile goes by the names that docker and podman build look for, and
// what people add to them.
func isDockerfile(base string) bool {
	base = strings.ToLower(base)
	ext := path.Ext(base)
	for _, name := range []string{"dockerfile", "containerfile"} {
		if base == name || ext == "."+name {
			return true
		}
		if rest, ok := strings.CutPrefix(base, name); ok && strings.ContainsAny(rest[:1], ".-_") && !aboutDockerfiles[ext] {
			return true
		}
	}
	return false
}

// aboutDockerfiles are the endings of files that stand beside Dockerfiles under
// their name: text, code and what a build leaves out.
var aboutDockerfiles = map[string]bool{
	".md": true, ".dockerignore": true, ".go": true, ".js": true, ".json": true, ".py": true, ".rb": true,
	".rs": true, ".sh": true, ".ts": true, ".yaml": true, ".yml": true,
}

// dockerfile is a Dockerfile while it is being scanned.
type dockerfile struct {
	f      *file
	args   map[string]arg // declared before the first FROM
	stages map[string]bool
	inFrom bool // a FROM was seen
}

// arg is a global build argument.
type arg struct {
	line   int
	pieces []piece
	known  bool // it has a default that can be evaluated
}

// scanDockerfile reads FROM, the ARGs that it uses, COPY and ADD --from, RUN
// --mount from, and the syntax directive.
func scanDockerfile(f *file) {
	l := newDockerLexer(f.data)
	s := &dockerfile{f: f, args: map[string]arg{}, stages: map[string]bool{}}
	var from []instruction
	for {
		in, terminated, ok := l.instruction()
		if !ok {
			break
		}
		if !terminated {
			f.problem(in.line, "the heredoc of the instruction on line %d has no end; what follows is not read", in.line)
		}
		if keyword, _ := cutWord(in.text); mayNameImage(keyword) {
			from = append(from, in)
		}
	}
	for _, d := range l.directives {
		if d.name == "syntax" {
			s.reference(word{d.value, 0}, func(i int) int { return d.at + i })
		}
	}
	for _, in := range from {
		s.instruction(in, words(in.text))
	}
}

func mayNameImage(keyword string) bool {
	switch strings.ToUpper(keyword) {
	case "FROM", "ARG", "COPY", "ADD", "RUN", "ONBUILD":
		return true
	}
	return false
}

// instruction reads one instruction, given its words.
func (s *dockerfile) instruction(in instruction, ws []word) {
	if len(ws) < 2 {
		return
	}
	keyword, args := strings.ToUpper(ws[0].text), ws[1:]
	if keyword == "ONBUILD" {
		keyword, args = strings.ToUpper(args[0].text), args[1:]
	}
	switch {
	case keyword == "ARG" && !s.inFrom:
		for _, w := range args {
			s.arg(in, w)
		}
	case keyword == "FROM":
		s.from(in, args)
	case keyword == "COPY" || keyword == "ADD":
		s.flags(in, args, "--from=")
	case keyword == "RUN":
		s.flags(in, args, "--mount=")
	}
}

// arg declares a global build argument, "NAME" or "NAME=default".
func (s *dockerfile) arg(in instruction, w word) {
	name, value, hasDefault := strings.Cut(w.text, "=")
	line, _ := s.f.position(in.at(w.at))
	a := arg{line: line}
	if v := (word{value, w.at + len(name) + 1}).bare(); hasDefault && in.contiguous(v) {
		pieces, missing := expand(v.text, in.at(v.at), s.lookup)
		a.known = missing == ""
		for _, p := range pieces {
			if p.from == "" {
				p.from = fmt.Sprintf("ARG %s on line %d", name, line)
			}
			a.pieces = append(a.pieces, p)
		}
	}
	s.args[name] = a
}

func (s *dockerfile) lookup(name string) ([]piece, bool) {
	a, ok := s.args[name]
	return a.pieces, ok && a.known
}

// contiguous reports whether no continuation stands within w.
func (in instruction) contiguous(w word) bool {
	return w.text == "" || in.at(w.at)+len(w.text)-1 == in.at(w.at+len(w.text)-1)
}

// from reads the arguments of FROM: flags, image, and "AS name".
func (s *dockerfile) from(in instruction, args []word) {
	s.inFrom = true
	for len(args) > 0 && strings.HasPrefix(args[0].text, "--") {
		args = args[1:]
	}
	if len(args) == 0 {
		return
	}
	s.image(in, in.template(args[0]).bare())
	if len(args) >= 3 && strings.EqualFold(args[1].text, "AS") {
		s.stages[strings.ToLower(args[2].text)] = true
	}
}

// template is w, or all of the template action that w begins.
func (in instruction) template(w word) word {
	open, end := strings.Index(w.text, "{{"), strings.LastIndex(in.text, "}}")+2
	if open < 0 || end < w.at+len(w.text) {
		return w
	}
	return word{in.text[w.at:end], w.at}
}

// flags reads the flags before an instruction's arguments for one that names
// an image: --from=IMAGE or --mount=…,from=IMAGE.
func (s *dockerfile) flags(in instruction, args []word, flag string) {
	for _, w := range args {
		if !strings.HasPrefix(w.text, "--") {
			return
		}
		value, ok := w.cut(flag)
		switch {
		case !ok:
		case flag == "--from=":
			s.image(in, value)
		default:
			s.mount(in, value)
		}
	}
}

// mount reads the comma-separated fields of a mount.
func (s *dockerfile) mount(in instruction, w word) {
	at := w.at
	for _, field := range strings.Split(w.text, ",") {
		if from, ok := (word{field, at}).cut("from="); ok {
			s.image(in, from)
		}
		at += len(field) + 1
	}
}

// image adds what w names, unless it is a stage of this file, the number of
// one, or the empty image.
func (s *dockerfile) image(in instruction, w word) {
	_, err := strconv.Atoi(w.text)
	if w.text == "" || err == nil || w.text == "scratch" || s.stages[strings.ToLower(w.text)] {
		return
	}
	if !in.contiguous(w) {
		span := Span{in.at(w.at), in.at(w.at) + 1}
		if image, ok := s.f.image(w.text, span.Start); ok {
			r := s.f.ref(KindDockerfile, span, image)
			r.fix("it is written over several lines; write it on one")
			s.f.refs = append(s.f.refs, r)
		}
		return
	}
	s.reference(w, in.at)
}

// reference adds the image that w is once its variables are replaced.
func (s *dockerfile) reference(w word, at func(int) int) {
	span := Span{at(w.at), at(w.at) + len(w.text)}
	pieces, missing := expand(w.text, span.Start, s.lookup)
	if missing != "" {
		s.share(w.text)
	}
	if missing != "" && s.isStage(w.text, missing) {
		return
	}
	if missing != "" || bytes.Contains(s.f.data[span.Start:span.End], []byte("{{")) {
		s.f.refs = append(s.f.refs, s.f.variable(KindDockerfile, span, w.text, s.why(missing)))
		return
	}
	if size(pieces) == 0 {
		return
	}
	if r, ok := s.f.composed(KindDockerfile, span, pieces); ok && r.Image.Name != "scratch" && !s.stages[r.Image.Name] {
		s.f.refs = append(s.f.refs, r)
	}
}

// share notes the arguments that are part of a text with others that are not
// known.
func (s *dockerfile) share(text string) {
	for {
		_, rest, found := strings.Cut(text, "$")
		if !found {
			return
		}
		s.f.share(s.args[parseVariable("$"+rest).name].pieces, Image{})
		text = rest
	}
}

// platformArgs begin the names of the arguments that the build sets itself.
var platformArgs = []string{"TARGET", "BUILD"}

// isStage reports whether a text with variables can be the name of a stage:
// "build-$TARGETARCH" chooses one of several.
func (s *dockerfile) isStage(text, missing string) bool {
	pattern := ""
	for len(text) > 0 {
		literal, _, _ := strings.Cut(text, "$")
		pattern += literal
		if text = text[len(literal):]; text != "" {
			text = text[parseVariable(text).length:]
			pattern += "*"
		}
	}
	platform := slices.ContainsFunc(platformArgs, func(p string) bool { return strings.HasPrefix(missing, p) })
	if strings.Trim(pattern, "*") == "" && !platform {
		return false
	}
	pattern = strings.ToLower(pattern)
	prefix, _, _ := strings.Cut(pattern, "*")
	for stage := range s.stages {
		if !strings.HasPrefix(stage, prefix) {
			continue
		}
		if ok, err := path.Match(pattern, stage); ok && err == nil {
			return true
		}
	}
	return false
}

// why says why a variable has no value.
func (s *dockerfile) why(name string) string {
	if a, ok := s.args[name]; ok {
		return fmt.Sprintf("ARG %s on line %d, which has no default", name, a.line)
	}
	if name == "" {
		return "a template"
	}
	return "the variable " + name + ", which this file does not set"
}
