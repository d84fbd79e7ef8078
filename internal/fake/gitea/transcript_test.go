package fakegitea

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const transcript = "../../../../shared/gitea-transcript.jsonl"

// exchange is one line of the transcript.
type exchange struct {
	Request struct {
		Method, Path string
		Body         json.RawMessage
	}
	Response struct {
		Status  int
		Headers map[string]string
		Body    json.RawMessage
	}
}

// act is how one recorded exchange is replayed: by whom, and what is compared
// beyond the status, the error text and the paging.
type act struct {
	by   string // login without its number; "" is a token that nobody has
	loud bool   // the answer is compared member by member
}

// The acts, by line from 0. Exchanges that need what pinbot never asks for
// (milestones, reviews, statuses, protection, update by rebase, pinning,
// scopes of tokens, trees) are left out, and so are those that show Gitea
// being late: it merges and closes after an answer, this server before it.
var acts = map[int]act{
	0: {"own", true}, 1: {"own", true}, 2: {"bot", false}, 3: {"own", false}, 4: {"own", false}, 5: {"bot", true},
	6: {"bot", true}, 7: {"own", true}, 9: {"bot", true}, 10: {"bot", false}, 11: {"bot", false},
	12: {"bot", true}, 13: {"bot", true}, 16: {"bot", true}, 15: {"bot", false}, 20: {"bot", true}, 26: {"bot", false}, 27: {"bot", false},
	28: {"bot", false}, 29: {"bot", false}, 39: {"own", false}, 41: {"bot", false}, 43: {"bot", false}, 44: {"bot", true},
	45: {"bot", false}, 48: {"bot", true}, 49: {"bot", true}, 50: {"bot", true}, 51: {"bot", true}, 53: {"", false}, 54: {"bot", true},
	55: {"bot", false}, 56: {"bot", true},
	57: {"org", true}, 58: {"org", true}, 59: {"org", false}, 60: {"pinbot", false}, 61: {"pinbot", false}, 62: {"pinbot", false},
	63: {"pinbot", true}, 64: {"pinbot", true}, 65: {"pinbot", true}, 66: {"pinbot", true}, 67: {"pinbot", true}, 68: {"pinbot", true},
	69: {"pinbot", true}, 70: {"pinbot", true}, 71: {"pinbot", true}, 72: {"pinbot", true}, 73: {"pinbot", false}, 74: {"pinbot", false},
	77: {"pinbot", false}, 78: {"pinbot", true}, 79: {"pinbot", true}, 80: {"pinbot", false}, 81: {"pinbot", false}, 82: {"pinbot", true},
	83: {"pinbot", true}, 84: {"pinbot", true}, 85: {"pinbot", true}, 88: {"pinbot", true}, 89: {"pinbot", true}, 90: {"pinbot", true},
	93: {"pinbot", true}, 94: {"pinbot", true}, 95: {"pinbot", true}, 96: {"org", false}, 99: {"pinbot", false}, 100: {"pinbot", true},
	106: {"org", true}, 107: {"pinbot", false}, 108: {"pinbot", false}, 109: {"org", true}, 110: {"org", true}, 111: {"org", true},
	114: {"org", true}, 115: {"pinbot", false}, 116: {"pinbot", true}, 117: {"pinbot", false}, 118: {"pinbot", false},
	122: {"pinbot", true}, 123: {"org", false}, 124: {"pinbot", true}, 125: {"pinbot", true}, 126: {"pinbot", true}, 127: {"", false},
}

// volatile are members whose values no two servers share, and settings that
// the server does not keep.
var volatile = regexp.MustCompile(`(^|\.)(id|issue_id|repo_id|sha|merge_base|avatar_url|email|archived_at|language|created|updated|timestamp|message|pin_order|` +
	`created_at|updated_at|closed_at|merged_at|last_login|active|size|open_pr_counter|open_issues_count|author|committer|url|html_url|comments|original_author|merge_commit_sha|merged_by|` +
	`milestone|assignees?|assignee|requested_reviewers|review_comments|allow_maintainer_edit|mergeable|permissions|max_response_items)($|\.|\[)`)

