// Package functions has the provider's functions: documents and verdicts for tests of modules, without AWS.
package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
)

var _ function.Function = (*shareDocuments)(nil)

// shareDocuments is the function share_documents.
type shareDocuments struct{}

// NewShareDocuments makes the function share_documents.
func NewShareDocuments() function.Function { return shareDocuments{} }

// documentsModel is the result.
type documentsModel struct {
	RoleARN                types.String `tfsdk:"role_arn"`
	TrustPolicy            types.String `tfsdk:"trust_policy"`
	PermissionsPolicy      types.String `tfsdk:"permissions_policy"`
	BucketPolicyStatements types.String `tfsdk:"bucket_policy_statements"`
	ConsumerPolicy         types.String `tfsdk:"consumer_policy"`
	Summary                []string     `tfsdk:"summary"`
}

// Metadata implements function.Function.
func (shareDocuments) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "share_documents"
}

// Definition implements function.Function.
func (shareDocuments) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	text := types.StringType
	resp.Definition = function.Definition{
		Summary: "Renders all documents of a share without AWS",
		MarkdownDescription: "Gives the documents that a `crossaccount_s3_share` with these arguments has, without AWS and without credentials: for " +
			"`terraform test` in modules, and for whoever writes the bucket policy in another configuration. The result has `role_arn`, " +
			"`trust_policy`, `permissions_policy`, `bucket_policy_statements`, `consumer_policy` (all of them text) and `summary` (a list of " +
			"sentences), each as the attribute of the resource (null where the resource has null, as for `via = \"direct\"`). External IDs are shown as `(sensitive)`, so that no test prints one.",
		Parameters: []function.Parameter{function.DynamicParameter{
			Name: "share",
			MarkdownDescription: "An object with the arguments of `crossaccount_s3_share` that documents depend on, beside `owner_account_id`, the account " +
				"that owns the bucket, which is required, and `partition`, default `aws`. What is left out has the default of the resource; `path` " +
				"is `/crossaccount/` then. An argument that is not known, or of another type, is an error that names it.",
		}},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"role_arn": text, "trust_policy": text, "permissions_policy": text, "bucket_policy_statements": text, "consumer_policy": text,
			"summary": types.ListType{ElemType: text},
		}},
	}
}

// textOrNull gives null for what a share does not have.
func textOrNull(text string) types.String {
	if text == "" {
		return types.StringNull()
	}
	return types.StringValue(text)
}

// Run implements function.Function.
func (shareDocuments) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var given types.Dynamic
	if resp.Error = req.Arguments.Get(ctx, &given); resp.Error != nil {
		return
	}
	members, ok := s3share.MembersOf(given)
	if !ok {
		resp.Error = function.NewArgumentFuncError(0, "A share is an object with the arguments of crossaccount_s3_share.")
		return
	}
	documents, err := s3share.DocumentsOf(ctx, members)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(0, sentence(err))
		return
	}
	resp.Error = resp.Result.Set(ctx, documentsModel{
		RoleARN: textOrNull(documents.RoleARN), TrustPolicy: textOrNull(documents.TrustPolicy),
		PermissionsPolicy:      textOrNull(documents.PermissionsPolicy),
		BucketPolicyStatements: types.StringValue(documents.BucketPolicyStatements),
		ConsumerPolicy:         types.StringValue(documents.ConsumerPolicy), Summary: documents.Summary,
	})
}
