package share

import (
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// RevocationPolicyName names the inline policy that refuses sessions of a role by their age: the one that the console
// writes when somebody revokes active sessions there (IAM User Guide, "Revoking IAM role temporary security credentials").
const RevocationPolicyName = "AWSRevokeOlderSessions"

// renderRevocation refuses everything to sessions that were issued before a time.
func renderRevocation(before time.Time) policy.Document {
	return policy.New(policy.Statement{
		Effect:    policy.Deny,
		Action:    policy.Values{"*"},
		Resource:  policy.Values{"*"},
		Condition: policy.Condition{"DateLessThan": {"aws:TokenIssueTime": {before.UTC().Format(time.RFC3339)}}},
	})
}

// RevokedBefore gives the time before which a document refuses sessions; zero when it is not such a document.
func RevokedBefore(document policy.Document) time.Time {
	statements := document.Statements()
	if len(statements) != 1 {
		return time.Time{}
	}
	values := conditionOn(statements[0], "DateLessThan", "aws:TokenIssueTime")
	if len(values) != 1 {
		return time.Time{}
	}
	// The console writes milliseconds, which this layout reads too.
	before, err := time.Parse(time.RFC3339, values[0])
	plain := statements[0]
	plain.Sid, plain.Condition = "", renderRevocation(before).Statements()[0].Condition
	if err != nil || len(statements[0].Condition) != 1 || len(statements[0].Condition["DateLessThan"]) != 1 ||
		!policy.New(plain).Equal(renderRevocation(before)) {
		return time.Time{}
	}
	return before
}

// RevokedBefore gives the time before which sessions of the role are refused; zero when none are.
func (o Observed) RevokedBefore() time.Time {
	for _, inline := range o.Inline {
		if inline.Name == RevocationPolicyName {
			return RevokedBefore(inline.Document)
		}
	}
	return time.Time{}
}

// Strangers gives the inline policies on the role that are not the share's. A policy that only refuses older sessions is
// nobody's to take away: without it they would live again.
func (o Observed) Strangers() []NamedPolicy {
	return slices.DeleteFunc(slices.Clone(o.Inline), func(inline NamedPolicy) bool {
		return inline.Name == PermissionsPolicyName || inline.Name == RevocationPolicyName && !RevokedBefore(inline.Document).IsZero()
	})
}
