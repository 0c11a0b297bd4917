package reconcile_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	smithyendpoints "github.com/aws/smithy-go/endpoints"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file has the journeys of shares that have statements of the bucket policy in common with others: those with access
// points, and delegated ones.

// commonJourneys are runs of such shares.
func commonJourneys() []journey {
	role, point, wider, delegated := etlReports(), etlReports(), etlReports(), etlReports()
	point.Via, point.Region = share.ViaAccessPoint, region
	wider.Via, wider.Region = share.ViaAccessPoint, region
	wider.Access, wider.Prefixes = []share.Word{share.Read, share.Write}, nil
	delegated.BucketPolicyMode = share.Delegated
	return []journey{
		{name: "create a share with an access point", to: &point},
		{name: "destroy a share with an access point", from: &point},
		{name: "update a share with an access point", from: &point, to: &wider},
		{name: "update from a role to an access point", from: &role, to: &point},
		{name: "update from an access point to a role", from: &point, to: &role},
		{name: "create a delegated share", to: &delegated},
		{name: "destroy a delegated share", from: &delegated},
		{name: "update from own statements to delegated", from: &role, to: &delegated},
		{name: "update from delegated to own statements", from: &delegated, to: &role},
	}
}

// isCommon tells that a statement is one that shares have in common.
func isCommon(statement policy.Statement) bool {
	return strings.HasPrefix(statement.Sid, "CrossaccountDelegation") || strings.HasPrefix(statement.Sid, "CrossaccountAccessPoints")
}

// mustHaveNoPoint fails when an access point is left.
func (w *world) mustHaveNoPoint(t *testing.T) {
	t.Helper()
	client := s3control.NewFromConfig(w.config(w.ownerKey), func(o *s3control.Options) {
		o.EndpointResolverV2 = hostsWithoutAccount{s3control.NewDefaultEndpointResolverV2()}
	})
	answer, err := client.ListAccessPoints(t.Context(), &s3control.ListAccessPointsInput{AccountId: aws.String(ownerID)})
	if err != nil {
		t.Fatalf("listing access points: %v", err)
	}
	for _, point := range answer.AccessPointList {
		t.Errorf("access point %s is left", aws.ToString(point.Name))
	}
}

// hostsWithoutAccount leaves the account out of the host, which is an address here.
type hostsWithoutAccount struct{ standard s3control.EndpointResolverV2 }

// ResolveEndpoint implements s3control.EndpointResolverV2.
func (h hostsWithoutAccount) ResolveEndpoint(ctx context.Context, p s3control.EndpointParameters) (smithyendpoints.Endpoint, error) {
	p.RequiresAccountId = aws.Bool(false)
	return h.standard.ResolveEndpoint(ctx, p)
}
