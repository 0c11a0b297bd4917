package analyzersim

import (
	"fmt"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file checks documents for access (Access Analyzer API Reference,
// "CheckNoPublicAccess" and "CheckNoNewAccess").

type reason struct {
	Description    string `json:"description"`
	StatementIndex int    `json:"statementIndex"`
	StatementID    string `json:"statementId"`
}

// verdict is the answer of both checks.
type verdict struct {
	Result  string   `json:"result"`
	Message string   `json:"message"`
	Reasons []reason `json:"reasons"`
}

func checkNoPublicAccess(body []byte) (any, error) {
	var input struct{ PolicyDocument, ResourceType string }
	if err := read(body, &input); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{trustPolicy, bucketPolicy}, input.ResourceType) {
		return nil, invalid("The simulator does not check %s", input.ResourceType)
	}
	checked, err := document(input.PolicyDocument)
	if err != nil {
		return nil, err
	}
	return answer(checked, checked.Public(), "public access"), nil
}

// checkNoNewAccess takes every Allow for new that is no part of one that was there.
// Statements that deny are not weighed.
func checkNoNewAccess(body []byte) (any, error) {
	var input struct{ NewPolicyDocument, ExistingPolicyDocument, PolicyType string }
	if err := read(body, &input); err != nil {
		return nil, err
	}
	if !slices.Contains([]string{identityPolicy, resourcePolicy}, input.PolicyType) {
		return nil, invalid("The simulator does not check %s", input.PolicyType)
	}
	next, err := document(input.NewPolicyDocument)
	if err != nil {
		return nil, err
	}
	existing, err := document(input.ExistingPolicyDocument)
	if err != nil {
		return nil, err
	}
	var fresh []int
	for i, s := range next.Statements() {
		if s.Effect == policy.Allow && !slices.ContainsFunc(existing.Statements(), func(had policy.Statement) bool { return contains(had, s) }) {
			fresh = append(fresh, i)
		}
	}
	return answer(next, fresh, "new access"), nil
}

// contains tells that had allows all that s allows, as far as lists tell.
func contains(had, s policy.Statement) bool {
	same := had
	same.Sid, same.Action, same.Resource = s.Sid, s.Action, s.Resource
	return had.Effect == policy.Allow && same.Equal(s) && covers(had.Action, s.Action) && covers(had.Resource, s.Resource)
}

func covers(outer, inner policy.Values) bool {
	return !slices.ContainsFunc(inner, func(one string) bool {
		return !slices.ContainsFunc(outer, func(pattern string) bool { return policy.Wildcards(pattern).Covers(policy.Wildcards(one)) })
	})
}

func answer(checked policy.Document, places []int, of string) verdict {
	if len(places) == 0 {
		return verdict{Result: "PASS", Message: fmt.Sprintf("The resource policy does not grant %s.", of), Reasons: []reason{}}
	}
	failed := verdict{Result: "FAIL", Message: fmt.Sprintf("The policy document grants %s.", of)}
	for _, i := range places {
		sid := checked.Statements()[i].Sid
		failed.Reasons = append(failed.Reasons, reason{
			Description: fmt.Sprintf("%s in the statement with index: %d and sid: %s.", of, i, sid), StatementIndex: i, StatementID: sid,
		})
	}
	return failed
}
