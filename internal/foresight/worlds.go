package foresight

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// This file splits an open call into cases in which less is open. Each doubt of an open call is decided for itself, so
// that conditions which exclude one another would go unseen: a call either has an address or comes through an endpoint,
// and it cannot come through two endpoints. Where a key is only compared with fixed values, these values, one other and
// its absence are all the cases that there are.

// world is one case: keys with their value, in lower case; nil stands for a key that is absent.
type world map[string]*string

// mostWorlds bounds the work. Keys that would lead beyond it stay open.
const mostWorlds = 64

// worldsOf gives the cases of the keys that the statements compare and that are open.
func worldsOf(isOpen func(key string) bool, statements []policy.Statement) []world {
	compared := comparisonsIn(statements)
	cases := map[string][]*string{}
	if isOpen(tlsVersion) && compared[tlsVersion] != nil {
		cases[tlsVersion] = values(tlsVersions...)
	}
	for key, one := range compared {
		if isOpen(key) && one.isFixed() {
			cases[key] = one.cases()
		}
	}
	var worlds []world
	for _, network := range networks(isOpen, compared) {
		worlds = append(worlds, split(network, network.without(cases))...)
	}
	return worlds
}

// without takes out the cases that the network rules out: a call from an address has one, and a call through an endpoint
// has that and its VPC.
func (w world) without(cases map[string][]*string) map[string][]*string {
	there := []string{"aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip"}
	if _, endpoint := w[sourceIP]; !endpoint {
		there = []string{sourceIP}
	}
	left := maps.Clone(cases)
	if len(w) == 0 {
		return left // nobody looks at the network
	}
	for _, key := range there {
		left[key] = slices.DeleteFunc(slices.Clone(left[key]), func(value *string) bool { return value == nil || *value == "" })
		if len(left[key]) == 0 {
			delete(left, key)
		}
	}
	return left
}

func values(texts ...string) []*string {
	pointers := make([]*string, 0, len(texts))
	for _, text := range texts {
		pointers = append(pointers, &text)
	}
	return pointers
}

// networks are the two ways that a call can come, or one where no statement looks at it.
func networks(isOpen func(key string) bool, compared map[string]*comparison) []world {
	if !isOpen(sourceIP) {
		return []world{{}}
	}
	looks := compared[sourceIP] != nil
	internet := world{}
	for _, key := range ofEndpoints {
		internet[key] = nil
		looks = looks || compared[key] != nil
	}
	if !looks {
		return []world{{}}
	}
	return []world{internet, {sourceIP: nil}}
}

// split gives every combination of the cases with a world that decides some keys already.
func split(from world, cases map[string][]*string) []world {
	worlds := []world{from}
	for _, key := range sortedKeys(cases) {
		if _, decided := from[key]; decided || len(worlds)*len(cases[key]) > mostWorlds {
			continue
		}
		var more []world
		for _, one := range worlds {
			for _, value := range cases[key] {
				fresh := world{key: value}
				for k, v := range one {
					fresh[k] = v
				}
				more = append(more, fresh)
			}
		}
		worlds = more
	}
	return worlds
}

// in gives the call as it is in the world.
func (w world) in(r verdict.Request, o verdict.Open) (verdict.Request, verdict.Open) {
	keys := verdict.Keys{}
	for key, values := range r.Keys {
		keys[key] = values
	}
	for key, value := range w {
		if value != nil {
			keys[key] = []string{*value}
		}
	}
	r.Keys = keys
	unknown := o.Unknown
	o.Unknown = func(key string) bool {
		_, decided := w[key]
		return !decided && unknown(key)
	}
	return r, o
}

// comparison is all that statements compare one key with.
type comparison struct {
	operators []string // without IfExists and set operators
	values    []string
	several   bool // a set operator: the key may have several values
	variable  bool // it stands in other values as a policy variable
}

