package s3share

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// ValidateConfig implements resource.ResourceWithValidateConfig.
func (r *consumerResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config halfModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); resp.Diagnostics.HasError() {
		return
	}
	switch {
	case !config.ExternalID.IsNull() && !config.ExternalIDWO.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("external_id_wo"), "The external ID is given twice",
			"Give external_id, which the state keeps, or external_id_wo, which it does not.")
	case config.ExternalIDWO.IsNull() && !config.ExternalIDWOVersion.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("external_id_wo_version"), "A version of nothing",
			"external_id_wo_version goes with external_id_wo, which is not given.")
	case config.Verify.ValueBool() && config.ExternalID.IsNull() && config.ExternalIDWO.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("verify"), "Nothing to verify with",
			"verify = true tries AssumeRole with the external ID and without. Give external_id or external_id_wo.")
	}
}

// ModifyPlan implements resource.ResourceWithModifyPlan: everything is known at plan, and what would stop the apply is an
// error before anything is written.
func (r *consumerResource) ModifyPlan(ctx context.Context, req resource.ModifyPlanRequest, resp *resource.ModifyPlanResponse) {
	if req.Plan.Raw.IsNull() || r.data == nil {
		return
	}
	var plan, config, state halfModel
	resp.Diagnostics.Append(req.Plan.Get(ctx, &plan)...)
	resp.Diagnostics.Append(req.Config.Get(ctx, &config)...)
	if !req.State.Raw.IsNull() {
		resp.Diagnostics.Append(req.State.Get(ctx, &state)...)
	}
	if resp.Diagnostics.HasError() {
		return
	}
	consumer, diags := r.account(ctx, state)
	resp.Diagnostics.Append(diags...)
	half, known, diags := plan.half(consumer)
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	plan.fill(half, config)
	if known && !r.data.Deferred {
		if prior, _, diags := state.half(consumer); !req.State.Raw.IsNull() && !diags.HasError() {
			r.data.Halves.MarkInState(prior)
		} else if r.data.Halves.IsUnfinished(half) {
			resp.Diagnostics.AddWarning("The consumer's half will be finished, not replaced", fmt.Sprintf(
				"The last apply of the consumer's half of %s failed on its way. Terraform calls the rest tainted and announces a replacement; "+
					"the provider goes on where it stopped, and roles that can assume the share's role already keep their policy.", half.RoleARN()))
			resp.Diagnostics.Append(setFollowing(ctx, resp.Private, half)...)
		}
		if !r.data.Halves.IsLeftTo(half) { // the create finds out itself, which alone can keep the rest in the state
			resp.Diagnostics.Append(r.foresee(ctx, half, consumer)...)
		}
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Plan.Set(ctx, &plan)...)
	}
}

// account asks whose credentials reach the consumer; nobody's while the provider's configuration is not known. It refuses
// an account in which the half of the state does not live.
func (r *consumerResource) account(ctx context.Context, state halfModel) (consumer share.Account, diags diag.Diagnostics) {
	if r.data.Deferred {
		return consumer, nil
	}
	consumer, err := r.data.Halves.Account(ctx)
	if err != nil {
		diags.Append(halfFailure("The consumer account cannot be reached: AWS does not say whose credentials these are", share.Spec{}, err))
		return consumer, diags
	}
	if known := state.ConsumerAccountID.ValueString(); known != "" && known != consumer.ID {
		diags.AddError("Credentials of another account than the consumer's", fmt.Sprintf(
			"The consumer's half of %s lives in account %s, but the provider's credentials are of account %s. Nothing was read or changed.",
			state.RoleARN.ValueString(), known, consumer.ID))
	}
	return consumer, diags
}

// foresee finds what would stop the apply.
func (r *consumerResource) foresee(ctx context.Context, half share.Spec, consumer share.Account) (diags diag.Diagnostics) {
	if err := half.CheckHalf(consumer); err != nil {
		diags.AddAttributeError(path.Root("role_arn"), "Not a role of another account", Sentence(err))
		return diags
	}
	if len(half.Consumer.AttachToRoles) == 0 {
		return diags
	}
	if err := r.data.Halves.Foresee(ctx, half); err != nil {
		diags.Append(halfFailure(fmt.Sprintf("The consumer's half of %s cannot be made", half.RoleARN()), half, err))
	}
	return diags
}

// halfFailure says what failed. The owner's path has nothing to do with it.
func halfFailure(cannot string, half share.Spec, err error) diag.Diagnostic {
	var taken *reconcile.TakenPolicyError
	if errors.As(err, &taken) {
		return diag.NewAttributeErrorDiagnostic(path.Root("attach_to_roles"), cannot, fmt.Sprintf(
			"Role %s of account %s already has an inline policy named %s that lets it do something else, and this resource did not write it. Nothing was "+
				"changed. To take it over, import the half (terraform import <address> %s): the next plan then shows how the policy differs. "+
				"Otherwise delete the policy, or leave the role out.", taken.Role, half.Consumer.AccountID, taken.Policy, half.RoleARN()))
	}
	half.Path = "/"
	return failure{cannot: cannot, spec: half, err: err}.diagnose()
}
