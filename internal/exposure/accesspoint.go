package exposure

import (
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file reads what goes through access points of shares as what it reaches in the bucket. Access points of anybody
// else's are not looked at.

// inBucket names places in the bucket where statements of a share's role name them in its access point.
func (q Question) inBucket(role Role, statements []policy.Statement) []policy.Statement {
	named := share.Spec{Owner: q.Owner, Bucket: q.Bucket, Name: share.Name(role.Name)}.RecognizeAccessPoint(role.Parts)
	if !named.UsesAccessPoint() || !role.Parts.Role.MadeFor(q.Bucket) {
		return statements
	}
	point := named.AccessPointARN()
	translated := slices.Clone(statements)
	for i, statement := range translated {
		resources := make(policy.Values, 0, len(statement.Resource))
		for _, resource := range statement.Resource {
			switch rest, inside := strings.CutPrefix(resource, point+"/object/"); {
			case inside:
				resource = named.BucketARN() + "/" + rest
			case resource == point:
				resource = named.BucketARN()
			}
			resources = append(resources, resource)
		}
		if len(resources) > 0 {
			translated[i].Resource = resources
		}
	}
	return translated
}

// withoutDelegation leaves out of the bucket policy what leaves the decision to access points, which lets nobody in by
// itself.
func (q Question) withoutDelegation() policy.Document {
	spec := share.Spec{Owner: q.Owner, Bucket: q.Bucket, Via: share.ViaAccessPoint}
	ours := share.Render(spec).Delegation
	return q.Policy.Replace(func(statement policy.Statement) bool {
		return spec.OwnsDelegation(statement) && slices.ContainsFunc(ours, statement.Equal)
	})
}
