package config

import (
	"strings"
	"testing"
)

// Files that are made to cost: each is refused at once.
func TestBombs(t *testing.T) {
	laughs := "ignorePaths: &a [x,x,x,x,x,x,x,x,x,x]\npolicy: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a,*a]\n"
	nested := "policy:\n"
	for i := range 10 {
		nested += strings.Repeat(" ", 2*i) + "- &a" + string(rune('0'+i)) + " {images: [*a" + string(rune('0'+i)) + "]}\n"
	}
	level := "x: &l0 [a,a,a,a,a,a,a,a,a,a]\n"
	for i := 1; i < 10; i++ {
		prev := "*l" + string(rune('0'+i-1))
		level += "x" + string(rune('0'+i)) + ": &l" + string(rune('0'+i)) + " [" + strings.Repeat(prev+",", 10) + "]\n"
	}
	merges := "policy:\n- &m0 {images: [x]}\n"
	for i := 1; i < 10; i++ {
		prev := "*m" + string(rune('0'+i-1))
		merges += "- &m" + string(rune('0'+i)) + " {<<: [" + strings.Repeat(prev+",", 10) + "]}\n"
	}
	wide := "policy:\n- &m0 {" + strings.Repeat("images: [x], ", 30_000) + "}\n" + strings.Repeat("- <<: *m0\n", 20_000)
	for name, data := range map[string]string{
		"wide merges": wide, "laughs": laughs, "nested": nested, "levels": level, "merges": merges,
		"self": "policy: &a [*a]", "self merge": "policy: [&a {<<: *a}]", "self merges": "policy: [&a {<<: [*a, *a]}]",
		"deep": "policy: " + strings.Repeat("[", 100_000), "closed": "policy: " + strings.Repeat("[", 5000) + strings.Repeat("]", 5000),
		"large": "ignorePaths: [" + strings.Repeat("x,", 600_000) + "]",
	} {
		if _, err := ParseRepository("pinbot.yaml", []byte(data)); err == nil && name != "self merge" {
			t.Errorf("%s was accepted", name)
		}
	}
}

func FuzzParseOperator(f *testing.F) {
	f.Add([]byte(starterOperator))
	f.Add([]byte("forge: &a {<<: *a, url: https://x}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := ParseOperator("op.yaml", data)
		checkErrors(t, err)
	})
}

func FuzzParseRepository(f *testing.F) {
	f.Add([]byte(strings.ReplaceAll(starterRepository, "# ", "")))
	f.Add([]byte("policy:\n- images: &a [x]\n  files: *a\n  minimumAge: 3d\n? [k]\n: v\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, err := ParseRepository("pinbot.yaml", data)
		checkErrors(t, err)
	})
}

// checkErrors fails unless err is nil or printable lines with positions.
func checkErrors(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	list, ok := err.(Errors)
	if !ok || len(list) == 0 {
		t.Fatalf("%T %v", err, err)
	}
	for _, e := range list {
		if strings.ContainsAny(e.Error(), "\n\r\x1b\x00") || e.Message == "" || e.Line > 0 && e.Column < 1 {
			t.Errorf("%q", e.Error())
		}
	}
}
