package registry

import (
	"context"
	"crypto/x509"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
)

// Options say how registries are asked. The zero value asks public registries
// anonymously, with the default limits.
type Options struct {
	Hosts       map[string]Host // the operator's entries, by the host that references name ("quay.io")
	Keychain    authn.Keychain  // nil: anonymous
	Proxy       func(*http.Request) (*url.URL, error)
	RootCAs     *x509.CertPool // nil: the system's
	Concurrency int            // requests at once to one host that does not say; 0: 8
	UserAgent   string
	Handler     func(Event)   // told of each request, from several goroutines; may be nil
	Limits      Limits        // zero fields take their defaults
	Resolver    *net.Resolver // nil: the system's
	Clock       Clock         // nil: the system's
}

// Clock is the time that waits and durations are measured in.
type Clock interface {
	Now() time.Time
	// Sleep waits for d. It returns earlier with ctx's error where ctx ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// Host is what the operator says of one registry host.
type Host struct {
	Endpoint    string // base URL that requests for this host go to; "" is https:// and the host
	API         string // base URL of Docker Hub's listing; only for docker.io
	Type        string // "quay" for self-hosted Quays; "" to know it by name
	Concurrency int
	CAFile      string // PEM file of certificates that this host's is signed with
	Off         bool   // never asked; its images are skipped
}

// Limits bound what one answer and one question may cost.
type Limits struct {
	HeaderTimeout  time.Duration // from the request's last byte to the answer's header; 0: 15 s
	RequestTimeout time.Duration // of a whole request, body included; 0: 30 s
	BodyBytes      int64         // of one answer; 0: 8 MiB
	Pages          int           // of one listing; 0: 200
	Tries          int           // per request; 0: 3
	MaxRetryAfter  time.Duration // a longer wait defers the host for the rest of the run; 0: 60 s
}

// Event tells of one HTTP request, for --verbose and for metrics. URL has its
// secrets removed.
type Event struct {
	Method   string
	URL      string
	Status   int // 0 where no answer came
	Duration time.Duration
	Err      error
}
