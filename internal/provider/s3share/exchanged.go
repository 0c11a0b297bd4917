package s3share

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file remembers the role that the provider made, after somebody put another one in its place. The state shows the
// role that is there; but until an apply takes that one over, it is not the share's to delete.

// noteExchanged keeps the unique ID of the role that was the share's when a refresh no longer finds it.
func noteExchanged(ctx context.Context, state model, observed share.Observed, private privateState) diag.Diagnostics {
	known := state.RoleUniqueID.ValueString()
	held, diags := readText(ctx, private, ownRoleKey)
	if known == "" || held != "" || observed.Role != nil && observed.Role.UniqueID == known {
		return diags
	}
	return append(diags, private.SetKey(ctx, ownRoleKey, quoted(known))...)
}

// ownRole is the unique ID of the role that is the share's to delete.
func ownRole(ctx context.Context, state model, private privateReader) (string, diag.Diagnostics) {
	held, diags := readText(ctx, private, ownRoleKey)
	if held == "" {
		held = state.RoleUniqueID.ValueString()
	}
	return held, diags
}
