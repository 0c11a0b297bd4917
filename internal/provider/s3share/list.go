package s3share

import (
	"context"
	"fmt"
	"strings"

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
		MarkdownDescription: "Shares of the owner account, found by the tag on their roles, for `terraform query` (Terraform 1.14 or newer). " +
			"Shares without a role (`via = \"direct\"`) are not listed: their statements do not tell their names.\n\n" +
			"`terraform query` prints their identities and whom they are for; `terraform query -generate-config-out=shares.tf` also writes " +
			"their configuration and `import` blocks. Importing a share changes nothing in AWS; a role made by hand becomes a share, as the plan " +
			"shows. External IDs are left out of the list: the import reads them. Terraform lists 100 where the block sets no `limit`.",
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
	warnings.Append(warnOfLimit(req.Limit, len(found))...)
	stream.Results = func(push func(list.ListResult) bool) {
		if len(warnings) > 0 && !push(list.ListResult{Diagnostics: warnings}) {
			return
		}
		listed := int64(0)
		for _, one := range found {
			result := l.result(ctx, req, one)
			if !push(result) {
				return
			}
			if result.Identity != nil {
				listed++
			}
			if listed == req.Limit && req.Limit > 0 {
				return
			}
		}
	}
}

// warnOfLimit tells of what a list leaves out; terraform query lists 100 when nothing else is said. It comes before the
// results, because terraform listens no longer once it has as many as it asked for.
func warnOfLimit(limit int64, found int) (warnings diag.Diagnostics) {
	if limit > 0 && int64(found) > limit {
		warnings.AddWarning("Not all shares are listed", fmt.Sprintf(
			"There are %d, and the list ends after %d. Set limit in the list block to have more, or narrow the list by bucket, consumer or path.", found, limit))
	}
	return warnings
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

// result is one share in the list. One whose attributes are wanted and cannot be read is left out with warnings: terraform
// 1.14 crashes on a result without attributes, and a configuration generated from half of them would not plan.
func (l *shareList) result(ctx context.Context, req list.ListRequest, one exposure.Listed) list.ListResult {
	result := req.NewListResult(ctx)
	result.DisplayName = displayName(one)
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
		return list.ListResult{Diagnostics: asWarnings(diags, one)}
	}
	// terraform query -json prints sensitive values as they are, and generated configurations have none.
	state.ExternalID, state.ExternalIDPrevious = types.StringNull(), types.StringNull()
	result.Diagnostics.Append(result.Resource.Set(ctx, &state)...)
	return result
}

// displayName is what people read beside the identity.
func displayName(one exposure.Listed) string {
	name := one.Role.Name
	switch consumers := strings.Join(one.Consumers, ", "); len(one.Consumers) {
	case 0:
	case 1:
		name += ", for account " + consumers
	default:
		name += ", for accounts " + consumers
	}
	if one.ByHand {
		name += " (hand-made)"
	}
	return name
}

// asWarnings keeps one share that cannot be read from ending the whole list.
func asWarnings(diags diag.Diagnostics, one exposure.Listed) (warnings diag.Diagnostics) {
	for _, found := range diags {
		warnings.AddWarning("A share is left out of the list", fmt.Sprintf(
			"Role %s of bucket %s cannot be listed with its attributes. %s.\n\n%s", one.Role.Name, one.Bucket, found.Summary(), found.Detail()))
	}
	return warnings
}
