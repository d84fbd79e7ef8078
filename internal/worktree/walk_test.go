package worktree

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// tree makes a folder of files; a name that ends in a slash is an empty folder.
func tree(t *testing.T, files map[string]string) string {
	t.Helper()
	root := t.TempDir()
	for name, content := range files {
		p := filepath.Join(root, name)
		dir := filepath.Dir(p)
		if strings.HasSuffix(name, "/") {
			dir = p
		}
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		if dir == p {
			continue
		}
		if err := os.WriteFile(p, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func names(files []File) []string {
	list := []string{}
	for _, f := range files {
		list = append(list, f.Path)
	}
	return list
}

func wantYAML(p string) bool { return strings.HasSuffix(p, ".yaml") }

func TestWalk(t *testing.T) {
	root := tree(t, map[string]string{
		"b.yaml": "", "a.yaml": "", "README.md": "", ".hidden.yaml": "", ".github/workflows/x.yaml": "", "empty/": "",
		".git/config.yaml": "", "node_modules/x/y.yaml": "", "k8s/node_modules/x.yaml": "",
		"k8s/base/web.yaml": "", "k8s/overlays/prod/web.yaml": "", "k8s.yaml": "",
		"vendor/lib/x.yaml": "", "sub/.git": "gitdir: ../.git/modules/sub", "sub/x.yaml": "", "clone/.git/HEAD": "", "clone/deep/x.yaml": "",
	})
	all := []string{".github/workflows/x.yaml", ".hidden.yaml", "a.yaml", "b.yaml", "k8s/base/web.yaml", "k8s/overlays/prod/web.yaml", "k8s.yaml", "vendor/lib/x.yaml"}
	repositories := []string{"note clone", "note sub"}
	tests := []struct {
		name     string
		paths    []string
		ignore   []string
		want     []string
		problems []string
	}{
		{"everything", nil, nil, all, repositories},
		{"the folder itself", []string{"./"}, nil, all, repositories},
		{"its absolute path", []string{root}, nil, all, repositories},
		{"a folder", []string{"./k8s/base/.."}, nil, []string{"k8s/base/web.yaml", "k8s/overlays/prod/web.yaml"}, nil},
		{"a folder and a file, each once", []string{"k8s/base", "a.yaml", "k8s", "./a.yaml"}, nil, []string{"k8s/base/web.yaml", "a.yaml", "k8s/overlays/prod/web.yaml"}, nil},
		{"a file of any name", []string{"README.md"}, nil, []string{"README.md"}, nil},
		{"an ignored file by name", []string{"a.yaml"}, []string{"*.yaml"}, []string{"a.yaml"}, nil},
		{"a file in .git by name", []string{".git/config.yaml"}, nil, []string{".git/config.yaml"}, nil},
		{"a submodule by name", []string{"sub"}, nil, []string{"sub/x.yaml"}, nil},
		{"missing", []string{"a.yaml", "gone.yaml"}, nil, []string{"a.yaml"}, []string{"error gone.yaml"}},
		{"missing folder", []string{"gone/x/y.yaml"}, nil, []string{}, []string{"error gone/x/y.yaml"}},
		{"ignored folders", nil, []string{"k8s/**", "vendor/", "{sub,clone}", "**/workflows"}, []string{".hidden.yaml", "a.yaml", "b.yaml", "k8s.yaml"}, nil},
		{"ignored at any depth", nil, []string{"**/web.yaml", "{sub,clone}/**"}, []string{".github/workflows/x.yaml", ".hidden.yaml", "a.yaml", "b.yaml", "k8s.yaml", "vendor/lib/x.yaml"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			files, problems := Walk(t.Context(), root, tt.paths, Options{Ignore: tt.ignore, Wants: wantYAML})
			if got := names(files); !slices.Equal(got, tt.want) {
				t.Errorf("files\n got %q\nwant %q", got, tt.want)
			}
			checkProblems(t, problems, tt.problems)
		})
	}
}

// checkProblems compares with "note PATH" and "error PATH".
func checkProblems(t *testing.T, problems []Problem, want []string) {
	t.Helper()
	var got []string
	for _, p := range problems {
		kind := "error "
		if p.Note {
			kind = "note "
		}
		got = append(got, kind+p.Path)
		if !strings.HasSuffix(p.Message, ".") || strings.ToUpper(p.Message[:1]) != p.Message[:1] {
			t.Errorf("%s: %q is not a sentence", p.Path, p.Message)
		}
	}
	if !slices.Equal(got, want) {
		t.Errorf("problems\n got %q %v\nwant %q", got, problems, want)
	}
}

// A PATH outside of the current folder is printed as it was typed, and can be
// read and written under that name.
func TestWalkOutside(t *testing.T) {
	parent := tree(t, map[string]string{"here/x.yaml": "", "other/k8s/web.yaml": "image: nginx\n", "other/one.txt": "one"})
	root := filepath.Join(parent, "here")
	absolute := filepath.ToSlash(filepath.Join(parent, "other"))
	for _, paths := range [][]string{{"../other/k8s/", "../other/one.txt"}, {absolute + "/k8s", absolute + "/one.txt"}} {
		files, problems := Walk(t.Context(), root, paths, Options{})
		checkProblems(t, problems, nil)
		prefix := strings.TrimSuffix(paths[1], "one.txt")
		if got, want := names(files), []string{prefix + "k8s/web.yaml", prefix + "one.txt"}; !slices.Equal(got, want) {
			t.Fatalf("got %q, want %q", got, want)
		}
		old, err := Read(root, files[0].Path, 0)
		if err != nil || string(old) != "image: nginx\n" {
			t.Fatalf("Read = %q, %v", old, err)
		}
		if err := Write(root, files[0].Path, old, old); err != nil {
			t.Fatal(err)
		}
	}
	files, problems := Walk(t.Context(), root, []string{".."}, Options{Wants: wantYAML})
	checkProblems(t, problems, nil)
	if got, want := names(files), []string{"../here/x.yaml", "../other/k8s/web.yaml"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestWalkCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if files, problems := Walk(ctx, tree(t, map[string]string{"a.yaml": ""}), nil, Options{}); len(files)+len(problems) > 0 {
		t.Errorf("a cancelled walk found %v, %v", files, problems)
	}
}

func TestIgnored(t *testing.T) {
	for _, c := range []struct {
		glob, path string
		want       bool
	}{
		{"vendor", "vendor/a/b.yaml", true},
		{"vendor/", "vendor/a/b.yaml", true},
		{"vendor/**", "vendor/a/b.yaml", true},
		{"**/test", "k8s/test/b.yaml", true},
		{"vendor", "a/vendor/b.yaml", false},
		{"*.yaml", "a/b.yaml", false},
		{"b.yaml", "b.yaml", true},
	} {
		if got := Ignored([]string{c.glob}, c.path); got != c.want {
			t.Errorf("Ignored(%q, %q) = %v", c.glob, c.path, got)
		}
	}
}
