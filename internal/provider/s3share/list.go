package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/list"
	"github.com/hashicorp/terraform-plugin-framework/list/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-framework/types"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var _ list.ListResourceWithConfigure = (*shareList)(nil)

// shareList is the list resource crossaccount_s3_share, for terraform query.
type shareList struct{ data *ProviderData }

// NewList makes the list resource crossaccount_s3_share.
func NewList() list.ListResource { return &shareList{} }

// shareListModel is what narrows the list.
type shareListModel struct {
	Bucket            types.String `tfsdk:"bucket"`
	ConsumerAccountID types.String `tfsdk:"consumer_account_id"`
	RolePath          types.String `tfsdk:"role_path"`
	IncludeCandidates types.Bool   `tfsdk:"include_candidates"`
}

// Metadata implements list.ListResource.
func (l *shareList) Metadata(_ context.Context, req resource.MetadataRequest, resp *resource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_s3_share"
}

// ListResourceConfigSchema implements list.ListResource.
func (l *shareList) ListResourceConfigSchema(_ context.Context, _ list.ListResourceSchemaRequest, resp *list.ListResourceSchemaResponse) {
	resp.Schema = schema.Schema{
		MarkdownDescription: "Shares of the owner account, found by the tag on their roles, for `terraform query` (Terraform 1.14 or newer).",
		Attributes: map[string]schema.Attribute{
			"bucket": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("a bucket name", share.ParseBucket)},
				MarkdownDescription: "Only shares of this bucket.",
			},
			"consumer_account_id": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("an account ID", share.ParseAccountID)},
				MarkdownDescription: "Only shares whose role this account may assume, by the trust policy as it is.",
			},
			"role_path": schema.StringAttribute{
				Optional: true, Validators: []validator.String{parsing("an IAM path", share.ParsePath)},
				MarkdownDescription: "Only shares whose role is under this path.",
			},
			"include_candidates": schema.BoolAttribute{
				Optional: true,
				MarkdownDescription: "Also roles that this provider did not make, that let another account in and whose policies reach the bucket or, " +
					"without `bucket`, name one. They can be imported, and are marked `(hand-made)`.",
			},
		},
	}
}

// Configure implements list.ListResourceWithConfigure.
func (l *shareList) Configure(_ context.Context, req resource.ConfigureRequest, resp *resource.ConfigureResponse) {
	l.data = configured(req.ProviderData, &resp.Diagnostics)
}

// List implements list.ListResource.
func (l *shareList) List(ctx context.Context, req list.ListRequest, stream *list.ListResultsStream) {
	var asked shareListModel
	diags := req.Config.Get(ctx, &asked)
	if !diags.HasError() && l.data.Deferred {
		diags.Append(notConfigured())
	}
	if diags.HasError() {
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	found, short, err := l.data.Survey.Find(ctx, exposure.Search{
		Bucket: share.Bucket(asked.Bucket.ValueString()), ConsumerID: asked.ConsumerAccountID.ValueString(),
		RolePath: share.Path(asked.RolePath.ValueString()), Candidates: asked.IncludeCandidates.ValueBool(),
	})
	if err != nil {
		diags.Append(failure{cannot: "The shares of the account cannot be listed", err: err}.diagnose())
		stream.Results = list.ListResultsStreamDiagnostics(diags)
		return
	}
	warnings := warnOfShortfall(short)
	stream.Results = func(push func(list.ListResult) bool) {
		if len(warnings) > 0 && !push(list.ListResult{Diagnostics: warnings}) {
			return
		}
		for i, one := range found {
			if int64(i) >= req.Limit && req.Limit > 0 || !push(l.result(ctx, req, one)) {
				return
			}
		}
	}
}

// unconfigured is a share of which nothing is given: each attribute is null and of its own type.
func unconfigured(ctx context.Context) (given model, diags diag.Diagnostics) {
	whole := resourceSchema(ctx)
	nulls := map[string]tftypes.Value{}
	for name, attribute := range whole.Attributes {
		nulls[name] = tftypes.NewValue(attribute.GetType().TerraformType(ctx), nil)
	}
	raw := tftypes.NewValue(whole.Type().TerraformType(ctx), nulls)
	diags = tfsdk.Config{Raw: raw, Schema: whole}.Get(ctx, &given)
	return given, diags
}

func (l *shareList) result(ctx context.Context, req list.ListRequest, one exposure.Listed) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = one.Role.Name
	if one.ByHand {
		result.DisplayName += " (hand-made)"
	}
	owner, err := l.data.Shares.Owner(ctx)
	if err != nil {
		result.Diagnostics.Append(failure{cannot: "The share cannot be listed", err: err}.diagnose())
		return result
	}
	state, diags := unconfigured(ctx)
	if result.Diagnostics.Append(diags...); diags.HasError() {
		return result
	}
	state.Bucket, state.Name = types.StringValue(string(one.Bucket)), types.StringValue(one.Role.Name)
	state.OwnerAccountID = types.StringValue(owner.ID)
	result.Diagnostics.Append(result.Identity.Set(ctx, state.identity())...)
	if !req.IncludeResource {
		return result
	}
	if _, diags := l.data.readBack(ctx, &state, "read"); diags.HasError() {
		result.Diagnostics.Append(asWarnings(diags, one)...)
		return result
	}
	result.Diagnostics.Append(result.Resource.Set(ctx, &state)...)
	return result
}

// asWarnings keeps one share that cannot be read from ending the whole list.
func asWarnings(diags diag.Diagnostics, one exposure.Listed) diag.Diagnostics {
	var warnings diag.Diagnostics
	for _, found := range diags {
		warnings.AddWarning(found.Summary(), found.Detail())
	}
	warnings.AddWarning("A share is listed without its attributes", fmt.Sprintf("Role %s of bucket %s could not be read.", one.Role.Name, one.Bucket))
	return warnings
}
