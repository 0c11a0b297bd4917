package s3share

import (
	"context"
	"crypto/rand"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file brings in external IDs that neither plan nor state has: the write-only argument, and what the role accepts of
// the past, which is known by its fingerprint alone.

// idChange is a create or an update as far as such IDs go.
type idChange struct {
	config, plan model
	// state is nil when the share is made.
	state *model
	held  share.Fingerprints
}

// complete adds the IDs to what the plan wants.
func (c idChange) complete(next share.Spec) share.Spec {
	if given, ok := c.given(); ok {
		if c.isNew() || c.held.Current.Matches(given) {
			next.ExternalIDs = append([]share.ExternalID{given}, next.ExternalIDs...)
		} else {
			next.Fingerprints.Current = c.held.Current
		}
	}
	next.Fingerprints.Previous = c.previous()
	return next
}

// given is the write-only ID; ok is false when there is none.
func (c idChange) given() (id share.ExternalID, ok bool) {
	id, err := share.ParseExternalID(c.config.ExternalIDWO.ValueString())
	return id, err == nil
}

// isNew tells that the write-only ID is to be applied. Its value alone tells nothing: it may differ with every run.
func (c idChange) isNew() bool {
	return c.state == nil || !c.plan.ExternalIDWOVersion.Equal(c.state.ExternalIDWOVersion)
}

// previous is the fingerprint of the ID that stays accepted for an overlap, where no attribute has the ID.
func (c idChange) previous() share.Fingerprint {
	switch until := c.plan.ExternalIDPreviousUntil; {
	case until.IsNull() || !c.plan.ExternalIDPrevious.IsNull():
		return share.Fingerprint{}
	case until.IsUnknown():
		return c.held.Current // the overlap begins with this change
	}
	return c.held.Previous
}

// done writes the fingerprints that the next plans need.
func (c idChange) done(ctx context.Context, private privateWriter) (diags diag.Diagnostics) {
	kept := share.Fingerprints{Previous: c.previous()}
	if given, ok := c.given(); ok {
		if kept.Current = c.held.Current; c.isNew() {
			var more diag.Diagnostics
			kept.Current, more = fingerprintOf(given)
			diags.Append(more...)
		}
	}
	return append(diags, writeFingerprints(ctx, private, kept)...)
}

// failed keeps what IAM may accept already: the ID itself where the state may have it, else its fingerprint.
func (c idChange) failed(ctx context.Context, private privateWriter, next share.Spec) (diags diag.Diagnostics) {
	given, ok := c.given()
	switch {
	case ok && c.isNew():
		held := c.held
		held.Begun, diags = fingerprintOf(given)
		return append(diags, writeFingerprints(ctx, private, held)...)
	case ok || len(next.ExternalIDs) == 0 || c.state != nil && next.ExternalIDs[0].Reveal() == c.state.ExternalID.ValueString():
		return nil
	}
	return holdID(ctx, private, begunKey, next.ExternalIDs[0])
}

// noteLost keeps what a refresh could not find any more among the IDs that the role accepts, so that no plan counts on it.
func (m *model) noteLost(ctx context.Context, wanted share.Spec, private privateWriter) diag.Diagnostics {
	if len(wanted.ExternalIDs) < 2 && m.ExternalIDPrevious.IsNull() {
		m.ExternalIDPreviousUntil = types.StringNull()
	}
	if wanted.LacksExternalID() {
		return private.SetKey(ctx, lostKey, []byte("true"))
	}
	return private.SetKey(ctx, lostKey, nil)
}

func fingerprintOf(id share.ExternalID) (taken share.Fingerprint, diags diag.Diagnostics) {
	taken, err := share.TakeFingerprint(id, rand.Reader)
	if err != nil {
		diags.AddError("The external ID could not be noted", Sentence(err))
	}
	return taken, diags
}
