package text

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/url"
	"strings"
	"testing"
)

const canary = `cAn4ry/"t0k&n+\x=`

// canaryTexts are the canary as requests, errors and logs show it.
func canaryTexts() map[string]string {
	inJSON, _ := json.Marshal(map[string]string{"token": canary})
	texts := map[string]string{
		"plain":       "token " + canary + " refused",
		"twice":       canary + canary,
		"JSON":        string(inJSON),
		"JSON, raw":   `{"token":"cAn4ry/\"t0k&n+\\x="}`,
		"JSON, PHP":   `{"token":"cAn4ry\/\"t0k\u0026n+\\x="}`,
		"query":       "https://x.example/?token=" + url.QueryEscape(canary) + "&a=b",
		"query lower": "https://x.example/?token=" + lowerEscapes(url.QueryEscape(canary)),
		"path":        "https://x.example/" + url.PathEscape(canary) + "/",
		"user info":   (&url.URL{Scheme: "https", Host: "x.example", User: url.UserPassword("u", canary)}).String(),
	}
	encodings := map[string]*base64.Encoding{
		"std": base64.StdEncoding, "url": base64.URLEncoding, "raw std": base64.RawStdEncoding, "raw url": base64.RawURLEncoding,
	}
	for name, encoding := range encodings {
		for _, before := range []string{"", "u:", "me:", "bot:", "pinbot:"} {
			for _, after := range []string{"", "\n", "@x"} {
				texts[name+" of "+before+"…"+after] = "Authorization: Basic " + encoding.EncodeToString([]byte(before+canary+after))
			}
		}
	}
	return texts
}

// leaks tells whether four or more bytes of the canary can be read from s, as
// it is or after decoding.
func leaks(s string) bool {
	for _, part := range []string{"cAn4", "4ry/", "t0k", "n+\\", "%22t0", "0k%26", "0k\\u"} {
		if strings.Contains(s, part) {
			return true
		}
	}
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return !strings.ContainsRune(base64Digits, r) }) {
		for skip := 0; skip < min(4, len(word)); skip++ {
			digits := strings.NewReplacer("-", "+", "_", "/").Replace(word[skip:])
			decoded, _ := base64.RawStdEncoding.DecodeString(digits[:len(digits)/4*4])
			if bytes.Contains(decoded, []byte("An4r")) || bytes.Contains(decoded, []byte("t0k")) {
				return true
			}
		}
	}
	return false
}

const base64Digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"

func testCanary(t *testing.T) {
	r := NewRedactor("", "abc", "other-secret", canary+"\n")
	for name, text := range canaryTexts() {
		if !leaks(text) {
			t.Errorf("%s: the test does not see the canary in %q", name, text)
		}
		if got := r.Redact(text); leaks(got) || !strings.Contains(got, redacted) {
			t.Errorf("%s: %q", name, got)
		}
	}
}

func TestRedactKeepsTheRest(t *testing.T) {
	r := NewRedactor("abc", "", "  ", canary)
	for _, text := range []string{"", "abc", "nothing secret", "cAn4r", "aGVsbG8gd29ybGQ="} {
		if got := r.Redact(text); got != text {
			t.Errorf("Redact(%q) = %q", text, got)
		}
	}
	if got := (*Redactor)(nil).Redact(canary); got != canary {
		t.Errorf("a nil Redactor made %q", got)
	}
}

func TestWriterAcrossWrites(t *testing.T) {
	r := NewRedactor(canary, "other-secret", "secret", "her-sec")
	texts := canaryTexts()
	texts["one within the other"] = "other-secret, ther-secret, other-secre, sec"
	for name, text := range texts {
		want := r.Redact(text)
		for size := 1; size <= len(text); size++ {
			var out bytes.Buffer
			w := r.Writer(&out)
			for i := 0; i < len(text); i += size {
				piece := text[i:min(i+size, len(text))]
				if n, err := w.Write([]byte(piece)); n != len(piece) || err != nil {
					t.Fatalf("Write = %d, %v", n, err)
				}
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			if out.String() != want {
				t.Errorf("%s in pieces of %d: %q, want %q", name, size, out.String(), want)
			}
		}
	}
}

// Progress on a terminal must not wait for the end.
func TestWriterHoldsOnlySuspects(t *testing.T) {
	var out bytes.Buffer
	w := NewRedactor(canary).Writer(&out)
	if _, err := w.Write([]byte("reading 1 of 3\n")); err != nil || out.String() != "reading 1 of 3\n" {
		t.Errorf("%q, %v", out.String(), err)
	}
}

func TestWriterPassesErrorsOn(t *testing.T) {
	broken := errors.New("broken pipe")
	for _, r := range []*Redactor{nil, NewRedactor(), NewRedactor(canary)} {
		w := r.Writer(failing{broken})
		if _, err := w.Write([]byte("text")); !errors.Is(err, broken) {
			t.Errorf("Write: %v", err)
		}
	}
	w := NewRedactor(canary).Writer(failing{broken})
	if _, err := w.Write([]byte("cAn4")); err != nil {
		t.Errorf("held text was written: %v", err)
	}
	if err := w.Close(); !errors.Is(err, broken) {
		t.Errorf("Close: %v", err)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }

func FuzzRedactor(f *testing.F) {
	f.Add("token=secret99 x", "secret99", 3)
	f.Add("aaaaab", "aaaa", 1)
	f.Fuzz(func(t *testing.T, text, secret string, size int) {
		r := NewRedactor(secret, secret+"-more")
		if size < 1 || size > len(text) {
			size = 1
		}
		var out bytes.Buffer
		w := r.Writer(&out)
		for i := 0; i < len(text); i += size {
			if _, err := w.Write([]byte(text[i:min(i+size, len(text))])); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if want := r.Redact(text); out.String() != want {
			t.Errorf("in pieces %q, at once %q", out.String(), want)
		}
	})
}
