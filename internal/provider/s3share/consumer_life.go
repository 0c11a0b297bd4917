package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Create implements resource.Resource. When a role does not get the policy, the state has the half with all its roles, and
// the next apply goes on. Roles of a rest that it takes over stay in the state, whatever fails.
func (r *consumerResource) Create(ctx context.Context, req resource.CreateRequest, resp *resource.CreateResponse) {
	var plan, config halfModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	timeout, diags := plan.Timeouts.Create(ctx, writeTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	half, diags := r.wantedHalf(ctx, &plan, config)
	rest := r.data.Halves.TakeOver(half)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		setUnfinished(ctx, resp, plan, rest)
		return
	}
	if err := r.data.Halves.Apply(ctx, rest, half); err != nil {
		if isBegun(err) {
			rest.Consumer.AttachToRoles = bothRoles(rest, half)
		}
		plan.Drift = listOf(leftUndone(err))
		setUnfinished(ctx, resp, plan, rest)
		resp.Diagnostics.Append(halfFailure(fmt.Sprintf("The consumer's half of %s is not complete: %s", half.RoleARN(), cannotAssume(err)), half, err))
		return
	}
	verified := r.verified(ctx, &plan, half)
	if verified.HasError() {
		resp.Diagnostics.Append(resp.Private.SetKey(ctx, unfinishedKey, []byte("true"))...)
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(verified...)
}

// wantedHalf gives the half of a plan, with the accounts checked once more before the first write.
func (r *consumerResource) wantedHalf(ctx context.Context, plan *halfModel, config halfModel) (share.Spec, diag.Diagnostics) {
	var diags diag.Diagnostics
	if r.data.Deferred {
		diags.Append(notConfigured())
		return share.Spec{}, diags
	}
	consumer, found := r.account(ctx, *plan)
	diags.Append(found...)
	whole := *plan
	whole.ExternalIDWO = config.ExternalIDWO
	half, _, found := whole.half(consumer)
	if diags.Append(found...); diags.HasError() {
		return half, diags
	}
	plan.fill(half, config)
	if err := half.CheckHalf(consumer); err != nil {
		diags.AddError("Not a role of another account", Sentence(err))
	}
	return half, diags
}

// verified tries AssumeRole when that is wanted; when it fails, the state is to have verify = false.
func (r *consumerResource) verified(ctx context.Context, plan *halfModel, half share.Spec) (diags diag.Diagnostics) {
	if !plan.Verify.ValueBool() {
		return nil
	}
	subject := "the role " + half.RoleARN()
	proof, err := r.data.HalfProofs.ProveHalf(ctx, half, plan.SessionName.ValueString())
	if err != nil {
		diags.Append(halfFailure(capital(subject)+" could not be verified", half, err))
	} else {
		diags.Append(proofWords{spec: half, proof: proof, subject: subject}.diagnose()...)
	}
	if diags.HasError() {
		plan.Verify = types.BoolValue(false)
	}
	return diags
}

// Read implements resource.Resource. A half is never forgotten: policies that are gone are drift.
func (r *consumerResource) Read(ctx context.Context, req resource.ReadRequest, resp *resource.ReadResponse) {
	var state halfModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Read(ctx, readTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	imported := state.ConsumerPolicy.IsNull()
	if r.data.Deferred {
		if imported {
			resp.Diagnostics.Append(notConfigured())
		} else {
			resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
		}
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	consumer, diags := r.account(ctx, state)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if imported {
		resp.Diagnostics.Append(r.readBack(ctx, &state, consumer)...)
	}
	half, _, diags := state.half(consumer)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	unfinished, diags := req.Private.GetKey(ctx, unfinishedKey)
	resp.Diagnostics.Append(diags...)
	r.data.Halves.MarkInState(half)
	if unfinished != nil {
		r.data.Halves.MarkUnfinished(half)
	}
	drift, err := r.data.Halves.Read(ctx, half)
	if err != nil {
		resp.Diagnostics.Append(halfFailure(fmt.Sprintf("The consumer's half of %s cannot be read", half.RoleARN()), half, err))
		return
	}
	state.Drift = listOf(changes.Sentences(drift))
	resp.Diagnostics.Append(resp.Identity.Set(ctx, state.identity())...)
	resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
	resp.Diagnostics.Append(warnOfOpenings(half, drift)...)
}

// Update implements resource.Resource. When a step fails, the state keeps the arguments that it had.
func (r *consumerResource) Update(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) {
	var plan, config, state halfModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := plan.Timeouts.Update(ctx, writeTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	next, diags := r.wantedHalf(ctx, &plan, config)
	resp.Diagnostics.Append(diags...)
	prior, _, diags := state.half(share.Account{ID: next.Consumer.AccountID})
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if err := r.data.Halves.Apply(ctx, prior, next); err != nil {
		if isBegun(err) {
			// Roles that have the policy now must not be forgotten.
			state.AttachToRoles = setOrNull(bothRoles(prior, next))
			state.Drift = listOf(leftUndone(err))
		}
		resp.Diagnostics.Append(resp.State.Set(ctx, &state)...)
		resp.Diagnostics.Append(halfFailure(fmt.Sprintf("The consumer's half of %s was not changed completely: %s", next.RoleARN(), cannotAssume(err)), next, err))
		return
	}
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, unfinishedKey, nil)...)
	verified := r.verified(ctx, &plan, next)
	resp.Diagnostics.Append(resp.State.Set(ctx, &plan)...)
	resp.Diagnostics.Append(resp.Identity.Set(ctx, plan.identity())...)
	resp.Diagnostics.Append(verified...)
}

// Delete implements resource.Resource.
func (r *consumerResource) Delete(ctx context.Context, req resource.DeleteRequest, resp *resource.DeleteResponse) {
	var state halfModel
	resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	timeout, diags := state.Timeouts.Delete(ctx, writeTimeout)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	if r.data.Deferred {
		resp.Diagnostics.Append(notConfigured())
		return
	}
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	consumer, diags := r.account(ctx, state)
	resp.Diagnostics.Append(diags...)
	half, _, diags := state.half(consumer)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	next, diags := following(ctx, req.Private, half)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() || r.data.Halves.LeavesTo(half, next) {
		return // the create that follows in this apply goes on with what is there
	}
	if err := r.data.Halves.Delete(ctx, half); err != nil {
		resp.Diagnostics.Append(halfFailure(fmt.Sprintf("The consumer's half of %s was not removed completely", half.RoleARN()), half, err))
	}
}
