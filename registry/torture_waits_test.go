package registry

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"pinbot/resolver"
)

func tortureNoSuchHost(t *testing.T) {
	hosts := withOther(t, at("gone.test", "https://gone.test"))
	c := newClient(t, Options{Hosts: hosts, Resolver: dnsStub(t, func(string) []string { return nil })})
	for _, row := range []struct {
		host         string
		unconfigured bool
	}{{"gone.test", false}, {"ghcr.io", false}, {"private.test", true}} {
		_, err := tagsOf(t, c, row.host)
		if err == nil || errors.Is(err, resolver.ErrUnconfigured) != row.unconfigured {
			t.Errorf("%s: error %v, want ErrUnconfigured: %v", row.host, err, row.unconfigured)
		}
	}
	wantOther(t, c)
}

func tortureReset(t *testing.T) {
	base, rec := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "1000")
		io.WriteString(w, "{")
		conn, buf, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		buf.Flush()
		conn.(*net.TCPConn).SetLinger(0)
		conn.Close()
	})
	c := newClient(t, Options{Hosts: withOther(t, at("r.test", base))})
	if _, err := tagsOf(t, c, "r.test"); err == nil || errors.Is(err, resolver.ErrNotFound) {
		t.Errorf("error %v", err)
	}
	if rec.count() != 3 {
		t.Errorf("%d requests, want 3", rec.count())
	}
	wantOther(t, c)
}

// tortureNoHeader and tortureSlowBody have servers that would hold a client for
// ever: that they end shows the time limit. The clock shows that nothing was
// waited for beside it, and the one request that nobody tried again.
func tortureNoHeader(t *testing.T) {
	base, rec := serve(t, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	clock := newClock()
	c := newClient(t, Options{Hosts: withOther(t, at("r.test", base)), Limits: Limits{HeaderTimeout: timeLimit}, Clock: clock})
	_, err := tagsOf(t, c, "r.test")
	wantTimeLimit(t, err, rec, clock)
	wantOther(t, c)
}

func tortureSlowBody(t *testing.T) {
	base, rec := serve(t, func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			io.WriteString(w, " ")
			w.(http.Flusher).Flush()
			time.Sleep(5 * time.Millisecond)
		}
	})
	clock := newClock()
	c := newClient(t, Options{Hosts: withOther(t, at("r.test", base)), Limits: Limits{RequestTimeout: timeLimit}, Clock: clock})
	_, err := tagsOf(t, c, "r.test")
	wantTimeLimit(t, err, rec, clock)
	wantOther(t, c)
}

// timeLimit is long enough for a busy machine to answer the other host's
// requests within it.
const timeLimit = 500 * time.Millisecond

func wantTimeLimit(t *testing.T, err error, rec *recorder, clock *testClock) {
	t.Helper()
	if err == nil || errors.Is(err, resolver.ErrNotFound) || t.Context().Err() != nil {
		t.Errorf("error %v", err)
	}
	if rec.count() != 1 || clock.slept != 0 {
		t.Errorf("%d requests, waited %s between them", rec.count(), clock.slept)
	}
}

// failing answers the first requests with a status and a header, and then well.
func failing(t *testing.T, times int32, status int, retryAfter string) (string, *recorder) {
	var seen atomic.Int32
	return serve(t, func(w http.ResponseWriter, _ *http.Request) {
		if seen.Add(1) > times {
			writeTags(w, onePage)
			return
		}
		if retryAfter != "" {
			w.Header().Set("Retry-After", retryAfter)
		}
		w.WriteHeader(status)
	})
}

func tortureTwoFailures(t *testing.T) {
	base, rec := failing(t, 2, http.StatusInternalServerError, "")
	clock := newClock()
	names, err := tagsOf(t, newClient(t, Options{Hosts: at("r.test", base), Clock: clock}), "r.test")
	if err != nil || len(names) != 1 || rec.count() != 3 || clock.slept != 3*firstBackoff {
		t.Errorf("tags %q, error %v, %d requests, waited %s", names, err, rec.count(), clock.slept)
	}
}

