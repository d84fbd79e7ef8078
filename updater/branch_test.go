package updater

import (
	"os/exec"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"pinbot/manifest"
	"pinbot/resolver"
)

// images are names that image references can have, and groups that people could
// think of.
var (
	images = rapid.StringMatching(`([a-z0-9.-]{1,12}(:[0-9]{2,5})?/)?[a-z0-9]{1,6}([._-][a-z0-9]{1,3})*(/[a-z0-9]{1,8}((\.|_|__|-+)[a-z0-9]{1,5})*){0,3}`).
		Filter(func(s string) bool { _, err := manifest.ParseImage(s); return err == nil })
	groups = rapid.OneOf(rapid.Just(""), rapid.String(), rapid.StringMatching(`[a-z./@{~^:? *\\-]{1,12}(\.lock)?`))
)

func TestBranchNames(t *testing.T) {
	var names []string
	rapid.Check(t, func(t *rapid.T) {
		draw := func(label string) (resolver.Result, string) {
			r := resolver.Result{Repository: manifest.Image{Name: images.Draw(t, label)}.Repository(), Group: groups.Draw(t, label+" group")}
			return r, slug(subjectOf(r))
		}
		a, slugA := draw("a")
		b, slugB := draw("b")
		same := a.Group == b.Group && (a.Group != "" || a.Repository == b.Repository)
		// People may call a group as an image is called; a plan tells them apart.
		named := a.Group == slugB || b.Group == slugA
		if (slugA == slugB) != same && !named {
			t.Fatalf("%q of %q and %q of %q: %q and %q", a.Group, a.Repository, b.Group, b.Repository, slugA, slugB)
		}
		if strings.Contains(slugA, "/") || len(slugA) > 130 {
			t.Fatalf("%q", slugA)
		}
		names = append(names, "pinbot/upgrade/"+slugA+"-1.2-release")
	})
	slices.Sort(names)
	for _, name := range slices.Compact(names) {
		if len(name) > 200 {
			t.Errorf("%q is long", name)
		}
	}
	// git itself is asked, a sample of them for the time it takes.
	for i := 0; i < len(names); i += max(1, len(names)/25) {
		if out, err := exec.Command("git", "check-ref-format", "--branch", names[i]).CombinedOutput(); err != nil {
			t.Errorf("git refuses %q: %s", names[i], out)
		}
	}
}

// Two branches of which one is the other's folder cannot exist together.
func TestNoBranchIsAFolder(t *testing.T) {
	of := func(repository, tag string, kind resolver.UpdateType) string {
		s := step{result: resolver.Result{Repository: repository}, tag: tag, updateType: kind}
		return slug(subjectOf(s.result)) + "-" + lineOf(s)
	}
	for want, got := range map[string]string{
		"nginx-1":                      of("docker.io/library/nginx", "1.28.0", resolver.UpdateMinor),
		"docker.io+grafana+loki-3":     of("docker.io/grafana/loki", "3.1.0", resolver.UpdateMinor),
		"quay.io+metallb+speaker-0.16": of("quay.io/metallb/speaker", "v0.16.1", resolver.UpdateRelease),
	} {
		if got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if a, b := slug(subject{of: "localhost:5000/a"}), slug(subject{of: "localhost-5000/a"}); a == b {
		t.Errorf("both are %q", a)
	}
}

// Groups take the names of their owners, which are not their own alone.
func TestDifferentSubjectsHaveDifferentNames(t *testing.T) {
	own := func(group, repository string) resolver.Result {
		return resolver.Result{Group: group, Repository: repository}
	}
	named := resolver.Result{Group: "suite", Repository: "quay.io/one/a", ByPolicy: true}
	elsewhere := resolver.Result{Group: "suite", Repository: "ghcr.io/two/b", ByPolicy: true}
	results := []resolver.Result{
		own("", "docker.io/library/redis"), own("redis", "docker.io/redis/redis-stack"), own("redis", "docker.io/redis/insight"),
		own("acme", "quay.io/acme/a"), own("acme", "ghcr.io/acme/a"), own("", "docker.io/library/nginx"), named, elsewhere,
	}
	var got []string
	for range 2 {
		called := nameAll(results)
		got = nil
		for _, r := range results {
			got = append(got, called[subjectOf(r)].slug+" "+called[subjectOf(r)].title)
		}
		slices.Reverse(results) // the order of files does not matter
		slices.Reverse(got)
	}
	want := []string{
		"redis-6f3fcb3e docker.io/library/redis", "redis redis", "redis redis", "acme-ef0d0928 quay.io/acme", "acme acme",
		"nginx docker.io/library/nginx", "suite suite", "suite suite",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// That one owner's image could not be looked up says nothing of another's group.
func TestUnknownOfOneOwner(t *testing.T) {
	got := Unknown([]resolver.Result{
		{Group: "acme", Repository: "quay.io/acme/a", Err: resolver.ErrNotFound}, {Group: "acme", Repository: "quay.io/acme/b"},
		{Group: "acme", Repository: "ghcr.io/acme/c"}, {Repository: "docker.io/library/nginx"},
	})
	if want := []string{"quay.io/acme/a", "quay.io/acme/b"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
