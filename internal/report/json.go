package report

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"pinbot/resolver"
)

// WriteJSON writes one indented object and a line end.
func (s Scan) WriteJSON(w io.Writer) error { return writeJSON(w, s) }

// WriteJSON writes one indented object and a line end.
func (r Run) WriteJSON(w io.Writer) error { return writeJSON(w, r) }

// WriteJSON writes one indented object and a line end.
func (e Explanation) WriteJSON(w io.Writer) error { return writeJSON(w, e.object()) }

// WriteJSONLines writes an object a line: the images, the findings, the errors
// and at last the summary. Each begins with a "type", which is image, finding,
// error or summary, and has beside it the names of the JSON report; the
// summary also has its schemaVersion. A stream without a summary was cut off.
func (s Scan) WriteJSONLines(w io.Writer) error {
	var lines []any
	for _, img := range s.Images {
		lines = append(lines, struct {
			Type string `json:"type"`
			Image
		}{"image", img})
	}
	for _, f := range s.Findings {
		lines = append(lines, struct {
			Type string `json:"type"`
			resolver.GroupFinding
		}{"finding", f})
	}
	for _, p := range s.Errors {
		lines = append(lines, struct {
			Type string `json:"type"`
			Problem
		}{"error", p})
	}
	lines = append(lines, struct {
		Type          string `json:"type"`
		SchemaVersion int    `json:"schemaVersion"`
		Summary
	}{"summary", s.SchemaVersion, s.Summary})
	var out bytes.Buffer
	for _, line := range lines {
		if err := encode(&out, line, ""); err != nil {
			return err
		}
	}
	_, err := w.Write(out.Bytes())
	return err
}

func writeJSON(w io.Writer, v any) error {
	var out bytes.Buffer
	if err := encode(&out, v, "  "); err != nil {
		return err
	}
	_, err := w.Write(out.Bytes())
	return err
}

func encode(out *bytes.Buffer, v any, indent string) error {
	var raw bytes.Buffer
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	if err := enc.Encode(v); err != nil {
		return fmt.Errorf("writing JSON: %w", err)
	}
	out.WriteString(visible(raw.String()))
	return nil
}

// visible writes what a terminal would obey or hide as JSON escapes, which mean
// the same to a reader of JSON. The encoder escapes only the controls of ASCII;
// all others can stand only within strings.
func visible(s string) string {
	var b strings.Builder
	for _, r := range s {
		switch {
		case r == '\n' || r != 0x7f && r < utf8.RuneSelf || unicode.IsPrint(r) && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
			b.WriteRune(r)
		case r > 0xffff:
			high, low := utf16.EncodeRune(r)
			fmt.Fprintf(&b, `\u%04x\u%04x`, high, low)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String()
}
