package registry

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"syscall"
	"time"

	"pinbot/resolver"
)

// firstBackoff is the wait before a second try; it doubles.
const firstBackoff = 250 * time.Millisecond

// retried tries again what may go better the next time. A server that let us
// wait a whole time-out is not tried again: it would cost every image of a run
// the same.
type retried struct {
	next  http.RoundTripper
	host  string
	tries int
	clock Clock
	gate  *gate
}

var _ http.RoundTripper = (*retried)(nil)

func (r *retried) RoundTrip(req *http.Request) (*http.Response, error) {
	for try := 1; ; try++ {
		resp, err := r.next.RoundTrip(req)
		// A body that was sent cannot be sent again, so a POST is tried once.
		if req.Body != nil || !mayDoBetter(resp, err) {
			return resp, err
		}
		if try >= r.tries {
			return resp, r.giveUp(resp, err)
		}
		if err := r.clock.Sleep(req.Context(), firstBackoff<<(try-1)); err != nil {
			return nil, err
		}
	}
}

// giveUp leaves a host alone that says "too many" at the last try, else each of
// its images would ask it as often.
func (r *retried) giveUp(resp *http.Response, err error) error {
	if err != nil || resp.StatusCode != http.StatusTooManyRequests {
		return err
	}
	return r.gate.close(fmt.Errorf("%s answers 429 (too many requests) after %d tries: %w", r.host, r.tries, resolver.ErrDeferred))
}

func mayDoBetter(resp *http.Response, err error) bool {
	if err == nil {
		switch resp.StatusCode {
		case http.StatusRequestTimeout, http.StatusTooManyRequests, http.StatusInternalServerError,
			http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
			return true
		}
		return false
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		return !dns.IsNotFound && (dns.IsTemporary || dns.IsTimeout)
	}
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
}
