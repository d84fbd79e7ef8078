package config

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"pinbot/registry"
)

// The defaults of the operator's file.
const (
	DefaultTokenEnv         = "PINBOT_TOKEN"
	DefaultPullRequestLimit = 10
)

// The types of forges.
const (
	ForgeGitea = "gitea" // Forgejo too
	ForgeLocal = "local" // the git repository in this folder
)

// Operator is the operator's configuration.
type Operator struct {
	Forge        Forge
	Repositories []string                 // OWNER/NAME or globs, for runs that name none
	Registries   map[string]registry.Host // by the host that references name
	PullRequests PullRequests
	CAFile       string // PEM file of more certificates to trust, for forge, git and registries
	Concurrency  int    // requests at once to one host that does not say; 0: the client's default
	Cache        string // folder, or "off"; "": the user's cache folder
}

// Forge says where pull requests are made, and whose token is used.
type Forge struct {
	// The kind of forge: Gitea (Forgejo too), or the git repository in this
	// folder. Default: gitea where a url is written, else none.
	Type string `key:"type" oneof:"gitea local"`
	// The forge's address, as people open it in the browser. A path below the
	// host is allowed. No default.
	URL string `key:"url" check:"url" example:"https://git.example.org"`
	// The environment variable that holds the token. Default: PINBOT_TOKEN.
	TokenEnv string `key:"tokenEnv" check:"variable" example:"GITEA_TOKEN"`
	// A file whose whole content is the token, instead of tokenEnv. No default.
	TokenFile string `key:"tokenFile" example:"/run/secrets/pinbot"`
}

// PullRequests bounds how many pull requests are made. In a repository's
// configuration, zero means that its file does not say.
type PullRequests struct {
	// How many of pinbot's pull requests are open at once in one repository. The
	// repository's file overrides the operator's. Default: 10.
	Limit int `key:"limit" min:"1" example:"5"`
}

// operatorFile is the file as it is written. The comments of its fields, and of
// those of all structs below it, are docs/configuration.md.
type operatorFile struct {
	// Where pull requests are made.
	Forge Forge `key:"forge"`
	// What `pinbot run` without arguments works on. No default.
	Repositories []string `key:"repositories" check:"repository" example:"[infra/okd, \"infra/gitops-*\"]"`
	// What is special about some registries. A host that is not named is asked
	// at its own address, and skipped with a hint where it is private.
	Registries map[string]host `key:"registries" keys:"host"`
	// How many pull requests are made.
	PullRequests PullRequests `key:"pullRequests"`
	// A PEM file of certificates to trust beside the system's, for forge, git
	// and registries. No default.
	CAFile string `key:"caFile" example:"/etc/ssl/example.pem"`
	// Requests at once to one registry host that does not say. Default: 8.
	Concurrency int `key:"concurrency" min:"1" example:"4"`
	// A folder for what may be lost, or off. Default: pinbot in the user's cache
	// folder.
	Cache string `key:"cache" example:"/var/cache/pinbot"`
}

// host has the fields of registry.Host, which the conversion makes sure of, and
// their keys.
type host struct {
	// Where requests for this host go: a mirror, a pull-through cache. Default:
	// the host itself, with https.
	Endpoint string `key:"endpoint" check:"url" example:"https://mirror.example.org"`
	// Of docker.io only: the address of Docker Hub's listing. Default: the
	// public Hub; with an endpoint, /hub below the endpoint.
	API string `key:"api" check:"url" example:"https://hub.docker.com"`
	// The kind of a registry that is not known by its name: a Quay of your own.
	// Default: a registry with the distribution API only.
	Type string `key:"type" oneof:"quay"`
	// Requests at once to this host. Default: the file's own concurrency.
	Concurrency int `key:"concurrency" min:"1" example:"2"`
	// A PEM file of certificates that this host's may be signed with, beside all
	// others. No default.
	CAFile string `key:"caFile" example:"/etc/ssl/registry.pem"`
	// Never ask this host; its images are skipped. Default: false.
	Off bool `key:"off"`
}

