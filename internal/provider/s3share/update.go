package s3share

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Update implements resource.Resource. When a step fails, the state keeps the arguments that it had: what was changed
// meanwhile shows as drift of the next plan, and the next apply goes on from there.
func (r *shareResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var state, plan, config model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	held, diags := readFingerprints(ctx, resp.Private)
	resp.Diagnostics.Append(diags...)
	timeout, diags := plan.Timeouts.Update(ctx, writeTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	defer r.data.progress.count(ctx, updated)
	used, diags := r.rotate(ctx, state, &plan, resp.Private)
	resp.Diagnostics.Append(diags...)
	next, diags := r.wanted(ctx, plan, recordedOwner(state))
	resp.Diagnostics.Append(append(diags, checkOwner(state, next.Owner)...)...)
	if resp.Diagnostics.HasError() {
		return
	}
	prior, _, diags := state.spec(ctx, next.Owner)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ids := idChange{config: config, plan: plan, state: &state, held: held}
	next.RevokedBefore = timeOf(plan.revokedSo(&state))
	outcome, err := r.data.Shares.Update(ctx, reconcile.Prior{
		Spec: prior, RoleUniqueID: state.RoleUniqueID.ValueString(), InSync: wasInSync(ctx, req, resp), RevokeSessions: plan.SessionsRevokedBefore.IsUnknown(),
	}, ids.complete(next))
	if err != nil {
		state.RoleUniqueID = textOrNull(outcome.RoleUniqueID)
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
		resp.Diagnostics.Append(ids.failed(ctx, resp.Private, next)...)
		both := ids.complete(next)
		both.ExternalIDs = append(both.ExternalIDs, prior.ExternalIDs...)
		resp.Diagnostics.Append(failure{
			cannot: fmt.Sprintf("Share %s was not changed completely: %s", next.ID(), incomplete(prior, err)), spec: both, err: err, meanwhile: stillAccepted(plan),
		}.diagnose())
		return
	}
	plan.fillOutcome(ctx, r.data, outcome)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(ids.done(ctx, resp.Private)...)
	resp.Diagnostics.Append(noteDefaultKeys(ctx, config, resp.Private)...)
	resp.Diagnostics.Append(r.settle(ctx, resp.Private, append(used, unfinishedKey, dueKey, importedKey, begunKey, lostKey, ownRoleKey))...)
	resp.Diagnostics.Append(r.verifyWritten(ctx, ids, outcome.Spec, &resp.State)...)
}

// incomplete says what does not work after a change that failed. Where the access point is new, the old way is still open.
func incomplete(prior share.Spec, err error) string {
	var step *reconcile.StepError
	if errors.As(err, &step) && !prior.UsesAccessPoint() && slices.Contains([]changes.Part{changes.AccessPoint, changes.AccessPointPolicy}, step.Failed.Part) {
		return "its access point could not be changed"
	}
	return unusable(err)
}

// stillAccepted tells that nobody is refused because of an overlap that could not begin.
func stillAccepted(plan model) string {
	if !plan.ExternalIDPreviousUntil.IsUnknown() {
		return ""
	}
	return "The change of the external ID is not complete: the one before stays accepted, so that the consumer is not refused meanwhile. The next apply " +
		"brings the same new one, and the overlap begins then."
}

// settle forgets what was noted for a change that is done, and draws the external ID of the next rotation.
func (r *shareResource) settle(ctx context.Context, private privateState, settled []string) (diags diag.Diagnostics) {
	for _, key := range settled {
		diags.Append(private.SetKey(ctx, key, nil)...)
	}
	return append(diags, r.drawAhead(ctx, private)...)
}

// rotate gives a plan with a new ID the one that was drawn ahead. A share that was made by hand may have had none at all;
// it gets its first one like a new share. used is the key of the private data that has to be settled then.
func (r *shareResource) rotate(ctx context.Context, state model, plan *model, private privateState) (used []string, diags diag.Diagnostics) {
	if !plan.ExternalID.IsUnknown() || !state.hasExternalID() {
		return nil, nil
	}
	diags = r.drawAhead(ctx, private)
	id, more := heldID(ctx, private, nextKey)
	plan.ExternalID = types.StringValue(id.Reveal())
	return []string{nextKey}, append(diags, more...)
}
