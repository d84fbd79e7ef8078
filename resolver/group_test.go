package resolver

import (
	"context"
	"fmt"
	"testing"

	"pinbot/manifest"
)

// TestGroups says for images that stand near each other which are one
// application: members share a letter, "-" is in no group.
func TestGroups(t *testing.T) {
	shared := "v1.0.0 v1.1.0 v1.2.0 v1.3.0"
	for _, c := range []struct {
		name   string
		repos  map[string]string
		images []string
		want   string
	}{
		{"cert-manager's three", map[string]string{"quay.io/jetstack/cert-manager-controller": shared, "quay.io/jetstack/cert-manager-webhook": shared, "quay.io/jetstack/cert-manager-cainjector": shared},
			[]string{"quay.io/jetstack/cert-manager-controller:v1.2.0", "quay.io/jetstack/cert-manager-webhook:v1.2.0", "quay.io/jetstack/cert-manager-cainjector:v1.2.0"}, "AAA"},
		{"argocd and its redis", map[string]string{"quay.io/argoproj/argocd": "v2.1.0 v2.2.0", "docker.io/library/redis": "7.0.0 7.2.0"},
			[]string{"quay.io/argoproj/argocd:v2.1.0", "redis:7.0.0"}, "--"},
		{"official images are nobody's", map[string]string{"docker.io/library/a": shared, "docker.io/library/b": shared},
			[]string{"a:v1.0.0", "b:v1.0.0"}, "--"},
		{"one number by chance", map[string]string{"docker.io/grafana/grafana": "9.0.0 10.0.0 11.0.0 3.1.0 9.5.0", "docker.io/grafana/loki": "2.9.0 3.0.0 3.1.0 2.8.0"},
			[]string{"grafana/grafana:3.1.0", "grafana/loki:3.1.0"}, "--"},
		{"controllers with versions of their own", map[string]string{"ghcr.io/fluxcd/source-controller": "v1.0.0 v1.1.0 v1.2.3 v1.3.0 v1.4.1", "ghcr.io/fluxcd/helm-controller": "v0.35.0 v0.36.1 v1.0.0 v1.0.1 v0.37.2"},
			[]string{"ghcr.io/fluxcd/source-controller:v1.0.0", "ghcr.io/fluxcd/helm-controller:v1.0.0"}, "--"},
		{"two clusters stay apart", map[string]string{"quay.io/metallb/speaker": shared, "quay.io/metallb/controller": shared},
			[]string{"staging/metallb/s.yaml|quay.io/metallb/speaker:v1.1.0", "staging/metallb/c.yaml|quay.io/metallb/controller:v1.1.0", "prod/metallb/s.yaml|quay.io/metallb/speaker:v1.0.0", "prod/metallb/c.yaml|quay.io/metallb/controller:v1.0.0"}, "AABB"},
		{"environments in neighbouring folders stay at their versions", map[string]string{"quay.io/metallb/speaker": shared, "quay.io/metallb/controller": shared},
			[]string{"env/staging/s.yaml|quay.io/metallb/speaker:v1.1.0", "env/staging/c.yaml|quay.io/metallb/controller:v1.1.0", "env/prod/s.yaml|quay.io/metallb/speaker:v1.0.0", "env/prod/c.yaml|quay.io/metallb/controller:v1.0.0"}, "AABB"},
		{"one image twice is no group", map[string]string{"quay.io/metallb/speaker": shared},
			[]string{"a/x.yaml|quay.io/metallb/speaker:v1.1.0", "a/y.yaml|quay.io/metallb/speaker:v1.1.0"}, "--"},
	} {
		t.Run(c.name, func(t *testing.T) {
			reg := &listing{repos: map[string][]Tag{}}
			for name, tags := range c.repos {
				reg.repos[name] = repo(t, tags)
			}
			if got := grouped(t, reg, refsOf(t, c.images...)); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// grouped gives the members of each group a letter of their own.
func grouped(t *testing.T, reg Registry, refs []manifest.Ref) string {
	t.Helper()
	items := collect(reg, refs, Options{Scheme: DockerTags{}})
	for _, it := range items {
		it.gather(context.Background())
	}
	units, _ := group(refs, items)
	letters := make([]byte, len(refs))
	next := byte('A')
	for _, u := range units {
		letter := byte('-')
		if u.name != "" {
			letter, next = next, next+1
		}
		for _, it := range u.members {
			for _, i := range it.refs {
				letters[i] = letter
			}
		}
	}
	return string(letters)
}

// BenchmarkResolve decides 3,000 references of 300 directories: what a large
// repository of one owner's images has. Twice as many should take twice as long.
func BenchmarkResolve(b *testing.B) {
	for _, n := range []int{1500, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			reg := &listing{repos: map[string][]Tag{}}
			var images []string
			for i := range n {
				name := fmt.Sprintf("quay.io/acme/app%d", i%20)
				reg.repos[name] = repo(b, "latest=a v1.0.0 v1.1.0 v1.2.0=a main@1")
				tag := []string{"v1.0.0", "main", "latest", "v1.1.0"}[i%4]
				images = append(images, fmt.Sprintf("team%d/dir%d/f.yaml|%s:%s", i%30, i%300, name, tag))
			}
			refs := refsOf(b, images...)
			for b.Loop() {
				if _, err := Resolve(context.Background(), reg, refs, Options{Now: testNow}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
