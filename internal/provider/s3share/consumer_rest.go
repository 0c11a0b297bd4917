package s3share

import (
	"context"
	"encoding/json"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about the rest of a half whose create failed. Terraform calls it tainted and replaces it: a delete, which
// leaves the rest as it is, and a create, which goes on with it.

// setUnfinished writes the state of a create that failed: the half with all roles that have the policy, or may have it. Where
// there are none, nothing is to be kept. Roles on which nothing was written are not among them: a policy that they have is
// somebody else's.
func setUnfinished(ctx context.Context, resp *resource.CreateResponse, plan halfModel, rest share.Spec) {
	if len(rest.Consumer.AttachToRoles) == 0 {
		return
	}
	plan.AttachToRoles = setOrNull(rest.Consumer.AttachToRoles)
	plan.Verify = types.BoolValue(false)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, unfinishedKey, []byte("true"))...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
}

// setFollowing writes into the plan of a replacement which roles the create that follows the delete has.
func setFollowing(ctx context.Context, private privateWriter, next share.Spec) diag.Diagnostics {
	roles, _ := json.Marshal(next.Consumer.AttachToRoles) //nolint:errchkjson // names always have a form in JSON
	return private.SetKey(ctx, finishKey, roles)
}

// following gives the half that the create makes which goes on with the rest; it has no roles when none does.
func following(ctx context.Context, private privateReader, rest share.Spec) (share.Spec, diag.Diagnostics) {
	next := rest.Detached()
	roles, diags := private.GetKey(ctx, finishKey)
	if diags.HasError() || roles == nil {
		return next, diags
	}
	if err := json.Unmarshal(roles, &next.Consumer.AttachToRoles); err != nil {
		diags.AddError("The plan is of another version of the provider", "It does not say which roles the consumer's half is to have. Nothing was changed; plan again.")
	}
	return next, diags
}
