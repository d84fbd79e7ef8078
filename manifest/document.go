package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"go.yaml.in/yaml/v4"
)

// document is one document of a YAML file. A document that does not parse
// keeps no other from being read, so the file is split before it is parsed.
type document struct {
	f       *file
	base    int        // offset of text in the file
	text    []byte     // what is parsed: as long as in the file, with what YAML refuses replaced by inert bytes
	masked  bool       // text has template actions replaced
	claimed bool       // a reader has read it
	parsed  bool       // root is final
	root    *yaml.Node // nil where it does not parse or is empty
	columns columns
	heirs   map[heir]*yaml.Node // answers of inherited
	seen    map[*yaml.Node]bool // images that were added and keys that were reported, so that each is once
}

// documents makes a reader's scan of a YAML format. A document is parsed only
// if it mentions what the format needs, and read if its root is claimed.
func documents(mentions func([]byte) bool, claims func(root *yaml.Node) bool, scan func(*document)) func(*file) {
	return func(f *file) {
		if f.docs == nil {
			f.docs = splitDocuments(f)
		}
		for _, d := range f.docs {
			if d.claimed || !mentions(d.text) {
				continue
			}
			if root := d.parse(); root != nil && claims(root) {
				d.claimed = true
				scan(d)
			}
		}
	}
}

// splitDocuments cuts at the document markers, which YAML knows only at the
// start of a line and nowhere else, not even within quotes.
func splitDocuments(f *file) []*document {
	var docs []*document
	start := 0
	cut := func(end int) {
		docs = append(docs, newDocument(f, start, end))
		start = end
	}
	for i := 0; i+3 <= len(f.data); {
		n := nextMarker(f.data[i:])
		if n < 0 {
			break
		}
		i += n
		switch {
		case f.data[i] == '.':
			i += 3
			cut(i)
			continue
		case !isPreamble(f.data[start:i]):
			cut(i)
		}
		i += 3
	}
	cut(len(f.data))
	return docs
}

// nextMarker finds the first "---" or "..." that stands at the start of a line
// and is followed by white space or nothing.
func nextMarker(data []byte) int {
	for i := 0; i+3 <= len(data); i++ {
		marker := data[i] == '-' && data[i+1] == '-' && data[i+2] == '-' || data[i] == '.' && data[i+1] == '.' && data[i+2] == '.'
		if marker && (i+3 == len(data) || isSpace(data[i+3])) {
			return i
		}
		n := bytes.IndexAny(data[i:], "\r\n")
		if n < 0 {
			break
		}
		i += n
	}
	return -1
}

// isPreamble reports whether only directives, comments and blank lines stand
// before a "---", so that they belong to what follows.
func isPreamble(data []byte) bool {
	for line := range bytes.Lines(bytes.TrimPrefix(data, bom)) {
		line = bytes.TrimSpace(line)
		if len(line) > 0 && line[0] != '%' && line[0] != '#' {
			return false
		}
	}
	return true
}

var bom = []byte("\xef\xbb\xbf")

func newDocument(f *file, start, end int) *document {
	text := f.data[start:end]
	if bytes.HasPrefix(text, bom) {
		start, text = start+len(bom), text[len(bom):]
	}
	return &document{f: f, base: start, text: text, seen: map[*yaml.Node]bool{}}
}

// parse parses the document once. Where it fails, the reason becomes a problem
// of the file.
func (d *document) parse() *yaml.Node {
	if d.parsed {
		return d.root
	}
	d.parsed = true
	d.text = inert(d.text)
	root, err := parseYAML(d.text)
	if err != nil && bytes.Contains(d.text, []byte("{{")) {
		if !hasLiteralImage(d.text) {
			return nil
		}
		d.masked, d.text = true, maskTemplates(d.text)
		root, err = parseYAML(d.text)
	}
	if err != nil {
		d.failed(err)
		return nil
	}
	d.root = root
	d.columns = newColumns(d.text)
	return d.root
}

// failed notes why the document does not parse.
func (d *document) failed(err error) {
	first, _ := d.f.position(d.base)
	line, reason := first, err.Error()
	var load *yaml.LoadError
	if errors.As(err, &load) {
		reason = load.Message
		if load.Mark.Line > 0 {
			line = first + load.Mark.Line - 1
		}
	}
	what := "YAML"
	if d.masked {
		what = "YAML, not even without its template actions"
	}
	d.f.problem(line, "the document that begins on line %d is not %s: %s; its images are not seen; mend it, or name the file in ignorePaths", first, what, reason)
}

// parseYAML returns the root below the document node, nil for an empty text.
// The parser is given whatever a repository holds, so a panic in it is an error
// of this text only.
func parseYAML(text []byte) (root *yaml.Node, err error) {
	defer func() {
		if r := recover(); r != nil {
			root, err = nil, fmt.Errorf("the parser gave up: %v", r)
		}
	}()
	loader, err := yaml.NewLoader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	switch err := loader.Load(&doc); {
	case errors.Is(err, io.EOF):
		return nil, nil
	case err != nil:
		return nil, err
	case doc.Kind == yaml.DocumentNode && len(doc.Content) == 1:
		return doc.Content[0], nil
	}
	return &doc, nil
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
