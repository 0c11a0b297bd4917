package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// checkVerify refuses to plan a verification that cannot succeed: without credentials of the consumer, or with those of
// somebody whom the share certainly does not let in.
func (p *planning) checkVerify(ctx context.Context, spec share.Spec) {
	if p.data.Deferred || !p.plan.Verify.ValueBool() {
		return
	}
	at := path.Root("verify")
	caller, err := p.data.Proofs.Caller(ctx)
	known := spec.Consumer.AccountID != "" && !p.plan.Consumer.IsUnknown() && !p.plan.Via.IsUnknown()
	switch {
	case err != nil:
		p.fail(failure{cannot: "The share cannot be verified: AWS does not say whose the consumer's credentials are", err: err})
	case caller == "":
		p.diagnostics.AddAttributeError(at, "No credentials for the consumer account",
			"verify = true tries the share as its consumer does. Give credentials of the consumer account to the provider in its consumer attribute, "+
				"or leave verify out.")
	case !p.plan.Via.IsUnknown() && !spec.IsDirect() && caller.IsRootUser():
		p.diagnostics.AddAttributeError(at, "The consumer's credentials can assume no role", fmt.Sprintf(
			"They are those of %s, and AWS lets no root user assume a role. Use those of a user or role, or leave verify out.", caller))
	case known && spec.Membership(caller) == share.Stranger:
		p.diagnostics.AddAttributeError(at, "The consumer's credentials are not among those whom the share lets in", fmt.Sprintf(
			"verify = true would try the share as %s, but it is for %s. Give the provider's consumer attribute credentials of one of them "+
				"(its assume_role helps), or leave verify out.", caller, spec.WhoCanAssume()))
	}
}

// verifyCreated tries a share that was just made. One that fails is noted as unfinished, since Terraform calls it tainted:
// the next create finishes it, that is, verifies it again.
func (r *shareResource) verifyCreated(ctx context.Context, ids idChange, spec share.Spec, resp *resource.CreateResponse) diag.Diagnostics {
	diags := r.verifyWritten(ctx, ids, spec, &resp.State)
	if diags.HasError() {
		diags.Append(resp.Private.SetKey(ctx, unfinishedKey, []byte("true"))...)
	}
	return diags
}

// verifyWritten tries a share after everything was written, when that is wanted. When it does not do what it says, the
// state gets verify = false, so that the next plan differs and its apply tries again.
func (r *shareResource) verifyWritten(ctx context.Context, ids idChange, spec share.Spec, state *tfsdk.State) (diags diag.Diagnostics) {
	if !ids.plan.Verify.ValueBool() {
		return nil
	}
	if given, ok := ids.given(); ok {
		if !ids.isNew() && !ids.held.Current.Matches(given) {
			diags.AddWarning(fmt.Sprintf("Share %s was not verified", spec.ID()),
				"The external ID in external_id_wo is not the one that the share has, and the state does not know that one. "+
					"Raise external_id_wo_version to apply it.")
			return diags
		}
		spec.ExternalIDs = []share.ExternalID{given}
	}
	proof, err := r.data.Proofs.Prove(ctx, spec)
	if err != nil {
		diags.Append(failure{
			cannot: fmt.Sprintf("Share %s is complete and could not be verified", spec.ID()), spec: spec, err: err,
		}.diagnose())
	} else {
		diags.Append(proofWords{spec: spec, proof: proof, subject: "share " + spec.ID()}.diagnose()...)
	}
	if diags.HasError() {
		diags.Append(state.SetAttribute(ctx, path.Root("verify"), false)...)
	}
	return diags
}
