package registry

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
)

// maxRedirects is how often one request may be sent elsewhere. Registries need
// one hop, to the storage of their blobs; registry.k8s.io needs two.
const maxRedirects = 5

// redirected follows redirects, and takes the credentials out of a request that
// leaves its host. It stands above the guards, so each hop passes all of them.
type redirected struct{ next http.RoundTripper }

var _ http.RoundTripper = (*redirected)(nil)

func (r *redirected) RoundTrip(req *http.Request) (*http.Response, error) {
	for hop := 0; ; hop++ {
		resp, err := r.next.RoundTrip(req)
		if err != nil || !isRedirect(resp) {
			return resp, err
		}
		if hop == maxRedirects {
			return nil, fmt.Errorf("%s redirected more than %d times", req.URL.Host, maxRedirects)
		}
		if req, err = redirectOf(req, resp.Header.Get("Location")); err != nil {
			return nil, err
		}
	}
}

func isRedirect(resp *http.Response) bool {
	return slices.Contains([]int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect}, resp.StatusCode)
}

// redirectOf makes the request that follows req.
func redirectOf(req *http.Request, location string) (*http.Request, error) {
	if req.Method != http.MethodGet && req.Method != http.MethodHead {
		return nil, fmt.Errorf("%s redirects a %s, which is not followed", req.URL.Host, req.Method)
	}
	target, err := req.URL.Parse(location)
	if err != nil || location == "" {
		return nil, fmt.Errorf("%s redirects to %q, which is no URL", req.URL.Host, shorten(location))
	}
	next := req.Clone(req.Context())
	next.URL, next.Host = target, ""
	if origin(target) != origin(req.URL) {
		next.Header.Del("Authorization")
		next.Header.Del("Cookie")
	}
	return next, nil
}

// origin is scheme, host and port, with the scheme's own port filled in.
func origin(u *url.URL) string { return u.Scheme + "://" + address(u) }
