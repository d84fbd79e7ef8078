package registry

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"golang.org/x/net/dns/dnsmessage"
)

// testClock never waits, and remembers how long it would have.
type testClock struct {
	mu    sync.Mutex
	now   time.Time
	slept time.Duration
}

func newClock() *testClock { return &testClock{now: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)} }

func (c *testClock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *testClock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.slept = c.now.Add(d), c.slept+d
	return ctx.Err()
}

// recorder counts a server's requests and keeps their Authorization headers.
type recorder struct {
	mu       sync.Mutex
	requests []string // "GET host/path?query"
	auth     []string // "host Authorization"
}

func (r *recorder) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		r.mu.Lock()
		r.requests = append(r.requests, req.Method+" "+req.Host+req.URL.RequestURI())
		if a := req.Header.Get("Authorization"); a != "" {
			r.auth = append(r.auth, req.Host+" "+a)
		}
		r.mu.Unlock()
		next.ServeHTTP(w, req)
	})
}

func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.requests)
}

// serve starts a server on loopback that counts its requests.
func serve(t *testing.T, h http.HandlerFunc) (base string, rec *recorder) {
	t.Helper()
	rec = &recorder{}
	srv := httptest.NewServer(rec.wrap(h))
	t.Cleanup(srv.Close)
	return srv.URL, rec
}

// newClient makes a client with a clock that does not wait.
func newClient(t *testing.T, opts Options) *Client {
	t.Helper()
	if opts.Clock == nil {
		opts.Clock = newClock()
	}
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// at is the configuration of one host.
func at(name, endpoint string) map[string]Host { return map[string]Host{name: {Endpoint: endpoint}} }

// dnsStub is a resolver that answers A questions from a function; no address is
// NXDOMAIN.
func dnsStub(t *testing.T, answer func(name string) []string) *net.Resolver {
	t.Helper()
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	go func() {
		buf := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(buf)
			if err != nil {
				return
			}
			if reply := dnsReply(buf[:n], answer); reply != nil {
				conn.WriteTo(reply, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}

func dnsReply(question []byte, answer func(string) []string) []byte {
	var m dnsmessage.Message
	if m.Unpack(question) != nil || len(m.Questions) != 1 {
		return nil
	}
	q := m.Questions[0]
	m.Response, m.Additionals = true, nil
	addrs := answer(q.Name.String())
	if len(addrs) == 0 {
		m.RCode = dnsmessage.RCodeNameError
	}
	for _, a := range addrs {
		if q.Type == dnsmessage.TypeA {
			m.Answers = append(m.Answers, dnsmessage.Resource{
				Header: dnsmessage.ResourceHeader{Name: q.Name, Type: q.Type, Class: q.Class},
				Body:   &dnsmessage.AResource{A: netip.MustParseAddr(a).As4()},
			})
		}
	}
	reply, err := m.Pack()
	if err != nil {
		return nil
	}
	return reply
}

// internet plays the public internet: every https host that a client asks is
// reached through a proxy on loopback, which leads to one TLS server.
type internet struct {
	recorder
	proxy string
	roots *x509.CertPool

	mu       sync.Mutex
	connects []string
}

// newInternet serves hosts by name.
func newInternet(t *testing.T, hosts map[string]http.HandlerFunc) *internet {
	t.Helper()
	in := &internet{}
	names := []string{}
	for name := range hosts {
		names = append(names, name)
	}
	srv := httptest.NewUnstartedServer(in.wrap(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := hosts[r.Host]; h != nil {
			h(w, r)
			return
		}
		http.NotFound(w, r)
	})))
	cert, roots := certificate(t, time.Now().Add(time.Hour), names...)
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{cert}}
	srv.StartTLS()
	t.Cleanup(srv.Close)
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { in.tunnel(w, r, srv.Listener.Addr().String()) }))
	t.Cleanup(proxy.Close)
	in.proxy, in.roots = proxy.URL, roots
	return in
}

func (in *internet) tunnel(w http.ResponseWriter, r *http.Request, to string) {
	in.mu.Lock()
	in.connects = append(in.connects, r.Method+" "+r.Host)
	in.mu.Unlock()
	server, err := net.Dial("tcp", to)
	if err != nil || r.Method != http.MethodConnect {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	client, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n")
	go func() {
		io.Copy(server, client)
		server.Close()
	}()
	io.Copy(client, server)
	client.Close()
}

// options lead a client into this internet.
func (in *internet) options() Options {
	u, err := url.Parse(in.proxy)
	return Options{RootCAs: in.roots, Proxy: func(*http.Request) (*url.URL, error) { return u, err }}
}

// certificate makes a certificate that signs itself.
func certificate(t *testing.T, until time.Time, names ...string) (tls.Certificate, *x509.CertPool) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), DNSNames: names, IsCA: true, BasicConstraintsValid: true,
		NotBefore: until.Add(-48 * time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	leaf, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots := x509.NewCertPool()
	roots.AddCert(leaf)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, roots
}

// canary is a password that must not go where it does not belong.
const canary = "canary-s3cr3t"

// keychain knows canary for one host.
type keychain string

func (k keychain) Resolve(target authn.Resource) (authn.Authenticator, error) {
	if target.RegistryStr() == string(k) {
		return authn.FromConfig(authn.AuthConfig{Username: "bot", Password: canary}), nil
	}
	return authn.Anonymous, nil
}