func comparisonsIn(statements []policy.Statement) map[string]*comparison {
	found := map[string]*comparison{}
	of := func(key string) *comparison {
		key = strings.ToLower(key)
		if found[key] == nil {
			found[key] = &comparison{}
		}
		return found[key]
	}
	for _, statement := range statements {
		for operator, keys := range statement.Condition {
			for key, values := range keys {
				of(key).add(operator, values)
			}
		}
		for _, key := range variablesIn(statement) {
			of(key).variable = true
		}
	}
	return found
}

func (c *comparison) add(operator string, values policy.Values) {
	base := strings.TrimSuffix(operator, "IfExists")
	if _, rest, set := strings.Cut(base, ":"); set {
		base, c.several = rest, true
	}
	c.operators = append(c.operators, base)
	if base != "Null" {
		c.values = append(c.values, values...)
	}
}

// variablesIn gives the keys that values of the statement refer to.
func variablesIn(statement policy.Statement) (keys []string) {
	texts := slices.Concat(statement.Resource, statement.NotResource)
	for _, tests := range statement.Condition {
		for _, values := range tests {
			texts = append(texts, values...)
		}
	}
	for _, text := range texts {
		for {
			_, rest, found := strings.Cut(text, "${")
			if !found {
				break
			}
			key, _, _ := strings.Cut(rest, "}")
			key, _, _ = strings.Cut(key, ",")
			keys, text = append(keys, key), rest
		}
	}
	return keys
}

// isFixed tells that the key is only compared in ways of which all cases can be listed.
func (c *comparison) isFixed() bool {
	if c.several || c.variable || !c.isEqual() && !c.isNetwork() {
		return false
	}
	return !slices.ContainsFunc(c.values, func(value string) bool {
		return strings.ContainsAny(value, "*?") || strings.Contains(value, "${")
	})
}

func (c *comparison) isEqual() bool {
	return c.only("StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Bool", "Null")
}

func (c *comparison) isNetwork() bool { return c.only("IpAddress", "NotIpAddress", "Null") }

func (c *comparison) only(operators ...string) bool {
	return !slices.ContainsFunc(c.operators, func(operator string) bool { return !slices.Contains(operators, operator) })
}

// otherValue is one that nobody compares anything with.
const otherValue = "(any other value)"

// cases lists values, one for each way that the comparisons can come out together, the absence of the key included.
func (c *comparison) cases() []*string {
	cases := []*string{nil}
	var texts []string
	switch {
	case slices.Contains(c.operators, "Bool"):
		texts = []string{"true", "false"}
	case c.isEqual():
		texts = append(slices.Clone(c.values), otherValue, "")
	default:
		texts = addressesAround(c.values)
	}
	slices.Sort(texts)
	return append(cases, values(slices.Compact(texts)...)...)
}

// addressesAround gives the first and the last address of each range and their neighbours outside: ranges either hold one
// another or lie apart, so each way in which an address can be in some of them and not in others is met by one of these.
func addressesAround(ranges []string) (texts []string) {
	add := func(address netip.Addr) {
		if address.IsValid() {
			texts = append(texts, address.String())
		}
	}
	for _, text := range append([]string{"192.0.2.1", "2001:db8::1"}, ranges...) {
		network, err := netip.ParsePrefix(text)
		if err != nil {
			address, err := netip.ParseAddr(text)
			if err != nil {
				continue
			}
			network = netip.PrefixFrom(address, address.BitLen())
		}
		first, last := network.Masked().Addr(), lastOf(network)
		add(first)
		add(first.Prev())
		add(last)
		add(last.Next())
	}
	return texts
}

func lastOf(network netip.Prefix) netip.Addr {
	bytes := network.Masked().Addr().AsSlice()
	for bit := network.Bits(); bit < len(bytes)*8; bit++ {
		bytes[bit/8] |= 1 << (7 - bit%8)
	}
	last, _ := netip.AddrFromSlice(bytes)
	return last
}

func sortedKeys[V any](of map[string]V) []string {
	keys := make([]string, 0, len(of))
	for key := range of {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}
