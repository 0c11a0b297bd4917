package s3share

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// checkOwner refuses to look for a share in an account where it does not live: it would seem to be gone.
func checkOwner(state model, owner share.Account) diag.Diagnostics {
	var diags diag.Diagnostics
	if known := state.OwnerAccountID.ValueString(); known != "" && known != owner.ID {
		diags.Append(otherAccount(state.ID.ValueString(), known, owner.ID))
	}
	return diags
}

func otherAccount(id, known, found string) diag.Diagnostic {
	return diag.NewErrorDiagnostic("Credentials of another account than the share's", fmt.Sprintf(
		"Share %s lives in account %s, but the provider's credentials are of account %s. Nothing was changed.", id, known, found))
}

// recordedOwner is the account of the share's role, empty when it has none.
func recordedOwner(state model) share.Account {
	role, err := share.ParseShareRole(state.RoleARN.ValueString())
	if err != nil {
		return share.Account{}
	}
	return role.Owner
}

// checkReach tells whether the provider can write the consumer policy on the consumer's roles. It asks AWS only when
// there are such roles.
func checkReach(ctx context.Context, shares *reconcile.Reconciler, spec share.Spec) diag.Diagnostics {
	var diags diag.Diagnostics
	if len(spec.Consumer.AttachToRoles) == 0 {
		return diags
	}
	have, err := shares.Consumer(ctx)
	if err != nil {
		diags.Append(failure{cannot: "The consumer's account cannot be reached: AWS does not say whose credentials these are", err: err}.diagnose())
		return diags
	}
	at := path.Root("consumer").AtName("attach_to_roles")
	roles, account := strings.Join(spec.Consumer.AttachToRoles, ", "), spec.Consumer.AccountID
	switch {
	case have == nil:
		diags.AddAttributeError(at, "No credentials for the consumer account", fmt.Sprintf(
			"The consumer policy on %s is written with credentials of account %s. Give them to the provider in its consumer attribute, "+
				"or leave attach_to_roles out and hand the output consumer_policy to the consumer.", roles, account))
	case account != "" && have.ID != account:
		diags.AddAttributeError(at, "Credentials of another account than the consumer's", fmt.Sprintf(
			"The consumer policy on %s belongs into account %s, but the provider's consumer credentials are of account %s.", roles, account, have.ID))
	case spec.Owner.Partition != "" && have.Partition != spec.Owner.Partition:
		diags.AddAttributeError(at, "The consumer is in another partition", fmt.Sprintf(
			"Account %s is in partition %s, the bucket is in %s: AWS has no access across partitions.", have.ID, have.Partition, spec.Owner.Partition))
	}
	return diags
}
