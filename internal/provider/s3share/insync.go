package s3share

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/diag"

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

// wasInSync tells what the last refresh noted, and takes the note away: whatever comes of the operation, it is old then.
func wasInSync(ctx context.Context, noted privateReader, private privateWriter) (bool, diag.Diagnostics) {
	note, diags := noted.GetKey(ctx, inSyncKey)
	diags.Append(private.SetKey(ctx, inSyncKey, nil)...)
	return note != nil, diags
}
