package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"pinbot/registry"
	"pinbot/resolver"
)

func TestParseOperator(t *testing.T) {
	got, err := ParseOperator("op.yaml", []byte(`
forge:
  type: gitea
  url: https://git.example.org
repositories: [infra/okd, "infra/gitops-*"]
registries:
  quay.io:
    endpoint: http://127.0.0.1:5001/quay.io
    concurrency: 8
  docker.io: {endpoint: https://mirror.example.org, api: https://hub.docker.com}
  registry.example.org:5000: {type: quay, caFile: ca.pem}
  old.example.org: {off: true}
caFile: all.pem
concurrency: 4
cache: off
`))
	want := Operator{
		Forge:        Forge{Type: "gitea", URL: "https://git.example.org", TokenEnv: "PINBOT_TOKEN"},
		Repositories: []string{"infra/okd", "infra/gitops-*"},
		Registries: map[string]registry.Host{
			"quay.io":                   {Endpoint: "http://127.0.0.1:5001/quay.io", Concurrency: 8},
			"docker.io":                 {Endpoint: "https://mirror.example.org", API: "https://hub.docker.com"},
			"registry.example.org:5000": {Type: "quay", CAFile: "ca.pem"},
			"old.example.org":           {Off: true},
		},
		PullRequests: PullRequests{Limit: 10},
		CAFile:       "all.pem", Concurrency: 4, Cache: "off",
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

func TestParseOperatorDefaults(t *testing.T) {
	want := Operator{Forge: Forge{TokenEnv: "PINBOT_TOKEN"}, PullRequests: PullRequests{Limit: 10}}
	for _, data := range []string{"", "# nothing\n", "---\n", "{}", "null", "forge:\nregistries:\n", "\ufeff"} {
		if got, err := ParseOperator("op.yaml", []byte(data)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", data, got, err)
		}
	}
	got, err := ParseOperator("op.yaml", []byte("forge: {url: 'https://git.example.org/sub', tokenFile: t}"))
	if want := (Forge{Type: "gitea", URL: "https://git.example.org/sub", TokenFile: "t"}); err != nil || got.Forge != want {
		t.Errorf("%+v, %v", got.Forge, err)
	}
}

func TestParseRepository(t *testing.T) {
	got, err := ParseRepository("pinbot.yaml", []byte(`
defaults: &unused
`))
	if err == nil {
		t.Errorf("an unknown key was accepted: %+v", got)
	}
	got, err = ParseRepository("pinbot.yaml", []byte(`
ignorePaths: ["vendor/**"]
pullRequests: {limit: 3}
policy:
  - &slow
    images: ["quay.io/metallb/*"]
    files: ["k8s/**"]
    kinds: [kubernetes, helm]
    allow: ~0.13
    minimumAge: 3d
    age: strict
    group: metallb
    floating: digest
    follow: stable
    level: minor
    prereleases: false
    ignore: true
    style: digest
    tagDigest: true
    perishable: true
  - <<: *slow
    images: [nginx]
    minimumAge: 1w12h
    ignore: false
  - images: [redis]
    allow: 7.10
    minimumAge: 0
`))
	days, week, zero, yes, no := 72*time.Hour, 7*24*time.Hour+12*time.Hour, time.Duration(0), true, false
	slow := resolver.Rule{
		Images: []string{"quay.io/metallb/*"}, Files: []string{"k8s/**"}, Kinds: []string{"kubernetes", "helm"},
		Allow: "~0.13", MinimumAge: &days, Age: "strict", Group: "metallb", Floating: "digest", Follow: "stable", Level: "minor",
		Prereleases: &no, Ignore: &yes, Style: "digest", TagDigest: &yes, Perishable: &yes,
	}
	merged := slow
	merged.Images, merged.MinimumAge, merged.Ignore = []string{"nginx"}, &week, &no
	want := Repository{
		IgnorePaths: []string{"vendor/**"}, PullRequests: PullRequests{Limit: 3},
		Policy: resolver.Policy{slow, merged, {Images: []string{"redis"}, Allow: "7.10", MinimumAge: &zero}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v, %v\nwant %+v", got, err, want)
	}
}

var update = flag.Bool("update", false, "write the errors of testdata anew")

// TestErrors compares what is said of wrong files with testdata: NAME.yaml
// holds the file, NAME.txt the errors. Names begin with the kind of file.
func TestErrors(t *testing.T) {
	files, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(filepath.Base(file), "operator") {
			_, err = ParseOperator("op.yaml", data)
		} else {
			_, err = ParseRepository("pinbot.yaml", data)
		}
		golden := strings.TrimSuffix(file, ".yaml") + ".txt"
		if *update {
			if err := os.WriteFile(golden, fmt.Append(nil, err, "\n"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, _ := os.ReadFile(golden)
		if err == nil || err.Error()+"\n" != string(want) {
			t.Errorf("%s: got\n%v\nwant\n%s", file, err, want)
		}
	}
}

// A secret that stands where it should not is refused and not repeated.
func TestErrorsHoldNoSecrets(t *testing.T) {
	const canary = "cAn4ry"
	for _, data := range []string{
		"forge: {type: gitea, url: 'https://user:" + canary + "@git.example.org'}",
		"forge: {type: gitea, url: 'https://" + canary + "@git.example.org'}",
		"forge: {type: gitea, url: 'https://user:" + canary + "@bad host/'}",
		"forge: {type: gitea, url: 'ssh://x:" + canary + "@h'}",
		"forge: {type: gitea, url: 'https://h/?token=" + canary + "'}",
		"forge: {type: gitea, url: 'user:" + canary + "@h'}",
		"forge: {token: " + canary + "}",
		"token: " + canary,
		"registries: {quay.io: {password: " + canary + "}}",
		"registries: {quay.io: {endpoint: 'http://u:" + canary + "@h'}}",
		"forge: {tokenEnv: 'x-" + canary + "'}",
		"forge: {tokenEnv: [" + canary + "]}",
	} {
		_, err := ParseOperator("op.yaml", []byte(data))
		if err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", data, err)
		}
		if _, err := ParseRepository("pinbot.yaml", []byte(data)); err == nil || strings.Contains(err.Error(), canary) {
			t.Errorf("%s: %v", data, err)
		}
	}
}
