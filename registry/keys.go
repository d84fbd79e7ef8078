package registry

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	"golang.org/x/net/publicsuffix"
)

// keys are a host's credentials, fetched when first needed: the credential store
// may be a program, and slow.
type keys struct {
	chain authn.Keychain
	name  string // the host as references name it

	mu      sync.Mutex
	auth    *authn.AuthConfig // nil: not fetched yet
	secrets []string          // texts that no message may show
}

// get asks the keychain by the name that people log in to, whatever endpoint
// stands in for it.
func (k *keys) get(ctx context.Context) (authn.AuthConfig, error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.auth != nil {
		return *k.auth, nil
	}
	target, err := name.NewRegistry(k.name)
	if err != nil {
		return authn.AuthConfig{}, err
	}
	found, err := authn.Resolve(ctx, k.chain, target)
	if err != nil {
		return authn.AuthConfig{}, fmt.Errorf("asking the credential store for %s: %w", k.name, err)
	}
	auth, err := authn.Authorization(ctx, found)
	if err != nil {
		return authn.AuthConfig{}, fmt.Errorf("asking the credential store for %s: %w", k.name, err)
	}
	k.auth = auth
	k.secrets = append(k.secrets, auth.Password, auth.IdentityToken, auth.RegistryToken, auth.Auth, basicOf(*auth))
	return *auth, nil
}

// hide adds a secret.
func (k *keys) hide(secret string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.secrets = append(k.secrets, secret)
}

// redact takes the secrets out of what a server sent back.
func (k *keys) redact(text string) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, secret := range k.secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "[redacted]")
			text = strings.ReplaceAll(text, url.QueryEscape(secret), "[redacted]")
		}
	}
	return text
}

// basicOf is the value of a Basic Authorization header, "" without credentials.
func basicOf(auth authn.AuthConfig) string {
	switch {
	case auth.Username != "" && auth.Password != "":
		return base64.StdEncoding.EncodeToString([]byte(auth.Username + ":" + auth.Password))
	default:
		return auth.Auth
	}
}

// credentials are what may be sent to a URL of the registry or its token
// service: nothing but over https or to this machine.
//
// The endpoint is named by the operator as the stand-in of the host, so it gets
// the host's credentials. A token service gets them where it belongs to the
// registry: at the same address, under the same registrable domain as the
// endpoint or the host itself (auth.docker.io for docker.io), or named by the
// operator's file. Any other is asked anonymously.
func (s *site) credentials(ctx context.Context, u *url.URL) (authn.AuthConfig, error) {
	_, approved := s.trusted[address(u)]
	// Another port of the same machine may be another's.
	usualPort := u.Port() == "" || u.Port() == s.base.Port()
	approved = approved || origin(u) == origin(s.base) ||
		u.Scheme == "https" && usualPort && (sameOwner(u.Hostname(), s.base.Hostname()) || sameOwner(u.Hostname(), hostOnly(s.name)))
	if !approved || !isConfidential(u) || !isConfidential(s.base) {
		return authn.AuthConfig{}, nil
	}
	return s.keys.get(ctx)
}

// hasCredentials reports whether the credential store knows the host.
func (s *site) hasCredentials(ctx context.Context) bool {
	auth, err := s.credentials(ctx, s.base)
	return err == nil && auth != authn.AuthConfig{}
}

func isConfidential(u *url.URL) bool {
	ip, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "https" || u.Hostname() == "localhost" || err == nil && ip.IsLoopback()
}

// sameOwner reports whether two names lie under one registrable domain. Addresses
// and single labels lie under none.
func sameOwner(a, b string) bool {
	domainA, errA := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(a))
	domainB, errB := publicsuffix.EffectiveTLDPlusOne(strings.ToLower(b))
	return errA == nil && errB == nil && domainA == domainB
}

// hostOnly cuts the port off.
func hostOnly(name string) string {
	u := url.URL{Host: name}
	return u.Hostname()
}
