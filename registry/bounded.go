package registry

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"pinbot/resolver"
)

// bounded reads the whole answer within a time and a size, so that a server
// that sends a byte a second or never stops costs neither a night nor the
// memory. The size counts decompressed bytes.
type bounded struct {
	next    http.RoundTripper
	timeout time.Duration
	size    int64
}

var _ http.RoundTripper = (*bounded)(nil)

func (b *bounded) RoundTrip(req *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(req.Context(), b.timeout)
	defer cancel()
	resp, body, err := b.read(req.WithContext(ctx))
	switch {
	case req.Context().Err() != nil:
		return nil, req.Context().Err()
	case err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded):
		// Not %w: the caller's own deadline has not passed.
		return nil, fmt.Errorf("%s gave no complete answer within %s", req.URL.Host, b.timeout)
	case err != nil:
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

func (b *bounded) read(req *http.Request) (*http.Response, []byte, error) {
	resp, err := b.next.RoundTrip(req)
	if err != nil {
		return nil, nil, fmt.Errorf("asking %s: %w", req.URL.Host, err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, b.size+1))
	if err != nil {
		return nil, nil, fmt.Errorf("reading the answer of %s: %w", req.URL.Host, err)
	}
	if int64(len(body)) > b.size {
		return nil, nil, fmt.Errorf("%s sent more than %d bytes: %w", req.URL.Host, b.size, resolver.ErrLimit)
	}
	return resp, body, nil
}
