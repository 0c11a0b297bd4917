package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Delete implements resource.Resource. Everybody else's statements stay; nothing left to remove is success.
func (r *shareResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, writeTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer r.data.progress.count(ctx, destroyed)
	// The first write comes before the role is looked for.
	desired, diags := r.recalled(ctx, state, share.Account{}, req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	spec := desired.Spec
	finish, diags := req.Private.GetKey(ctx, finishKey)
	resp.Diagnostics.Append(diags...)
	if finish != nil {
		// The create that follows in this apply goes on with what is there.
		r.data.Shares.MarkUnfinished(spec)
		return
	}
	if resp.Diagnostics.Append(checkReach(ctx, r.data.Shares, spec)...); resp.Diagnostics.HasError() {
		return
	}
	own, diags := ownRole(ctx, state, req.Private)
	resp.Diagnostics.Append(diags...)
	note, diags := req.Private.GetKey(ctx, inSyncKey)
	resp.Diagnostics.Append(diags...)
	unsure, diags := req.Private.GetKey(ctx, unsureKey)
	resp.Diagnostics.Append(diags...)
	kept, err := r.data.Shares.Delete(ctx, reconcile.Prior{
		Spec: spec, RoleUniqueID: own, InSync: note != nil, Unsure: unsure != nil, RevokeSessions: state.RevokeOnChange.ValueBool(),
	})
	if err != nil {
		resp.Diagnostics.Append(failure{cannot: fmt.Sprintf("Share %s was not removed completely", spec.ID()), spec: spec, err: err}.diagnose())
		return
	}
	if kept != nil {
		resp.Diagnostics.AddWarning(fmt.Sprintf("Role %s was left alone", kept.ARN), fmt.Sprintf(
			"Somebody made it again outside Terraform under the share's name (its unique ID is %s, the share's was %s), without the tag that marks "+
				"roles of this provider. The share's statements are gone from the bucket policy.", kept.UniqueID, own))
	}
}
