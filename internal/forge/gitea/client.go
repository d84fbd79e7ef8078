package gitea

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	sdk "code.gitea.io/sdk/gitea"

	"pinbot/internal/text"
	"pinbot/updater"
)

// Options say where the forge is and who asks.
type Options struct {
	URL   string // https://git.example.org, with a path where the forge has one
	Token string // needs write:repository, write:issue and read:user
	// HTTPClient gives the transport (proxies, certificates); nil is the
	// default one. Redirects, limits and credentials are handled here.
	HTTPClient *http.Client
	Timeout    time.Duration // of one request with its answer; 0: 30 s
}

// Errors that callers branch on, beside those of package updater.
var (
	// ErrNotFound: there is no such repository, or the token may not see it.
	ErrNotFound = errors.New("it does not exist, or the token may not see it")
	// ErrMoved: the repository has another name now.
	ErrMoved = errors.New("it was renamed or moved")
)

// Error is an answer that is not a success.
type Error struct {
	Status  int    // HTTP status
	Message string // the server's words, without secrets and control characters
	kind    error
}

func (e *Error) Error() string {
	text := fmt.Sprintf("the forge answers %d", e.Status)
	if e.Message != "" {
		text += ": " + e.Message
	}
	if e.kind != nil {
		text = fmt.Sprintf("%v (%s)", e.kind, text)
	}
	return text
}

func (e *Error) Unwrap() error { return e.kind }

// Temporary reports whether a later run may succeed.
func (e *Error) Temporary() bool { return e.Status >= 500 || e.Status == http.StatusTooManyRequests }

// Client is a forge. It may be used by several goroutines.
type Client struct {
	url     string // without a slash at the end
	token   string
	http    *http.Client
	refused atomic.Bool // the token was refused: nothing is asked any more
}

const (
	// maxAnswer is the largest answer that is read, in bytes: 50 pull requests
	// with bodies of 64 KiB.
	maxAnswer = 8 << 20
	// maxMessage is how much of a server's message is repeated, in bytes.
	maxMessage = 300
	// maxPages ends a list that never ends.
	maxPages = 1000
	pageSize = 50
)

// New prepares a client and sends nothing. A URL with a user, a password or
// another scheme than http(s) is refused.
func New(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil || u.Hostname() == "" || u.Scheme != "https" && u.Scheme != "http":
		return nil, errors.New("the forge's URL must look like https://git.example.org")
	case u.User != nil || u.RawQuery != "" || u.Fragment != "":
		return nil, errors.New("the forge's URL has a user, a password or a query in it; give the token by tokenEnv or tokenFile")
	case o.Token == "":
		return nil, fmt.Errorf("there is no token for the forge %s; set tokenEnv or tokenFile", u.Host)
	}
	var base http.RoundTripper
	if o.HTTPClient != nil {
		base = o.HTTPClient.Transport
	}
	if base == nil {
		base = http.DefaultTransport
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	c := &Client{url: strings.TrimSuffix(o.URL, "/"), token: o.Token}
	c.http = &http.Client{
		Timeout:       o.Timeout,
		Transport:     &guard{next: base, scheme: u.Scheme, host: u.Host},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	return c, nil
}

// String leaves the token out.
func (c *Client) String() string { return c.url }

// GoString leaves the token out.
func (c *Client) GoString() string { return fmt.Sprintf("gitea.Client{%q}", c.url) }

// guard keeps requests at the forge, and answers small.
type guard struct {
	next         http.RoundTripper
	scheme, host string
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Host != g.host || req.URL.Scheme != g.scheme {
		return nil, errors.New("the request would leave the forge")
	}
	res, err := g.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{&limited{res.Body, maxAnswer}, res.Body}
	return res, nil
}

// limited makes a body that is too long an error and not a shorter body.
type limited struct {
	r    io.Reader
	left int
}

func (l *limited) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, fmt.Errorf("the answer is larger than %d MiB", maxAnswer>>20)
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// ask makes one call. The SDK's clients are bound to a context, so each call
// has its own; they share the connections.
func ask[T any](ctx context.Context, c *Client, call func(*sdk.Client) (T, *sdk.Response, error)) (T, *sdk.Response, error) {
	var none T
	if c.refused.Load() {
		return none, nil, fmt.Errorf("%w: the token was refused before", updater.ErrForbidden)
	}
	// An empty version keeps the SDK from asking for it before each call.
	api, err := sdk.NewClient(c.url, sdk.SetToken(c.token), sdk.SetHTTPClient(c.http), sdk.SetContext(ctx), sdk.SetGiteaVersion(""))
	if err != nil {
		return none, nil, c.explain(nil, err)
	}
	v, res, err := call(api)
	if err != nil {
		return none, res, c.explain(res, err)
	}
	return v, res, nil
}

// explain makes an error of what came back. The original is dropped, because
// it may hold whatever the server said.
func (c *Client) explain(res *sdk.Response, err error) error {
	for _, known := range []error{context.Canceled, context.DeadlineExceeded} {
		if errors.Is(err, known) {
			return fmt.Errorf("asking the forge: %w", known)
		}
	}
	if res == nil || res.Response == nil || res.StatusCode/100 == 2 {
		return fmt.Errorf("asking the forge: %s", c.clip(err.Error()))
	}
	e := &Error{Status: res.StatusCode, Message: c.clip(err.Error())}
	switch {
	case e.Status == http.StatusUnauthorized:
		c.refused.Store(true)
		e.kind = updater.ErrForbidden
	case e.Status == http.StatusForbidden || e.Status == http.StatusLocked:
		e.kind = updater.ErrForbidden
	case e.Status == http.StatusNotFound:
		e.kind = ErrNotFound
	case e.Status/100 == 3:
		e.kind, e.Message = ErrMoved, c.clip(res.Header.Get("Location"))
	}
	return e
}

// clip makes a server's text fit for one line of an error, without the token.
func (c *Client) clip(s string) string {
	s = strings.Join(strings.Fields(text.NewRedactor(c.token).Redact(s)), " ")
	if len(s) > maxMessage {
		s = strings.ToValidUTF8(s[:maxMessage], "") + "…"
	}
	return text.Outside(s).Terminal()
}

// each visits the items of a list, page by page. A page may be empty and not be
// the last: some lists leave out what the token may not see only after they were
// cut into pages.
func each[T any](ctx context.Context, c *Client, page func(*sdk.Client, sdk.ListOptions) ([]T, *sdk.Response, error), visit func(T)) error {
	for n := 1; n <= maxPages; n++ {
		items, res, err := ask(ctx, c, func(api *sdk.Client) ([]T, *sdk.Response, error) {
			return page(api, sdk.ListOptions{Page: n, PageSize: pageSize})
		})
		if err != nil {
			return err
		}
		for _, item := range items {
			visit(item)
		}
		if res.NextPage <= n {
			return nil
		}
	}
	return fmt.Errorf("the forge's list has more than %d pages", maxPages)
}
