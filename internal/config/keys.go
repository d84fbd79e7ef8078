package config

import (
	"reflect"
	"slices"
	"strings"

	"go.yaml.in/yaml/v4"
)

// keyTag is the tag of a struct's field that holds its key.
const keyTag = "key"

// object reads a mapping whose keys are known.
func (d *decoder) object(n *yaml.Node, path string, v reflect.Value) {
	fields := map[string]int{}
	for i := range v.NumField() {
		fields[v.Type().Field(i).Tag.Get(keyTag)] = i
	}
	for _, p := range d.pairs(n, path) {
		i, known := fields[p.key.Value]
		if !known {
			d.unknown(p.key, path, v.Type())
			continue
		}
		d.value(p.value, p.path, v.Field(i), v.Type().Field(i).Tag)
	}
}

// table reads a mapping whose keys are names.
func (d *decoder) table(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range d.pairs(n, path) {
		if message := check(tag.Get("keys"), p.key.Value); message != "" {
			d.fail(p.key, "A key of %q %s", path, message)
			continue
		}
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(p.value, p.path, element, tag)
		v.SetMapIndex(reflect.ValueOf(p.key.Value), element)
	}
}

// pair is one key of a mapping.
type pair struct {
	key, value *yaml.Node
	path       string
}

// pairs returns the keys of a mapping, with those that "<<" merges into it
// unless it has them itself.
func (d *decoder) pairs(n *yaml.Node, path string) []pair {
	if n.Kind != yaml.MappingNode {
		d.wrongType(n, path, "a mapping of keys", "")
		return nil
	}
	if !d.spend(n, len(n.Content)) {
		return nil
	}
	var pairs, merged []pair
	seen := map[string]bool{}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case key.ShortTag() == "!!merge":
			merged = append(merged, d.merged(value, path)...)
		case resolve(key).Kind != yaml.ScalarNode:
			d.fail(key, "A key must be text; here it is %s.", kindOf(resolve(key)))
		case seen[resolve(key).Value]:
			d.fail(key, "The key %q is there twice. Remove one of them.", resolve(key).Value)
		default:
			p := pair{resolve(key), value, join(path, resolve(key).Value)}
			seen[p.key.Value] = true
			d.at[p.path] = key
			pairs = append(pairs, p)
		}
	}
	for _, p := range merged { // of several, the first has the say
		if !seen[p.key.Value] {
			seen[p.key.Value] = true
			pairs = append(pairs, p)
		}
	}
	return pairs
}

// merged returns what "<<" brings: the keys of a mapping, or of several.
func (d *decoder) merged(value *yaml.Node, path string) []pair {
	d.depth++
	defer func() { d.depth-- }()
	value = resolve(value)
	if !d.spend(value, 1) {
		return nil
	}
	if value.Kind != yaml.SequenceNode {
		return d.pairs(value, path)
	}
	var all []pair
	for _, item := range value.Content {
		all = append(all, d.merged(item, path)...)
	}
	return all
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

// unknown reports a key that t does not have.
func (d *decoder) unknown(key *yaml.Node, path string, t reflect.Type) {
	if message := d.explain(key.Value); message != "" {
		d.fail(key, "%s", message)
		return
	}
	where := ""
	if path != "" {
		where = " in " + path
	}
	known := keysOf(t)
	if near := nearest(key.Value, known); near != "" {
		d.fail(key, "Unknown key %q%s: did you mean %q?", key.Value, where, near)
		return
	}
	d.fail(key, "Unknown key %q%s. Known here: %s.", key.Value, where, strings.Join(known, ", "))
}

// keysOf returns the keys of a struct in their order.
func keysOf(t reflect.Type) []string {
	var keys []string
	for i := range t.NumField() {
		keys = append(keys, t.Field(i).Tag.Get(keyTag))
	}
	return keys
}

// keysBelow returns the keys of a type and of all that it holds.
func keysBelow(t reflect.Type) []string {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return keysBelow(t.Elem())
	case reflect.Struct:
		keys := keysOf(t)
		for i := range t.NumField() {
			keys = append(keys, keysBelow(t.Field(i).Type)...)
		}
		return keys
	}
	return nil
}

// nearest returns the key that a person most probably meant, or "".
func nearest(key string, known []string) string {
	best, least := "", max(2, len(key)/3)+1
	for _, k := range known {
		if n := distance(strings.ToLower(key), strings.ToLower(k)); n < least {
			best, least = k, n
		}
	}
	return best
}

// distance counts the letters to insert, remove or replace (Levenshtein).
func distance(a, b string) int {
	if len(a) > 100 { // no key is as long
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := []int{i + 1}
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next = append(next, slices.Min([]int{row[j] + cost, row[j+1] + 1, next[j] + 1}))
		}
		row = next
	}
	return row[len(b)]
}
