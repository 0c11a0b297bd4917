package s3share

import (
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// externalIDAttributes are the arguments about the external ID and its life.
func externalIDAttributes() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"external_id": schema.StringAttribute{
			Optional: true, Computed: true, Sensitive: true,
			Validators: []validator.String{parsing("an external ID", share.ParseExternalID)},
			MarkdownDescription: "External ID that the consumer must pass to AssumeRole, 2 to 1224 letters, digits and `_+=,.@:/-`. " +
				"Against the confused deputy it is the consumer that should generate it, one for each of its customers. " +
				"When left out, 128 random bits are drawn once and kept until they are rotated. The ID before a change stays accepted for " +
				"the overlap of `external_id_rotation`.",
		},
		"external_id_version": schema.Int64Attribute{
			Optional: true, Validators: []validator.Int64{counting("a version", parseVersion)},
			MarkdownDescription: "A higher number than before draws a new external ID now; the one before stays accepted for the overlap of " +
				"`external_id_rotation`. Not together with `external_id`, which is changed to rotate it. The first version of an imported share " +
				"is only noted.",
		},
		"external_id_rotation": schema.SingleNestedAttribute{
			Optional: true,
			MarkdownDescription: "When the external ID is replaced, and how long the one before stays accepted. Nothing runs between applies: " +
				"what is due is done by the next plan and its apply.",
			Attributes: map[string]schema.Attribute{
				"after_days": schema.Int64Attribute{
					Optional: true, Validators: []validator.Int64{counting("a number of days", share.ParseAfterDays)},
					MarkdownDescription: "Age in days, 1 to 3650, at which a generated external ID is replaced by the first plan after. " +
						"When left out, no schedule replaces it.",
				},
				"overlap_days": schema.Int64Attribute{
					Optional: true, Validators: []validator.Int64{counting("a number of days", share.ParseOverlapDays)},
					MarkdownDescription: "Days, 0 to 365, for which the previous external ID stays accepted after every change of the ID, so that " +
						"the consumer has time to switch. At most `after_days`. Default 7, also without `external_id_rotation`, but never more than " +
						"`after_days`; 0 refuses it at once.",
				},
			},
		},
		"external_id_wo": schema.StringAttribute{
			Optional: true, Sensitive: true, WriteOnly: true,
			Validators: []validator.String{parsing("an external ID", share.ParseExternalID)},
			MarkdownDescription: "External ID like `external_id`, which is never in the plan or the state (Terraform 1.11 or newer). The state keeps a " +
				"salted hash, by which a changed trust policy is still seen. It is read when `external_id_wo_version` changes, and when the role " +
				"has to be repaired.",
		},
		"external_id_wo_version": schema.Int64Attribute{
			Optional: true, Validators: []validator.Int64{counting("a version", parseVersion)},
			MarkdownDescription: "Goes with `external_id_wo`: another number applies its value. The ID before stays accepted for the overlap of " +
				"`external_id_rotation`.",
		},
		"revoke_sessions_before": schema.StringAttribute{
			Optional: true, Validators: []validator.String{parsing("a time", share.ParseExpiry)},
			MarkdownDescription: "Time of RFC 3339, not in the future: sessions of the role that were issued before it are refused everything, as by " +
				"*Revoke active sessions* in the console (inline policy `AWSRevokeOlderSessions`). Consumers get a new session by assuming " +
				"the role again. Taking the argument away or moving it back revives no session.",
		},
		"revoke_on_change": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether sessions that were issued before are refused whenever the trust policy changes or is repaired (a new external ID, " +
				"the end of its overlap, other principals, another account) and while the share is destroyed. Default `false`: AWS lets a " +
				"session live until it ends by itself, with the role's permissions of the moment.",
		},
	}
}
