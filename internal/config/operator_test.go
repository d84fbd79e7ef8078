package config

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"
)

func TestToken(t *testing.T) {
	env := map[string]string{"PINBOT_TOKEN": "t0ken\n", "OTHER": "other", "BAD": "se cret"}
	files := map[string]string{"good": " file-t0ken\r\n", "empty": "\n", "bad": "se\ncret"}
	gitea := Forge{Type: ForgeGitea, URL: "https://git.example.org"}
	tests := []struct {
		tokenEnv, tokenFile, want, err string
	}{
		{"PINBOT_TOKEN", "", "t0ken", ""},
		{"OTHER", "", "other", ""},
		{"", "good", "file-t0ken", ""},
		{"UNSET", "", "", "the token for https://git.example.org is missing: the environment variable UNSET is empty. Create a token in the forge's settings and put it there"},
		{"", "empty", "", "the token for https://git.example.org is missing: the file empty is empty. Create a token in the forge's settings and put it there"},
		{"", "gone", "", "reading the forge's token: open gone: file does not exist"},
		{"", "bad", "", "the token for https://git.example.org in the file bad has spaces, line breaks or other characters that no token has"},
		{"BAD", "", "", "the token for https://git.example.org in the environment variable BAD has spaces, line breaks or other characters that no token has"},
	}
	for _, tt := range tests {
		forge := gitea
		forge.TokenEnv, forge.TokenFile = tt.tokenEnv, tt.tokenFile
		got, err := Operator{Forge: forge}.Token(func(name string) string { return env[name] }, func(name string) ([]byte, error) {
			if data, ok := files[name]; ok {
				return []byte(data), nil
			}
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		})
		message := ""
		if err != nil {
			message = err.Error()
		}
		if got != tt.want || message != tt.err {
			t.Errorf("%+v: %q, %v", tt, got, err)
		}
		if tt.tokenFile == "gone" && !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%v does not wrap its cause", err)
		}
	}
	if got, err := (Operator{}).Token(nil, nil); got != "" || err != nil {
		t.Errorf("without a forge: %q, %v", got, err)
	}
}

func TestFind(t *testing.T) {
	tests := []struct {
		there string
		want  string
		err   string
	}{
		{"README.md", "", ""},
		{"pinbot.yaml", "pinbot.yaml", ""},
		{".forgejo/.pinbot.yaml renovate.json", ".forgejo/.pinbot.yaml", ""},
		{".github/renovate.json5 .renovaterc .renovaterc.json", "", ""},
		{".gitea/pinbot.yaml pinbot.yaml", "", "pinbot.yaml: this repository has 2 configuration files of pinbot's: pinbot.yaml, .gitea/pinbot.yaml. Keep one of them"},
		{"pinbot.yml k8s/pinbot.yaml .gitlab/pinbot.yaml", "", ""},
	}
	for _, tt := range tests {
		there := strings.Fields(tt.there)
		got, err := Find(func(p string) bool { return slices.Contains(there, p) })
		message := ""
		if err != nil {
			message = err.Error()
		}
		if got != tt.want || message != tt.err {
			t.Errorf("%s: %q, %v", tt.there, got, err)
		}
	}
}
