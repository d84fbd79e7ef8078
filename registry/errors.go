package registry

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"regexp"
	"strings"
	"syscall"

	"pinbot/resolver"
)

// Error is an answer of a registry that is not what was asked for.
type Error struct {
	Host    string // host and port that answered
	Status  int    // HTTP status
	Code    string // the registry's own code such as MANIFEST_UNKNOWN; "" where it gave none
	Message string // of the registry: secrets removed, at most maxMessage runes, otherwise as sent

	// missing is set where a listing says itself that the repository or tag is
	// not there, which a 404 alone does not tell from there being no listing.
	missing bool
	// page is set where the answer is a web page: not a registry speaks here.
	page bool
}

var _ error = (*Error)(nil)

const maxMessage = 200

func (e *Error) Error() string {
	switch {
	case e.page && e.Status == http.StatusOK:
		return fmt.Sprintf("%s answered with a web page or other text instead of JSON; is a login page or proxy in between?", e.Host)
	case e.Message == "" && e.Code == "":
		return fmt.Sprintf("%s answered %d %s", e.Host, e.Status, http.StatusText(e.Status))
	}
	return fmt.Sprintf("%s answered %d %s", e.Host, e.Status, strings.TrimSpace(e.Code+" "+e.Message))
}

// Temporary reports whether asking again later may help.
func (e *Error) Temporary() bool {
	return e.Status == http.StatusTooManyRequests || e.Status == http.StatusRequestTimeout || e.Status >= 500
}

// Unwrap makes a 404 of a registry a resolver.ErrNotFound. A web page's 404
// says nothing about images.
func (e *Error) Unwrap() error {
	if e.Status == http.StatusNotFound && !e.page {
		return resolver.ErrNotFound
	}
	return nil
}

// authorization matches what registries echo of a request's header.
var authorization = regexp.MustCompile(`(?i)\b(bearer|basic)([ :=]+)[A-Za-z0-9._~+/=-]{8,}`)

// newError reads an answer whose status is not the wanted one.
func newError(host string, a answer, redact func(string) string) *Error {
	e := &Error{Host: host, Status: a.status, page: a.isPage()}
	if e.page {
		return e
	}
	var body struct {
		Errors       []struct{ Code, Message string }
		ErrorMessage string          `json:"error_message"` // Quay
		ErrorType    string          `json:"error_type"`
		Message      string          // Docker Hub
		ErrInfo      json.RawMessage `json:"errinfo"`
		Detail       string
	}
	text := string(a.body)
	if json.Unmarshal(a.body, &body) == nil {
		text = firstOf(body.ErrorMessage, body.Message, body.Detail)
		e.Code = body.ErrorType
		e.missing = body.ErrorType == "not_found" || body.ErrInfo != nil || strings.Contains(text, "object not found")
		if len(body.Errors) > 0 {
			e.Code, text, e.missing = body.Errors[0].Code, body.Errors[0].Message, false
		}
	}
	e.Code, e.Message = shorten(redact(e.Code)), shorten(redact(text))
	return e
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

func shorten(s string) string {
	s = authorization.ReplaceAllString(strings.ToValidUTF8(s, "\uFFFD"), "$1$2[redacted]")
	if r := []rune(s); len(r) > maxMessage {
		return string(r[:maxMessage]) + "…"
	}
	return s
}

// explain turns an error into what a person can act on. Only hosts that nobody
// configured get hints: a configured host that fails is a failure.
func (s *site) explain(ctx context.Context, path string, err error) error {
	var e *Error
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.As(err, &untrusted):
		return fmt.Errorf("%w; if %s has its own certificate authority, name its file under registries in the operator's file (registries: {%q: {caFile: …}})", err, s.name, s.name)
	case err == nil, s.configured, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return err
	case errors.As(err, &e) && (e.Status == http.StatusUnauthorized || e.Status == http.StatusForbidden):
		// A repository that could be read a moment ago is not a private one.
		if s.hasAnswered(path) || s.hasCredentials(ctx) {
			return err
		}
		return hint{fmt.Sprintf("%s does not show %s without a login; log in with `docker login %s`, or name %s under registries in the operator's file",
			s.name, path, s.name, s.name), err}
	case errors.Is(err, errBlocked), !s.public && isUnreachable(err):
		return hint{fmt.Sprintf("%s cannot be reached from here, or leads to a private address (%v); give it an endpoint under registries in the operator's file (registries: {%q: {endpoint: …}})",
			s.name, err, s.name), err}
	}
	return err
}

// hint is an error of a registry that nobody configured, in words with a way
// out. It wraps resolver.ErrUnconfigured and what happened.
type hint struct {
	text  string
	cause error
}

func (h hint) Error() string   { return h.text }
func (h hint) Unwrap() []error { return []error{resolver.ErrUnconfigured, h.cause} }

// isUnreachable tells a host that is not there from one that has a bad day.
func isUnreachable(err error) bool {
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return dns.IsNotFound
	}
	return errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EHOSTUNREACH) || errors.Is(err, syscall.ENETUNREACH)
}
