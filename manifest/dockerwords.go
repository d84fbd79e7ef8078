package manifest

import (
	"strings"
	"unicode"
)

// word is a word of a logical line, with its offset there.
type word struct {
	text string
	at   int
}

// words splits at white space outside of quotes. Quotes and escapes stay.
func words(text string) []word {
	var out []word
	start, quote := -1, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == 0 && unicode.IsSpace(rune(c)):
			if start >= 0 {
				out = append(out, word{text[start:i], start})
			}
			start = -1
			continue
		case start < 0:
			start = i
		}
		switch {
		case quote == c:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == '\\' && quote != '\'':
			i++
		}
	}
	if start >= 0 {
		out = append(out, word{text[start:], start})
	}
	return out
}

// unquote takes quotes and escapes away.
func unquote(s string) string {
	if !strings.ContainsAny(s, `'"\`) {
		return s
	}
	var out strings.Builder
	quote := byte(0)
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case quote == c && c != 0:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			out.WriteByte(s[i])
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

// bare is a word without the quotes around all of it.
func (w word) bare() word {
	if n := len(w.text); n >= 2 && (w.text[0] == '"' || w.text[0] == '\'') && w.text[n-1] == w.text[0] {
		return word{w.text[1 : n-1], w.at + 1}
	}
	return w
}

// cut is what follows prefix in a word, without quotes.
func (w word) cut(prefix string) (word, bool) {
	rest, ok := strings.CutPrefix(w.text, prefix)
	return word{rest, w.at + len(prefix)}.bare(), ok
}
