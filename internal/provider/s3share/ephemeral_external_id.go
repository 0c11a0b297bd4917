package s3share

import (
	"context"
	"errors"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/ephemeral/schema"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var (
	_ ephemeral.EphemeralResourceWithConfigure      = (*ephemeralExternalID)(nil)
	_ ephemeral.EphemeralResourceWithValidateConfig = (*ephemeralExternalID)(nil)
)

// ephemeralExternalID is the ephemeral resource crossaccount_s3_share_external_id.
type ephemeralExternalID struct{ data *ProviderData }

// NewEphemeralExternalID makes the ephemeral resource crossaccount_s3_share_external_id.
func NewEphemeralExternalID() ephemeral.EphemeralResource { return &ephemeralExternalID{} }

// externalIDModel is the ephemeral resource as Terraform holds it.
type externalIDModel struct {
	Bucket             types.String `tfsdk:"bucket"`
	Name               types.String `tfsdk:"name"`
	RoleARN            types.String `tfsdk:"role_arn"`
	ExternalID         types.String `tfsdk:"external_id"`
	ExternalIDPrevious types.String `tfsdk:"external_id_previous"`
}

// Metadata implements ephemeral.EphemeralResource.
func (e *ephemeralExternalID) Metadata(_ context.Context, req ephemeral.MetadataRequest, resp *ephemeral.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_s3_share_external_id"
}

// Schema implements ephemeral.EphemeralResource.
func (e *ephemeralExternalID) Schema(_ context.Context, _ ephemeral.SchemaRequest, resp *ephemeral.SchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads the external ID of a share from the trust policy of its role when Terraform runs, to hand it to the consumer through " +
			"a write-only argument, such as those of Secrets Manager and SSM parameters. It is never in the state, in a plan or in a log. " +
			"In the run that makes the share it is known at apply. Works for roles made by hand, too. Needs Terraform 1.10; write-only arguments need 1.11.",
		Attributes: map[string]schema.Attribute{
			"bucket": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("a bucket name", share.ParseBucket)},
				MarkdownDescription: "Bucket of the share. Together with `name`, in place of `role_arn`.",
			},
			"name": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("a role name", share.ParseName)},
				MarkdownDescription: "Name of the share, which is the name of its role.",
			},
			"role_arn": schema.StringAttribute{
				Optional: true, Computed: true, Validators: []validator.String{parsing("the ARN of a role", parseShareRole)},
				MarkdownDescription: "ARN of the share's role, in place of `bucket` and `name`.",
			},
			"external_id": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "External ID that the consumer has to pass from now on: the newest, which stands first in the trust policy.",
			},
			"external_id_previous": schema.StringAttribute{
				Computed: true, Sensitive: true,
				MarkdownDescription: "The other external ID that the role accepts, which of a share is the one from before a rotation; null when there is none.",
			},
		},
	}
}

// parseShareRole accepts the ARN of a role.
func parseShareRole(text string) (string, error) {
	_, _, err := share.ParseRoleARN(text)
	return text, err
}

// Configure implements ephemeral.EphemeralResourceWithConfigure.
func (e *ephemeralExternalID) Configure(_ context.Context, req ephemeral.ConfigureRequest, resp *ephemeral.ConfigureResponse) {
	e.data = configured(req.ProviderData, &resp.Diagnostics)
}

// ValidateConfig implements ephemeral.EphemeralResourceWithValidateConfig: the role is named in one way.
func (e *ephemeralExternalID) ValidateConfig(ctx context.Context, req ephemeral.ValidateConfigRequest, resp *ephemeral.ValidateConfigResponse) {
	var config externalIDModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); resp.Diagnostics.HasError() {
		return
	}
	const either = "Give bucket and name of the share, or role_arn alone."
	switch byARN, byNames := !config.RoleARN.IsNull(), !config.Bucket.IsNull() || !config.Name.IsNull(); {
	case byARN && byNames && !config.RoleARN.IsUnknown() && !config.Bucket.IsUnknown() && !config.Name.IsUnknown():
		resp.Diagnostics.AddAttributeError(path.Root("role_arn"), "The share is named twice", either)
	case !byARN && config.Bucket.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("bucket"), "The share is not named", either)
	case !byARN && config.Name.IsNull():
		resp.Diagnostics.AddAttributeError(path.Root("name"), "The share is not named", either)
	}
}

