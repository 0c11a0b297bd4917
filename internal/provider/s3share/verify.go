package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// checkVerify refuses to plan a verification that cannot succeed: without credentials of the consumer, or with those of
// somebody whom the share certainly does not let in.
func checkVerify(ctx context.Context, proofs *reconcile.Prover, spec share.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	at := path.Root("verify")
	caller, err := proofs.Caller(ctx)
	switch {
	case err != nil:
		diags.Append(failure{cannot: "The share cannot be verified: AWS does not say whose the consumer's credentials are", err: err}.diagnose())
	case caller == "":
		diags.AddAttributeError(at, "No credentials for the consumer account",
			"verify = true tries the share as its consumer does. Give credentials of the consumer account to the provider in its consumer attribute, "+
				"or leave verify out.")
	case caller.IsRootUser():
		diags.AddAttributeError(at, "The consumer's credentials can assume no role", fmt.Sprintf(
			"They are those of %s, and AWS lets no root user assume a role. Use those of a user or role, or leave verify out.", caller))
	case spec.Consumer.AccountID != "" && spec.Consumer.Membership(caller) == share.Stranger:
		diags.AddAttributeError(at, "The consumer's credentials are not among those whom the share lets in", fmt.Sprintf(
			"verify = true would try the share as %s, but it is for %s. Give the provider's consumer attribute credentials of one of them "+
				"(its assume_role helps), or leave verify out.", caller, spec.WhoCanAssume()))
	}
	return diags
}

// verify tries the share after everything was written. ok is false when it does not do what it says, or could not be tried.
func (r *shareResource) verify(ctx context.Context, spec share.Spec) (diags diag.Diagnostics) {
	proof, err := r.data.Proofs.Prove(ctx, spec)
	if err != nil {
		diags.Append(failure{
			cannot: fmt.Sprintf("Share %s is complete and could not be verified", spec.ID()), spec: spec, err: err,
		}.diagnose())
		return diags
	}
	return proofWords{spec: spec, proof: proof, subject: "share " + spec.ID()}.diagnose()
}
