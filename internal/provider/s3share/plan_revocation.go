package s3share

import (
	"context"
	"fmt"
	"strings"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file plans which sessions are refused by their age.

// planRevocation moves the time before which sessions are refused forward, never back. It is not known when the apply
// itself ends sessions.
func (p *planning) planRevocation(ctx context.Context, desired *share.Desired) {
	asked := p.plan.RevokeSessionsBefore
	switch {
	case p.plan.isDirect():
		p.plan.SessionsRevokedBefore = types.StringNull()
	case asked.IsUnknown() || p.plan.RevokeOnChange.IsUnknown() || desired == nil || p.revokesOnChange(ctx, *desired):
		p.plan.SessionsRevokedBefore = types.StringUnknown()
		if p.state == nil && !asked.IsUnknown() {
			p.plan.SessionsRevokedBefore = timeOrNull(timeOf(asked))
		}
	default:
		p.plan.SessionsRevokedBefore = p.plan.revokedSo(p.state)
	}
	p.checkRevocation(asked)
}

// revokedSo gives the later one of what the plan asks for and what the state has.
func (m model) revokedSo(state *model) types.String {
	asked := timeOf(m.RevokeSessionsBefore)
	if state != nil && !asked.After(timeOf(state.SessionsRevokedBefore)) {
		return state.SessionsRevokedBefore
	}
	return timeOrNull(asked)
}

// revokesOnChange tells that the trust policy changes, or is repaired, and that this ends sessions.
func (p *planning) revokesOnChange(ctx context.Context, desired share.Desired) bool {
	if p.state == nil || !p.plan.RevokeOnChange.ValueBool() {
		return false
	}
	prior, _, _ := p.state.spec(ctx, desired.Spec.Owner)
	prior.ExternalIDs = p.state.readableIDs()
	if p.fate == changesID || !share.Render(prior).Trust.Equal(desired.Trust) {
		p.warnOfRevocation("changes")
		return true
	}
	for _, sentence := range p.state.Drift.Elements() {
		if text, ok := sentence.(types.String); ok && strings.HasPrefix(text.ValueString(), string(changes.TrustPolicy)+":") {
			p.warnOfRevocation("is repaired")
			return true
		}
	}
	return false
}

// warnOfRevocation tells that sessions end, and why.
func (p *planning) warnOfRevocation(happens string) {
	p.diagnostics.AddWarning(fmt.Sprintf("Sessions of share %s are revoked", p.state.ID.ValueString()), fmt.Sprintf(
		"The trust policy %s and revoke_on_change is true: sessions that were issued before this apply are refused everything. Whoever may assume the "+
			"role goes on by assuming it again.", happens))
}

// checkRevocation refuses a time that is still to come: until then it would refuse every session, new ones too.
func (p *planning) checkRevocation(asked types.String) {
	at := timeOf(asked)
	if p.data.Deferred || at.IsZero() || !at.After(p.data.Shares.Now()) || p.state != nil && p.state.RevokeSessionsBefore.Equal(asked) {
		return
	}
	p.diagnostics.AddAttributeError(path.Root("revoke_sessions_before"), "revoke_sessions_before lies in the future", fmt.Sprintf(
		"Until %s every session would be refused, also those that are issued from now on. Give a time that is over; to end the share at "+
			"some time, use expires_at.", asked.ValueString()))
}
