package resolver

import "path"

// Files share a directory tree where they stand in one directory, in directories
// of one parent, or one above the other. The root holds everything, so it
// connects nothing.

// above lists the directories above one, nearest first, without the root.
func above(dir string) []string {
	var dirs []string
	for d := path.Dir(dir); d != "." && d != "/" && dir != "."; d = path.Dir(d) {
		dirs = append(dirs, d)
	}
	return dirs
}

// trees parts references into sets whose files share a directory tree, in the
// order of their first references.
func (g *grouping) trees(refs []int) [][]int {
	joined := forest{}
	has := map[string]bool{}
	for _, i := range refs {
		has[path.Dir(g.refs[i].File)] = true
	}
	for dir := range has {
		for n, d := range above(dir) {
			if n == 0 {
				joined.join(dir, "in "+d)
			}
			if has[d] {
				joined.join(dir, d)
			}
		}
	}
	var trees [][]int
	at := map[string]int{}
	for _, i := range refs {
		root := joined.root(path.Dir(g.refs[i].File))
		n, known := at[root]
		if !known {
			n = len(trees)
			at[root] = n
			trees = append(trees, nil)
		}
		trees[n] = append(trees[n], i)
	}
	return trees
}

// forest says which names are connected: each points to another one of its set,
// and the last to itself.
type forest map[string]string

func (f forest) root(name string) string {
	next, ok := f[name]
	if !ok || next == name {
		return name
	}
	f[name] = f.root(next)
	return f[name]
}

func (f forest) join(a, b string) { f[f.root(a)] = f.root(b) }

// surroundings finds the exact references of an owner that stand near a file.
// Of each place it keeps one reference for each item.
type surroundings struct {
	refs map[string][]int
	seen map[place]bool
}

// place is where an item was seen.
type place struct {
	key string
	it  *item
}

func (g *grouping) surroundings(exact []int) surroundings {
	s := surroundings{refs: map[string][]int{}, seen: map[place]bool{}}
	for _, i := range exact {
		owner := ownerOf(g.itemOf[i].inv.repository)
		if owner == "" {
			continue
		}
		file := g.refs[i].File
		dir := path.Dir(file)
		keys := []string{"file " + file, "dir " + dir}
		for n, d := range above(dir) {
			if n == 0 {
				keys = append(keys, "in "+d)
			}
			keys = append(keys, "below "+d)
		}
		for _, k := range keys {
			if p := (place{owner + " " + k, g.itemOf[i]}); !s.seen[p] {
				s.seen[p] = true
				s.refs[p.key] = append(s.refs[p.key], i)
			}
		}
	}
	return s
}

// rings lists the references near a file: in it, in its directory, in its tree.
func (s surroundings) rings(owner, file string) [][]int {
	dir := path.Dir(file)
	tree := []string{"dir " + dir}
	if dir != "." {
		tree = append(tree, "below "+dir)
	}
	for n, d := range above(dir) {
		if n == 0 {
			tree = append(tree, "in "+d)
		}
		tree = append(tree, "dir "+d)
	}
	var rings [][]int
	for _, keys := range [][]string{{"file " + file}, {"dir " + dir}, tree} {
		var ring []int
		for _, k := range keys {
			ring = append(ring, s.refs[owner+" "+k]...)
		}
		rings = append(rings, ring)
	}
	return rings
}
