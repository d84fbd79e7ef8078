package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"pinbot/manifest"
	"pinbot/resolver"
)

// Client asks registries. It remembers all answers, and asks each question
// once, for as long as it lives: make one per run.
type Client struct {
	opts    Options
	trusted trusted

	mu    sync.Mutex
	sites map[string]*site

	pages     memo[resolver.TagPage]
	documents memo[document]
	configs   memo[resolver.Config]
}

var _ resolver.Registry = (*Client)(nil)

// New makes a client. It returns an error for endpoints that are no URLs and
// for certificate files that cannot be read; it asks no registry yet.
func New(opts Options) (*Client, error) {
	c := &Client{opts: opts.withDefaults(), trusted: trusted{}, sites: map[string]*site{}}
	for _, host := range slices.Sorted(maps.Keys(opts.Hosts)) {
		base, api, err := addresses(host, opts.Hosts[host])
		if err != nil {
			return nil, fmt.Errorf("registries: %w", err)
		}
		c.trusted[address(base)] = base.Scheme
		if host == "docker.io" {
			c.trusted[address(api)] = api.Scheme
		}
	}
	for _, host := range slices.Sorted(maps.Keys(opts.Hosts)) {
		if _, err := c.site(host); err != nil && !errors.Is(err, resolver.ErrUnconfigured) {
			return nil, fmt.Errorf("registries: %w", err)
		}
	}
	return c, nil
}

// Tags implements [resolver.Registry]. A registry without a listing of its own
// gives all its tags for any query without Name, and ignores Page.
func (c *Client) Tags(ctx context.Context, repository string, q resolver.TagQuery) (resolver.TagPage, error) {
	q.Page = max(q.Page, 1)
	page, err := ask(ctx, c, &c.pages, question{repository, fmt.Sprintf("%q %q %d", q.Name, q.Like, q.Page)},
		func(ctx context.Context, s *site, path string) (resolver.TagPage, error) {
			page, err := s.tags(ctx, path, q)
			return page, s.explain(ctx, path, err)
		})
	if err != nil {
		return page, fmt.Errorf("listing tags of %s: %w", repository, err)
	}
	page.Tags = slices.Clone(page.Tags)
	return page, nil
}

// Manifest implements [resolver.Registry].
func (c *Client) Manifest(ctx context.Context, repository, reference string) (resolver.Manifest, error) {
	doc, err := c.document(ctx, repository, reference)
	if err != nil {
		return resolver.Manifest{}, fmt.Errorf("reading %s of %s: %w", reference, repository, err)
	}
	return doc.Manifest, nil
}

// Config implements [resolver.Registry]. Of an index it takes linux/amd64, or
// else the first image that is not an attestation.
func (c *Client) Config(ctx context.Context, repository, digest string) (resolver.Config, error) {
	config, err := ask(ctx, c, &c.configs, question{repository, digest},
		func(ctx context.Context, s *site, path string) (resolver.Config, error) {
			doc, err := c.image(ctx, repository, digest)
			if err != nil {
				return resolver.Config{}, err
			}
			config, err := s.config(ctx, path, doc)
			return config, s.explain(ctx, path, err)
		})
	if err != nil {
		return config, fmt.Errorf("reading the configuration of %s of %s: %w", digest, repository, err)
	}
	return config, nil
}

func (c *Client) document(ctx context.Context, repository, reference string) (document, error) {
	return ask(ctx, c, &c.documents, question{repository, reference},
		func(ctx context.Context, s *site, path string) (document, error) {
			doc, err := s.document(ctx, path, reference)
			return doc, s.explain(ctx, path, err)
		})
}

// image is the document of a digest, or of the image that speaks for an index.
func (c *Client) image(ctx context.Context, repository, digest string) (document, error) {
	doc, err := c.document(ctx, repository, digest)
	if err != nil || doc.config != "" {
		return doc, err
	}
	child := doc.preferred()
	if child == "" {
		return doc, fmt.Errorf("the index %s has no image in it", digest)
	}
	if doc, err = c.document(ctx, repository, child); err == nil && doc.config == "" {
		err = fmt.Errorf("%s is an index within an index", child)
	}
	return doc, err
}

// question is what is asked of which repository.
type question struct{ repository, about string }

// ask finds the site of a repository and puts the question to it, once.
func ask[T any](ctx context.Context, c *Client, m *memo[T], q question, f func(context.Context, *site, string) (T, error)) (T, error) {
	return m.do(ctx, q.repository+" "+q.about, func(ctx context.Context) (answer T, err error) {
		img, err := manifest.ParseImage(q.repository)
		if err != nil || img.Repository() != q.repository {
			return answer, fmt.Errorf("%q is not the fully qualified name of a repository", q.repository)
		}
		host, path, _ := strings.Cut(q.repository, "/")
		s, err := c.site(host)
		if err != nil {
			return answer, err
		}
		answer, err = f(ctx, s, path)
		if err == nil {
			s.setAnswered(path)
		}
		return answer, err
	})
}

// site is the host's, made when first asked for.
func (c *Client) site(host string) (*site, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s := c.sites[host]; s != nil {
		return s, nil
	}
	s, err := newSite(host, c.opts, c.trusted)
	if err != nil {
		return nil, err
	}
	c.sites[host] = s
	return s, nil
}
