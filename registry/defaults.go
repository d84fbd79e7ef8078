package registry

import (
	"cmp"
	"context"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
)

// withDefaults fills in everything that was left zero.
func (o Options) withDefaults() Options {
	o.Concurrency = cmp.Or(o.Concurrency, 8)
	o.UserAgent = cmp.Or(o.UserAgent, "pinbot")
	o.Limits.HeaderTimeout = cmp.Or(o.Limits.HeaderTimeout, 15*time.Second)
	o.Limits.RequestTimeout = cmp.Or(o.Limits.RequestTimeout, 30*time.Second)
	o.Limits.BodyBytes = cmp.Or(o.Limits.BodyBytes, 8<<20)
	o.Limits.Pages = cmp.Or(o.Limits.Pages, 200)
	o.Limits.Tries = cmp.Or(o.Limits.Tries, 3)
	o.Limits.MaxRetryAfter = cmp.Or(o.Limits.MaxRetryAfter, time.Minute)
	if o.Keychain == nil {
		o.Keychain = authn.NewMultiKeychain()
	}
	if o.Handler == nil {
		o.Handler = func(Event) {}
	}
	if o.Clock == nil {
		o.Clock = systemClock{}
	}
	return o
}

type systemClock struct{}

var _ Clock = systemClock{}

func (systemClock) Now() time.Time { return time.Now() }

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
