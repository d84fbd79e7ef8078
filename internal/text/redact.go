package text

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
)

// redacted stands where a secret was.
const redacted = "[redacted]"

// shortestSecret is the length in bytes from which a value is taken for a
// secret. Shorter ones occur in any text, which would become unreadable and
// show by its gaps what they are.
const shortestSecret = 4

// Redactor removes secrets from text, in every form that a request, an error
// or a log gives them. It may be used from several goroutines. A nil Redactor
// knows no secrets.
type Redactor struct {
	mu    sync.Mutex // of Add
	known atomic.Pointer[forms]
}

// forms are the texts that secrets may have.
type forms struct {
	longestFirst []string
	replacer     *strings.Replacer
}

// NewRedactor returns a Redactor for secrets such as tokens and passwords.
// White space around a secret, such as the line end of a file, is not part of
// it.
func NewRedactor(secrets ...string) *Redactor {
	r := &Redactor{}
	r.known.Store(&forms{replacer: strings.NewReplacer()})
	for _, secret := range secrets {
		r.Add(secret)
	}
	return r
}

// Add makes a secret known that was read later, such as from a file that the
// configuration names.
func (r *Redactor) Add(secret string) {
	if secret = strings.TrimSpace(secret); len(secret) < shortestSecret {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	all := append(slices.Clone(r.known.Load().longestFirst), formsOf(secret)...)
	slices.SortFunc(all, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		return strings.Compare(a, b)
	})
	all = slices.Compact(all)
	var pairs []string
	for _, form := range all { // an earlier pair wins, so the longest is removed
		pairs = append(pairs, form, redacted)
	}
	r.known.Store(&forms{longestFirst: all, replacer: strings.NewReplacer(pairs...)})
}

// Redact returns s without secrets.
func (r *Redactor) Redact(s string) string {
	if r == nil {
		return s
	}
	return r.known.Load().replacer.Replace(s)
}

func formsOf(secret string) []string {
	quoted, _ := json.Marshal(secret) // a string always has a form
	inJSON := strings.Trim(string(quoted), `"`)
	query, path := url.QueryEscape(secret), url.PathEscape(secret)
	forms := []string{
		secret,
		strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(secret), // Go's %q, JSON without care for HTML
		inJSON,
		strings.ReplaceAll(inJSON, "/", `\/`),
		query, path,
		lowerEscapes(query), lowerEscapes(path),
	}
	for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
		forms = append(forms, encoding.EncodeToString([]byte(secret)))
		for offset := range 3 {
			forms = append(forms, withinBase64(encoding, secret, offset))
		}
	}
	return forms
}

// withinBase64 returns what the secret looks like within the base64 of a
// longer text, such as "user:token", in which offset bytes modulo 3 come
// before it: the digits that depend on nothing but the secret.
func withinBase64(encoding *base64.Encoding, secret string, offset int) string {
	const digitBits = 6
	digits := encoding.EncodeToString([]byte(strings.Repeat("\x00", offset) + secret))
	first := (offset*8 + digitBits - 1) / digitBits
	end := (offset + len(secret)) * 8 / digitBits
	return digits[first:end]
}

// lowerEscapes turns %2F into %2f; both mean the same, and proxies write either.
func lowerEscapes(escaped string) string {
	b := []byte(escaped)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i:], strings.ToLower(escaped[i:i+3]))
			i += 2
		}
	}
	return string(b)
}
