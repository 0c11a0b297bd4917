package s3share

import (
	"context"
	"errors"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// ImportState implements resource.ResourceWithImportState: by the ARN of the share's role, or by identity.
func (r *consumerResource) ImportState(ctx context.Context, req resource.ImportStateRequest, resp *resource.ImportStateResponse) {
	named := halfIdentity{RoleARN: types.StringValue(req.ID), AccountID: types.StringNull()}
	if req.ID == "" && req.Identity != nil {
		resp.Diagnostics.Append(req.Identity.Get(ctx, &named)...)
	}
	if _, err := share.ParseShareRole(named.RoleARN.ValueString()); err != nil {
		resp.Diagnostics.AddError("Not the "+importedBy(req)+" of a consumer's half", Sentence(err))
	}
	if resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("role_arn"), named.RoleARN)...)
	resp.Diagnostics.Append(resp.State.SetAttribute(ctx, path.Root("consumer_account_id"), named.AccountID)...)
}

// readBack fills a half of which only the ARN is known: the roles are those that have the policy.
func (r *consumerResource) readBack(ctx context.Context, state *halfModel, consumer share.Account) (diags diag.Diagnostics) {
	half, _, diags := state.half(consumer)
	if err := half.CheckHalf(consumer); err != nil && !diags.HasError() {
		diags.AddError("Not a role of another account", Sentence(err))
	}
	if diags.HasError() {
		return diags
	}
	roles, err := r.data.Halves.Find(ctx, half)
	if err != nil {
		diags.Append(halfFailure("The consumer's half of "+half.RoleARN()+" cannot be imported", half, err))
		return diags
	}
	state.AttachToRoles, state.Verify = setOrNull(roles), types.BoolValue(false)
	half.Consumer.AttachToRoles = roles
	state.fill(half, *state)
	return diags
}

// isBegun tells that an operation failed after it had begun to write.
func isBegun(err error) bool {
	var step *reconcile.StepError
	return errors.As(err, &step)
}

// leftUndone says what a failed operation left.
func leftUndone(err error) []string {
	var step *reconcile.StepError
	if !errors.As(err, &step) {
		return nil
	}
	return changes.Sentences(append([]changes.Change{step.Failed}, step.Left...))
}

// cannotAssume says what does not work while a half lacks the policy that failed.
func cannotAssume(err error) string {
	var step *reconcile.StepError
	switch {
	case !errors.As(err, &step):
		return "the policies on its roles could not be read"
	case step.Failed.Verb == changes.Delete:
		return "role " + step.Failed.Target + " still has the policy"
	}
	return "role " + step.Failed.Target + " does not have the policy"
}

func bothRoles(prior, next share.Spec) []string {
	roles := slices.Concat(prior.Consumer.AttachToRoles, next.Consumer.AttachToRoles)
	slices.Sort(roles)
	return slices.Compact(roles)
}
