package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
)

// Update implements resource.Resource. When a step fails, the state keeps the arguments that it had: what was changed
// meanwhile shows as drift of the next plan, and the next apply goes on from there.
func (r *shareResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	timeout, diags := plan.Timeouts.Update(ctx, writeTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	next, diags := r.wanted(ctx, plan)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(checkOwner(state, next.Owner)...)
	if resp.Diagnostics.HasError() {
		return
	}
	prior, _, diags := state.spec(ctx, next.Owner)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	outcome, err := r.data.Shares.Update(ctx, reconcile.Prior{Spec: prior, RoleUniqueID: state.RoleUniqueID.ValueString()}, next)
	if err != nil {
		state.RoleUniqueID = textOrNull(outcome.RoleUniqueID)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
		both := next
		both.ExternalIDs = append(both.ExternalIDs, prior.ExternalIDs...)
		resp.Diagnostics.Append(failure{
			cannot: fmt.Sprintf("Share %s was not changed completely: %s", next.ID(), unusable(err)), spec: both, err: err,
		}.diagnose())
		return
	}
	plan.fillOutcome(outcome, r.data.Shares.Now())
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, unfinishedKey, nil)...)
}
