package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/resource"
)

var (
	_ resource.ResourceWithConfigure      = (*shareResource)(nil)
	_ resource.ResourceWithIdentity       = (*shareResource)(nil)
	_ resource.ResourceWithImportState    = (*shareResource)(nil)
	_ resource.ResourceWithModifyPlan     = (*shareResource)(nil)
	_ resource.ResourceWithValidateConfig = (*shareResource)(nil)
)

// shareResource is crossaccount_s3_share. Each verb of its life has its own file.
type shareResource struct{ data *ProviderData }

// NewResource makes the resource crossaccount_s3_share.
func NewResource() resource.Resource { return &shareResource{} }

// Metadata implements resource.Resource.
func (r *shareResource) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_s3_share"
}

// Schema implements resource.Resource.
func (r *shareResource) Schema(ctx context.Context, _ resource.SchemaRequest, resp *resource.SchemaResponse) {
	resp.Schema = resourceSchema(ctx)
}

// IdentitySchema implements resource.ResourceWithIdentity.
func (r *shareResource) IdentitySchema(_ context.Context, _ resource.IdentitySchemaRequest, resp *resource.IdentitySchemaResponse) {
	resp.IdentitySchema = identitySchema()
}

// Configure implements resource.ResourceWithConfigure.
func (r *shareResource) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	r.data = configured(req.ProviderData, &resp.Diagnostics)
}

// configured reads what the provider hands out; nil while a configuration is only validated.
func configured(handed any, diags *diag.Diagnostics) *ProviderData {
	if handed == nil {
		return nil
	}
	data, ok := handed.(*ProviderData)
	if !ok {
		diags.AddError("Provider and resource do not match",
			fmt.Sprintf("The resource was handed a %T. This is a bug of the provider: please report it.", handed))
	}
	return data
}
