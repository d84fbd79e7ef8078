# What people type while they work on pinbot. .ci/run is what must pass.

FUZZTIME ?= 10s

.PHONY: build test vet fuzz bench

build:
	go build -trimpath -o pinbot ./cmd/pinbot

test:
	go test ./...

vet:
	go vet ./...

# Every fuzz target for FUZZTIME.
fuzz:
	.ci/fuzz $(FUZZTIME)

# Time, memory and requests of a scan of 100 images, with a registry on loopback.
bench:
	go test -run '^$$' -bench Scan ./cmd/pinbot
