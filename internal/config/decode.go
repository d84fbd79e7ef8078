package config

import (
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v4"
)

// explain returns what to say of a key that does not exist, and "" to name the
// nearest one.
type explain func(key string) string

type decoder struct {
	file    string
	explain explain
	errs    Errors
	at      map[string]*yaml.Node // keys and items by their path
	nodes   int
	depth   int
}

// value reads n into v, as far as it is right. The path is for people.
func (d *decoder) value(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	d.depth++
	defer func() { d.depth-- }()
	if !d.spend(n, 1) {
		return
	}
	n = resolve(n)
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		return
	}
	switch v.Interface().(type) {
	case time.Duration:
		d.duration(n, path, v)
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		d.value(n, path, v.Elem(), tag)
	case reflect.Struct:
		d.object(n, path, v)
	case reflect.Map:
		d.table(n, path, v, tag)
	case reflect.Slice:
		d.list(n, path, v, tag)
	case reflect.String:
		d.text(n, path, v, tag)
	case reflect.Int:
		d.number(n, path, v, tag)
	case reflect.Bool:
		d.boolean(n, path, v)
	default:
		panic("config: no way to read a " + v.Type().String())
	}
}

// spend counts nodes that are read, and tells whether there may be as many. It
// reports the first that may not.
func (d *decoder) spend(n *yaml.Node, count int) bool {
	if d.nodes > maxNodes {
		return false
	}
	if d.nodes += count; d.nodes > maxNodes || d.depth > maxDepth {
		d.fail(n, "The anchors and aliases stand for more than pinbot reads. Write the values out.")
		d.nodes = maxNodes + 1
	}
	return d.nodes <= maxNodes
}

func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode {
		return n.Alias
	}
	return n
}

// wrongType says what n should be and what it is.
func (d *decoder) wrongType(n *yaml.Node, path, want, example string) {
	if path == "" {
		path = "the file"
	} else {
		path = strconv.Quote(path)
	}
	if example != "" {
		want += ", such as " + example
	}
	d.fail(n, "%s must be %s; here it is %s.", strings.ToUpper(path[:1])+path[1:], want, kindOf(n))
}

func kindOf(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping of keys"
	case yaml.SequenceNode:
		return "a list"
	}
	switch n.ShortTag() {
	case "!!int", "!!float":
		return "a number"
	case "!!bool":
		return "true or false"
	}
	return "text"
}

func (d *decoder) list(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if n.Kind != yaml.SequenceNode {
		d.wrongType(n, path, "a list", tag.Get("example"))
		return
	}
	for i, item := range n.Content {
		at := fmt.Sprintf("%s[%d]", path, i)
		d.at[at] = item
		element := reflect.New(v.Type().Elem()).Elem()
		d.value(item, at, element, tag)
		v.Set(reflect.Append(v, element))
	}
}

// text takes numbers too, as they are written: 1.10 is a version here.
func (d *decoder) text(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	if n.Kind != yaml.ScalarNode || n.ShortTag() == "!!bool" {
		want := "text"
		if n.ShortTag() == "!!bool" {
			want = "text in quotes"
		}
		d.wrongType(n, path, want, "")
		return
	}
	if message := checkText(tag, n.Value); message != "" {
		d.fail(n, "%q %s", path, message)
		return
	}
	v.SetString(n.Value)
}

func (d *decoder) number(n *yaml.Node, path string, v reflect.Value, tag reflect.StructTag) {
	i, err := strconv.Atoi(n.Value)
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!int" || err != nil {
		d.wrongType(n, path, "a whole number", "")
		return
	}
	if least, err := strconv.Atoi(tag.Get("min")); err == nil && i < least {
		d.fail(n, "%q must be %d or more.", path, least)
		return
	}
	v.SetInt(int64(i))
}

func (d *decoder) boolean(n *yaml.Node, path string, v reflect.Value) {
	b, err := strconv.ParseBool(strings.ToLower(n.Value))
	if n.Kind != yaml.ScalarNode || n.ShortTag() != "!!bool" || err != nil {
		d.wrongType(n, path, "true or false", "")
		return
	}
	v.SetBool(b)
}

func (d *decoder) duration(n *yaml.Node, path string, v reflect.Value) {
	if n.Kind != yaml.ScalarNode {
		d.wrongType(n, path, "a time", "3d, 36h or 2w")
		return
	}
	age, ok := parseDuration(n.Value)
	if !ok {
		d.fail(n, "%q must be a time such as 3d, 36h or 2w: whole numbers of minutes (m), hours (h), days (d) or weeks (w), up to ten years; %q is none.", path, n.Value)
		return
	}
	v.SetInt(int64(age))
}
