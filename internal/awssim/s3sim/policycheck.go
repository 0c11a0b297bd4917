// This file says which bucket policies S3 stores: the checks that PutBucketPolicy makes, with its words (S3 User Guide,
// "Policies and permissions in Amazon S3"; the words are those of the live service as far as they are known).
package s3sim

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// maxPolicySize is in bytes of compact JSON; what AWS measures exactly is not published.
const maxPolicySize = 20480

var (
	topMembers       = []string{"Version", "Id", "Statement"}
	statementMembers = []string{
		"Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition",
	}
)

// checkPolicy checks all of a document but whether its principals exist.
func checkPolicy(on scope, text string) (policy.Document, error) {
	var top map[string]json.RawMessage
	if err := json.Unmarshal([]byte(text), &top); err != nil || top == nil {
		return policy.Document{}, malformedPolicy("Policies must be valid JSON and the first byte must be '{'")
	}
	document, err := policy.Parse(text)
	if err != nil {
		return policy.Document{}, malformedPolicy("Invalid policy syntax.")
	}
	if err := checkTop(top, document); err != nil {
		return policy.Document{}, err
	}
	for _, s := range document.Statements() {
		if err := checkStatement(on, s); err != nil {
			return policy.Document{}, err
		}
	}
	small, err := compact(document, document.Statements())
	if err != nil {
		return policy.Document{}, malformedPolicy("Invalid policy syntax.")
	}
	if len(small.JSON()) > maxPolicySize {
		return policy.Document{}, malformedPolicy("Policy exceeds the maximum allowed document size.")
	}
	return document, nil
}

func checkTop(top map[string]json.RawMessage, document policy.Document) error {
	for name := range top {
		if !slices.Contains(topMembers, name) {
			return malformedPolicy("Unknown field %s", name)
		}
	}
	_, versioned := top["Version"]
	if v := document.Version(); versioned && v != policy.Version2012 && v != policy.Version2008 {
		return malformedPolicy("The policy must contain a valid version string")
	}
	var id string
	if raw, there := top["Id"]; there && json.Unmarshal(raw, &id) != nil {
		return malformedPolicy("Invalid policy syntax.")
	}
	if _, there := top["Statement"]; !there {
		return malformedPolicy("Missing required field Statement")
	}
	if document.IsEmpty() {
		return malformedPolicy("Could not parse the policy: Statement is empty!")
	}
	return nil
}

func checkStatement(on scope, s policy.Statement) error {
	if err := checkShape(s); err != nil {
		return err
	}
	if err := checkPrincipalShape(s); err != nil {
		return err
	}
	if err := checkConditionShape(s.Condition); err != nil {
		return err
	}
	kinds, err := resourceKinds(on, s)
	if err != nil {
		return err
	}
	found, err := statementActions(s)
	if err != nil {
		return err
	}
	return on.checkCombinations(s, found, kinds)
}

// checkShape looks at the members of a statement: the known ones, each of its type, the required ones there.
func checkShape(s policy.Statement) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal([]byte(s.JSON()), &members); err != nil {
		return malformedPolicy("Invalid policy syntax.")
	}
	for name := range members {
		if !slices.Contains(statementMembers, name) {
			return malformedPolicy("Unknown field %s", name)
		}
	}
	if members["Effect"] == nil {
		return malformedPolicy("Missing required field Effect")
	}
	for _, required := range [][2]string{{"Principal", "NotPrincipal"}, {"Action", "NotAction"}, {"Resource", "NotResource"}} {
		is, not := members[required[0]] != nil, members[required[1]] != nil
		switch {
		case !is && !not:
			return malformedPolicy("Missing required field %s", required[0])
		case is && not:
			return malformedPolicy("Invalid policy syntax.")
		}
	}
	switch {
	case s.Effect != policy.Allow && s.Effect != policy.Deny:
		return malformedPolicy("Invalid effect: %s", s.Effect)
	case s.NotPrincipal != nil && s.Effect == policy.Allow:
		return malformedPolicy("Allow with NotPrincipal is not allowed.")
	case s.Err() != nil && checkPrincipalShape(s) != nil:
		return malformedPolicy("Invalid principal in policy")
	case s.Err() != nil:
		return malformedPolicy("Invalid policy syntax.")
	}
	return nil
}

func checkPrincipalShape(s policy.Statement) error {
	p := s.Principal
	if p == nil {
		p = s.NotPrincipal
	}
	if p.Any {
		return nil
	}
	named := [][]string{p.AWS, p.Service, p.Federated, p.CanonicalUser}
	if len(p.Other) > 0 || len(slices.Concat(named...)) == 0 {
		return malformedPolicy("Invalid principal in policy")
	}
	for _, values := range named {
		if values != nil && len(values) == 0 {
			return malformedPolicy("Invalid principal in policy")
		}
	}
	return nil
}

// kinds tells which types of resource a statement covers.
type kinds struct{ bucket, object bool }

// resourceKinds checks that every resource is what the policy hangs on, or in it.
func resourceKinds(on scope, s policy.Statement) (kinds, error) {
	var covered kinds
	resources := slices.Concat(s.Resource, s.NotResource)
	if len(resources) == 0 {
		return covered, malformedPolicy("Policy has invalid resource")
	}
	for _, resource := range resources {
		switch {
		case resource == on.whole:
			covered.bucket = true
		case strings.HasPrefix(resource, on.objects):
			covered.object = true
		case strings.HasPrefix(resource, on.whole+"*"):
			covered.bucket, covered.object = true, true
		default:
			return covered, malformedPolicy("Policy has invalid resource")
		}
	}
	if s.NotResource != nil {
		return kinds{bucket: true, object: true}, nil
	}
	return covered, nil
}

// named is one element of Action with the actions that it stands for.
type named struct{ actions []action }

func statementActions(s policy.Statement) ([]named, error) {
	elements := slices.Concat(s.Action, s.NotAction)
	if len(elements) == 0 {
		return nil, malformedPolicy("Policy has invalid action")
	}
	var found []named
	for _, element := range elements {
		stands := matching(element)
		if len(stands) == 0 {
			return nil, malformedPolicy("Policy has invalid action")
		}
		found = append(found, named{stands})
	}
	return found, nil
}

// checkCombinations demands that each action applies to some resource and takes every condition key. A wildcard needs
// one action that does. NotAction leaves so much that both always hold.
func (on scope) checkCombinations(s policy.Statement, found []named, covered kinds) error {
	if s.NotAction != nil {
		return nil
	}
	for _, element := range found {
		applying := slices.DeleteFunc(slices.Clone(element.actions), func(a action) bool {
			return !(on.kind(a) == "bucket" && covered.bucket || on.kind(a) == "object" && covered.object)
		})
		if len(applying) == 0 {
			return malformedPolicy("Action does not apply to any resource(s) in statement")
		}
		for _, keys := range s.Condition {
			for key := range keys {
				if !slices.ContainsFunc(applying, func(a action) bool { return a.takesKey(key) }) {
					return malformedPolicy("Conditions do not apply to combination of actions and resources in statement")
				}
			}
		}
	}
	return nil
}

// takesKey tells whether a condition key may stand with an action in a bucket policy: any global key, and the keys of
// the action.
func (a action) takesKey(key string) bool {
	name, ours := strings.CutPrefix(strings.ToLower(key), "s3:")
	return !ours || a.takes(name)
}
