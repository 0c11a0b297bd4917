package provider

import "github.com/hashicorp/terraform-plugin-framework/types"

// model is the provider block.
type model struct {
	connectionModel
	Consumer    types.Object `tfsdk:"consumer"`
	RolePath    types.String `tfsdk:"role_path"`
	DefaultTags types.Object `tfsdk:"default_tags"`
	Sweep       types.String `tfsdk:"sweep"`
}

// connectionModel are the arguments that reach one account.
type connectionModel struct {
	Region                 types.String `tfsdk:"region"`
	Profile                types.String `tfsdk:"profile"`
	AccessKey              types.String `tfsdk:"access_key"`
	SecretKey              types.String `tfsdk:"secret_key"`
	Token                  types.String `tfsdk:"token"`
	SharedConfigFiles      types.List   `tfsdk:"shared_config_files"`
	SharedCredentialsFiles types.List   `tfsdk:"shared_credentials_files"`

	AssumeRole                types.Dynamic `tfsdk:"assume_role"`
	AssumeRoleWithWebIdentity types.Object  `tfsdk:"assume_role_with_web_identity"`
	AllowedAccountIDs         types.Set     `tfsdk:"allowed_account_ids"`
	ForbiddenAccountIDs       types.Set     `tfsdk:"forbidden_account_ids"`

	Endpoints            types.Object `tfsdk:"endpoints"`
	S3UsePathStyle       types.Bool   `tfsdk:"s3_use_path_style"`
	UseFIPSEndpoint      types.Bool   `tfsdk:"use_fips_endpoint"`
	UseDualStackEndpoint types.Bool   `tfsdk:"use_dualstack_endpoint"`
	MaxRetries           types.Int64  `tfsdk:"max_retries"`
	RetryMode            types.String `tfsdk:"retry_mode"`
	CustomCABundle       types.String `tfsdk:"custom_ca_bundle"`
	HTTPProxy            types.String `tfsdk:"http_proxy"`
	Insecure             types.Bool   `tfsdk:"insecure"`
}

// webIdentityModel is the attribute assume_role_with_web_identity.
type webIdentityModel struct {
	RoleARN     types.String `tfsdk:"role_arn"`
	SessionName types.String `tfsdk:"session_name"`
	Duration    types.String `tfsdk:"duration"`
	Policy      types.String `tfsdk:"policy"`
	Token       types.String `tfsdk:"web_identity_token"`
	TokenFile   types.String `tfsdk:"web_identity_token_file"`
}

// endpointsModel is the attribute endpoints.
type endpointsModel struct {
	IAM       types.String `tfsdk:"iam"`
	S3        types.String `tfsdk:"s3"`
	S3Control types.String `tfsdk:"s3control"`
	STS       types.String `tfsdk:"sts"`
	KMS       types.String `tfsdk:"kms"`
	Analyzer  types.String `tfsdk:"accessanalyzer"`
}

// defaultTagsModel is the attribute default_tags.
type defaultTagsModel struct {
	Tags types.Map `tfsdk:"tags"`
}
