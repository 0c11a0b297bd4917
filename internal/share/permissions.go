package share

import "github.com/crossaccount/terraform-provider-crossaccount/internal/policy"

// Purposes of statements; they end the Sid.
const (
	objectsPurpose = "Objects"
	listingPurpose = "Listing"
)

// sidEndings are all that a Sid of ours may go on with behind its base.
var sidEndings = []string{
	objectsPurpose, objectsPurpose + fromAddresses, objectsPurpose + throughEndpoints,
	listingPurpose, listingPurpose + fromAddresses, listingPurpose + throughEndpoints,
}

// renderGrants lists what the share allows on the bucket. Actions on objects and on the bucket stand apart: S3 refuses
// a bucket policy statement in which some action, resource and condition cannot go together.
func (s Spec) renderGrants() []policy.Statement {
	var statements []policy.Statement
	for _, way := range s.Perimeter.callEntrances() {
		if actions := s.actions(objectActions); len(actions) > 0 {
			conditions := copyConditions(way.conditions)
			s.restrictTime(conditions)
			statements = append(statements, policy.Statement{
				Sid: objectsPurpose + way.suffix, Effect: policy.Allow,
				Action: actions, Resource: s.objectsUnder(s.placeOfObjects()), Condition: conditions,
			})
		}
		if actions := s.actions(bucketActions); len(actions) > 0 {
			conditions := copyConditions(way.conditions)
			s.restrictTime(conditions)
			if len(s.Prefixes) > 0 {
				restrict(conditions, "StringLike", "s3:prefix", s.prefixPatterns("")...)
			}
			statements = append(statements, policy.Statement{
				Sid: listingPurpose + way.suffix, Effect: policy.Allow,
				Action: actions, Resource: policy.Values{s.place()}, Condition: conditions,
			})
		}
	}
	return statements
}

// renderPermissions renders the role's own policy.
func (s Spec) renderPermissions() policy.Document {
	return policy.New(append(s.renderGrants(), s.renderKeyUse()...)...)
}

// objectARNs are the objects of the share, as patterns.
func (s Spec) objectARNs() policy.Values { return s.objectsUnder(s.BucketARN() + "/") }

func (s Spec) objectsUnder(place string) policy.Values {
	if len(s.Prefixes) == 0 {
		return policy.Values{place + "*"}
	}
	return s.prefixPatterns(place)
}

func (s Spec) prefixPatterns(before string) policy.Values {
	var patterns policy.Values
	for _, prefix := range sortPrefixes(s.Prefixes) {
		patterns = append(patterns, before+string(prefix)+"*")
	}
	return patterns
}

// renderBucketStatements renders our statements for the bucket policy. They name the owner's account and narrow it to
// the role: the account always exists, so S3 never answers "Invalid principal", and naming it delegates without
// granting: what the role's own policy does not allow stays refused.
func (s Spec) renderBucketStatements() []policy.Statement {
	if s.BucketPolicyMode == Delegated || s.UsesAccessPoint() {
		return nil
	}
	statements := s.renderGrants()
	for i := range statements {
		statements[i].Sid = SidBase(s.Name) + statements[i].Sid
		s.restrictToRole(&statements[i])
	}
	return statements
}

func (s Spec) restrictToRole(statement *policy.Statement) {
	statement.Principal = &policy.Principal{AWS: policy.Values{rootARN(s.Owner)}}
	restrict(statement.Condition, "ArnEquals", "aws:PrincipalArn", s.RoleARN())
}

// renderConsumerPolicy lets roles of the consumer assume the share's role. The other half of the permission is the
// trust policy; across accounts AWS wants both.
func (s Spec) renderConsumerPolicy() policy.Document {
	return policy.New(policy.Statement{
		Sid: "AssumeShareRole", Effect: policy.Allow,
		Action: policy.Values{"sts:AssumeRole"}, Resource: policy.Values{s.RoleARN()},
	})
}
