package s3share

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
)

// This file lets an apply know what the refresh before it has seen, so that it need not read everything again. The two run
// in different processes, and only the private data of the state goes from one to the other.

// inSyncKey is in the private state of a share that a refresh found to be exactly as declared, until something is written.
const inSyncKey = "in_sync"

func noteInSync(ctx context.Context, reading reconcile.Reading, private privateWriter) diag.Diagnostics {
	if len(reading.Drift) > 0 {
		return private.SetKey(ctx, inSyncKey, nil)
	}
	return private.SetKey(ctx, inSyncKey, []byte("true"))
}

// wasInSync tells what the last refresh noted, and takes the note away: whatever comes of the update, it is old then.
func wasInSync(ctx context.Context, req resource.UpdateRequest, resp *resource.UpdateResponse) bool {
	note, diags := req.Private.GetKey(ctx, inSyncKey)
	resp.Diagnostics.Append(diags...)
	resp.Diagnostics.Append(resp.Private.SetKey(ctx, inSyncKey, nil)...)
	return note != nil
}