func tortureRetryAfter(t *testing.T) {
	base, rec := failing(t, 1, http.StatusTooManyRequests, "2")
	clock := newClock()
	names, err := tagsOf(t, newClient(t, Options{Hosts: at("r.test", base), Clock: clock}), "r.test")
	if err != nil || len(names) != 1 || rec.count() != 2 || clock.slept < 2*time.Second {
		t.Errorf("tags %q, error %v, %d requests, waited %s", names, err, rec.count(), clock.slept)
	}
}

func tortureLongRetryAfter(t *testing.T) {
	base, rec := failing(t, 1, http.StatusTooManyRequests, "86400")
	clock := newClock()
	c := newClient(t, Options{Hosts: withOther(t, at("r.test", base)), Clock: clock})
	if _, err := tagsOf(t, c, "r.test"); !errors.Is(err, resolver.ErrDeferred) {
		t.Errorf("error %v, want ErrDeferred", err)
	}
	if rec.count() != 1 || clock.slept != 0 {
		t.Errorf("%d requests, waited %s", rec.count(), clock.slept)
	}
	wantOther(t, c)
}

func tortureOddRetryAfter(t *testing.T) {
	soon := newClock().now.Add(10 * time.Second).Format(http.TimeFormat)
	past := newClock().now.Add(-time.Hour).Format(http.TimeFormat)
	for _, row := range []struct {
		header   string
		atLeast  time.Duration
		deferred bool
	}{
		{soon, 10 * time.Second, false}, {past, time.Millisecond, false}, {"-5", time.Millisecond, false},
		{"0", time.Millisecond, false}, {"soon", time.Millisecond, false}, {"1e3", time.Millisecond, false},
		{"99999999999999999999", time.Millisecond, false}, {"9223372036854775807", 0, true},
	} {
		base, rec := failing(t, 1, http.StatusTooManyRequests, row.header)
		clock := newClock()
		_, err := tagsOf(t, newClient(t, Options{Hosts: at("r.test", base), Clock: clock}), "r.test")
		if errors.Is(err, resolver.ErrDeferred) != row.deferred || !row.deferred && err != nil {
			t.Errorf("%q: error %v", row.header, err)
		}
		if clock.slept < row.atLeast || clock.slept > row.atLeast+time.Second || rec.count() > 2 {
			t.Errorf("%q: waited %s, %d requests", row.header, clock.slept, rec.count())
		}
	}
}

func tortureDeferredHost(t *testing.T) {
	base, rec := failing(t, 1000, http.StatusTooManyRequests, "")
	c := newClient(t, Options{Hosts: at("r.test", base)})
	for i := range 10 {
		if _, err := c.Tags(t.Context(), fmt.Sprintf("r.test/a/b%d", i), resolver.TagQuery{}); !errors.Is(err, resolver.ErrDeferred) {
			t.Errorf("image %d: %v", i, err)
		}
	}
	if rec.count() != 3 {
		t.Errorf("%d requests for ten images of a host that says 429 without a time", rec.count())
	}
	for _, concurrency := range []int{1, 8} {
		var seen atomic.Int32
		base, rec := serve(t, func(w http.ResponseWriter, _ *http.Request) {
			if seen.Add(1) >= 5 {
				w.Header().Set("Retry-After", "3600")
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			writeTags(w, onePage)
		})
		c := newClient(t, Options{Hosts: withOther(t, at("r.test", base)), Concurrency: concurrency})
		var group sync.WaitGroup
		for i := range 50 {
			group.Go(func() {
				_, err := c.Tags(t.Context(), fmt.Sprintf("r.test/a/b%d", i), resolver.TagQuery{})
				if err != nil && !errors.Is(err, resolver.ErrDeferred) {
					t.Errorf("image %d: %v", i, err)
				}
			})
		}
		group.Wait()
		// Those that were under way when the fifth was answered cannot be called back.
		if rec.count() > 5+concurrency-1 {
			t.Errorf("concurrency %d: %d requests", concurrency, rec.count())
		}
		wantOther(t, c)
	}
}
