package registry

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// answer is a complete answer.
type answer struct {
	status int
	header http.Header
	body   []byte
	url    *url.URL // after redirects
}

// isPage reports whether the answer is a web page. A HEAD's has no body, but a
// type.
func (a answer) isPage() bool {
	return strings.HasPrefix(strings.ToLower(a.header.Get("Content-Type")), "text/html")
}

// get sends one request and reads the answer. Anything but 200 is an *Error.
func (s *site) get(ctx context.Context, rt http.RoundTripper, method string, u *url.URL, accept ...string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, u.String(), nil)
	if err != nil {
		return answer{}, err
	}
	req.Header.Set("User-Agent", s.opts.UserAgent)
	for _, mediaType := range accept {
		req.Header.Add("Accept", mediaType)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		return answer{}, err
	}
	a := answer{status: resp.StatusCode, header: resp.Header, url: resp.Request.URL}
	if a.body, err = io.ReadAll(resp.Body); err != nil {
		return answer{}, err
	}
	if a.status != http.StatusOK || a.isPage() {
		return answer{}, newError(a.url.Host, a, s.keys.redact)
	}
	return a, nil
}

// pull asks the distribution API, with credentials where it wants them.
func (s *site) pull(ctx context.Context, method, path, rest string, accept ...string) (answer, error) {
	return s.get(ctx, &authorized{site: s, path: path}, method, s.base.JoinPath("v2", path, rest), accept...)
}

// list asks a listing and decodes its JSON. Listings are read anonymously: they
// take other credentials than the registry.
func (s *site) list(ctx context.Context, u *url.URL, into any) error {
	a, err := s.get(ctx, s.transport, http.MethodGet, u, "application/json")
	if err != nil {
		return err
	}
	return a.decode(into)
}

// decode reads a JSON body. What is no JSON is not a registry's answer.
func (a answer) decode(into any) error {
	if err := json.Unmarshal(a.body, into); err != nil {
		return fmt.Errorf("%w: %w", &Error{Host: a.url.Host, Status: a.status, page: true}, err)
	}
	return nil
}
