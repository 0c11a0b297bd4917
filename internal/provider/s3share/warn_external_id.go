package s3share

import (
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/path"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file says what a plan means for those who send the external ID: who has to do what, and until when.

// warnOfChange tells which ID the consumer may send after the apply.
func (p *planning) warnOfChange(rotation share.Rotation, overlaps bool) {
	accepted := fmt.Sprintf("overlap_days is 0: from this apply on, %s is refused until it sends the new ID.", p.partner())
	switch {
	case overlaps:
		accepted = fmt.Sprintf("For %s after this apply, %s may send the new ID or the one before; the first apply after that refuses the one "+
			"before. See to it that the consumer has switched by then.", daysOf(rotation.OverlapDays), p.partner())
	case !p.samePartner():
		accepted = "The one before is refused from this apply on, because the share goes to another account."
	case p.lost:
		accepted = fmt.Sprintf("Somebody took the one before out of the role's trust policy, and it is nowhere else: %s is refused until it sends the new ID.",
			p.partner())
	}
	p.diagnostics.AddWarning(fmt.Sprintf("Share %s gets a new external ID", p.state.ID.ValueString()), p.reason(rotation)+" "+accepted)
}

// reason tells why the ID changes.
func (p *planning) reason(rotation share.Rotation) string {
	switch {
	case p.config.isWriteOnly() && p.state.isWriteOnly():
		return fmt.Sprintf("external_id_wo_version is changed to %d.", p.config.ExternalIDWOVersion.ValueInt64())
	case p.config.isWriteOnly():
		return "external_id_wo gives it."
	case !p.config.ExternalID.IsNull():
		return "external_id gives it."
	case p.state.isWriteOnly():
		return "external_id_wo was taken away, so one is drawn."
	case p.versionIsRaised():
		return fmt.Sprintf("external_id_version is raised to %d.", p.config.ExternalIDVersion.ValueInt64())
	}
	return fmt.Sprintf("The one before dates from %s and is due after %s.", p.state.ExternalIDCreatedAt.ValueString(), daysOf(rotation.AfterDays))
}

// warnOfEnd tells that an overlap has ended.
func (p *planning) warnOfEnd() {
	p.diagnostics.AddWarning(fmt.Sprintf("The previous external ID of share %s will be dropped", p.state.ID.ValueString()), fmt.Sprintf(
		"Its overlap ended at %s: from this apply on, %s is refused when it still sends it. Until the apply it stays accepted: hold the "+
			"apply back if the consumer has not switched.", p.state.ExternalIDPreviousUntil.ValueString(), p.partner()))
}

// warnOfEarlyEnd tells that a change comes while the one before is under way.
func (p *planning) warnOfEarlyEnd(until string) {
	p.diagnostics.AddWarning(fmt.Sprintf("An external ID of share %s is dropped before its overlap ends", p.state.ID.ValueString()), fmt.Sprintf(
		"The ID before the last change was to be accepted until %s. A share accepts one ID beside the newest at most: from this apply on, %s is "+
			"refused when it still sends that one. Make this change after that time to let the overlap end.", until, p.partner()))
}

// checkLost refuses what the apply could not do: write an ID that nobody has.
func (p *planning) checkLost() {
	given := p.config.ExternalIDWO
	if !p.lost || given.IsNull() || given.IsUnknown() || p.gives(p.state.ExternalID, p.held.Current) {
		return
	}
	p.diagnostics.AddAttributeError(path.Root("external_id_wo"),
		fmt.Sprintf("Share %s cannot be repaired: its external ID is not known any more", p.state.ID.ValueString()), lostID(p.state.Name.ValueString()))
}

// lostID tells how an ID can be lost and what helps.
func lostID(name string) string {
	return fmt.Sprintf("The trust policy of role %s does not accept the share's external ID any more. The state has only a hash of the ID, and "+
		"external_id_wo is not the value that was applied under this external_id_wo_version. Nothing was changed. Give that value again, or another "+
		"one under another version.", name)
}

// partner names the consumer after the apply.
func (p *planning) partner() string {
	if account := accountOf(p.plan.Consumer).ValueString(); account != "" {
		return "account " + account
	}
	return "the consumer"
}

func daysOf(number int64) string {
	if number == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", number)
}
