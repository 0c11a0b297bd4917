package share

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file is about BucketPolicyMode Delegated: one pair of statements for all shares on a bucket. Like a share's own
// statements they name the owner's account and narrow it, here to the roles of a path. Naming the account delegates to its
// IAM policies and grants nothing by itself, so that each role still has what its permissions policy allows and no more,
// and the size of the bucket policy does not grow with the shares.

// delegationSid begins the Sid of the statements for a path.
func delegationSid(path Path) string {
	sum := sha256.Sum256([]byte(path))
	return sidPrefix + "Delegation" + hex.EncodeToString(sum[:6])
}

// OwnsDelegation tells that a statement is one of those that all shares of the path have in common.
func (s Spec) OwnsDelegation(statement policy.Statement) bool {
	if s.UsesAccessPoint() {
		return ownsAccessPointDelegation(statement)
	}
	base := delegationSid(s.Path)
	return statement.Sid == base+objectsPurpose || statement.Sid == base+listingPurpose
}

// renderDelegation renders the statements that a share has in common with others, see SharesStatements. They name
// every action that a share can give, so that they are the same for all.
func (s Spec) renderDelegation() []policy.Statement {
	if s.UsesAccessPoint() {
		return s.renderAccessPointDelegation()
	}
	if s.BucketPolicyMode != Delegated {
		return nil
	}
	every := Spec{Access: Words()}
	statement := func(purpose string, actions []string, resource string) policy.Statement {
		conditions := policy.Condition{}
		restrict(conditions, "ArnLike", "aws:PrincipalArn", rolesUnder(s.Owner, s.Path))
		return policy.Statement{
			Sid: delegationSid(s.Path) + purpose, Effect: policy.Allow,
			Principal: &policy.Principal{AWS: policy.Values{rootARN(s.Owner)}},
			Action:    actions, Resource: policy.Values{resource}, Condition: conditions,
		}
	}
	return []policy.Statement{
		statement(objectsPurpose, every.actions(objectActions), s.BucketARN()+"/*"),
		statement(listingPurpose, every.actions(bucketActions), s.BucketARN()),
	}
}

func rolesUnder(owner Account, path Path) string {
	return Spec{Owner: owner, Path: path, Name: "*"}.RoleARN()
}

// SharesStatements tells that the share has statements of the bucket policy in common with others.
func (s Spec) SharesStatements() bool {
	return s.BucketPolicyMode == Delegated || s.UsesAccessPoint() && s.BucketPolicyMode != OutputOnly
}

// Shown are the statements of the bucket policy that the share relies on.
func (d Desired) Shown() []policy.Statement { return slices.Concat(d.Delegation, d.BucketStatements) }

// Delegation gives the statements of the bucket policy that the share has in common with others.
func (o Observed) Delegation(spec Spec) []policy.Statement {
	var common []policy.Statement
	for _, statement := range o.Bucket.Document.Statements() {
		if spec.OwnsDelegation(statement) {
			common = append(common, statement)
		}
	}
	return common
}

// Shown are the statements of the bucket policy that the share relies on, as they are.
func (o Observed) Shown(spec Spec) []policy.Statement {
	if spec.BucketPolicyMode != Delegated && !spec.UsesAccessPoint() {
		return o.Statements(spec)
	}
	return slices.Concat(o.Delegation(spec), o.Statements(spec))
}
