package s3share

import (
	"context"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var _ ephemeral.EphemeralResourceWithConfigure = (*ephemeralCredentials)(nil)

// ephemeralCredentials is the ephemeral resource crossaccount_s3_share_credentials. It has no Renew: STS can only issue
// other credentials, and Terraform takes no new values in the middle of a run.
type ephemeralCredentials struct{ data *ProviderData }

// NewEphemeralCredentials makes the ephemeral resource crossaccount_s3_share_credentials.
func NewEphemeralCredentials() ephemeral.EphemeralResource { return &ephemeralCredentials{} }

// credentialsModel is the ephemeral resource as Terraform holds it.
type credentialsModel struct {
	RoleARN         types.String `tfsdk:"role_arn"`
	ExternalID      types.String `tfsdk:"external_id"`
	SessionName     types.String `tfsdk:"session_name"`
	DurationSeconds types.Int64  `tfsdk:"duration_seconds"`
	Policy          types.String `tfsdk:"policy"`
	AccessKey       types.String `tfsdk:"access_key"`
	SecretKey       types.String `tfsdk:"secret_key"`
	Token           types.String `tfsdk:"token"`
	Expiration      types.String `tfsdk:"expiration"`
}

// Metadata implements ephemeral.EphemeralResource.
func (e *ephemeralCredentials) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_s3_share_credentials"
}

// Schema implements ephemeral.EphemeralResource.
func (e *ephemeralCredentials) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	secret := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, Sensitive: true, MarkdownDescription: description}
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Assumes the role of a share as its consumer, with the credentials of the provider's `consumer` when it has some, else with its " +
			"own, and gives the session's credentials to another provider block. They are never in the state, in a plan or in a log. " +
			"Terraform asks for them at plan and again at apply; each time they live for `duration_seconds` and cannot be renewed, so ask for as " +
			"long as the longest apply takes. In the run that makes the share they are known at apply only: a provider that needs them to plan " +
			"belongs into another configuration. A refusal is waited out for a minute, in case the role is young. Needs Terraform 1.10.",
		Attributes: map[string]schema.Attribute{
			"role_arn": schema.StringAttribute{
				Required: true, Validators: []validator.String{parsing("the ARN of a role", parseShareRole)},
				MarkdownDescription: "ARN of the share's role.",
			},
			"external_id": schema.StringAttribute{
				Optional: true, Sensitive: true, Validators: []validator.String{parsing("an external ID", share.ParseExternalID)},
				MarkdownDescription: "External ID of the share. When left out, none is sent, and no share of this provider lets anybody in.",
			},
			"session_name": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("a session name", share.ParseSessionName)},
				MarkdownDescription: "Name under which the owner sees the session in CloudTrail. Default `terraform-provider-crossaccount`.",
			},
			"duration_seconds": schema.Int64Attribute{
				Optional: true, Validators: []validator.Int64{assumedSeconds{}},
				MarkdownDescription: "How long the credentials live, 900 to 43200 seconds; default one hour. At most the role's `max_session_duration`, " +
					"and one hour when the consumer's own credentials are those of a role.",
			},
			"policy": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("a session policy", share.ParseSessionPolicy)},
				MarkdownDescription: "Session policy as JSON: the session may do only what both it and the role allow.",
			},
			"access_key": secret("Access key ID of the session, for `access_key` of another provider block."),
			"secret_key": secret("Secret access key of the session."),
			"token":      secret("Session token, without which AWS refuses the keys."),
			"expiration": schema.StringAttribute{
				Computed: true, MarkdownDescription: "Time of RFC 3339 at which AWS stops accepting the credentials.",
			},
		},
	}
}

// Configure implements ephemeral.EphemeralResourceWithConfigure.
func (e *ephemeralCredentials) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.data = configured(req.ProviderData, &resp.Diagnostics)
}

// Open implements ephemeral.EphemeralResource.
func (e *ephemeralCredentials) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var result credentialsModel
	resp.Diagnostics.Append(req.Config.Get(ctx, &result)...)
	wanted, diags := result.assumption()
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	result.AccessKey, result.SecretKey = types.StringUnknown(), types.StringUnknown()
	result.Token, result.Expiration = types.StringUnknown(), types.StringUnknown()
	if !e.data.Deferred {
		session, pending, err := e.data.Exchange.Assume(ctx, wanted)
		if err != nil {
			resp.Diagnostics.Append(notAssumed(wanted, err))
			return
		}
		if !pending {
			result.AccessKey = types.StringValue(session.Keys.AccessKey)
			result.SecretKey = types.StringValue(string(session.Keys.SecretKey))
			result.Token = types.StringValue(string(session.Keys.Token))
			result.Expiration = types.StringValue(session.Expires.UTC().Format(time.RFC3339))
		}
	}
	resp.Diagnostics.Append(resp.Result.Set(ctx, &result)...)
}

// assumption parses the arguments.
func (m credentialsModel) assumption() (share.Assumption, diag.Diagnostics) {
	c := &conversion{}
	wanted := share.Assumption{
		RoleARN:     parsed(c, path.Root("role_arn"), m.RoleARN, parseShareRole),
		ExternalID:  parsed(c, path.Root("external_id"), m.ExternalID, share.ParseExternalID),
		SessionName: parsed(c, path.Root("session_name"), m.SessionName, share.ParseSessionName),
		Policy:      parsed(c, path.Root("policy"), m.Policy, share.ParseSessionPolicy),
	}
	if !m.DurationSeconds.IsNull() {
		duration, err := share.ParseAssumedDuration(m.DurationSeconds.ValueInt64())
		if err != nil {
			c.diagnostics.AddAttributeError(path.Root("duration_seconds"), "Not the duration of a session", Sentence(err))
		}
		wanted.Duration = duration
	}
	return wanted, c.diagnostics
}

// assumedSeconds checks the duration of one session.
type assumedSeconds struct{}

// Description implements validator.Int64.
func (assumedSeconds) Description(context.Context) string { return "must be 900 to 43200 seconds" }

// MarkdownDescription implements validator.Int64.
func (a assumedSeconds) MarkdownDescription(ctx context.Context) string { return a.Description(ctx) }

// ValidateInt64 implements validator.Int64.
func (assumedSeconds) ValidateInt64(_ context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if req.ConfigValue.IsNull() || req.ConfigValue.IsUnknown() {
		return
	}
	if _, err := share.ParseAssumedDuration(req.ConfigValue.ValueInt64()); err != nil {
		resp.Diagnostics.AddAttributeError(req.Path, "Not the duration of a session", Sentence(err))
	}
}
