package bot_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"pinbot/internal/bot"
	"pinbot/internal/report"
)

func blob(path, content string) bot.Blob {
	return bot.Blob{Path: path, Bytes: func() ([]byte, error) { return []byte(content), nil }}
}

func TestReadGoesOnAfterABadFile(t *testing.T) {
	found, err := bot.Read(t.Context(), []bot.Blob{
		blob("b.yaml", pods("nginx:1")),
		{Path: "gone.yaml", Bytes: func() ([]byte, error) { return nil, errors.New("kept by Git LFS") }},
		{Path: "panics.yaml", Bytes: func() ([]byte, error) { panic("out of order") }},
		blob("broken.yaml", pods("nginx:3")+"image: [\n"),
		blob("none.yaml", "a: b\n"),
		blob("a.yaml", pods("nginx:2")),
	})
	if err != nil {
		t.Fatal(err)
	}
	var images, problems []string
	for _, r := range found.Refs {
		images = append(images, r.File+" "+r.Image.String())
	}
	for _, p := range found.Problems {
		problems = append(problems, p.File+" "+p.Message)
	}
	if want := []string{"b.yaml nginx:1", "a.yaml nginx:2"}; !slices.Equal(images, want) {
		t.Errorf("found %q, want %q", images, want)
	}
	for i, want := range []string{"gone.yaml kept by Git LFS", "panics.yaml reading it ran into a fault of pinbot's own", "broken.yaml "} {
		if len(problems) != 3 || !strings.HasPrefix(problems[i], want) {
			t.Errorf("problems %q, want %q", problems, want)
		}
	}
	if found.Count != 6 || len(found.Files) != 2 {
		t.Errorf("%d files, %d kept", found.Count, len(found.Files))
	}
}

func TestReadStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := bot.Read(ctx, []bot.Blob{blob("a.yaml", "")}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestWanted(t *testing.T) {
	var blobs []bot.Blob
	for _, p := range []string{"k8s/a.yaml", "vendor/b.yaml", "Dockerfile", "main.go", "k8s/vendor/c.yml"} {
		blobs = append(blobs, blob(p, ""))
	}
	var got []string
	for _, b := range bot.Wanted(blobs, []string{"vendor/**", "**/*.yml", "["}) {
		got = append(got, b.Path)
	}
	if want := []string{"k8s/a.yaml", "Dockerfile"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// host opens one repository and fails for all others, each in its own way.
type host struct{ bot.Host }

func (h host) Open(ctx context.Context, name string) (bot.Workspace, error) {
	switch name {
	case "panics":
		panic("out of order")
	case "skipped":
		return bot.Workspace{}, bot.ErrSkipped
	}
	return h.Host.Open(ctx, name)
}

func tortureO06(t *testing.T) {
	w := newWorld(t, cluster())
	b := w.bot()
	b.Host = host{b.Host}
	out, err := b.Run(t.Context(), []string{"panics", "infra/okd", "skipped"})
	if err != nil {
		t.Fatal(err)
	}
	if out[0].Outcome != report.Failed || !strings.Contains(out[0].Reason, "out of order") || out[0].Name != "panics" || out[2].Outcome != report.Skipped {
		t.Errorf("%+v", out)
	}
	check(t, out[1], report.Done, opened...)
}

// The run is stopped while it asks registries.
func tortureL01(t *testing.T) {
	w := newWorld(t, cluster())
	ctx, cancel := context.WithCancel(t.Context())
	w.asked = cancel
	out, err := w.bot().Run(ctx, []string{"infra/okd", "infra/other"})
	if !errors.Is(err, context.Canceled) || len(out) != 2 || out[0].Outcome != report.Failed {
		t.Errorf("%+v, %v", out, err)
	}
	if n := w.forge.Writes(); n != 0 || len(w.repo.Branches()) != 1 {
		t.Errorf("%d writes after the run was stopped", n)
	}
}
