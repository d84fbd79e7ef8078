package resolver

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestTwinsOfAllGroups checks, for each set of tags with the same content in
// each shared list, that every floating member finds a member of the set that
// has its variant. It prints the rate; what misses is printed with -v.
func TestTwinsOfAllGroups(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join("..", "..", "shared", "tags", "*__*.json"))
	if len(files) == 0 {
		t.Skip("the shared corpus of tag lists is not beside this project")
	}
	asked, found := 0, 0
	for _, f := range files {
		if info, err := os.Stat(f); err != nil || info.Size() > 400_000 {
			continue
		}
		list := sharedTags(t, strings.TrimSuffix(filepath.Base(f), ".json"))
		inv := newInventory(nil, list.Repository, DockerTags{})
		for _, tag := range list.tagged() {
			inv.add(tag)
		}
		inv.complete, inv.listed = true, true
		for _, g := range list.groups() {
			a, ok := twinsOfGroup(t, inv, g)
			asked, found = asked+a, found+ok
		}
	}
	t.Logf("%d of %d floating tags found their exact tag (%.2f %%)", found, asked, 100*float64(found)/float64(asked))
	if found*100 < asked*98 {
		t.Errorf("only %d of %d floating tags found their exact tag", found, asked)
	}
}

// twinsOfGroup counts the floating members of a group that has an exact one of
// their variant, and those that found one of the most numbers.
func twinsOfGroup(t *testing.T, inv *inventory, g []string) (asked, found int) {
	for _, name := range g {
		v := inv.versions[name]
		partial, _ := inv.partial(v)
		if inv.tags[name].Digest != inv.tags[g[0]].Digest || v.Kind != TagChannel && !partial {
			continue
		}
		want := fullestWith(inv, g, inv.variantOf(v))
		if want == 0 {
			continue
		}
		asked++
		if twin, ok := inv.knownTwin(v, inv.tags[name].Digest); ok && slices.Contains(g, twin.Tag) && len(twin.Numbers) >= want {
			found++
		} else {
			t.Logf("%s:%s found %q among %q", inv.repository, name, twin.Tag, g)
		}
	}
	return asked, found
}

// fullestWith is the most numbers that a member with exactly this variant has.
func fullestWith(inv *inventory, g, variant []string) int {
	most := 0
	for _, name := range g {
		if v := inv.versions[name]; v.Kind == TagRelease && slices.Equal(v.Words, variant) && inv.tags[name].Digest == inv.tags[g[0]].Digest {
			if partial, _ := inv.partial(v); !partial {
				most = max(most, len(v.Numbers))
			}
		}
	}
	return most
}
