package gitrepo

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"time"

	"github.com/go-git/go-git/v5/plumbing"
	"github.com/go-git/go-git/v5/plumbing/format/packfile"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/capability"
	"github.com/go-git/go-git/v5/plumbing/protocol/packp/sideband"
	"github.com/go-git/go-git/v5/plumbing/transport"
	githttp "github.com/go-git/go-git/v5/plumbing/transport/http"
	"github.com/go-git/go-git/v5/storage"
)

// Remote is where a repository is served and how to get in. The zero Username
// and Token ask anonymously.
type Remote struct {
	URL      string // https:// or http://, without user, password, query
	Username string // "" is "pinbot": Gitea looks only at the token
	Token    string // sent as the password of basic authentication, to URL's host only
	RootCAs  *x509.CertPool
	Proxy    func(*http.Request) (*url.URL, error)
	// Wrap stands around each request, to show it or to count it; nil is none.
	Wrap func(http.RoundTripper) http.RoundTripper
}

// String leaves the token out, so that no %v or %+v can print it.
func (r Remote) String() string { return r.URL }

// GoString does the same for %#v.
func (r Remote) GoString() string { return fmt.Sprintf("gitrepo.Remote{URL: %q}", r.URL) }

func (r Remote) username() string {
	if r.Username == "" {
		return "pinbot"
	}
	return r.Username
}

func (r Remote) auth() transport.AuthMethod {
	if r.Token == "" {
		return nil
	}
	return &githttp.BasicAuth{Username: r.username(), Password: r.Token}
}

// maxAnswer is the largest answer of a server that is read, in bytes: a
// repository whose tip is larger does not fit in memory.
const maxAnswer = 1 << 30

// wire speaks git's protocol with one repository.
type wire struct {
	remote    Remote
	endpoint  *transport.Endpoint
	transport transport.Transport
}

func newWire(r Remote) (*wire, error) {
	if err := CheckURL(r.URL); err != nil {
		return nil, err
	}
	ep, err := transport.NewEndpoint(r.URL)
	if err != nil {
		return nil, errors.New("the repository's URL cannot be read; it must look like https://git.example.org/owner/name.git")
	}
	client := &http.Client{
		Transport:     capped{r.wrapped(r.roundTripper())},
		CheckRedirect: func(*http.Request, []*http.Request) error { return ErrRedirect },
	}
	t := githttp.NewClientWithOptions(client, &githttp.ClientOptions{RedirectPolicy: githttp.NoFollowRedirects})
	return &wire{remote: r, endpoint: ep, transport: t}, nil
}

func (r Remote) wrapped(t http.RoundTripper) http.RoundTripper {
	if r.Wrap == nil {
		return t
	}
	return r.Wrap(t)
}

