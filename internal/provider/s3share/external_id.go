package s3share

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file keeps what outlives a process about the external ID and is no attribute, in the private data of the state.

// Keys of it.
const (
	// dueKey has the time of the last refresh when by then a rotation or the end of an overlap was due.
	dueKey = "due"
	// defaultKeysKey tells that kms_key_arns was left out and has the bucket's default key.
	defaultKeysKey = "default_kms_keys"
	// ownRoleKey has the unique ID of the role that the provider made, when another one or none was found in its place.
	ownRoleKey = "own_role"
	// importedKey marks a share that was imported and not changed since.
	importedKey = "imported"
	// nextKey has the ID that the next rotation brings. It is drawn ahead, so that a rotation that dies on its way is
	// finished with the same ID.
	nextKey = "next_external_id"
	// begunKey has the ID that a failed change may have written already.
	begunKey = "begun_external_id"
	// lostKey tells that the role does not accept the newest ID, and that nothing but the role had it.
	lostKey = "external_id_lost"
	// fingerprintsKey has the fingerprints of external IDs that no attribute has.
	fingerprintsKey = "external_id_fingerprints"
)

func readFingerprints(ctx context.Context, private privateReader) (held share.Fingerprints, diags diag.Diagnostics) {
	text, diags := private.GetKey(ctx, fingerprintsKey)
	if text == nil {
		return held, diags
	}
	if err := json.Unmarshal(text, &held); err != nil {
		diags.AddError("The state's private data cannot be read", "The fingerprints of external IDs are none. This is a bug: please report it.")
	}
	return held, diags
}

func writeFingerprints(ctx context.Context, private privateWriter, held share.Fingerprints) diag.Diagnostics {
	if !held.Any() {
		return private.SetKey(ctx, fingerprintsKey, nil)
	}
	encoded, _ := json.Marshal(held) //nolint:errchkjson // bytes always have a form in JSON
	return private.SetKey(ctx, fingerprintsKey, encoded)
}

// privateReader and privateWriter are the private data as requests have it and as responses take it; privateState is both.
type (
	privateReader interface {
		GetKey(ctx context.Context, key string) ([]byte, diag.Diagnostics)
	}
	privateWriter interface {
		SetKey(ctx context.Context, key string, value []byte) diag.Diagnostics
	}
	privateState interface {
		privateReader
		privateWriter
	}
)

// rememberDue notes the time of a refresh when something about the external ID is due by then, for the plans that follow.
func rememberDue(ctx context.Context, state model, now time.Time, private privateWriter) diag.Diagnostics {
	c := &conversion{}
	rotation := c.rotation(ctx, state.ExternalIDRotation)
	until := timeOf(state.ExternalIDPreviousUntil)
	isDue := rotation.IsDue(timeOf(state.ExternalIDCreatedAt), now) || !until.IsZero() && !now.Before(until)
	if !isDue {
		return private.SetKey(ctx, dueKey, nil)
	}
	return private.SetKey(ctx, dueKey, quoted(now.UTC().Format(time.RFC3339)))
}

// readDue gives the time that rememberDue noted; zero when nothing was due.
func readDue(ctx context.Context, private privateReader) (time.Time, diag.Diagnostics) {
	text, diags := readText(ctx, private, dueKey)
	return timeOf(types.StringValue(text)), diags
}

// heldID reads an external ID that is kept in private data; zero when there is none.
func heldID(ctx context.Context, private privateReader, key string) (share.ExternalID, diag.Diagnostics) {
	text, diags := readText(ctx, private, key)
	if text == "" {
		return share.ExternalID{}, diags
	}
	id, err := share.ParseExternalID(text)
	if err != nil {
		diags.AddError("The state's private data cannot be read", fmt.Sprintf("The external ID under %s is not one. This is a bug: please report it.", key))
	}
	return id, diags
}

// holdID keeps an external ID in private data; the zero ID takes it out.
func holdID(ctx context.Context, private privateWriter, key string, id share.ExternalID) diag.Diagnostics {
	if id.IsZero() {
		return private.SetKey(ctx, key, nil)
	}
	return private.SetKey(ctx, key, quoted(id.Reveal()))
}

func readText(ctx context.Context, private privateReader, key string) (text string, diags diag.Diagnostics) {
	held, diags := private.GetKey(ctx, key)
	if held == nil {
		return "", diags
	}
	if err := json.Unmarshal(held, &text); err != nil {
		diags.AddError("The state's private data cannot be read", fmt.Sprintf("%s is not a text. This is a bug: please report it.", key))
	}
	return text, diags
}

// quoted writes a text as JSON, which private data has to be.
func quoted(text string) []byte {
	encoded, _ := json.Marshal(text) //nolint:errchkjson // a string always has a form in JSON
	return encoded
}

// drawAhead makes sure that the next ID is known before a rotation asks for it.
func (r *shareResource) drawAhead(ctx context.Context, private privateState) diag.Diagnostics {
	held, diags := heldID(ctx, private, nextKey)
	if !held.IsZero() || diags.HasError() {
		return diags
	}
	id, err := r.data.Shares.DrawExternalID()
	if err != nil {
		diags.AddError("No external ID could be drawn", Sentence(err))
		return diags
	}
	return append(diags, holdID(ctx, private, nextKey, id)...)
}

// pendingIDs are those that IAM may accept beside the state's, because of a change that died or failed on its way.
func pendingIDs(ctx context.Context, private privateReader) (pending []share.ExternalID, diags diag.Diagnostics) {
	for _, key := range []string{nextKey, begunKey} {
		id, more := heldID(ctx, private, key)
		diags.Append(more...)
		if !id.IsZero() {
			pending = append(pending, id)
		}
	}
	return pending, diags
}

// parseVersion accepts a version of the external ID.
func parseVersion(number int64) (int64, error) {
	if number < 1 {
		return 0, fmt.Errorf("%d is not a version: it counts from 1", number)
	}
	return number, nil
}
