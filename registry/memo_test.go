package registry

import (
	"context"
	"errors"
	"net/http"
	"reflect"
	"sync"
	"testing"
	"time"

	"pinbot/resolver"
)

// TestParallel asks the same question from many goroutines.
func TestParallel(t *testing.T) {
	f := newFake(t)
	var group sync.WaitGroup
	for range 20 {
		for _, host := range fakeHosts {
			group.Go(func() {
				page, err := f.client.Tags(t.Context(), host+"/metallb/speaker", resolver.TagQuery{})
				if err != nil {
					t.Error(err)
				}
				// Callers may do with their answer what they like.
				for i := range page.Tags {
					page.Tags[i].Name = "mine"
				}
			})
		}
	}
	group.Wait()
	if got, want := f.Counts(), map[string]int{"quay": 1, "hub": 1, "tags": 3}; !reflect.DeepEqual(got, want) {
		t.Errorf("requests %v, want %v", got, want)
	}
	page, err := f.client.Tags(t.Context(), "quay.io/metallb/speaker", resolver.TagQuery{})
	if err != nil || page.Tags[0].Name != "main" {
		t.Errorf("tag %+v, error %v", page.Tags[0], err)
	}
}

// TestCancel interrupts a question, which others go on waiting for.
func TestCancel(t *testing.T) {
	release := make(chan struct{})
	base, rec := serve(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-release:
			writeTags(w, onePage)
		case <-r.Context().Done():
		}
	})
	c := newClient(t, Options{Hosts: at("r.test", base)})
	ctx, cancel := context.WithCancel(t.Context())
	stays := make(chan error)
	leaves := make(chan error)
	ask := func(ctx context.Context, done chan error) {
		_, err := c.Tags(ctx, "r.test/a/b", resolver.TagQuery{})
		done <- err
	}
	go ask(ctx, leaves)
	for rec.count() == 0 {
		time.Sleep(time.Millisecond)
	}
	go ask(t.Context(), stays)
	time.Sleep(20 * time.Millisecond)
	cancel()
	if err := <-leaves; !errors.Is(err, context.Canceled) {
		t.Errorf("who left: %v", err)
	}
	close(release)
	if err := <-stays; err != nil || rec.count() != 1 {
		t.Errorf("who stayed: %v, %d requests", err, rec.count())
	}
}

// TestCancelReachesTheServer gives a question up that nobody waits for.
func TestCancelReachesTheServer(t *testing.T) {
	gone := make(chan struct{})
	base, rec := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		<-r.Context().Done()
		close(gone)
	})
	c := newClient(t, Options{Hosts: at("r.test", base)})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for rec.count() == 0 {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	if _, err := c.Tags(ctx, "r.test/a/b", resolver.TagQuery{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	select {
	case <-gone:
	case <-time.After(5 * time.Second):
		t.Error("the request goes on")
	}
}

// TestFailuresAreNotKept asks again after a failure.
func TestFailuresAreNotKept(t *testing.T) {
	base, _ := failing(t, 3, http.StatusBadGateway, "")
	c := newClient(t, Options{Hosts: at("r.test", base)})
	_, err := tagsOf(t, c, "r.test")
	var e *Error
	if !errors.As(err, &e) || !e.Temporary() {
		t.Errorf("error %v, want a temporary one", err)
	}
	if _, err := tagsOf(t, c, "r.test"); err != nil {
		t.Error(err)
	}
}
