// This file reads the parameters of a call: flat names such as
// Tags.member.1.Key, the lists behind them, and numbers.
package query

import (
	"fmt"
	"net/url"
	"strconv"
)

// Params are the form parameters of one call.
type Params struct{ values url.Values }

// ParseParams reads a form body or a query string.
func ParseParams(form string) (Params, error) {
	values, err := url.ParseQuery(form)
	if err != nil {
		return Params{}, fmt.Errorf("reading the form parameters: %w", err)
	}
	return Params{values: values}, nil
}

// Get gives a parameter, "" where it is absent.
func (p Params) Get(name string) string { return p.values.Get(name) }

// Has tells whether a parameter was sent, also when it is empty.
func (p Params) Has(name string) bool { return p.values.Has(name) }

// List gives name.member.1, name.member.2 … until the first gap.
func (p Params) List(name string) []string {
	var list []string
	for i := 1; ; i++ {
		key := fmt.Sprintf("%s.member.%d", name, i)
		if !p.values.Has(key) {
			return list
		}
		list = append(list, p.values.Get(key))
	}
}

// Tag is a key with its value, as tags are sent and shown.
type Tag struct {
	Key   string `xml:"Key"`
	Value string `xml:"Value"`
}

// Tags gives the list of tags that the call carries under a name.
func (p Params) Tags(name string) []Tag {
	var tags []Tag
	for i := 1; ; i++ {
		prefix := fmt.Sprintf("%s.member.%d.", name, i)
		if !p.values.Has(prefix + "Key") {
			return tags
		}
		tags = append(tags, Tag{Key: p.values.Get(prefix + "Key"), Value: p.values.Get(prefix + "Value")})
	}
}

// Members gives one field of each structure in a list, such as arn in
// PolicyArns.member.1.arn.
func (p Params) Members(name, field string) []string {
	var list []string
	for i := 1; ; i++ {
		key := fmt.Sprintf("%s.member.%d.%s", name, i, field)
		if !p.values.Has(key) {
			return list
		}
		list = append(list, p.values.Get(key))
	}
}

// Int gives a number, or the default where the parameter is absent.
func (p Params) Int(name string, absent int) (int, error) {
	if !p.values.Has(name) {
		return absent, nil
	}
	n, err := strconv.Atoi(p.values.Get(name))
	if err != nil {
		return 0, Errorf("MalformedInput", 400, "Invalid value for parameter %s: not an integer", name)
	}
	return n, nil
}
