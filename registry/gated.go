package registry

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"pinbot/resolver"
)

// gated does as a host asks that wants to be left alone for a while: short
// waits hold all requests to it back, a longer one ends them for this run. It
// stands below the limiter, so a request that waited for its place learns what
// the one before it was told.
type gated struct {
	next    http.RoundTripper
	host    string
	maxWait time.Duration
	clock   Clock
	gate    *gate
}

var _ http.RoundTripper = (*gated)(nil)

func (g *gated) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.gate.pass(req.Context(), g.clock); err != nil {
		return nil, err
	}
	resp, err := g.next.RoundTrip(req)
	if err != nil || resp.StatusCode != http.StatusTooManyRequests && resp.StatusCode != http.StatusServiceUnavailable {
		return resp, err
	}
	wait, said := retryAfter(resp.Header.Get("Retry-After"), g.clock.Now())
	switch {
	case said && wait > g.maxWait:
		return nil, g.gate.close(fmt.Errorf("%s asks to come back in %s: %w", g.host, wait.Round(time.Second), resolver.ErrDeferred))
	case said:
		g.gate.pause(g.clock.Now().Add(wait))
	}
	return resp, nil
}

// retryAfter reads the header (RFC 9110, 10.2.3): seconds or a date. What is
// neither, or lies in the past, was not said.
func retryAfter(header string, now time.Time) (time.Duration, bool) {
	if seconds, err := strconv.ParseInt(header, 10, 64); err == nil {
		// A year is as good as for ever, and does not overflow.
		return time.Duration(min(seconds, 365*24*3600)) * time.Second, seconds > 0
	}
	if at, err := http.ParseTime(header); err == nil {
		return at.Sub(now), at.After(now)
	}
	return 0, false
}

// gate holds all requests to one host back: until a time, or for good.
type gate struct {
	mu     sync.Mutex
	until  time.Time
	closed error
}

func (g *gate) pass(ctx context.Context, clock Clock) error {
	g.mu.Lock()
	closed, wait := g.closed, g.until.Sub(clock.Now())
	g.mu.Unlock()
	if closed != nil {
		return closed
	}
	if wait > 0 {
		return clock.Sleep(ctx, wait)
	}
	return ctx.Err()
}

func (g *gate) pause(until time.Time) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if until.After(g.until) {
		g.until = until
	}
}

// close refuses all requests from now on, with the first reason given.
func (g *gate) close(reason error) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed == nil {
		g.closed = reason
	}
	return g.closed
}
