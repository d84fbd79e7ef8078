package resolver

import (
	"fmt"
	"strings"
	"testing"
)

// describe prints what the scheme read, in the form that the table states.
func describe(v Version) string {
	kind := map[TagKind]string{TagChannel: "channel", TagRelease: "release", TagPrerelease: "prerelease", TagDate: "date", TagCommit: "commit", TagArtifact: "artifact"}[v.Kind]
	s := kind
	if v.Prefix != "" {
		s += " prefix=" + v.Prefix
	}
	if len(v.Numbers) > 0 {
		s += " " + strings.Join(v.Numbers, ".")
	}
	if v.Wild {
		s += ".x"
	}
	if len(v.Pre) > 0 {
		s += " pre=" + strings.Join(v.Pre, ".")
	}
	if v.RevisionWord != "" {
		s += fmt.Sprintf(" rev=%s%s", v.RevisionWord, strings.Join(v.Revision, "."))
	}
	if len(v.Words) > 0 {
		s += " variant=" + v.Variant()
	}
	return s
}

func TestParseTags(t *testing.T) {
	for tag, want := range map[string]string{
		"latest":                           "channel variant=latest",
		"stable-alpine3.24":                "channel variant=stable-alpine3.24",
		"main":                             "channel variant=main",
		"fpm-alpine-3.20":                  "channel variant=fpm-alpine-3.20",
		"nanoserver-1809":                  "channel variant=nanoserver-1809",
		"v1.2.3":                           "release prefix=v 1.2.3",
		"1.27-alpine":                      "release 1.27 variant=alpine",
		"1.31.4-alpine3.24-perl":           "release 1.31.4 variant=alpine3.24-perl",
		"21.0.12_8-jdk":                    "release 21.0.12 rev=_8 variant=jdk",
		"21.0.12_8-jdk-alpine-3.24":        "release 21.0.12 rev=_8 variant=jdk-alpine-3.24",
		"8u502-b07-jre":                    "release 8.502 rev=b07 variant=jre",
		"3.15.0a1-slim":                    "prerelease 3.15.0 pre=a.1 variant=slim",
		"3.14.0rc2-slim-bookworm":          "prerelease 3.14.0 pre=rc.2 variant=slim-bookworm",
		"v1.0.0-rc.1":                      "prerelease prefix=v 1.0.0 pre=rc.1",
		"v2.0.0-beta-3":                    "prerelease prefix=v 2.0.0 pre=beta.3",
		"1.2.3-r5":                         "release 1.2.3 rev=r5",
		"1.2.3-debian-12-r5":               "release 1.2.3 rev=debian-r12.5",
		"1.2.3-ls123":                      "release 1.2.3 rev=ls123",
		"v1.29.1-k3s1":                     "release prefix=v 1.29.1 rev=k3s1",
		"3.4.9-0":                          "release 3.4.9 rev=#0",
		"9.4-1214.1729773476":              "release 9.4 rev=#1214.1729773476",
		"9.7-1773204619":                   "release 9.7 rev=#1773204619",
		"4.15.0-0.okd-2024-03-10-010116":   "release 4.15.0 rev=okd2024.03.10.010116",
		"4.17.0-okd-scos.0":                "release 4.17.0 rev=okd-scos0",
		"4.17.0-okd-scos.ec.1":             "prerelease 4.17.0 pre=ec.1 rev=okd-scos",
		"20240310":                         "date 20240310",
		"bookworm-20240311-slim":           "date prefix=bookworm- 20240311 variant=bookworm-slim",
		"RELEASE.2024-03-10T01-01-16Z":     "date prefix=RELEASE. 2024.03.10.01.01.16",
		"v20200630-g2bff8ed3b":             "date prefix=v 20200630",
		"sha-abc1234":                      "commit",
		"2bff8ed3b":                        "commit",
		"main-2bff8ed3b":                   "commit variant=main",
		"v1.2.3-5-g2bff8ed":                "commit prefix=v 1.2.3 rev=#5",
		"release-4.17":                     "release prefix=release- 4.17",
		"jdk-21.0.1_12":                    "release prefix=jdk- 21.0.1 rev=_12 variant=jdk",
		"go-1.27.x":                        "release prefix=go- 1.27.x variant=go",
		"nightly-1.2.3":                    "prerelease prefix=nightly- 1.2.3",
		"999999999999999999999.0.0":        "release 999999999999999999999.0.0",
		"24.04":                            "release 24.04",
		"pg16":                             "channel variant=pg16",
		"17.0.8.1_1-jdk":                   "release 17.0.8.1 rev=_1 variant=jdk",
		"2_4_1":                            "release 2.4.1",
		"17.03.0-ce-rc1":                   "prerelease 17.03.0 pre=rc.1 variant=ce",
		"1.2.3-alpine-dev":                 "release 1.2.3 variant=alpine-dev",
		"beta-7.1-apache":                  "prerelease prefix=beta- 7.1 variant=beta-apache",
		"v2.1.2-hf1":                       "release prefix=v 2.1.2 rev=hf1",
		"1773204619":                       "commit 1773204619",
		"v20230407":                        "date prefix=v 20230407",
		"3.9-eclipse-temurin-21":           "release 3.9 variant=eclipse-temurin-21",
		"6-php8.2-apache":                  "release 6 variant=php8.2-apache",
		"10.1-jdk17":                       "release 10.1 variant=jdk17",
		"1.2.3_build5":                     "release 1.2.3 rev=build5",
		"1.0.0-windowsservercore-ltsc2022": "release 1.0.0 variant=windowsservercore-ltsc2022",
		"sha256-" + strings.Repeat("a", 64) + ".sig": "artifact",
	} {
		if got := describe(DockerTags{}.Parse(tag)); got != want {
			t.Errorf("Parse(%q)\n got %s\nwant %s", tag, got, want)
		}
	}
}
