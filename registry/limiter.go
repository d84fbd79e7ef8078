package registry

import (
	"context"
	"net/http"
)

// limiter bounds how many requests are under way at once.
type limiter chan struct{}

// acquire waits for a free place. release gives it back.
func (l limiter) acquire(ctx context.Context) (release func(), err error) {
	select {
	case l <- struct{}{}:
		return func() { <-l }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// limited holds a place of the limiter during each request. The layers below
// read the whole body, so the place is free when RoundTrip returns.
type limited struct {
	next    http.RoundTripper
	limiter limiter
}

var _ http.RoundTripper = (*limited)(nil)

func (l *limited) RoundTrip(req *http.Request) (*http.Response, error) {
	release, err := l.limiter.acquire(req.Context())
	if err != nil {
		return nil, err
	}
	defer release()
	return l.next.RoundTrip(req)
}
