// Package s3action knows the actions of S3: the type of resource and the condition keys of each.
package s3action

import (
	_ "embed" // for actions.txt
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// table holds one action a line: name, type of resource (bucket, object, - for all others), condition keys without their
// prefix s3: (Service Authorization Reference, "Actions, resources, and condition keys for Amazon S3", data of September
// 2026). Keys of every action are in commonKeys.
//
//go:embed actions.txt
var table string

// Types of resources.
const (
	Bucket = "bucket"
	Object = "object"
	Other  = "-"
)

// Action is one action of S3.
type Action struct {
	Name     string // s3:GetObject
	Resource string // Bucket, Object or Other
	// Keys are the condition keys of this action without s3:. One that ends in / takes a tag's name.
	Keys []string
}

// commonKeys are keys that every action takes in a bucket policy. Those of access points are there for delegation to them
// (S3 User Guide, "Delegating access control to access points").
var commonKeys = []string{
	"resourceaccount", "tlsversion", "authtype", "signatureage", "signatureversion", "x-amz-content-sha256",
	"dataaccesspointaccount", "dataaccesspointarn", "accesspointnetworkorigin",
}

var all = readTable()

func readTable() []Action {
	var read []Action
	for line := range strings.Lines(table) {
		fields := strings.Fields(line)
		read = append(read, Action{Name: "s3:" + fields[0], Resource: fields[1], Keys: fields[2:]})
	}
	return read
}

// All lists every action by its name.
func All() []Action { return slices.Clone(all) }

// Named finds an action; names are compared without case.
func Named(name string) (Action, bool) {
	i := slices.IndexFunc(all, func(a Action) bool { return strings.EqualFold(a.Name, name) })
	if i < 0 {
		return Action{}, false
	}
	return all[i], true
}

// Matching gives the actions that an element of Action stands for; names are compared without case. It is empty for what
// is no action of S3.
func Matching(pattern string) []Action {
	wanted := policy.Wildcards(strings.ToLower(pattern))
	return slices.DeleteFunc(All(), func(a Action) bool { return pattern != "*" && !wanted.Match(strings.ToLower(a.Name)) })
}

// Takes tells whether the action has a condition key, named without s3:, compared without case.
func (a Action) Takes(key string) bool {
	key = strings.ToLower(key)
	return slices.Contains(commonKeys, key) || slices.ContainsFunc(a.Keys, func(known string) bool {
		known = strings.ToLower(known)
		return known == key || strings.HasSuffix(known, "/") && strings.HasPrefix(key, known)
	})
}
