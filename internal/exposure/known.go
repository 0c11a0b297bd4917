package exposure

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// This file decides the conditions that follow from who calls, and leaves all others open.

// callerKeys follow from the caller alone.
var callerKeys = []string{"aws:principalarn", "aws:principalaccount", "aws:principaltype"}

// decide takes the conditions on the caller out of those of a statement. holds is false when one of them fails; rest are
// the conditions that only the call itself can answer.
func decide(caller verdict.Principal, conditions policy.Condition) (holds bool, rest policy.Condition) {
	asked, rest := policy.Condition{}, conditions
	for operator, keys := range conditions {
		for key, values := range keys {
			if slices.Contains(callerKeys, strings.ToLower(key)) {
				if asked[operator] == nil {
					asked[operator] = map[string]policy.Values{}
				}
				asked[operator][key] = values
				rest = without(rest, operator, key)
			}
		}
	}
	if len(asked) == 0 {
		return true, rest
	}
	const call = "s3:GetObject"
	question := policy.New(policy.Statement{
		Effect: policy.Deny, Principal: &policy.Principal{Any: true},
		Action: policy.Values{call}, Resource: policy.Values{"*"}, Condition: asked,
	})
	answer, err := verdict.Judge(
		verdict.Request{Principal: caller, Action: call, Resource: "arn:aws:s3:::asked/about", ResourceAccount: caller.Account},
		verdict.Policies{Resource: &verdict.Policy{Name: "the conditions", Document: question}},
	)
	if err != nil {
		return true, conditions // not understood, so told as it stands
	}
	return answer.Outcome == verdict.ExplicitDeny, rest
}
