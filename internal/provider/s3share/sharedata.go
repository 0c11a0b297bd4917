package s3share

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exit"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var _ datasource.DataSourceWithConfigure = (*shareData)(nil)

// shareData is the data source crossaccount_s3_share.
type shareData struct{ data *ProviderData }

// NewShareData makes the data source crossaccount_s3_share.
func NewShareData() datasource.DataSource { return &shareData{} }

// shareDataModel is the data source as Terraform holds it.
type shareDataModel struct {
	attributes
	RoleLastUsed       types.String `tfsdk:"role_last_used"`
	HashicorpAWSConfig types.String `tfsdk:"hashicorp_aws_config"`
}

// Metadata implements datasource.DataSource.
func (d *shareData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_s3_share"
}

// Schema implements datasource.DataSource.
func (d *shareData) Schema(ctx context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	all := readAttributes(resourceSchema(ctx).Attributes)
	all["role_last_used"] = schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "Time of RFC 3339 at which the role was last used, up to four hours late; null when it never was, as far back as " +
			"IAM remembers (400 days).",
	}
	all["hashicorp_aws_config"] = schema.StringAttribute{
		Computed: true,
		MarkdownDescription: "The way out: the share as it is now, as resources of `hashicorp/aws` with `import` blocks and the `removed` block that " +
			"lets go of it here. External IDs stand in it as variables. Print it with `terraform output -raw`.",
	}
	resp.Schema = schema.Schema{
		MarkdownDescription: "Reads one share of the owner account, whoever manages it, also one made by hand: its arguments as they can be read " +
			"back from IAM and S3, and how it differs from a share with these arguments.",
		Attributes: all,
	}
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *shareData) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.data = configured(req.ProviderData, &resp.Diagnostics)
}

// Read implements datasource.DataSource.
func (d *shareData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var config shareDataModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &config)...); resp.Diagnostics.HasError() {
		return
	}
	if d.data.Deferred {
		resp.Diagnostics.Append(notConfigured())
		return
	}
	state := model{attributes: attributes{Bucket: config.Bucket, Name: config.Name}}
	found, diags := d.data.readBack(ctx, &state, "read")
	if resp.Diagnostics.Append(diags...); resp.Diagnostics.HasError() {
		return
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &shareDataModel{
		attributes:         state.attributes,
		RoleLastUsed:       lastUsed(found.observed),
		HashicorpAWSConfig: types.StringValue(exit.Config(found.spec, found.observed)),
	})...)
}

func lastUsed(observed share.Observed) types.String {
	if observed.Role == nil {
		return types.StringNull()
	}
	return timeOrNull(observed.Role.LastUsed)
}
