package provider

import (
	"fmt"
	"maps"

	"github.com/hashicorp/terraform-plugin-framework/provider/schema"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func providerSchema() schema.Schema {
	attributes := connectionAttributes()
	attributes["consumer"] = schema.SingleNestedAttribute{
		Optional: true, Attributes: connectionAttributes(),
		MarkdownDescription: "How to reach the consumer account, with the same arguments as for the owner account. Needed where the " +
			"provider manages the consumer's side (`attach_to_roles`) or tries the share (`verify`). Nothing is taken over from the owner's arguments; what is left out " +
			"comes from the AWS environment variables and files here, too.",
	}
	attributes["role_path"] = schema.StringAttribute{
		Optional: true, Validators: []validator.String{parsing("an IAM path", share.ParsePath)},
		MarkdownDescription: "IAM path of share roles that give no `path` themselves. Default `" + string(share.DefaultRolePath) + "`.",
	}
	attributes["default_tags"] = schema.SingleNestedAttribute{
		Optional: true, MarkdownDescription: "Tags for every role that the provider makes.",
		Attributes: map[string]schema.Attribute{
			"tags": schema.MapAttribute{
				ElementType: types.StringType, Optional: true, Validators: []validator.Map{validTags{}},
				MarkdownDescription: "The tags; those of a resource win on the same key.",
			},
		},
	}
	attributes["sweep"] = schema.StringAttribute{
		Optional: true, Validators: []validator.String{parsing("a way to refresh", parseSweepMode)},
		MarkdownDescription: "How many shares are refreshed. `auto`, the default, reads them together: a call for each thousand roles of the " +
			"owner account (`iam:GetAccountAuthorizationDetails`) and one for each thousand roles under the path of the shares " +
			"(`iam:ListRoles`), instead of four for each share. A single share, and all shares where one of these permissions is missing, " +
			"are read one by one. `off` reads each share alone.",
	}
	return schema.Schema{
		Attributes: attributes,
		MarkdownDescription: "Shares S3 buckets with other AWS accounts. The arguments at the top reach the **owner** account, which has the " +
			"buckets; `consumer` reaches the account that they are shared with. Each argument that is left out is taken from the standard " +
			"AWS environment variables and files.",
	}
}

// connectionAttributes are the arguments that reach one account, named as in hashicorp/aws.
func connectionAttributes() map[string]schema.Attribute {
	attributes := credentialAttributes()
	maps.Copy(attributes, networkAttributes())
	attributes["allowed_account_ids"] = accountIDs("The only accounts that the credentials may belong to; with others the provider stops before " +
		"anything else is called.")
	attributes["forbidden_account_ids"] = accountIDs("Accounts that the credentials must not belong to.")
	return attributes
}

func accountIDs(description string) schema.Attribute {
	return schema.SetAttribute{
		ElementType: types.StringType, Optional: true, Validators: []validator.Set{elements{parsing("an account ID", share.ParseAccountID)}},
		MarkdownDescription: description,
	}
}

// sweepMode is the argument sweep.
type sweepMode string

const (
	sweepAuto sweepMode = "auto"
	sweepOff  sweepMode = "off"
)

func parseSweepMode(text string) (sweepMode, error) {
	switch mode := sweepMode(text); mode {
	case sweepAuto, sweepOff:
		return mode, nil
	}
	return "", fmt.Errorf("%q is no way to refresh: use auto or off", text)
}
