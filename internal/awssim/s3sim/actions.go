// This file is the table of the actions of S3: their type of resource and their condition keys.
package s3sim

import (
	_ "embed" // for actions.txt
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// actionTable holds one action a line: name, type of resource (bucket, object, - for all others), condition keys
// without their prefix s3: (Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3",
// data of September 2026). Keys of every action are in commonKeys.
//
//go:embed actions.txt
var actionTable string

// action is one line of the table.
type action struct {
	name     string
	resource string
	keys     []string
}

var actions = readActions()

func readActions() map[string]action {
	table := map[string]action{}
	for line := range strings.Lines(actionTable) {
		fields := strings.Fields(line)
		table["s3:"+fields[0]] = action{name: fields[0], resource: fields[1], keys: fields[2:]}
	}
	return table
}

// commonKeys are keys of S3 that every action takes in a bucket policy. Those of access points are there for delegation
// to them (S3 User Guide, "Delegating access control to access points").
var commonKeys = []string{
	"resourceaccount", "tlsversion", "authtype", "signatureage", "signatureversion", "x-amz-content-sha256",
	"dataaccesspointaccount", "dataaccesspointarn", "accesspointnetworkorigin",
}

// knows tells whether an action has a condition key, named without s3:. A key that ends in / takes a tag's name.
func knows(name, key string) bool { return actions[name].takes(key) }

func (a action) takes(key string) bool {
	key = strings.ToLower(key)
	if slices.Contains(commonKeys, key) {
		return true
	}
	return slices.ContainsFunc(a.keys, func(known string) bool {
		known = strings.ToLower(known)
		return known == key || strings.HasSuffix(known, "/") && strings.HasPrefix(key, known)
	})
}

// matching gives the actions that an element of Action stands for; names are compared without case. It is empty for
// what is no action of S3.
func matching(pattern string) []action {
	var found []action
	for name, a := range actions {
		if pattern == "*" || policy.MatchPattern(strings.ToLower(pattern), strings.ToLower(name)) {
			found = append(found, a)
		}
	}
	return found
}
