package registry

import (
	"context"
	"net/http"
	"strings"

	"pinbot/resolver"
)

// rawConfig is an image configuration (OCI image specification).
type rawConfig struct {
	OS           string `json:"os"`
	Architecture string `json:"architecture"`
	Variant      string `json:"variant"`
	Created      string `json:"created"`
	Config       struct {
		Labels map[string]string `json:"Labels"`
		Env    []string          `json:"Env"`
	} `json:"config"`
}

// config fetches the configuration of an image. Registries send it from
// elsewhere: the redirect goes without credentials, and only to public hosts.
func (s *site) config(ctx context.Context, path string, of document) (resolver.Config, error) {
	a, err := s.pull(ctx, http.MethodGet, path, "blobs/"+of.config)
	if err != nil {
		return resolver.Config{}, err
	}
	// The digest of storage's own header is not looked at: the manifest's counts.
	a.header.Del(digestHeader)
	if _, err := verify(a, of.config); err != nil {
		return resolver.Config{}, err
	}
	var raw rawConfig
	if err := a.decode(&raw); err != nil {
		return resolver.Config{}, err
	}
	config := resolver.Config{
		Platform: platformName(raw.OS, raw.Architecture, raw.Variant),
		Created:  parseTime(raw.Created),
		Labels:   raw.Config.Labels,
		Env:      map[string]string{},
	}
	for _, entry := range raw.Config.Env {
		key, value, _ := strings.Cut(entry, "=")
		config.Env[key] = value
	}
	return config, nil
}
