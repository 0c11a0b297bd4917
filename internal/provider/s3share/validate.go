package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

// ValidateConfig implements resource.ResourceWithValidateConfig: what is wrong between arguments, before AWS is asked.
func (r *shareResource) ValidateConfig(ctx context.Context, req resource.ValidateConfigRequest, resp *resource.ValidateConfigResponse) {
	var config model
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); resp.Diagnostics.HasError() {
		return
	}
	c := &conversion{}
	rotation := c.rotation(ctx, config.ExternalIDRotation)
	if resp.Diagnostics.Append(c.diagnostics...); c.unknown {
		return
	}
	at := path.Root("external_id_rotation")
	if err := rotation.Check(); err != nil {
		resp.Diagnostics.AddAttributeError(at.AtName("overlap_days"), "The overlap is longer than the schedule", Sentence(err))
	}
	resp.Diagnostics.Append(checkWriteOnly(config)...)
	resp.Diagnostics.Append(checkWay(config)...)
	if (config.ExternalID.IsNull() || config.ExternalID.IsUnknown()) && config.ExternalIDWO.IsNull() {
		return
	}
	itself, out := "external_id itself", "external_id"
	if !config.ExternalIDWO.IsNull() {
		itself, out = "external_id_wo together with external_id_wo_version", "both"
	}
	instead := fmt.Sprintf("The external ID is given, so the provider does not replace it: change %s to rotate it (the one before stays "+
		"accepted for overlap_days), or leave %s out to have it drawn and rotated.", itself, out)
	if rotation.AfterDays > 0 {
		resp.Diagnostics.AddAttributeError(at.AtName("after_days"), "A given external ID has no schedule", instead)
	}
	if !config.ExternalIDVersion.IsNull() {
		resp.Diagnostics.AddAttributeError(path.Root("external_id_version"), "A given external ID has no version", instead)
	}
}

// checkWriteOnly wants one external ID, and a version with one that no state has.
func checkWriteOnly(config model) (diags diag.Diagnostics) {
	switch {
	case !config.ExternalID.IsNull() && !config.ExternalIDWO.IsNull():
		diags.AddAttributeError(path.Root("external_id_wo"), "Two external IDs",
			"Give external_id, which the state keeps, or external_id_wo, which it does not.")
	case config.ExternalIDWO.IsNull() && !config.ExternalIDWOVersion.IsNull():
		diags.AddAttributeError(path.Root("external_id_wo_version"), "A version of nothing",
			"external_id_wo_version goes with external_id_wo, which is not given. For a drawn ID, use external_id_version.")
	case !config.ExternalIDWO.IsNull() && config.ExternalIDWOVersion.IsNull():
		diags.AddAttributeError(path.Root("external_id_wo"), "The version is missing",
			"The state does not keep external_id_wo, so that only external_id_wo_version tells when to apply it: give one, from 1 on.")
	}
	return diags
}
