package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/datasource/schema"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/schema/validator"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var _ datasource.DataSourceWithConfigure = (*bucketAccessData)(nil)

// bucketAccessData is the data source crossaccount_s3_bucket_access.
type bucketAccessData struct{ data *ProviderData }

// NewBucketAccessData makes the data source crossaccount_s3_bucket_access.
func NewBucketAccessData() datasource.DataSource { return &bucketAccessData{} }

// defaultUnusedDays is after how many days without use a role is a finding.
const defaultUnusedDays = 90

// bucketAccessModel is the data source as Terraform holds it.
type bucketAccessModel struct {
	Bucket     types.String  `tfsdk:"bucket"`
	UnusedDays types.Int64   `tfsdk:"unused_days"`
	Complete   types.Bool    `tfsdk:"complete"`
	Entries    []accessEntry `tfsdk:"entries"`
}

// accessEntry is one way to the bucket.
type accessEntry struct {
	Via        types.String    `tfsdk:"via"`
	Principal  types.String    `tfsdk:"principal"`
	AccountID  types.String    `tfsdk:"account_id"`
	RoleARN    types.String    `tfsdk:"role_arn"`
	Sids       types.List      `tfsdk:"sids"`
	Access     types.List      `tfsdk:"access"`
	Actions    types.List      `tfsdk:"actions"`
	Prefixes   types.List      `tfsdk:"prefixes"`
	Conditions types.List      `tfsdk:"conditions"`
	Findings   []accessFinding `tfsdk:"findings"`
	Sentence   types.String    `tfsdk:"sentence"`
}

// accessFinding is something that is worth a look.
type accessFinding struct {
	Kind     types.String `tfsdk:"kind"`
	Sentence types.String `tfsdk:"sentence"`
}

// Metadata implements datasource.DataSource.
func (d *bucketAccessData) Metadata(_ context.Context, req datasource.MetadataRequest, resp *datasource.MetadataResponse) {
	resp.TypeName = req.ProviderTypeName + "_s3_bucket_access"
}

// Schema implements datasource.DataSource.
func (d *bucketAccessData) Schema(_ context.Context, _ datasource.SchemaRequest, resp *datasource.SchemaResponse) {
	resp.Schema = bucketAccessSchema()
}

// Configure implements datasource.DataSourceWithConfigure.
func (d *bucketAccessData) Configure(_ context.Context, req datasource.ConfigureRequest, resp *datasource.ConfigureResponse) {
	d.data = configured(req.ProviderData, &resp.Diagnostics)
}

// Read implements datasource.DataSource.
func (d *bucketAccessData) Read(ctx context.Context, req datasource.ReadRequest, resp *datasource.ReadResponse) {
	var asked bucketAccessModel
	if resp.Diagnostics.Append(req.Config.Get(ctx, &asked)...); resp.Diagnostics.HasError() {
		return
	}
	if d.data.Deferred {
		resp.Diagnostics.Append(notConfigured())
		return
	}
	days := int(asked.UnusedDays.ValueInt64())
	if asked.UnusedDays.IsNull() {
		days = defaultUnusedDays
	}
	bucket := share.Bucket(asked.Bucket.ValueString())
	entries, short, err := d.data.Survey.Access(ctx, bucket, days)
	if err != nil {
		resp.Diagnostics.Append(failure{cannot: fmt.Sprintf("Who can reach bucket %s cannot be told", bucket), err: err}.diagnose())
		return
	}
	resp.Diagnostics.Append(warnOfShortfall(short)...)
	answer := bucketAccessModel{
		Bucket: asked.Bucket, UnusedDays: types.Int64Value(int64(days)), Complete: types.BoolValue(short == nil), Entries: []accessEntry{},
	}
	for _, entry := range entries {
		answer.Entries = append(answer.Entries, accessEntryOf(bucket, entry))
	}
	resp.Diagnostics.Append(resp.State.Set(ctx, &answer)...)
}

func accessEntryOf(bucket share.Bucket, entry exposure.Entry) accessEntry {
	findings := []accessFinding{}
	for _, finding := range entry.Findings {
		findings = append(findings, accessFinding{types.StringValue(string(finding.Kind)), types.StringValue(finding.Sentence)})
	}
	return accessEntry{
		Via: types.StringValue(string(entry.Via)), Principal: types.StringValue(entry.Principal),
		AccountID: textOrNull(entry.AccountID), RoleARN: textOrNull(entry.RoleARN), Sids: listOf(entry.Sids),
		Access: listOf(texts(entry.Access)), Actions: listOf(entry.Actions), Prefixes: listOf(entry.Prefixes),
		Conditions: listOf(entry.Conditions), Findings: findings, Sentence: types.StringValue(entry.Sentence(bucket)),
	}
}

