// This file asks the table of the actions of S3 for their type of resource and their condition keys.
package s3sim

import (
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/s3action"
)

// action is one action of the table.
type action struct {
	known    s3action.Action
	name     string // without s3:
	resource string
	keys     []string
}

var actions = readActions()

func readActions() map[string]action {
	read := map[string]action{}
	for _, one := range s3action.All() {
		read[one.Name] = actionOf(one)
	}
	return read
}

func actionOf(known s3action.Action) action {
	return action{known, strings.TrimPrefix(known.Name, "s3:"), known.Resource, known.Keys}
}

// knows tells whether an action has a condition key, named without s3:. A key that ends in / takes a tag's name.
func knows(name, key string) bool { return actions[name].takes(key) }

func (a action) takes(key string) bool { return a.known.Takes(key) }

// matching gives the actions that an element of Action stands for; names are compared without case. It is empty for
// what is no action of S3.
func matching(pattern string) []action {
	var found []action
	for _, one := range s3action.Matching(pattern) {
		found = append(found, actionOf(one))
	}
	return found
}
