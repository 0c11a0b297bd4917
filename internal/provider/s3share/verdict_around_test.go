package s3share

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/aws/smithy-go"
	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// boundaryThat answers reads of a permissions boundary.
type boundaryThat struct {
	reconcile.Surroundings
	found *share.NamedPolicy
	err   error
}

func (b boundaryThat) FindBoundary(context.Context, string) (*share.NamedPolicy, error) {
	return b.found, b.err
}

// What AWS says decides, also when it refuses to say more; that it says nothing does not change what the state has.
func TestVerdictRestsOnAnswers(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::111111111111:policy/edge"
	desired := share.Render(share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl", Bucket: "acme-data", Path: "/crossaccount/",
		Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount}, Access: []share.Word{share.Read},
		ExternalIDs: []share.ExternalID{share.PlannedExternalID()}, BucketPolicyMode: share.OwnStatements, PermissionsBoundary: arn,
	})
	silent := &share.NamedPolicy{Name: arn, Document: policy.New(policy.Statement{Effect: policy.Allow, Action: policy.Values{"s3:ListBucket"}, Resource: policy.Values{"*"}})}
	const refuses, unread = "the permissions boundary " + arn + " does not allow s3:GetObject",
		"the permissions boundary " + arn + " was not read: what it does not allow will not work"
	had := listOf([]string{"as before"})
	cases := map[string]struct {
		around boundaryThat
		had    types.List
		want   string
	}{
		"it refuses":                           {boundaryThat{found: silent}, had, refuses},
		"it may not be read":                   {boundaryThat{err: &smithy.GenericAPIError{Code: "AccessDenied"}}, had, unread},
		"it is not there":                      {boundaryThat{}, had, unread},
		"nobody answers":                       {boundaryThat{err: errors.New("the network is away")}, had, "as before"},
		"nobody answers, and nothing is known": {boundaryThat{err: errors.New("the network is away")}, types.ListUnknown(types.StringType), unread},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := model{attributes: attributes{Verdict: test.had}}
			m.fillVerdict(t.Context(), &ProviderData{Preflight: reconcile.NewPreflight(test.around)}, desired, share.BucketPolicy{State: share.BucketWithoutPolicy})
			if !slices.ContainsFunc(m.Verdict.Elements(), func(one attr.Value) bool { return one.Equal(types.StringValue(test.want)) }) {
				t.Errorf("got %v, want %q", m.Verdict, test.want)
			}
		})
	}
}
