package fakeregistry

import (
	"fmt"
	"maps"
	"net"
	"net/http"
	"slices"
	"time"
)

// Listen serves on a free port of the loopback interface until stop is called.
// The endpoint of a host is base + "/" + its name.
func (r *Registry) Listen() (base string, stop func(), err error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("starting the registry: %w", err)
	}
	server := &http.Server{Handler: r, ReadHeaderTimeout: 10 * time.Second}
	go func() {
		// Always ErrServerClosed, after stop.
		_ = server.Serve(listener)
	}()
	return "http://" + listener.Addr().String(), func() { _ = server.Close() }, nil
}

// Hosts lists the hosts that are served.
func (r *Registry) Hosts() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Sorted(maps.Keys(r.hosts))
}
