package cli

import (
	"crypto/x509"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
	"golang.org/x/net/http/httpproxy"

	"pinbot/internal/bot"
	"pinbot/internal/config"
	"pinbot/internal/text"
	"pinbot/registry"
	renovatecompat "pinbot/renovate-compat"
)

// operator reads the operator's configuration; without a file, the defaults.
func (a *app) operator() (config.Operator, error) {
	var data []byte
	if a.flags.config != "" {
		var err error
		if data, err = os.ReadFile(a.flags.config); err != nil {
			return config.Operator{}, usage("The operator's configuration cannot be read: %v.", err)
		}
	}
	op, err := config.ParseOperator(a.flags.config, data)
	if err != nil {
		return op, badConfig(err)
	}
	return op, nil
}

// policy reads the configuration of the repository in this folder.
func (a *app) policy() (config.Repository, error) {
	exists := func(p string) bool {
		info, err := os.Lstat(p)
		return err == nil && info.Mode().IsRegular()
	}
	read := func(p string) ([]byte, error) {
		data, err := os.ReadFile(p)
		if err != nil {
			return nil, usage("The configuration cannot be read: %v.", err)
		}
		return data, nil
	}
	conf, notes, err := bot.Configuration(exists, read, renovatecompat.Files)
	for _, n := range notes {
		a.note("%s.", n)
	}
	if err != nil {
		return conf, badConfig(err)
	}
	return conf, nil
}

// registries makes the client that asks container registries.
func (a *app) registries(op config.Operator) (*registry.Client, error) {
	roots, err := a.roots(op.CAFile)
	if err != nil {
		return nil, err
	}
	opts := registry.Options{
		Hosts: op.Registries, Keychain: authn.DefaultKeychain, Proxy: a.proxy(), RootCAs: roots,
		Concurrency: op.Concurrency, UserAgent: "pinbot",
	}
	opts.Handler = func(e registry.Event) {
		a.asked.Add(1)
		if a.flags.verbose {
			a.request(e.Method, e.URL, e.Status, e.Duration, e.Err)
		}
	}
	client, err := registry.New(opts)
	if err != nil {
		return nil, badConfig(err)
	}
	return client, nil
}

// request shows one request on standard error.
func (a *app) request(method, url string, status int, d time.Duration, err error) {
	outcome := fmt.Sprint(status)
	if err != nil {
		outcome = text.Outside(err.Error()).Terminal()
	}
	fmt.Fprintf(a.stderr, "%-5s %s %s %s\n", method, text.Outside(url).Terminal(), outcome, d.Round(time.Millisecond))
}

// roots are the system's certificates and the operator's, nil for the system's
// alone.
func (a *app) roots(file string) (*x509.CertPool, error) {
	if file == "" {
		return nil, nil
	}
	pem, err := os.ReadFile(file)
	if err != nil {
		return nil, usage("The certificates of \"caFile\" cannot be read: %v.", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, usage("%s holds no certificates in PEM form.", file)
	}
	return pool, nil
}

// proxy follows HTTP_PROXY, HTTPS_PROXY and NO_PROXY, as curl does.
func (a *app) proxy() func(*http.Request) (*url.URL, error) {
	get := func(upper, lower string) string {
		if v := a.env(lower); v != "" {
			return v
		}
		return a.env(upper)
	}
	conf := httpproxy.Config{
		HTTPProxy: get("HTTP_PROXY", "http_proxy"), HTTPSProxy: get("HTTPS_PROXY", "https_proxy"), NoProxy: get("NO_PROXY", "no_proxy"),
	}
	forURL := conf.ProxyFunc()
	return func(r *http.Request) (*url.URL, error) { return forURL(r.URL) }
}

// cacheDir is the folder for what may be lost, "" where none is wanted or known.
func (a *app) cacheDir(op config.Operator) string {
	dir := op.Cache
	if a.flags.cache != "" {
		dir = a.flags.cache
	}
	switch {
	case dir == "off":
		return ""
	case dir != "":
		return dir
	case a.env("XDG_CACHE_HOME") != "":
		return filepath.Join(a.env("XDG_CACHE_HOME"), "pinbot")
	case a.env("HOME") != "":
		return filepath.Join(a.env("HOME"), ".cache", "pinbot")
	}
	return ""
}
