package s3share

import (
	"context"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework-timeouts/resource/timeouts"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/booldefault"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// halfSchema is all that users write and read of the consumer's half.
func halfSchema(ctx context.Context) schema.Schema {
	attributes := halfComputed()
	maps.Copy(attributes, halfArguments())
	attributes["timeouts"] = timeouts.Attributes(ctx, timeouts.Opts{Create: true, Read: true, Update: true, Delete: true})
	return schema.Schema{
		MarkdownDescription: "The consumer's half of a share that somebody else owns, for those who have only the consumer account: the policy that lets " +
			"roles of this account assume the share's role, a check that this works, and texts to paste for those who use the share.\n\n" +
			"It works in the account of the provider's `consumer` credentials, or, where the provider has none, in that of its own " +
			"(top-level) credentials. Nothing is written in the owner account. Where one provider has both accounts, `consumer.attach_to_roles` " +
			"and `verify` of `crossaccount_s3_share` do the same, and this resource is not needed.",
		Attributes: attributes,
	}
}

func halfArguments() map[string]schema.Attribute {
	return map[string]schema.Attribute{
		"role_arn": schema.StringAttribute{
			Required: true, PlanModifiers: []planmodifier.String{stringplanmodifier.RequiresReplace()},
			Validators:          []validator.String{parsing("the ARN of a share's role", share.ParseShareRole)},
			MarkdownDescription: "ARN of the share's role, as the owner hands it out. Changing it makes a new half.",
		},
		"external_id": schema.StringAttribute{
			Optional: true, Sensitive: true, Validators: []validator.String{parsing("an external ID", share.ParseExternalID)},
			MarkdownDescription: "External ID of the share. It is needed for `verify` and stands in the texts to paste.",
		},
		"external_id_wo": schema.StringAttribute{
			Optional: true, Sensitive: true, WriteOnly: true, Validators: []validator.String{parsing("an external ID", share.ParseExternalID)},
			MarkdownDescription: "External ID like `external_id`, which is never in the plan or the state (Terraform 1.11 or newer). The texts to paste " +
				"have a placeholder in its place.",
		},
		"external_id_wo_version": schema.Int64Attribute{
			Optional: true, Validators: []validator.Int64{counting("a version", parseVersion)},
			MarkdownDescription: "Goes with `external_id_wo`: another number tells that its value is another, and verifies it.",
		},
		"attach_to_roles": schema.SetAttribute{
			ElementType: types.StringType, Optional: true,
			Validators: []validator.Set{
				notEmpty{"Leave attach_to_roles out when the policy is attached to no role."}, elements{parsing("a role name", share.ParseName)},
			},
			MarkdownDescription: "Names of roles in this account that get `consumer_policy` as an inline policy. A policy of its name with another " +
				"content that this resource did not write is an error.",
		},
		"verify": schema.BoolAttribute{
			Optional: true, Computed: true, Default: booldefault.StaticBool(false),
			MarkdownDescription: "Whether create and each update then try, with the provider's credentials, that AssumeRole succeeds with the external ID and is " +
				"refused without. A refusal is waited out for a minute. If the trial fails, the apply fails and says what is left as a cause; the " +
				"state keeps the rest with `verify = false`, so that the next apply verifies again. Default `false`.",
		},
		"session_name": schema.StringAttribute{
			Optional: true, Validators: []validator.String{parsing("a session name", share.ParseSessionName)},
			MarkdownDescription: "Name under which the owner sees sessions in CloudTrail: in the texts to paste, and when verifying.",
		},
		"region": schema.StringAttribute{
			Optional: true, Validators: []validator.String{parsing("the name of a region", share.ParseRegion)},
			MarkdownDescription: "Region of the bucket, for the texts to paste; left out of them by default.",
		},
	}
}

func halfComputed() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	paste := func(description string) schema.Attribute {
		return schema.StringAttribute{
			Computed: true, Sensitive: true, MarkdownDescription: description + " Print it with `terraform output -raw`; it has the external ID in it.",
		}
	}
	return map[string]schema.Attribute{
		"id":                  text("ARN of the share's role, which is also the import ID."),
		"owner_account_id":    text("ID of the account that owns the bucket, from the role's ARN."),
		"consumer_account_id": text("ID of the account in which this half lives."),
		"consumer_policy":     text("Policy as JSON that a role or user of this account needs to assume the share's role. Known at plan."),
		"aws_config_profile":  paste("Profile for `~/.aws/config` that assumes the role by itself."),
		"environment":         paste("Commands for a POSIX shell with the aws CLI that put a session of the role into its environment."),
		"boto3_session":       paste("Python code that makes a session of boto3, which assumes the role again before its credentials end."),
		"drift": schema.ListAttribute{
			Computed: true, ElementType: types.StringType,
			MarkdownDescription: "How the policies on the roles differ from what is declared, a sentence for each; empty when in sync.",
		},
	}
}
