package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// errBlocked: the request would have gone where nobody configured it to go.
var errBlocked = errors.New("refused by pinbot")

// trusted are the addresses ("host:port") that the operator's configuration
// names, and the scheme they are asked with.
type trusted map[string]string

// address is a URL's host and port.
func address(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443"}[u.Scheme]
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// egress refuses URLs that no lookup is needed to refuse: plain http to hosts
// that were not configured with it, and private addresses written as such.
type egress struct {
	next    http.RoundTripper
	trusted trusted
}

var _ http.RoundTripper = (*egress)(nil)

func (e *egress) RoundTrip(req *http.Request) (*http.Response, error) {
	scheme, known := e.trusted[address(req.URL)]
	if req.URL.Scheme != "https" && (!known || scheme != req.URL.Scheme) {
		return nil, fmt.Errorf("%s is not https, and only an endpoint that the operator's file names may do without: %w", redactURL(req.URL), errBlocked)
	}
	if ip, err := netip.ParseAddr(req.URL.Hostname()); err == nil && !known && !isPublic(ip) {
		return nil, fmt.Errorf("%s is a private address: %w", ip, errBlocked)
	}
	return e.next.RoundTrip(req)
}

// dialer connects. It sees the addresses that DNS gave at the moment of the
// connection, so a name that changes between two lookups gains nothing.
type dialer struct {
	open    net.Dialer // to what is trusted
	guarded net.Dialer // to anything else
	trusted trusted
	proxies sync.Map // "host:port" of the proxies in use: the operator chose them
}

func newDialer(resolver *net.Resolver, timeout time.Duration, trusted trusted) *dialer {
	d := &dialer{trusted: trusted}
	d.open = net.Dialer{Timeout: timeout, Resolver: resolver}
	d.guarded = net.Dialer{Timeout: timeout, Resolver: resolver, Control: refusePrivate}
	return d
}

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	addr = strings.ToLower(addr)
	_, isTrusted := d.trusted[addr]
	_, isProxy := d.proxies.Load(addr)
	if isTrusted || isProxy {
		return d.open.DialContext(ctx, network, addr)
	}
	return d.guarded.DialContext(ctx, network, addr)
}

// proxied wraps the choice of a proxy and remembers the addresses it gives.
func (d *dialer) proxied(choose func(*http.Request) (*url.URL, error)) func(*http.Request) (*url.URL, error) {
	if choose == nil {
		return nil
	}
	return func(req *http.Request) (*url.URL, error) {
		u, err := choose(req)
		if u != nil && err == nil {
			d.proxies.Store(address(u), true)
		}
		return u, err
	}
}

// refusePrivate is a net.Dialer's Control: it runs for each address of a name,
// before the connection.
func refusePrivate(_, addr string, _ syscall.RawConn) error {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil || !isPublic(ap.Addr()) {
		return fmt.Errorf("%s is a private address: %w", addr, errBlocked)
	}
	return nil
}

// private are the networks that a stranger's URL must not reach: IANA's
// special-purpose registries, the clouds' metadata services (in link-local,
// unique-local and shared space, and Azure's), and the networks whose addresses
// carry an IPv4 address inside.
var private = parsePrefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
	"192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8")

func parsePrefixes(texts ...string) []netip.Prefix {
	prefixes := make([]netip.Prefix, len(texts))
	for i, t := range texts {
		prefixes[i] = netip.MustParsePrefix(t)
	}
	return prefixes
}

func isPublic(ip netip.Addr) bool {
	if ip.Zone() != "" {
		return false
	}
	ip = ip.Unmap()
	for _, p := range private {
		if p.Contains(ip) {
			return false
		}
	}
	return true
}
