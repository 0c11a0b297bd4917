package share

import "github.com/crossaccount/terraform-provider-crossaccount/internal/policy"

// This file holds the documents of a share against what AWS takes.

// Load is how full something is whose size AWS limits.
type Load struct{ Size, Max int }

// Limits of AWS: the bucket policy in bytes (S3 User Guide, "Bucket policies": 20 KB), the trust policy and all inline
// policies of a role together in characters without white space (IAM User Guide, "IAM and AWS STS quotas"). The one for
// trust policies is raised on request.
const (
	maxBucketPolicy   = 20480
	maxTrustPolicy    = 2048
	maxInlinePolicies = 10240
)

// Excess is by how much too large it is, 0 when it fits.
func (l Load) Excess() int { return max(0, l.Size-l.Max) }

// IsNear tells that it fits and is at least nine tenths full.
func (l Load) IsNear() bool { return l.Excess() == 0 && l.Size*10 >= l.Max*9 }

// BucketPolicyLoad measures a bucket policy as compact JSON. S3 does not publish its own measure.
func BucketPolicyLoad(document policy.Document) Load {
	return Load{document.Bytes(), maxBucketPolicy}
}

// TrustLoad measures the trust policy.
func (d Desired) TrustLoad() Load { return Load{charactersOf(d.Trust), maxTrustPolicy} }

// InlineLoad measures the role's inline policies together; beside are those that are not ours.
func (d Desired) InlineLoad(beside []NamedPolicy) Load {
	size := charactersOf(d.Permissions)
	if !d.Spec.RevokedBefore.IsZero() {
		size += charactersOf(d.Revocation)
	}
	for _, one := range beside {
		size += charactersOf(one.Document)
	}
	return Load{size, maxInlinePolicies}
}

// charactersOf counts a document; one without statements is not written.
func charactersOf(document policy.Document) int {
	if document.IsEmpty() {
		return 0
	}
	return document.Characters()
}

// PutInto gives the bucket policy with the statements of the share as they should be. A policy that the provider does not
// write stays as it is.
func (d Desired) PutInto(document policy.Document) policy.Document {
	if d.Spec.BucketPolicyMode == OutputOnly {
		return document
	}
	document = document.Replace(d.Spec.Owns, d.BucketStatements...)
	if len(d.Delegation) > 0 {
		document = document.Replace(d.Spec.OwnsDelegation, d.Delegation...)
	}
	return document
}

// InBucketPolicy leaves of the share what PutInto needs. Statements that it has in common with like are taken from there, so
// that many shares on one bucket hold them once.
func (d Desired) InBucketPolicy(like Desired) Desired {
	slim := Desired{Spec: d.Spec, BucketStatements: d.BucketStatements, Delegation: d.Delegation}
	if len(d.Delegation) > 0 && len(like.Delegation) > 0 && d.Delegation[0].Sid == like.Delegation[0].Sid && d.Spec.Bucket == like.Spec.Bucket {
		slim.Delegation = like.Delegation
	}
	return slim
}

// OwnBucketPolicy is a bucket policy with nothing in it but what the share writes there.
func (d Desired) OwnBucketPolicy() policy.Document {
	if d.Spec.BucketPolicyMode == OutputOnly {
		return policy.Document{}
	}
	return policy.New(d.Shown()...)
}

// TakenFrom gives the bucket policy without the share's own statements.
func (s Spec) TakenFrom(document policy.Document) policy.Document { return document.Replace(s.Owns) }

// ForeignInline are the inline policies of the role that are not the share's.
func (o Observed) ForeignInline() []NamedPolicy {
	var foreign []NamedPolicy
	for _, one := range o.Inline {
		if one.Name != PermissionsPolicyName && one.Name != RevocationPolicyName {
			foreign = append(foreign, one)
		}
	}
	return foreign
}
