package registry

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// authorized answers a registry's challenges. There is no ping: the first
// request that needs a token learns it from its 401, and those of other
// repositories fetch theirs before they ask.
type authorized struct {
	site *site
	path string // repository that is read
}

var _ http.RoundTripper = (*authorized)(nil)

func (a *authorized) RoundTrip(req *http.Request) (*http.Response, error) {
	// A page link may have led to a host that this one's requests are
	// redirected to. It gets nothing.
	if origin(req.URL) != origin(a.site.base) {
		return a.site.transport.RoundTrip(req)
	}
	sent := a.expected(req.Context())
	resp, err := a.send(req, sent)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || origin(resp.Request.URL) != origin(a.site.base) {
		return resp, err
	}
	ch, ok := parseChallenges(resp.Header.Values("WWW-Authenticate"))
	if !ok {
		return resp, nil
	}
	header, err := a.answer(req.Context(), ch, sent != "")
	if err != nil || header == "" || header == sent {
		return resp, err
	}
	return a.send(req, header)
}

func (a *authorized) send(req *http.Request, header string) (*http.Response, error) {
	req = req.Clone(req.Context())
	if header != "" {
		req.Header.Set("Authorization", header)
	}
	return a.site.transport.RoundTrip(req)
}

// scope is what is asked for: to read one repository.
func (a *authorized) scope() string { return "repository:" + a.path + ":pull" }

// expected is the header that the host will want, judging by what it wanted
// last. Not getting one is no error: the request then shows what is wrong.
func (a *authorized) expected(ctx context.Context) string {
	last, known := a.site.lastChallenge()
	if !known {
		return ""
	}
	header, err := a.header(ctx, last, firstOf(last.scope, a.scope()))
	if err != nil {
		return ""
	}
	return header
}

// answer is the header for a challenge that was just given. stale says that a
// token was sent and not accepted, so that a new one is needed.
func (a *authorized) answer(ctx context.Context, ch challenge, stale bool) (string, error) {
	scope := ch.scope
	if scope == "" {
		scope = a.scope()
	}
	if stale {
		a.site.tokens.forget(scope)
	}
	a.site.remember(ch, scope == a.scope())
	return a.header(ctx, ch, scope)
}

// remember keeps a challenge where it foretells what other repositories will be
// asked for: this one's own scope means each its own, a scope that names no
// repository (public.ecr.aws wants "aws") the same for all.
func (s *site) remember(ch challenge, ownScope bool) {
	if ownScope {
		ch.scope = ""
	}
	if strings.HasPrefix(ch.scope, "repository:") {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.challenge = &ch
}

func (s *site) lastChallenge() (challenge, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.challenge == nil {
		return challenge{}, false
	}
	return *s.challenge, true
}

// header makes the value of Authorization, "" where there are no credentials
// that could answer.
func (a *authorized) header(ctx context.Context, ch challenge, scope string) (string, error) {
	own, err := a.site.credentials(ctx, a.site.base)
	switch basic := basicOf(own); {
	case err != nil:
		return "", err
	case own.RegistryToken != "":
		return "Bearer " + own.RegistryToken, nil
	case ch.scheme == "basic" && basic != "":
		return "Basic " + basic, nil
	case ch.scheme == "basic":
		return "", nil
	}
	return a.site.tokens.do(ctx, scope, func(ctx context.Context) (string, error) { return a.site.exchange(ctx, ch, scope) })
}

// exchange asks the token service.
func (s *site) exchange(ctx context.Context, ch challenge, scope string) (string, error) {
	realm, err := s.parseRealm(ch.realm)
	if err != nil {
		return "", err
	}
	auth, err := s.credentials(ctx, realm)
	if err != nil {
		return "", err
	}
	// The library refuses private realms, but does not know which ones the
	// operator allows. Told that the realm is the registry it leaves that to
	// the guards below, which do.
	service, err := name.NewRegistry(realm.Host, name.Insecure)
	if err != nil {
		return "", fmt.Errorf("%s names the token service %q, which is no host: %w", s.name, realm.Host, errBlocked)
	}
	login := authn.Anonymous
	if auth != (authn.AuthConfig{}) {
		login = authn.FromConfig(auth)
	}
	token, err := transport.Exchange(ctx, service, login, s.transport, []string{scope}, &transport.Challenge{
		Scheme: "bearer", Insecure: realm.Scheme == "http",
		Parameters: map[string]string{"realm": ch.realm, "service": ch.service},
	})
	if err != nil {
		return "", s.tokenError(realm, err)
	}
	value := firstOf(token.AccessToken, token.Token)
	s.keys.hide(value)
	return "Bearer " + value, nil
}

// parseRealm refuses a token service that the registry's own connection is
// better protected than.
func (s *site) parseRealm(text string) (*url.URL, error) {
	realm, err := url.Parse(text)
	if err != nil || realm.Host == "" || realm.User != nil {
		return nil, fmt.Errorf("%s names the token service %q, which is no URL", s.name, shorten(text))
	}
	if realm.Scheme != "https" && s.base.Scheme == "https" {
		return nil, fmt.Errorf("%s names the token service %s, which is not https: %w", s.name, redactURL(realm), errBlocked)
	}
	return realm, nil
}

// tokenError keeps of the library's error what may be shown: it repeats URLs
// and bodies as they are.
func (s *site) tokenError(realm *url.URL, err error) error {
	var answered *transport.Error
	var failed *url.Error
	switch {
	case errors.As(err, &answered):
		e := &Error{Host: realm.Host, Status: answered.StatusCode}
		if len(answered.Errors) > 0 {
			e.Code = shorten(s.keys.redact(string(answered.Errors[0].Code)))
			e.Message = shorten(s.keys.redact(answered.Errors[0].Message))
		}
		return fmt.Errorf("asking for a token: %w", e)
	case errors.As(err, &failed):
		return fmt.Errorf("asking %s for a token: %w", realm.Host, failed.Err)
	}
	return fmt.Errorf("asking %s for a token: the answer is none: %s", realm.Host, shorten(s.keys.redact(err.Error())))
}