func (r Remote) roundTripper() *http.Transport {
	return &http.Transport{
		Proxy:               r.Proxy,
		DialContext:         (&net.Dialer{Timeout: 15 * time.Second}).DialContext,
		TLSClientConfig:     &tls.Config{RootCAs: r.RootCAs, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout: 15 * time.Second,
		IdleConnTimeout:     30 * time.Second,
		ForceAttemptHTTP2:   true,
	}
}

// capped limits how much of an answer is read, errors' bodies included.
type capped struct{ next http.RoundTripper }

func (c capped) RoundTrip(req *http.Request) (*http.Response, error) {
	res, err := c.next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	limit := int64(maxAnswer)
	if res.StatusCode/100 == 3 {
		_ = res.Body.Close()
		return nil, fmt.Errorf("%w (status %d)", ErrRedirect, res.StatusCode)
	}
	if res.StatusCode != http.StatusOK {
		limit = 64 << 10
	}
	res.Body = struct {
		io.Reader
		io.Closer
	}{read(res.Body, limit), res.Body}
	return res, nil
}

// advertised asks for the server's references. Over HTTP each request stands
// alone, so the session may fetch any number of times.
func (w *wire) advertised(ctx context.Context) (transport.UploadPackSession, *packp.AdvRefs, error) {
	s, err := w.transport.NewUploadPackSession(w.endpoint, w.remote.auth())
	if err != nil {
		return nil, nil, err
	}
	refs, err := s.AdvertisedReferencesContext(ctx)
	return s, refs, err
}

// request is what to fetch: commits, how deep, and what the server may leave
// out because it is here already.
type request struct {
	want  plumbing.Hash
	have  []plumbing.Hash
	depth int // 0: all history that have does not cover
}

// fetch stores what the server answers to q.
func (w *wire) fetch(ctx context.Context, s transport.UploadPackSession, refs *packp.AdvRefs, into storage.Storer, q request) error {
	req := packp.NewUploadPackRequestFromCapabilities(refs.Capabilities)
	req.Wants = []plumbing.Hash{q.want}
	req.Haves = q.have
	if q.depth > 0 && refs.Capabilities.Supports(capability.Shallow) {
		if err := req.Capabilities.Set(capability.Shallow); err != nil {
			return err
		}
		shallow, err := into.Shallow()
		if err != nil {
			return err
		}
		req.Depth, req.Shallows = packp.DepthCommits(q.depth), shallow
	}
	res, err := s.UploadPack(ctx, req)
	if errors.Is(err, transport.ErrEmptyUploadPackRequest) {
		return nil
	}
	if err != nil {
		return err
	}
	defer res.Close()
	if err := updateShallow(into, res.ShallowUpdate); err != nil {
		return err
	}
	return storePack(demux(req.Capabilities, res), into)
}

// updateShallow keeps the list of commits whose parents are not here.
func updateShallow(into storage.Storer, u packp.ShallowUpdate) error {
	if len(u.Shallows)+len(u.Unshallows) == 0 {
		return nil
	}
	old, err := into.Shallow()
	if err != nil {
		return err
	}
	set := map[plumbing.Hash]bool{}
	for _, h := range append(old, u.Shallows...) {
		set[h] = true
	}
	for _, h := range u.Unshallows {
		delete(set, h)
	}
	list := make([]plumbing.Hash, 0, len(set))
	for h := range set {
		list = append(list, h)
	}
	plumbing.HashesSort(list)
	return into.SetShallow(list)
}

func demux(c *capability.List, r io.Reader) io.Reader {
	switch {
	case c.Supports(capability.Sideband64k):
		return sideband.NewDemuxer(sideband.Sideband64k, r)
	case c.Supports(capability.Sideband):
		return sideband.NewDemuxer(sideband.Sideband, r)
	}
	return r
}

// update is one reference that the server is asked to move.
type update struct {
	name     plumbing.ReferenceName
	old, new plumbing.Hash
	objects  []plumbing.Hash
}

// refusal is the server's answer that it does not move the reference.
type refusal struct{ status, said string }

func (r *refusal) Error() string {
	return fmt.Sprintf("the server refuses the push (%s): %s", r.status, r.said)
}

// send asks the server to move a reference and to store the objects. An error
// of type *refusal is the server's own; others happened on the way.
func (w *wire) send(ctx context.Context, s transport.ReceivePackSession, refs *packp.AdvRefs, from storage.Storer, u update) error {
	req := packp.NewReferenceUpdateRequestFromCapabilities(refs.Capabilities)
	req.Commands = []*packp.Command{{Name: u.name, Old: u.old, New: u.new}}
	words := &bytes.Buffer{}
	if refs.Capabilities.Supports(capability.Sideband64k) {
		if err := req.Capabilities.Set(capability.Sideband64k); err != nil {
			return err
		}
		req.Progress = words
	}
	if u.new != plumbing.ZeroHash {
		pack := &bytes.Buffer{}
		if _, err := packfile.NewEncoder(pack, from, false).Encode(u.objects, 0); err != nil {
			return fmt.Errorf("packing: %w", err)
		}
		req.Packfile = io.NopCloser(pack)
	}
	report, err := s.ReceivePack(ctx, req)
	if err != nil && report != nil {
		return &refusal{status: err.Error(), said: words.String()}
	}
	return err
}
