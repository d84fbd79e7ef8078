package resolver

import (
	"context"
	"slices"
	"strings"
)

// like asks for the tags that contain a text, the newest of them, unless that
// was asked before or is known.
func (inv *inventory) like(ctx context.Context, text string) error {
	if text == "" || inv.searched[text] > 0 || inv.cut || inv.covers(text) {
		return nil
	}
	_, err := inv.likeMore(ctx, text)
	return err
}

// likeMore reads the next page of the tags that contain a text.
func (inv *inventory) likeMore(ctx context.Context, text string) ([]Tag, error) {
	page, err := inv.ask(ctx, TagQuery{Like: text, Page: inv.searched[text] + 1})
	if err != nil {
		return nil, err
	}
	inv.searched[text]++
	inv.complete = inv.complete || page.All
	if !page.More {
		inv.answered = append(inv.answered, text)
	}
	return page.Tags, nil
}

// covers reports whether all tags that contain a text were listed.
func (inv *inventory) covers(text string) bool {
	return inv.complete || slices.ContainsFunc(inv.answered, func(a string) bool { return strings.Contains(text, a) })
}

// searchPages is how many questions a search for one tag may take. What is
// looked for is newest-first on the first or second of them, unless it is a line
// that ended years ago.
const searchPages = 6

// search reads the tags that contain the texts, one page of each in turn and
// newest first, until a page is enough, or one text is answered to its end: what
// is looked for contains all of them.
func (inv *inventory) search(ctx context.Context, texts []string, enough func(page []Tag) bool) error {
	texts = slices.DeleteFunc(texts, func(s string) bool { return s == "" })
	if len(texts) == 0 || inv.cut {
		return nil
	}
	for n := range searchPages {
		if slices.ContainsFunc(texts, inv.covers) {
			return nil
		}
		page, err := inv.likeMore(ctx, texts[n%len(texts)])
		if err != nil || enough(page) {
			return err
		}
	}
	return nil
}

// partial reports whether a tag stands for longer ones of its family, and
// whether enough of the list is known to be sure. On a part of a list, a tag of
// fewer numbers than most releases have is taken for partial.
func (inv *inventory) partial(v Version) (partial, sure bool) {
	switch {
	case v.Wild:
		return true, true
	case v.Kind != TagRelease || len(v.Revision) > 0:
		return false, true
	case inv.shorter[numbersKey(v.Prefix, v.Numbers)]:
		return true, true
	case inv.covers(v.stem()):
		return false, true
	case len(v.Numbers) > 2:
		return false, true
	}
	return len(v.Numbers) < inv.usualCount(v.Prefix), false
}

// usualCount is how many numbers most releases with a prefix have, the partial
// ones left out.
func (inv *inventory) usualCount(prefix string) int {
	if inv.usual == nil {
		inv.usual = inv.countNumbers()
	}
	return inv.usual[prefix]
}

func (inv *inventory) countNumbers() map[string]int {
	type count struct {
		prefix  string
		numbers int
	}
	counts := map[count]int{}
	usual := map[string]int{}
	for _, v := range inv.versions {
		if v.Kind == TagRelease && (len(v.Revision) > 0 || !inv.shorter[numbersKey(v.Prefix, v.Numbers)]) {
			counts[count{v.Prefix, len(v.Numbers)}]++
		}
	}
	for c, n := range counts {
		best := counts[count{c.prefix, usual[c.prefix]}]
		if n > best || n == best && c.numbers > usual[c.prefix] {
			usual[c.prefix] = c.numbers
		}
	}
	return usual
}

// stem is the tag up to the end of its numbers: what every tag contains that it
// may stand for.
func (v Version) stem() string {
	return v.Tag[:min(len(v.Tag), len(v.Prefix)+len(v.numbersText()))]
}

// lineTexts are what the tags within a partial version have in common.
func (inv *inventory) lineTexts(v Version) []string {
	if v.Kind != TagRelease || len(v.Numbers) == 0 {
		return []string{strings.Join(inv.variantOf(v), "-")}
	}
	join := "."
	for name := range inv.tags {
		if rest, ok := strings.CutPrefix(name, v.stem()+"u"); ok && rest != "" && rest[0] >= '0' && rest[0] <= '9' {
			join = "u" // Java's 8u502
			break
		}
	}
	return []string{v.stem() + join, v.suffix()}
}
