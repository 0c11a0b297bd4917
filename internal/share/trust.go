package share

import (
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// renderTrust says who may assume the role: the consumer, narrowed, and only under an external ID.
func (s Spec) renderTrust() policy.Document {
	var statements []policy.Statement
	for _, way := range s.Perimeter.assumeEntrances() {
		conditions := copyConditions(way.conditions)
		ids := make([]string, 0, len(s.ExternalIDs))
		for _, id := range s.ExternalIDs {
			ids = append(ids, id.Reveal())
		}
		// StringEquals, never an IfExists or a negated operator: a request without the key must fail
		// (IAM User Guide, "IAM JSON policy elements: Condition operators").
		restrict(conditions, "StringEquals", "sts:ExternalId", ids...)
		if s.Perimeter.PrincipalOrgID != "" {
			restrict(conditions, "StringEquals", "aws:PrincipalOrgID", s.Perimeter.PrincipalOrgID)
		}
		if s.Consumer.Trust != TrustPinned && len(s.Consumer.Principals) > 0 {
			restrict(conditions, "ArnLike", "aws:PrincipalArn", s.principalARNs()...)
		}
		s.restrictTime(conditions)
		statements = append(statements, policy.Statement{
			Sid:       "Consumer" + way.suffix,
			Effect:    policy.Allow,
			Principal: &policy.Principal{AWS: s.trusted()},
			Action:    policy.Values{"sts:AssumeRole"},
			Condition: conditions,
		})
	}
	return policy.New(statements...)
}

// trusted is what the Principal element names.
func (s Spec) trusted() policy.Values {
	if s.Consumer.Trust == TrustPinned {
		return s.principalARNs()
	}
	return policy.Values{rootARN(Account{ID: s.Consumer.AccountID, Partition: s.Owner.Partition})}
}

func (s Spec) principalARNs() policy.Values {
	var arns policy.Values
	for _, principal := range sortPrincipals(s.Consumer.Principals) {
		arns = append(arns, principal.String())
	}
	return arns
}

func rootARN(account Account) string {
	return fmt.Sprintf("arn:%s:iam::%s:root", account.Partition, account.ID)
}