func TestTranscript(t *testing.T) {
	lines := readTranscript(t)
	s := New(t)
	users := map[string]string{"own": "own1795347653", "bot": "bot1795347653", "rev": "rev1795347653", "org": "org1795347722", "pinbot": "pinbot1795347722"}
	for _, login := range users {
		s.AddUser(login)
	}
	replayed := 0
	for n, x := range lines {
		a, known := acts[n]
		if !known {
			continue
		}
		if n == 6 { // what the person pushed by git in between
			s.repos[users["own"]+"/demo"].Commit("renovate/dep", "bump golang\n", map[string]string{"Dockerfile": "FROM golang\n"})
		}
		replayed++
		t.Run(fmt.Sprintf("%03d %s %s", n, x.Request.Method, x.Request.Path), func(t *testing.T) {
			token := "nobody"
			if a.by != "" {
				token = s.users[users[a.by]].Token
			}
			replay(t, s, x, token, a.loud)
		})
	}
	t.Logf("%d of %d recorded exchanges replayed", replayed, len(lines))
}

func readTranscript(t *testing.T) []exchange {
	t.Helper()
	f, err := os.Open(transcript)
	if os.IsNotExist(err) {
		t.Skip("../shared is absent: there are no recorded exchanges to replay")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var lines []exchange
	in := bufio.NewScanner(f)
	in.Buffer(nil, 1<<20)
	for in.Scan() {
		var x exchange
		if err := json.Unmarshal(in.Bytes(), &x); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, x)
	}
	return lines
}

func replay(t *testing.T, s *Server, x exchange, token string, loud bool) {
	t.Helper()
	var body io.Reader
	if string(x.Request.Body) != "null" {
		body = bytes.NewReader(x.Request.Body)
	}
	req, err := http.NewRequestWithContext(t.Context(), x.Request.Method, s.URL+x.Request.Path, body)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "token "+token)
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	got, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if res.StatusCode != x.Response.Status {
		t.Fatalf("answers %d %.300s, Gitea answered %d %.300s", res.StatusCode, got, x.Response.Status, x.Response.Body)
	}
	for _, h := range []string{"X-Total-Count", "Link", "Location"} {
		want := strings.ReplaceAll(x.Response.Headers[h], "https://gitea.example", s.URL)
		if v := res.Header.Get(h); v != want {
			t.Errorf("%s is %q, Gitea said %q", h, v, want)
		}
	}
	compareErrors(t, got, x)
	if loud {
		compareBodies(t, bytes.ReplaceAll(got, []byte(s.URL), []byte("https://gitea.example")), x.Response.Body)
	}
}

var numbers = regexp.MustCompile(`\d+`)

func compareErrors(t *testing.T, got []byte, x exchange) {
	t.Helper()
	if x.Response.Status < 400 {
		return
	}
	var a, b struct{ Message string }
	_ = json.Unmarshal(got, &a)
	_ = json.Unmarshal(x.Response.Body, &b)
	if numbers.ReplaceAllString(a.Message, "N") != numbers.ReplaceAllString(b.Message, "N") {
		t.Errorf("says %q, Gitea said %q", a.Message, b.Message)
	}
}

// compareBodies compares the members of two documents, and the values of those
// that do not depend on the server.
func compareBodies(t *testing.T, got, want []byte) {
	t.Helper()
	a, b := flatten(t, got), flatten(t, want)
	for path, v := range b {
		w, there := a[path]
		switch {
		case !there && !volatile.MatchString(path):
			t.Errorf("lacks %s, which is %s in Gitea", path, v)
		case there && w != v && !volatile.MatchString(path):
			t.Errorf("%s is %s, in Gitea %s", path, w, v)
		}
	}
	for path, v := range a {
		if _, there := b[path]; !there && !volatile.MatchString(path) {
			t.Errorf("has %s = %s, which Gitea has not", path, v)
		}
	}
}

// flatten maps the path of each leaf to its value. Empty lists are leaves.
func flatten(t *testing.T, raw []byte) map[string]string {
	t.Helper()
	flat := map[string]string{}
	if s := strings.TrimSpace(string(raw)); s == "" || s == `""` {
		return flat
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%v: %.200s", err, raw)
	}
	var walk func(path string, v any)
	walk = func(path string, v any) {
		switch v := v.(type) {
		case map[string]any:
			for k, e := range v {
				walk(path+"."+k, e)
			}
		case []any:
			if len(v) == 0 {
				flat[path] = "[]"
			}
			for i, e := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), e)
			}
		default:
			flat[path] = fmt.Sprintf("%v", v)
		}
	}
	walk("", v)
	return flat
}

// The acts must be of the transcript, and most of it must be replayed.
func TestActsAreKnown(t *testing.T) {
	n := len(readTranscript(t))
	for _, line := range slices.Sorted(maps.Keys(acts)) {
		if line >= n {
			t.Errorf("there is no line %d", line)
		}
	}
	if len(acts) < n*6/10 {
		t.Errorf("only %d of %d exchanges are replayed", len(acts), n)
	}
}
