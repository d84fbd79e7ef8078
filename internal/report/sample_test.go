package report

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"pinbot/manifest"
	"pinbot/resolver"
	"pinbot/updater"
)

// digest is one that differs with its seed.
func digest(seed byte) string {
	return "sha256:" + strings.Repeat(fmt.Sprintf("%02x", seed*37), 32)
}

// reference is an image that stands whole in a file.
func reference(file string, line int, image string) manifest.Ref {
	img, err := manifest.ParseImage(image)
	if err != nil {
		panic(err)
	}
	span := manifest.Span{Start: 100 * line, End: 100*line + len(image)}
	return manifest.Ref{File: file, Kind: manifest.KindKubernetes, Span: span, Line: line, Column: 16, Image: img, Whole: &manifest.Slot{Span: span}}
}

// pinned is a result that pins a reference.
func pinned(file string, line int, image, tag string, seed byte) resolver.Result {
	ref := reference(file, line, image)
	next := manifest.Image{Name: ref.Image.Name, Tag: tag, Digest: digest(seed)}
	return resolver.Result{
		Ref: ref, Repository: ref.Image.Repository(), Class: resolver.ClassPartial, From: digest(seed),
		Findings: []string{resolver.FindingFloating, resolver.FindingUnpinned},
		Decision: resolver.Decision{
			Outcome: resolver.Pin, Tag: tag, Digest: digest(seed), Image: next.String(), UpdateType: resolver.UpdatePin,
			Evidence: resolver.EvidenceIndexDigest,
			Reason:   fmt.Sprintf("%s and %s have the same digest today, so what a fresh pull gets stays the same", ref.Image.Tag, tag),
		},
	}
}

// released is a floating reference that goes to a release.
func released(file string, line int, image, tag string, seed byte) resolver.Result {
	r := pinned(file, line, image, tag, seed)
	r.Class, r.Group, r.From = resolver.ClassChannel, "metallb", digest(seed+9)
	r.Findings = append(r.Findings, resolver.FindingSkew)
	r.Decision.Outcome, r.Decision.UpdateType, r.Decision.Evidence = resolver.Upgrade, resolver.UpdateRelease, resolver.EvidenceNone
	r.Decision.Reason = fmt.Sprintf("no exact tag has the content of main; %s is the newest release that all of metallb have (pushed 54 days ago). This changes what a fresh pull gets: main was built 53 days after %s, so this is a step back", tag, tag)
	return r
}

// kept is a reference that nothing is done to, with another outcome where one
// is given.
func kept(file string, line int, image string, outcome resolver.Outcome, reason string) resolver.Result {
	ref := reference(file, line, image)
	return resolver.Result{
		Ref: ref, Repository: ref.Image.Repository(), Class: resolver.ClassExact,
		Decision: resolver.Decision{Outcome: outcome, Tag: ref.Image.Tag, Digest: ref.Image.Digest, Image: image, Reason: reason},
	}
}

// sample is a repository that shows one of everything.
func sample() Scan {
	nginx := pinned("apps/shop/deployment.yaml", 21, "nginx:1.27-alpine", "1.27.5-alpine", 3)
	nginx.Assumed = []string{"registry: docker.io, because none is written"}
	nginx.Findings = append(nginx.Findings, resolver.FindingOutdated)
	nginx.Upgrades = []resolver.Proposal{
		{Tag: "1.28.0-alpine", Digest: digest(4), Image: "nginx:1.28.0-alpine@" + digest(4), UpdateType: resolver.UpdateMinor, Reason: "the newest release that qualifies"},
		{Tag: "2.0.1-alpine", Digest: digest(5), Image: "nginx:2.0.1-alpine@" + digest(5), UpdateType: resolver.UpdateMajor, Reason: "the highest major that qualifies"},
	}
	results := []resolver.Result{
		released("infra/metallb/controller.yaml", 17, "quay.io/metallb/controller:main", "v0.13.9", 1),
		released("infra/metallb/speaker.yaml", 9, "quay.io/metallb/speaker:main", "v0.13.9", 2), nginx,
	}
	for _, place := range []string{"apps/blog/deployment.yaml", "apps/static site/deployment.yaml", "apps/legacy/frontend/overlays/production/deployment.yaml"} {
		again := nginx
		again.Ref = reference(place, 33, "nginx:1.27-alpine")
		results = append(results, again)
	}
	long := "registry.redhat.io/openshift4/ose-cluster-kube-descheduler-operator-bundle-rhel9/with/a/deep/path:v4.17.0-202503121206.p0.g1234567.assembly.stream.el9"
	results = append(results,
		pinned("infra/descheduler.yaml", 40, long, "v4.17.0-202503121206.p0.g1234567.assembly.stream.el9", 6),
		kept("infra/redis.yaml", 12, "docker.io/library/redis:7.4.2@"+digest(7), resolver.Keep, "7.4.2 has this digest in the registry too"),
	)
	results = append(results, troubles()...)
	findings := []resolver.GroupFinding{{
		Finding: resolver.FindingSkew, Group: "metallb", Images: []string{"quay.io/metallb/controller:main", "quay.io/metallb/speaker:main", "quay.io/metallb/speaker:v0.13.7"},
		File: "infra/metallb/speaker.yaml", Line: 9,
		Message: "metallb is not at one version: quay.io/metallb/controller:main, quay.io/metallb/speaker:main, quay.io/metallb/speaker:v0.13.7",
	}}
	problems := []Problem{{File: "apps/shop/values.yaml", Line: 4, Message: "mapping values are not allowed in this context"}}
	return NewScan(14, resolver.Report{Results: results, Findings: findings}, problems, false)
}

