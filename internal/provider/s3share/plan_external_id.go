package s3share

import (
	"context"
	"fmt"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file plans the life of the external ID. A plan is made twice, by plan and by apply, perhaps on two sides of a due
// time, and must come out the same: so it takes the time from the last refresh, which both of them see, see rememberDue.

// fate is what a plan does with the external ID of a share that exists.
type fate string

const (
	keepsID   fate = "keeps"
	changesID fate = "changes"
	// unknownFate is that of an ID while an argument that decides about it is not known.
	unknownFate fate = "unknown"
)

// planExternalID keeps the ID, or says which one comes and how long the one before stays accepted.
func (p *planning) planExternalID(ctx context.Context) {
	if p.plan.isDirect() {
		p.planNoExternalID()
		return
	}
	rotation, known := p.rotation(ctx)
	p.checkVersion()
	p.fate = p.externalIDFate(rotation, known)
	switch {
	case !p.config.ExternalID.IsNull():
	case p.config.isWriteOnly():
		p.plan.ExternalID = types.StringNull()
	case p.state == nil || p.state.ExternalID.IsNull() || p.fate != keepsID:
		p.plan.ExternalID = types.StringUnknown()
	default:
		p.plan.ExternalID = p.state.ExternalID
	}
	p.plan.ExternalIDCreatedAt = types.StringUnknown()
	p.plan.ExternalIDPrevious, p.plan.ExternalIDPreviousUntil = types.StringNull(), types.StringNull()
	switch {
	case p.state == nil || !p.state.hasExternalID():
	case p.fate == unknownFate:
		p.plan.ExternalIDPrevious, p.plan.ExternalIDPreviousUntil = types.StringUnknown(), types.StringUnknown()
	case p.fate == keepsID:
		p.checkLost()
		p.keepExternalID()
	default:
		p.replaceExternalID(rotation)
	}
}

// hasExternalID tells that a state has an external ID, or the fingerprint of one.
func (m model) hasExternalID() bool { return !m.ExternalID.IsNull() || m.isWriteOnly() }

// isWriteOnly tells that the external ID is in no state. The version alone tells it of a state.
func (m model) isWriteOnly() bool { return !m.ExternalIDWO.IsNull() || !m.ExternalIDWOVersion.IsNull() }

func (p *planning) externalIDFate(rotation share.Rotation, known bool) fate {
	config, state := p.config, p.state
	decides := []interface{ IsUnknown() bool }{config.Via, config.ExternalID, config.ExternalIDVersion, config.ExternalIDWO, config.ExternalIDWOVersion}
	for _, argument := range decides {
		known = known && !argument.IsUnknown()
	}
	switch {
	case !known:
		return unknownFate
	case state == nil || !state.hasExternalID():
		return changesID
	case p.gives(state.ExternalID, p.held.Current):
		return keepsID // at most it enters or leaves the state
	case config.isWriteOnly() || state.isWriteOnly():
		if config.ExternalIDWOVersion.Equal(state.ExternalIDWOVersion) {
			return keepsID
		}
		return changesID
	case !config.ExternalID.IsNull():
		if config.ExternalID.Equal(state.ExternalID) {
			return keepsID
		}
		return changesID
	case p.rotates(rotation):
		return changesID
	}
	return keepsID
}

// rotation reads external_id_rotation; known is false while one of its values is not.
func (p *planning) rotation(ctx context.Context) (rotation share.Rotation, known bool) {
	c := &conversion{}
	rotation = c.rotation(ctx, p.plan.ExternalIDRotation)
	p.diagnostics.Append(c.diagnostics...)
	return rotation, !c.unknown
}

// keepExternalID lets the overlap of the last change run on, or end.
func (p *planning) keepExternalID() {
	p.plan.ExternalIDCreatedAt = p.state.ExternalIDCreatedAt
	if p.state.ExternalIDPreviousUntil.IsNull() || !p.samePartner() {
		return
	}
	if !p.overlapIsOver() {
		p.plan.ExternalIDPrevious, p.plan.ExternalIDPreviousUntil = p.state.ExternalIDPrevious, p.state.ExternalIDPreviousUntil
		return
	}
	p.warnOfEnd()
}

// replaceExternalID keeps the ID that goes accepted for the overlap, unless the share goes to another account.
func (p *planning) replaceExternalID(rotation share.Rotation) {
	overlaps := rotation.OverlapDays > 0 && p.samePartner() && !p.lost
	if overlaps {
		p.plan.ExternalIDPrevious, p.plan.ExternalIDPreviousUntil = p.state.ExternalID, types.StringUnknown()
	}
	p.warnOfChange(rotation, overlaps)
	if older := p.state.ExternalIDPreviousUntil; !older.IsNull() && !p.comesBack() && !p.overlapIsOver() && p.samePartner() {
		p.warnOfEarlyEnd(older.ValueString())
	}
}

// rotates tells that a generated ID is to be replaced now.
func (p *planning) rotates(rotation share.Rotation) bool {
	return p.versionIsRaised() || rotation.IsDue(timeOf(p.state.ExternalIDCreatedAt), p.clock)
}

// versionIsRaised tells that the version asks for a new ID. The first version of an imported share only says where
// counting starts: its consumer has just been taken over with the ID that it knows.
func (p *planning) versionIsRaised() bool {
	version, before := p.config.ExternalIDVersion, p.state.ExternalIDVersion
	if version.IsNull() || before.IsNull() && p.imported {
		return false
	}
	return version.ValueInt64() > before.ValueInt64()
}

// checkVersion refuses to count backwards: no ID of the past comes back.
func (p *planning) checkVersion() {
	version := p.config.ExternalIDVersion
	if p.state == nil || version.IsNull() || version.IsUnknown() {
		return
	}
	at := path.Root("external_id_version")
	switch before := p.state.ExternalIDVersion; {
	case version.ValueInt64() < before.ValueInt64():
		p.diagnostics.AddAttributeError(at, "external_id_version goes backwards", fmt.Sprintf(
			"It was %d and would be %d. The external ID of an earlier version cannot come back; a higher number draws a new one.",
			before.ValueInt64(), version.ValueInt64()))
	case before.IsNull() && p.imported:
		p.diagnostics.AddAttributeWarning(at, "The external ID is kept", fmt.Sprintf(
			"The share was imported with the ID that its consumer knows. Version %d is noted for it: only a higher one draws a new ID.",
			version.ValueInt64()))
	}
}

// overlapIsOver tells that the previous ID was to be accepted until now at most.
func (p *planning) overlapIsOver() bool {
	until := timeOf(p.state.ExternalIDPreviousUntil)
	return !until.IsZero() && !p.clock.IsZero() && !p.clock.Before(until)
}

// samePartner tells that the share stays with its consumer account.
func (p *planning) samePartner() bool {
	return accountOf(p.plan.Consumer).Equal(accountOf(p.state.Consumer))
}

func accountOf(consumer types.Object) types.String {
	account, _ := consumer.Attributes()["account_id"].(types.String)
	return account
}

// gives tells that the configuration gives an ID of the past, of which the state has the value or the fingerprint.
func (p *planning) gives(value types.String, taken share.Fingerprint) bool {
	given := p.config.ExternalID
	if given.IsNull() {
		given = p.config.ExternalIDWO
	}
	id, err := share.ParseExternalID(given.ValueString())
	return err == nil && (given.Equal(value) || taken.Matches(id))
}

// comesBack tells that the ID before the last change is the new one.
func (p *planning) comesBack() bool { return p.gives(p.state.ExternalIDPrevious, p.held.Previous) }

// timeOf reads a time that the provider wrote; zero when there is none.
func timeOf(text types.String) time.Time {
	at, err := time.Parse(time.RFC3339, text.ValueString())
	if err != nil {
		return time.Time{}
	}
	return at
}

// readableIDs are the IDs of a plan or state for documents that people read, in which they are masked: what is not known
// stands as one that will be.
func (m model) readableIDs() []share.ExternalID {
	shown := func(value types.String) share.ExternalID {
		if id, err := share.ParseExternalID(value.ValueString()); err == nil {
			return id
		}
		return share.PlannedExternalID()
	}
	ids := []share.ExternalID{shown(m.ExternalID)}
	if !m.ExternalIDPreviousUntil.IsNull() {
		ids = append(ids, shown(m.ExternalIDPrevious))
	}
	return ids
}
