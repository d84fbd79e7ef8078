package config

import (
	"fmt"
	"net/url"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Masterminds/semver/v3"
	"github.com/bmatcuk/doublestar/v4"

	"pinbot/manifest"
)

// checkText returns what is wrong with a text by its field's tags, as the end
// of a sentence that begins with the key; "" is right.
func checkText(tag reflect.StructTag, s string) string {
	if values := tag.Get("oneof"); values != "" {
		return oneOf(strings.Fields(values), s)
	}
	return check(tag.Get("check"), s)
}

// check applies the rule of that name.
func check(rule, s string) string {
	switch rule {
	case "":
		return ""
	case "glob":
		return checkGlob(s)
	case "constraint":
		return checkConstraint(s)
	case "url":
		return checkURL(s)
	case "host":
		return checkPattern(hostPattern, s, "must be a host as references name it, such as quay.io or registry.example.org:5000")
	case "repository":
		return checkPattern(repositoryPattern, s, `must be OWNER/NAME, with * as a wildcard, such as infra/okd or "infra/gitops-*"`)
	case "variable":
		// The value is not shown: it may be the token itself.
		if !variablePattern.MatchString(s) {
			return "must be the name of an environment variable, such as PINBOT_TOKEN."
		}
		return ""
	case "kind":
		return oneOf(kinds(), s)
	}
	panic("config: no rule is called " + rule)
}

var (
	hostPattern       = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?$`)
	repositoryPattern = regexp.MustCompile(`^[\w.*?{},!\[\]-]+/[\w.*?{},!\[\]-]+$`)
	variablePattern   = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	durationPattern   = regexp.MustCompile(`^([0-9]+[mhdw])+$`)
	durationPart      = regexp.MustCompile(`([0-9]+)([mhdw])`)
)

func kinds() []string {
	return []string{
		string(manifest.KindKubernetes), string(manifest.KindKustomize), string(manifest.KindHelm),
		string(manifest.KindCompose), string(manifest.KindDockerfile),
	}
}

func oneOf(values []string, s string) string {
	if slices.Contains(values, s) {
		return ""
	}
	if len(values) == 1 {
		return fmt.Sprintf("must be %s or not be there; %q is not known.", values[0], s)
	}
	last := len(values) - 1
	message := fmt.Sprintf("must be %s or %s; %q is none of them", strings.Join(values[:last], ", "), values[last], s)
	if near := nearest(s, values); near != "" {
		message += fmt.Sprintf(" (did you mean %s?)", near)
	}
	return message + "."
}

func checkPattern(pattern *regexp.Regexp, s, message string) string {
	if pattern.MatchString(s) {
		return ""
	}
	return fmt.Sprintf("%s; %q is not.", message, s)
}

func checkGlob(s string) string {
	if s == "" || !doublestar.ValidatePattern(s) {
		return fmt.Sprintf("must be a pattern, such as k8s/** or quay.io/metallb/*; %q is not.", s)
	}
	return ""
}

func checkConstraint(s string) string {
	if _, err := semver.NewConstraint(s); err != nil {
		return fmt.Sprintf(`must be a constraint on versions, such as "~1.27", "^2" or ">=1.4, <2"; %q is not.`, s)
	}
	return ""
}

// checkURL never shows the value: where it is wrong, it may hold a password.
func checkURL(s string) string {
	u, err := url.Parse(s)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "":
		return "must be a URL, such as https://git.example.org."
	case u.User != nil:
		return "must not hold a user name or password. Credentials come from the environment or from files."
	case u.Scheme != "http" && u.Scheme != "https":
		return "must begin with https:// or http://."
	case u.RawQuery != "" || u.ForceQuery || u.Fragment != "":
		return "must not have a query or a fragment (what follows ? or #)."
	}
	return ""
}

// longest is more than any age that makes sense, and far from overflowing.
const longest = 10 * 365 * 24 * time.Hour

// parseDuration reads "3d", "36h", "2w", "1d12h" and "0".
func parseDuration(s string) (time.Duration, bool) {
	if s == "0" {
		return 0, true
	}
	if !durationPattern.MatchString(s) {
		return 0, false
	}
	unit := map[string]time.Duration{"m": time.Minute, "h": time.Hour, "d": 24 * time.Hour, "w": 7 * 24 * time.Hour}
	var total time.Duration
	for _, part := range durationPart.FindAllStringSubmatch(s, -1) {
		n, err := strconv.ParseInt(part[1], 10, 64)
		if err != nil || n > int64(longest/unit[part[2]]) {
			return 0, false
		}
		if total += time.Duration(n) * unit[part[2]]; total > longest {
			return 0, false
		}
	}
	return total, true
}
