package share

import (
	"fmt"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file is about shares without a role: the bucket policy lets the consumer's principals in themselves, and the
// consumer's own policy allows them the same calls; across accounts AWS wants both (IAM User Guide, "Cross account
// resource access in IAM"). There is no external ID, because nobody assumes anything.

// IsDirect tells that the share has no role.
func (s Spec) IsDirect() bool { return s.Via == ViaDirect }

// withoutRole leaves out what is of the role alone. What tells a role that is still there stays.
func (s Spec) withoutRole() Spec {
	s.ExternalIDs, s.PendingIDs, s.Fingerprints = nil, nil, Fingerprints{}
	s.PermissionsBoundary, s.Description, s.Tags, s.RevokedBefore = "", "", nil, time.Time{}
	return s
}

// Purposes of the statements of direct shares. With the words for the network, too, they keep a Sid at 64 characters.
const (
	directObjectsPurpose = "DirectObjects"
	directListingPurpose = "DirectListing"
	directFromAddresses  = "FromIPs"
	directThroughVPC     = "ThroughVPC"
)

// directEndings are what a Sid of a direct share goes on with in place of the endings of a share with a role.
var directEndings = map[string]string{
	objectsPurpose:                    directObjectsPurpose,
	objectsPurpose + fromAddresses:    directObjectsPurpose + directFromAddresses,
	objectsPurpose + throughEndpoints: directObjectsPurpose + directThroughVPC,
	listingPurpose:                    directListingPurpose,
	listingPurpose + fromAddresses:    directListingPurpose + directFromAddresses,
	listingPurpose + throughEndpoints: directListingPurpose + directThroughVPC,
}

// renderDirect gives the documents of a share without a role.
func (s Spec) renderDirect() Desired {
	return Desired{
		Spec:             s,
		BucketStatements: s.renderDirectStatements(),
		Consumer:         s.renderDirectConsumerPolicy(),
		KeyStatements:    s.renderKeyStatements(),
		KeyGrants:        s.renderKeyGrants(),
	}
}

// renderDirectStatements renders our statements for the bucket policy.
func (s Spec) renderDirectStatements() []policy.Statement {
	statements := s.renderGrants()
	for i := range statements {
		statements[i].Sid = SidBase(s.Name) + directEndings[statements[i].Sid]
		s.restrictToConsumer(&statements[i])
	}
	return statements
}

// restrictToConsumer lets the consumer's principals in, and nobody else. Here they are the callers themselves, so that
// their organization counts on the bucket. The account always exists, so that narrowing it never meets "Invalid principal",
// and outlives principals that are made again; naming principals binds the statement to their unique IDs.
func (s Spec) restrictToConsumer(statement *policy.Statement) {
	statement.Principal = &policy.Principal{AWS: s.trusted()}
	if s.Consumer.Trust != TrustPinned && len(s.Consumer.Principals) > 0 {
		restrict(statement.Condition, "ArnLike", "aws:PrincipalArn", s.principalARNs()...)
	}
	if s.Perimeter.PrincipalOrgID != "" {
		restrict(statement.Condition, "StringEquals", "aws:PrincipalOrgID", s.Perimeter.PrincipalOrgID)
	}
}

// renderDirectConsumerPolicy allows the calls on the consumer's side. It names the owner beside the bucket: were the bucket
// deleted, somebody else could make one of its name and get what the consumer writes.
func (s Spec) renderDirectConsumerPolicy() policy.Document {
	statements := s.renderGrants()
	for i := range statements {
		restrict(statements[i].Condition, "StringEquals", "aws:ResourceAccount", s.Owner.ID)
	}
	return policy.New(append(statements, s.renderKeyUse()...)...)
}

// checkDirect tells what does not go together in a share without a role.
func (s Spec) checkDirect() error {
	if s.BucketPolicyMode == Delegated {
		return fmt.Errorf("bucket_policy_mode = %q delegates to roles of the owner, and a share with via = %q has none", Delegated, ViaDirect)
	}
	for _, key := range s.KMSKeys {
		if s.KMSAccess != NoKeyAccess && s.Owner.ID != "" && key.Account() != s.Owner.ID {
			return fmt.Errorf("key %s is in account %s, which alone can let the consumer use it: set kms_access = %q and have its owner do so", key, key.Account(), NoKeyAccess)
		}
	}
	if s.KMSAccess != KeyGrants || len(s.KMSKeys) == 0 {
		return nil
	}
	for _, principal := range s.Consumer.Principals {
		if principal.HasWildcard() {
			return fmt.Errorf("%s has a wildcard, and a grant of KMS is for one principal: write the principals out, or set kms_access = %q", principal, KeyPolicies)
		}
	}
	return nil
}

// DirectStatements gives the share's statements in the bucket policy that let the consumer in without the role.
func (o Observed) DirectStatements(spec Spec) []policy.Statement {
	var direct []policy.Statement
	for _, statement := range o.Bucket.Document.Statements() {
		for _, ending := range directEndings {
			if statement.Sid == SidBase(spec.Name)+ending {
				direct = append(direct, statement)
			}
		}
	}
	return direct
}
