package reconcile

import (
	"context"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file looks for what a share has of ways to the bucket other than its own: those that the role's tag notes, see
// share.ViaTag. A role without a note costs no call.

// accessPoint observes the share's access point, or the one that its role notes; unread where there is neither.
func accessPoint(ctx context.Context, cloud Cloud, spec share.Spec, role *share.Role) (share.AccessPoint, error) {
	if spec.UsesAccessPoint() {
		return cloud.ObserveAccessPoint(ctx, spec)
	}
	if !slices.Contains(role.NotedWays(), share.ViaAccessPoint) {
		return share.AccessPoint{}, nil
	}
	region, err := cloud.BucketRegion(ctx, spec)
	if err != nil || region == "" {
		return share.AccessPoint{}, err
	}
	return cloud.ObserveAccessPoint(ctx, spec.ThroughAccessPoint(region))
}
