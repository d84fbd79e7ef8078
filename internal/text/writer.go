package text

import (
	"io"
	"strings"
	"sync"
)

// Writer returns a writer that passes on to w what is written to it, without
// secrets, also where a secret comes in pieces: it holds back the end of the
// text as long as that could be the beginning of a secret. Close passes on what
// is left, and leaves w open. It may be used from several goroutines.
func (r *Redactor) Writer(w io.Writer) io.WriteCloser {
	return &writer{redactor: r, to: w}
}

type writer struct {
	redactor *Redactor
	to       io.Writer

	mu   sync.Mutex
	held string
}

var _ io.WriteCloser = (*writer)(nil)

// Write reports all of p as written once it is taken, as some of it may go out
// later.
func (w *writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := w.held + string(p)
	cut := w.redactor.safe(text)
	w.held = text[cut:]
	if err := w.pass(text[:cut]); err != nil {
		return 0, err
	}
	return len(p), nil
}

func (w *writer) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	rest := w.held
	w.held = ""
	return w.pass(rest)
}

func (w *writer) pass(s string) error {
	if s == "" {
		return nil
	}
	_, err := io.WriteString(w.to, w.redactor.Redact(s))
	return err
}

// safe returns the length of the longest beginning of s that can be redacted
// for itself: what follows it cannot complete a secret in it.
func (r *Redactor) safe(s string) int {
	if r == nil {
		return len(s)
	}
	return r.known.Load().safe(s)
}

func (f *forms) safe(s string) int {
	if len(f.longestFirst) == 0 {
		return len(s)
	}
	cut := f.unfinished(s)
	for { // each step moves the cut before a form that it would split
		start := f.split(s, cut)
		if start == cut {
			return cut
		}
		cut = start
	}
}

// unfinished returns where the longest end of s begins that is the beginning of
// a form, and len(s) if there is none.
func (f *forms) unfinished(s string) int {
	for i := max(0, len(s)-len(f.longestFirst[0])+1); i < len(s); i++ {
		for _, form := range f.longestFirst {
			if len(form) > len(s)-i && strings.HasPrefix(form, s[i:]) {
				return i
			}
		}
	}
	return len(s)
}

// split returns where the first form begins that stands across cut, and cut if
// there is none.
func (f *forms) split(s string, cut int) int {
	for i := max(0, cut-len(f.longestFirst[0])+1); i < cut; i++ {
		for _, form := range f.longestFirst {
			if i+len(form) > cut && strings.HasPrefix(s[i:], form) {
				return i
			}
		}
	}
	return cut
}
