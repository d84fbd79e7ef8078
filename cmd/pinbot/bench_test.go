package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	fakeregistry "pinbot/internal/fake/registry"
)

// manyImages is how many distinct images the load has, each in a file of its own.
const manyImages = 100

// load is a folder of manifests and a registry on loopback that lists 100 tags
// for each image, as Quay does.
func load(t testing.TB) (w *world, dir string) {
	t.Helper()
	w, dir = &world{t: t, dir: t.TempDir()}, t.TempDir()
	if err := w.playRegistry(nil); err != nil {
		t.Fatal(err)
	}
	w.hosts["quay.io"] = true
	for i := range manyImages {
		repo := fmt.Sprintf("team%d/app%d", i, i)
		w.registry.Add("quay.io", repo, tagsOf(repo)...)
		file := filepath.Join(dir, fmt.Sprintf("app%02d.yaml", i))
		if err := os.WriteFile(file, fmt.Appendf(nil, pod, "quay.io/"+repo+":"+tagAt(i)), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.writeOperator(); err != nil {
		t.Fatal(err)
	}
	return w, dir
}

// tagAt is what the file with number i names: mostly an exact version with
// newer minors and majors, every fifth floats.
func tagAt(i int) string {
	switch i % 20 {
	case 4:
		return "main" // built from a branch: no release has its content
	case 9:
		return "latest"
	case 14:
		return "v1.4" // the newest of its line
	case 19:
		return "stable"
	}
	return fmt.Sprintf("v1.%d.%d", i%8, i%4)
}

// tagsOf are 96 releases, a week apart, and four tags that move.
func tagsOf(repo string) []fakeregistry.Tag {
	pushed := time.Date(2024, 1, 1, 12, 0, 0, 0, time.UTC)
	var tags []fakeregistry.Tag
	for major := 1; major <= 2; major++ {
		for minor := range 8 {
			for patch := range 6 {
				name := fmt.Sprintf("v%d.%d.%d", major, minor, patch)
				tags = append(tags, fakeregistry.Tag{Name: name, Content: repo + name, Pushed: pushed})
				pushed = pushed.AddDate(0, 0, 7)
			}
		}
	}
	at := func(name, version string) fakeregistry.Tag {
		return fakeregistry.Tag{Name: name, Content: repo + version, Pushed: pushed}
	}
	return append(tags, at("latest", "v2.7.5"), at("stable", "v1.7.5"), at("v1.4", "v1.4.5"), at("main", "main"))
}

// Each question costs somebody else's registry something: at most three for an
// image. Counted, because times differ from machine to machine.
func TestRequestsPerImage(t *testing.T) {
	w, dir := load(t)
	cmd, stderr := process(t, w, dir, "scan", "--format", "json")
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, stderr)
	}
	var report struct {
		Images []struct {
			Image    string
			Decision struct{ Outcome, Reason string }
			Upgrades []struct{ UpdateType string }
		}
		Errors []struct{ Message string }
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	if len(report.Images) != manyImages || len(report.Errors) > 0 {
		t.Fatalf("%d images and these errors: %v", len(report.Images), report.Errors)
	}
	for _, image := range report.Images {
		if o := image.Decision.Outcome; o != "pin" && o != "upgrade" {
			t.Errorf("%s: %s, %s", image.Image, o, image.Decision.Reason)
		}
	}
	if n := len(w.registry.Requests()); n > 3*manyImages {
		t.Errorf("%d requests for %d images, more than 3 for each: %v", n, manyImages, w.registry.Counts())
	}
}

// BenchmarkScan runs the program itself, as the operating system starts it, and
// reports its time, its largest memory, and what it asked the registry.
func BenchmarkScan(b *testing.B) {
	program := filepath.Join(b.TempDir(), "pinbot")
	if out, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	w, dir := load(b)
	var peak int64 // bytes
	scan := func() {
		cmd := exec.CommandContext(b.Context(), program, "scan", "--format", "json")
		cmd.Dir = dir
		cmd.Env = []string{"HOME=" + w.dir, "PINBOT_CONFIG=" + filepath.Join(w.dir, "operator.yaml")}
		if err := cmd.Start(); err != nil {
			b.Fatal(err)
		}
		peak = max(peak, <-watched(cmd.Process.Pid))
		if err := cmd.Wait(); err != nil {
			b.Fatal(err)
		}
	}
	scan() // the registry makes its images when they are asked for first
	w.registry.Reset()
	runs := 0
	begin := time.Now()
	for b.Loop() {
		scan()
		runs++
	}
	b.ReportMetric(float64(time.Since(begin).Milliseconds())/float64(runs), "ms/scan")
	b.ReportMetric(float64(peak)/(1<<20), "MiB-peak")
	b.ReportMetric(float64(len(w.registry.Requests()))/float64(runs*manyImages), "requests/image")
	b.ReportMetric(0, "ns/op") // ms/scan says it
}

// watched tells the most memory that a process had at a time, in bytes, when it
// has ended. The kernel's own sum, Maxrss, would be the test's: it begins with
// the memory of the process that started this one.
func watched(pid int) <-chan int64 {
	result := make(chan int64, 1)
	go func() {
		var peak int64
		defer func() { result <- peak }()
		for {
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
			_, rest, alive := strings.Cut(string(status), "VmHWM:")
			if err != nil || !alive {
				return
			}
			var kib int64
			if _, err := fmt.Sscan(rest, &kib); err == nil {
				peak = kib << 10
			}
			time.Sleep(2 * time.Millisecond)
		}
	}()
	return result
}
