package functions

import (
	"context"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/function"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

var _ function.Function = (*canAccess)(nil)

// canAccess is the function can_access.
type canAccess struct{}

// NewCanAccess makes the function can_access.
func NewCanAccess() function.Function { return canAccess{} }

// accessModel is the result.
type accessModel struct {
	Allowed types.Bool   `tfsdk:"allowed"`
	Verdict types.String `tfsdk:"verdict"`
	Reasons []string     `tfsdk:"reasons"`
}

// Metadata implements function.Function.
func (canAccess) Metadata(_ context.Context, _ function.MetadataRequest, resp *function.MetadataResponse) {
	resp.Name = "can_access"
}

// Definition implements function.Function.
func (canAccess) Definition(_ context.Context, _ function.DefinitionRequest, resp *function.DefinitionResponse) {
	resp.Definition = function.Definition{
		Summary: "Tells whether AWS would allow a call under given policies",
		MarkdownDescription: "Judges one call offline, by the rules of the IAM User Guide: explicit denies, both sides across accounts, boundaries, session " +
			"policies, conditions with absent keys, policy variables. The result has `allowed`, `verdict` (`allowed`, `explicit deny` or `implicit " +
			"deny`) and `reasons`, sentences that name the statement. Service and resource control policies, and ACLs, are not judged. A document " +
			"that AWS would not store, or an action that does not exist, is an error and never a verdict.",
		Parameters: []function.Parameter{
			function.DynamicParameter{Name: "policies", MarkdownDescription: "An object of policies as JSON: `identity` (one or a list), `boundary`, `session` " +
				"(one or a list), and the policy of the resource, as `resource` (bucket policy), `trust` (of a role) or `key` (of a KMS key). A JSON list " +
				"is read as the statements of a policy, so that `bucket_policy_statements` can be given as it is. What is left out does not exist."},
			function.StringParameter{Name: "principal", MarkdownDescription: "Who calls: ARN of a role (a session of it calls), of a session, of a user or of " +
				"an account's root; an account ID, the name of a service, or `*` for an unsigned call."},
			function.StringParameter{Name: "action", MarkdownDescription: "One action of S3, STS or KMS, such as `s3:GetObject`."},
			function.StringParameter{Name: "resource", MarkdownDescription: "ARN of what the call is about: `arn:aws:s3:::acme-data/reports/a.csv`."},
			function.DynamicParameter{Name: "context", MarkdownDescription: "An object of condition keys with a value, or a list of values, each. A key that is " +
				"left out is absent from the call; those that follow from the caller are added. `aws:ResourceAccount` is required for S3, whose " +
				"ARNs do not tell the owner. Calls have no time unless `aws:CurrentTime` is given. In documents of `share_documents` the external " +
				"ID is `(sensitive)`."},
		},
		Return: function.ObjectReturn{AttributeTypes: map[string]attr.Type{
			"allowed": types.BoolType, "verdict": types.StringType, "reasons": types.ListType{ElemType: types.StringType},
		}},
	}
}

// Positions of the parameters.
const (
	policiesPosition = iota
	principalPosition
	actionPosition
	resourcePosition
	contextPosition
)

// Run implements function.Function.
func (canAccess) Run(ctx context.Context, req function.RunRequest, resp *function.RunResponse) {
	var policies, given types.Dynamic
	var principal, action, resource string
	if resp.Error = req.Arguments.Get(ctx, &policies, &principal, &action, &resource, &given); resp.Error != nil {
		return
	}
	q := asked{}
	for position, read := range []func() error{
		policiesPosition:  func() error { return q.readPolicies(policies) },
		principalPosition: func() error { return q.readPrincipal(principal) },
		actionPosition:    func() error { return q.readAction(action) },
		resourcePosition:  func() error { return q.readResource(resource) },
		contextPosition:   func() error { return q.readContext(given) },
	} {
		if err := read(); err != nil {
			resp.Error = function.NewArgumentFuncError(int64(position), sentence(err))
			return
		}
	}
	said, err := verdict.Judge(q.request, q.policies)
	if err != nil {
		resp.Error = function.NewArgumentFuncError(policiesPosition, sentence(err))
		return
	}
	resp.Error = resp.Result.Set(ctx, accessModel{
		Allowed: types.BoolValue(said.Outcome == verdict.Allowed), Verdict: types.StringValue(string(said.Outcome)), Reasons: q.reasons(said),
	})
}
