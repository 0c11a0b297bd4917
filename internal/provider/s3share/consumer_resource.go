package s3share

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/identityschema"
)

var (
	_ resource.ResourceWithConfigure      = (*consumerResource)(nil)
	_ resource.ResourceWithIdentity       = (*consumerResource)(nil)
	_ resource.ResourceWithImportState    = (*consumerResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*consumerResource)(nil)
	_ resource.ResourceWithValidateConfig = (*consumerResource)(nil)
)

// consumerResource is crossaccount_s3_share_consumer: the consumer's half of a share that somebody else owns.
type consumerResource struct{ data *ProviderData }

// NewConsumerResource makes the resource crossaccount_s3_share_consumer.
func NewConsumerResource() resource.Resource { return &consumerResource{} }

// Metadata implements resource.Resource.
func (r *consumerResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_s3_share_consumer"
}

// Schema implements resource.Resource.
func (r *consumerResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = halfSchema(ctx)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *consumerResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identityschema.Schema{Attributes: map[string]identityschema.Attribute{
		"account_id": identityschema.StringAttribute{OptionalForImport: true, Description: "ID of the consumer account."},
		"role_arn":   identityschema.StringAttribute{RequiredForImport: true, Description: "ARN of the share's role."},
	}}
}

// Configure implements resource.ResourceWithConfigure.
func (r *consumerResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = configured(req.ProviderData, &resp.Diagnostics)
}
