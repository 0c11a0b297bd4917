package s3share

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Read implements resource.Resource. It never forgets a share while any part of it exists.
func (r *shareResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state model
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, readTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if r.data.Deferred {
		keepUnread(ctx, state, resp)
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	if state.Consumer.IsNull() {
		r.readImported(ctx, state, resp)
		return
	}
	r.data.Shares.ExpectRead()
	defer r.data.progress.count(ctx, refreshed)
	desired, diags := r.recalled(ctx, state, recordedOwner(state), req.Private)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	r.data.Shares.MarkInState(desired.Spec)
	if unfinished, diags := req.Private.GetKey(ctx, unfinishedKey); unfinished != nil {
		resp.Diagnostics.Append(diags...)
		r.data.Shares.MarkUnfinished(desired.Spec)
	}
	reading, err := r.data.Shares.Read(ctx, desired)
	if err != nil {
		resp.Diagnostics.Append(failure{
			cannot: fmt.Sprintf("Share %s cannot be read", desired.Spec.ID()), spec: desired.Spec, err: err,
		}.diagnose())
		return
	}
	// Older versions of Terraform want an identity also from a share that is gone.
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	exists, diags := r.settleUnsure(ctx, reading, resp)
	if resp.Diagnostics.Append(diags...); !exists {
		resp.State.RemoveResource(ctx)
		return
	}
	resp.Diagnostics.Append(noteExchanged(ctx, state, reading.Observed, resp.Private)...)
	state.fillReading(ctx, r.data, reading)
	r.data.Preflight.NoteBeside(desired.Spec, reading.Observed.ForeignInline())
	resp.Diagnostics.Append(state.noteLost(ctx, reading.Desired.Spec, resp.Private)...)
	resp.Diagnostics.Append(rememberDue(ctx, state, r.data.Shares.Now(), resp.Private)...)
	resp.Diagnostics.Append(r.drawAhead(ctx, resp.Private)...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	resp.Diagnostics.Append(noteInSync(ctx, reading, resp.Private)...)
	resp.Diagnostics.Append(warnOfOpenings(desired.Spec, reading.Drift)...)
}

// settleUnsure finds out about a share of which nobody knew whether its create began: one that did is the rest of a create
// that failed.
func (r *shareResource) settleUnsure(ctx context.Context, reading reconcile.Reading, resp *resource.ReadResponse) (exists bool, diags diag.Diagnostics) {
	unsure, diags := resp.Private.GetKey(ctx, unsureKey)
	if unsure == nil {
		return reading.Exists, diags
	}
	if !reading.IsAttempt() {
		return false, diags
	}
	r.data.Shares.MarkUnfinished(reading.Desired.Spec)
	diags.Append(resp.Private.SetKey(ctx, unsureKey, nil)...)
	return true, append(diags, resp.Private.SetKey(ctx, unfinishedKey, []byte("true"))...)
}

// keepUnread leaves what cannot be asked as it is known. Terraform wants the identity all the same.
func keepUnread(ctx context.Context, state model, resp *resource.ReadResponse) {
	if state.Consumer.IsNull() {
		resp.Diagnostics.Append(notConfigured()) // an import knows nothing yet
		return
	}
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
}

// remembered gives what should exist of a share as the state knows it. recorded is the account to take on trust until the
// role is read; AWS is asked when it is empty.
func (r *shareResource) remembered(ctx context.Context, state model, recorded share.Account) (share.Desired, diag.Diagnostics) {
	var diags diag.Diagnostics
	if r.data.Deferred {
		diags.Append(notConfigured())
		return share.Desired{}, diags
	}
	owner, err := r.data.Shares.OwnerOrRecorded(ctx, recorded)
	if err != nil {
		diags.Append(failure{cannot: "The share cannot be read: AWS does not say whose credentials these are", err: err}.diagnose())
		return share.Desired{}, diags
	}
	diags.Append(checkOwner(state, owner)...)
	spec, _, found := state.spec(ctx, owner)
	diags.Append(found...)
	spec.RoleUniqueID = state.RoleUniqueID.ValueString()
	return share.Render(spec), diags
}

// recalled is remembered, with the external IDs that are in the private data alone.
func (r *shareResource) recalled(ctx context.Context, state model, recorded share.Account, private privateReader) (share.Desired, diag.Diagnostics) {
	desired, diags := r.remembered(ctx, state, recorded)
	pending, more := pendingIDs(ctx, private)
	diags.Append(more...)
	held, more := readFingerprints(ctx, private)
	diags.Append(more...)
	desired.Spec.PendingIDs, desired.Spec.Fingerprints = pending, held
	return desired, diags
}

// warnOfOpenings says aloud what is open to whom the share does not give it.
func warnOfOpenings(spec share.Spec, all []changes.Change) diag.Diagnostics {
	var diags diag.Diagnostics
	drift, stays := changes.Split(all)
	open := slices.DeleteFunc(drift, func(c changes.Change) bool { return !c.Widens })
	if len(open) > 0 {
		diags.AddWarning(fmt.Sprintf("Share %s is wider than declared", spec.ID()), fmt.Sprintf(
			"Since the last apply, somebody changed it outside Terraform:%s\n\nApplying takes it back.", bulleted(changes.Sentences(open))))
	}
	if len(stays) > 0 {
		diags.AddWarning(fmt.Sprintf("The role of share %s has policies of somebody else", spec.ID()), fmt.Sprintf(
			"They stay, because exclusive = false:%s", bulleted(changes.Sentences(stays))))
	}
	return diags
}
