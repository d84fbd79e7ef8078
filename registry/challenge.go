package registry

import (
	"regexp"
	"strings"
)

// challenge is how a registry wants to be asked (RFC 9110, 11.6.1; the
// distribution project's token specification).
type challenge struct {
	scheme  string // "bearer" or "basic"
	realm   string // URL of the token service
	service string
	scope   string
}

var (
	challengeStart = regexp.MustCompile(`(?i)(?:^|,)\s*(bearer|basic)(?:\s+|$)`)
	challengeParam = regexp.MustCompile(`([A-Za-z_]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+))`)
)

// parseChallenges reads WWW-Authenticate. Bearer wins: a registry that offers
// both would get the password itself with Basic.
func parseChallenges(headers []string) (challenge, bool) {
	var found []challenge
	for _, h := range headers {
		starts := challengeStart.FindAllStringSubmatchIndex(h, -1)
		for i, at := range starts {
			end := len(h)
			if i+1 < len(starts) {
				end = starts[i+1][0]
			}
			found = append(found, parseChallenge(h[at[2]:at[3]], h[at[1]:end]))
		}
	}
	for _, c := range found {
		if c.scheme == "bearer" {
			return c, true
		}
	}
	if len(found) > 0 {
		return found[0], true
	}
	return challenge{}, false
}

func parseChallenge(scheme, params string) challenge {
	c := challenge{scheme: strings.ToLower(scheme)}
	for _, m := range challengeParam.FindAllStringSubmatch(params, -1) {
		value := strings.ReplaceAll(m[2], `\`, "") + m[3]
		switch strings.ToLower(m[1]) {
		case "realm":
			c.realm = value
		case "service":
			c.service = value
		case "scope":
			c.scope = value
		}
	}
	return c
}