// warnOfShortfall says which roles were not looked at, and what would be needed.
func warnOfShortfall(short *reconcile.Shortfall) diag.Diagnostics {
	var diags diag.Diagnostics
	if short == nil {
		return diags
	}
	looked := "No role was looked at."
	if short.Path != "" {
		looked = fmt.Sprintf("Only roles under %s that the credentials may read were looked at, one by one.", short.Path)
	}
	words := sentenceOfAnswer(short.Err)
	diags.AddWarning("Not all roles of the account were looked at", fmt.Sprintf(
		"%s Roles elsewhere may let others in, too. Allow iam:GetAccountAuthorizationDetails to the provider's credentials to have all of them read.\n\n%s",
		looked, words))
	return diags
}

// sentenceOfAnswer gives AWS's words about a call that failed.
func sentenceOfAnswer(err error) string {
	if answer, ok := reconcile.AnswerOf(err); ok {
		return wordsOf(answer)
	}
	return Sentence(err)
}

func bucketAccessSchema() schema.Schema {
	return schema.Schema{
		MarkdownDescription: "Everybody outside the owner account who can reach a bucket, and how: shares, other roles that outsiders may assume and whose " +
			"policies reach the bucket, and statements of the bucket policy. Documents are read, not intentions: what only a call itself can " +
			"answer is told as a condition. AWS services are no outsiders. Access points other than those of shares, access grants, ACLs and service or resource " +
			"control policies of an organization are not looked at.",
		Attributes: map[string]schema.Attribute{
			"bucket": schema.StringAttribute{
				Required: true, Validators: []validator.String{parsing("a bucket name", share.ParseBucket)},
				MarkdownDescription: "Name of the bucket, which the owner account must own.",
			},
			"unused_days": schema.Int64Attribute{
				Optional: true, Computed: true, Validators: []validator.Int64{rememberedDays{}},
				MarkdownDescription: "After how many days without use a role is a finding, 1 to 400; default 90. IAM remembers 400 days.",
			},
			"complete": schema.BoolAttribute{
				Computed: true, MarkdownDescription: "`false` when the credentials may not read all roles of the account; a warning then says which were looked at.",
			},
			"entries": schema.ListNestedAttribute{
				Computed: true, MarkdownDescription: "Shares first, then other roles, then statements of the bucket policy.",
				NestedObject: schema.NestedAttributeObject{Attributes: accessEntryAttributes()},
			},
		},
	}
}

func accessEntryAttributes() map[string]schema.Attribute {
	text := func(description string) schema.Attribute {
		return schema.StringAttribute{Computed: true, MarkdownDescription: description}
	}
	texts := func(description string) schema.Attribute {
		return schema.ListAttribute{Computed: true, ElementType: types.StringType, MarkdownDescription: description}
	}
	return map[string]schema.Attribute{
		"via":        text("`share`, `role` (some other role of the account) or `bucket policy`."),
		"principal":  text("Who, as policies name them; `*` is everybody."),
		"account_id": text("Account of the principal; null when it has none or more than one."),
		"role_arn":   text("Role of the owner account that is assumed; null for statements of the bucket policy."),
		"sids":       texts("Sids of the statements of the bucket policy that give the access."),
		"access":     texts("Words of access of which all actions are allowed, as in the resource."),
		"actions":    texts("All actions, as the policies write them."),
		"prefixes":   texts("Limits of the objects; empty means the whole bucket. With `*` or `?` in it, a pattern of whole keys."),
		"conditions": texts("Sentences, all of which must be true for a call to go through. External IDs are never shown."),
		"sentence":   text("The entry in one sentence."),
		"findings": schema.ListNestedAttribute{
			Computed: true, MarkdownDescription: "What is worth a look.",
			NestedObject: schema.NestedAttributeObject{Attributes: map[string]schema.Attribute{
				"kind":     text(findingKinds()),
				"sentence": text("The finding in plain English."),
			}},
		},
	}
}

func findingKinds() string {
	words := ""
	for i, kind := range exposure.Kinds() {
		if i > 0 {
			words += ", "
		}
		words += "`" + string(kind) + "`"
	}
	return "Name of the finding for programs: " + words + "."
}

// rememberedDays accepts what IAM can tell of.
type rememberedDays struct{}

// Description implements validator.Int64.
func (rememberedDays) Description(context.Context) string {
	return fmt.Sprintf("must be between 1 and %d", exposure.Remembered)
}

// MarkdownDescription implements validator.Int64.
func (r rememberedDays) MarkdownDescription(ctx context.Context) string { return r.Description(ctx) }

// ValidateInt64 implements validator.Int64.
func (r rememberedDays) ValidateInt64(ctx context.Context, req validator.Int64Request, resp *validator.Int64Response) {
	if days := req.ConfigValue.ValueInt64(); !req.ConfigValue.IsNull() && !req.ConfigValue.IsUnknown() && (days < 1 || days > exposure.Remembered) {
		resp.Diagnostics.AddAttributeError(path.Root("unused_days"), "Not a number of days that IAM can answer", fmt.Sprintf(
			"%d %s: IAM remembers the use of a role for %d days.", days, r.Description(ctx), exposure.Remembered))
	}
}