// troubles are references that something keeps from being pinned.
func troubles() []resolver.Result {
	held := kept("infra/backup.yaml", 8, "ghcr.io/example/backup:2.1.0@"+digest(8), resolver.Hold,
		"2.1.0 was pushed again and is now sha256:0123456789ab: rebuilt by its publisher, or replaced; the pinned digest is kept until a person decides")
	held.Findings = []string{resolver.FindingMoved}
	failed := kept("infra/logs.yaml", 30, "quay.io/example/logs:1.4.0", resolver.Error, "")
	failed.Err = errors.New("listing tags of quay.io/example/logs: GET https://quay.io/api/v1/repository/example/logs/tag/: 503 Service Unavailable")
	failed.Decision.Reason, failed.Findings = failed.Err.Error(), []string{resolver.FindingUnpinned}
	private := kept("apps/internal.yaml", 14, "registry.corp.example/team/api:3.0.0", resolver.Skip, "")
	private.Err = fmt.Errorf("registry.corp.example does not show team/api without a login; log in with `docker login registry.corp.example`: %w", resolver.ErrUnconfigured)
	private.Decision.Reason, private.Findings = private.Err.Error(), []string{resolver.FindingUnpinned}
	variable := kept("build/Dockerfile", 2, "golang", resolver.Skip, "its value is not in this file: ARG GO_VERSION on line 1")
	variable.Class, variable.Ref.Variable, variable.Ref.Source = resolver.ClassVariable, true, "ARG GO_VERSION on line 1"
	return []resolver.Result{held, failed, private, variable}
}

// sampleRun is a run with a pull request of each fate.
func sampleRun(dryRun bool) Run {
	update := updater.Update{
		Repository: "quay.io/metallb/speaker", From: "quay.io/metallb/speaker:main",
		To: "quay.io/metallb/speaker:v0.13.9@" + digest(2), UpdateType: resolver.UpdateRelease,
	}
	diff := "--- a/infra/metallb/speaker.yaml\n+++ b/infra/metallb/speaker.yaml\n@@ -8,3 +8,3 @@\n       containers:\n-      - image: quay.io/metallb/speaker:main\n+      - image: quay.io/metallb/speaker:v0.13.9@" + digest(2) + "\n         name: speaker\n"
	return NewRun(dryRun, []Repository{
		{Name: "infra/okd", Base: "main", Outcome: Partial, Reason: "one image could not be looked up", PullRequests: []updater.Published{
			{Branch: "pinbot/metallb-0.13", Number: 7, Title: "Move metallb from main to v0.13.9", URL: "https://git.example.org/infra/okd/pulls/7",
				Base: "main", Updates: []updater.Update{update}, Action: updater.Created, Body: "## What changes\n\nThis is **a step back**: `main` was built 53 days after `v0.13.9`, and what is deployed restarts with it.\n", Diff: diff},
			{Branch: "pinbot/redis-8", Title: "Upgrade redis to 8.0.0", Base: "main", Action: updater.Held, Reason: "8.0.0 was pushed 2 days ago, and the policy asks for 3"},
		}, Errors: []Problem{{Repository: "quay.io/example/logs", Message: "listing tags of quay.io/example/logs: 503 Service Unavailable"}}},
		{Name: "infra/dns", Base: "main", Outcome: Done},
		{Name: "infra/gone", Outcome: Failed, Reason: "reading the branch main: the repository does not exist"},
	})
}

// sampleExplanation is why nginx:1.27-alpine becomes what it becomes.
func sampleExplanation() Explanation {
	r := pinned("", 1, "nginx:1.27-alpine", "1.27.5-alpine", 3)
	r.Assumed = []string{"registry: docker.io, because none is written"}
	r.Source = "https://github.com/nginx/docker-nginx"
	r.Upgrades = []resolver.Proposal{{Tag: "1.28.0-alpine", Digest: digest(4), Image: "nginx:1.28.0-alpine@" + digest(4), UpdateType: resolver.UpdateMinor, Reason: "the newest release that qualifies: pushed 20 days ago"}}
	e := Explanation{Image: "nginx:1.27-alpine", Result: r, Requests: 3}
	day := time.Date(2025, 5, 10, 0, 0, 0, 0, time.UTC)
	add := func(tag string, seed byte) {
		e.Result.Considered = append(e.Result.Considered, resolver.Considered{
			Tag: resolver.Tag{Name: tag, Digest: digest(seed), Pushed: day}, Version: resolver.DockerTags{}.Parse(tag), Partial: tag == "1.27-alpine",
		})
		day = day.AddDate(0, 0, -9)
	}
	add("1.28.0-alpine", 4)
	add("1.27-alpine", 3)
	add("1.27.5-alpine", 3)
	add("1.27.5", 10)
	for i := range 12 {
		add(fmt.Sprintf("1.26.%d-alpine", 12-i), byte(20+i))
	}
	return e
}
