package registry

import (
	"context"
	"fmt"
	"sync"
)

// memo asks each question once: those who ask while it is being asked wait for
// the same answer, and answers are kept. Failures are not, so that a later
// question may do better. The zero value is ready.
type memo[T any] struct {
	mu    sync.Mutex
	calls map[string]*call[T]
}

type call[T any] struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int // guarded by memo.mu
	value   T   // readable once done is closed
	err     error
}

// do returns the answer to key, from ask where nobody asked yet. A caller whose
// context ends leaves at once; the question is given up when all have left.
func (m *memo[T]) do(ctx context.Context, key string, ask func(context.Context) (T, error)) (T, error) {
	c := m.join(ctx, key, ask)
	select {
	case <-c.done:
		return c.value, c.err
	case <-ctx.Done():
		m.leave(key, c)
		var zero T
		return zero, ctx.Err()
	}
}

func (m *memo[T]) join(ctx context.Context, key string, ask func(context.Context) (T, error)) *call[T] {
	m.mu.Lock()
	defer m.mu.Unlock()
	if c := m.calls[key]; c != nil {
		c.waiting++
		return c
	}
	// Detached: the first who asks may leave while others wait.
	shared, cancel := context.WithCancel(context.WithoutCancel(ctx))
	c := &call[T]{done: make(chan struct{}), cancel: cancel, waiting: 1}
	if m.calls == nil {
		m.calls = map[string]*call[T]{}
	}
	m.calls[key] = c
	go func() {
		defer cancel()
		c.value, c.err = recovered(shared, ask)
		if c.err != nil {
			m.drop(key, c)
		}
		close(c.done)
	}()
	return c
}

// recovered makes a panic an error: nobody above this goroutine could.
func recovered[T any](ctx context.Context, ask func(context.Context) (T, error)) (value T, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("panic while asking: %v", p)
		}
	}()
	return ask(ctx)
}

func (m *memo[T]) leave(key string, c *call[T]) {
	m.mu.Lock()
	c.waiting--
	last := c.waiting == 0
	m.mu.Unlock()
	select {
	case <-c.done:
	default:
		if last {
			m.drop(key, c)
			c.cancel()
		}
	}
}

// drop forgets c, unless another call took its place.
func (m *memo[T]) drop(key string, c *call[T]) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.calls[key] == c {
		delete(m.calls, key)
	}
}

// forget drops the answer to key.
func (m *memo[T]) forget(key string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.calls, key)
}
