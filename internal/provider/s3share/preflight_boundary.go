package s3share

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
)

// checkBoundary tells of a permissions boundary of which nobody knows what it leaves of the share. What it refuses, the
// verdict tells.
func (f *preflight) checkBoundary(ctx context.Context) {
	spec, had := f.desired.Spec, f.stateOr()
	if spec.PermissionsBoundary == "" ||
		!f.changes(f.plan.PermissionsBoundary, had.PermissionsBoundary) && !f.changes(f.plan.PermissionsPolicy, had.PermissionsPolicy) {
		return
	}
	_, err := f.data.Preflight.Boundary(ctx, spec.PermissionsBoundary)
	if missing := (*reconcile.MissingPolicyError)(nil); errors.As(err, &missing) {
		f.diagnostics.AddAttributeWarning(path.Root("permissions_boundary"), fmt.Sprintf("There is no policy %s", missing.ARN), fmt.Sprintf(
			"It is to be the permissions boundary of role %s. Unless it is made before, IAM refuses to put it on the role.", spec.Name))
		return
	}
	if err != nil {
		f.missed(err, fmt.Sprintf("how much of the share permissions boundary %s leaves is not known", spec.PermissionsBoundary))
	}
}