// Open implements ephemeral.EphemeralResource.
func (e *ephemeralExternalID) Open(ctx context.Context, req ephemeral.OpenRequest, resp *ephemeral.OpenResponse) {
	var result externalIDModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &result)...); resp.Diagnostics.HasError() {
		return
	}
	pending := e.data.Deferred
	if !pending {
		pending = result.read(ctx, e.data.Exchange, &resp.Diagnostics)
	}
	if pending {
		result.ExternalID, result.ExternalIDPrevious = types.StringUnknown(), types.StringUnknown()
		if result.RoleARN.IsNull() {
			result.RoleARN = types.StringUnknown()
		}
	}
	if !resp.Diagnostics.HasError() {
		resp.Diagnostics.Append(resp.Result.Set(ctx, &result)...)
	}
}

// read fills in what the role tells; pending is true when this run has yet to make it.
func (m *externalIDModel) read(ctx context.Context, exchange *reconcile.Exchange, diags *diag.Diagnostics) (pending bool) {
	wanted := reconcile.Wanted{Name: share.Name(m.Name.ValueString()), Bucket: share.Bucket(m.Bucket.ValueString())}
	if arn := m.RoleARN.ValueString(); arn != "" {
		_, name, err := share.ParseRoleARN(arn)
		if err != nil {
			diags.AddAttributeError(path.Root("role_arn"), "Not the ARN of a role", Sentence(err))
			return false
		}
		wanted = reconcile.Wanted{Name: name, ARN: arn}
	}
	handed, pending, err := exchange.ExternalIDs(ctx, wanted)
	if err != nil {
		diags.Append(noExternalID(wanted, err))
		return false
	}
	if pending {
		return true
	}
	m.RoleARN = types.StringValue(handed.RoleARN)
	m.ExternalID = types.StringValue(handed.Newest.Reveal())
	m.ExternalIDPrevious = textOrNull(handed.Previous.Reveal())
	return false
}

// noExternalID says why there is nothing to hand to the consumer.
func noExternalID(wanted reconcile.Wanted, err error) diag.Diagnostic {
	cannot := fmt.Sprintf("The external ID of role %s cannot be read", wanted.Name)
	var absent *reconcile.AbsentRoleError
	var unfit *reconcile.UnfitRoleError
	switch {
	case errors.As(err, &absent):
		return diag.NewErrorDiagnostic(cannot, explainAbsence(absent))
	case errors.As(err, &unfit):
		text := fmt.Sprintf("Role %s: %s", unfit.Role.ARN, Sentence(unfit.Err))
		if unfit.Role.Settings.Tags[share.OwnershipTag] != "" {
			text += " Somebody changed it since the share was applied: the next plan of the share shows how, and its apply repairs it."
		}
		return diag.NewErrorDiagnostic(cannot, text)
	}
	return failure{cannot: cannot, spec: share.Spec{Name: wanted.Name, Bucket: wanted.Bucket}, err: err}.diagnose()
}

// explainAbsence says what there is in place of the role, and what to do about it.
func explainAbsence(absent *reconcile.AbsentRoleError) string {
	wanted, found := absent.Wanted, absent.Found
	const first = " When another configuration makes the share, apply that first; when this one does, refer to the share's own attributes " +
		"(name = crossaccount_s3_share.this.name) under the same provider block, so that Terraform waits for it."
	switch {
	case found == nil:
		return fmt.Sprintf("Account %s, the account of the provider's credentials, has no role named %s.%s", absent.Owner.ID, wanted.Name, first)
	case wanted.ARN != "":
		return fmt.Sprintf("Account %s, the account of the provider's credentials, has no role %s. Its role of that name is %s.", absent.Owner.ID, wanted.ARN, found.ARN)
	}
	return fmt.Sprintf("Role %s was made for a share of bucket %s, not of %s.", found.ARN, found.Settings.Tags[share.OwnershipTag], wanted.Bucket)
}
