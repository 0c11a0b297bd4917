package reconcile_test

import (
	"strings"
	"testing"

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
	if left := w.owner.AccessPointNames(region); len(left) > 0 {
		t.Errorf("access points are left: %q", left)
	}
}