// ParseOperator reads an operator's file; name is for its errors, which are
// Errors. No data gives the defaults.
func ParseOperator(name string, data []byte) (Operator, error) {
	var f operatorFile
	if err := decode(name, data, &f, explainOperator, func(d *decoder) { checkOperator(d, f) }); err != nil {
		return Operator{}, err
	}
	return f.operator(), nil
}

func (f operatorFile) operator() Operator {
	o := Operator{
		Forge: f.Forge, Repositories: f.Repositories, PullRequests: f.PullRequests,
		CAFile: f.CAFile, Concurrency: f.Concurrency, Cache: f.Cache,
	}
	for name, h := range f.Registries {
		if o.Registries == nil {
			o.Registries = map[string]registry.Host{}
		}
		o.Registries[name] = registry.Host(h)
	}
	if o.Forge.Type == "" && o.Forge.URL != "" {
		o.Forge.Type = ForgeGitea
	}
	if o.Forge.TokenEnv == "" && o.Forge.TokenFile == "" {
		o.Forge.TokenEnv = DefaultTokenEnv
	}
	if o.PullRequests.Limit == 0 {
		o.PullRequests.Limit = DefaultPullRequestLimit
	}
	return o
}

// checkOperator reports keys that do not go together. A key that was reported
// already is empty here, so positions tell whether one was written.
func checkOperator(d *decoder, f operatorFile) {
	written := func(key string) bool { return d.at[key] != nil }
	switch {
	case f.Forge.Type == ForgeGitea && !written("forge.url"):
		d.failAt("forge.type", `A forge of type gitea needs "url", the address that people open in the browser.`)
	case f.Forge.Type == ForgeLocal && written("forge.url"):
		d.failAt("forge.url", `A forge of type local is the git repository in this folder and has no "url".`)
	}
	if written("forge.tokenEnv") && written("forge.tokenFile") {
		d.failAt("forge.tokenFile", `"tokenEnv" and "tokenFile" both say where the token is. Remove one of them.`)
	}
	for name, h := range f.Registries {
		if h.API != "" && name != "docker.io" {
			d.failAt(join(join("registries", name), "api"), `"api" is the address of Docker Hub's listing, which only docker.io has.`)
		}
	}
}

// secretKey matches keys under which people write secrets.
var secretKey = regexp.MustCompile(`(?i)token$|password|passwd|secret|credential|api_?key`)

func explainOperator(key string) string {
	if secretKey.MatchString(key) {
		return fmt.Sprintf(`The key %q is not read: secrets do not stand in configuration files. Put the forge's token into the environment variable %s, or name another one with "tokenEnv", or a file with "tokenFile"; registries use the credentials of docker login.`, key, DefaultTokenEnv)
	}
	if slices.Contains(keysOf(reflect.TypeFor[repositoryFile]()), key) {
		return fmt.Sprintf("The key %q belongs to the repository's own file, pinbot.yaml: this one is the operator's.", key)
	}
	return ""
}

// Token returns the token of the forge, from the file or the environment
// variable that the configuration names. A local forge has none. Errors are
// sentences and never hold the token.
func (o Operator) Token(env func(string) string, readFile func(string) ([]byte, error)) (string, error) {
	if o.Forge.Type != ForgeGitea {
		return "", nil
	}
	token, source := env(o.Forge.TokenEnv), "the environment variable "+o.Forge.TokenEnv
	if o.Forge.TokenFile != "" {
		source = "the file " + o.Forge.TokenFile
		data, err := readFile(o.Forge.TokenFile)
		if err != nil {
			return "", fmt.Errorf("reading the forge's token: %w", err)
		}
		token = string(data)
	}
	token = strings.TrimSpace(token)
	switch {
	case token == "":
		return "", fmt.Errorf("the token for %s is missing: %s is empty. Create a token in the forge's settings and put it there", o.Forge.URL, source)
	case strings.ContainsFunc(token, func(r rune) bool { return r <= ' ' || r > '~' }):
		return "", fmt.Errorf("the token for %s in %s has spaces, line breaks or other characters that no token has", o.Forge.URL, source)
	}
	return token, nil
}
