package s3share

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file has the documents of a share judged by IAM Access Analyzer, where that is wanted.

// analyzerModel is the attribute access_analyzer.
type analyzerModel struct {
	Validate    types.Bool `tfsdk:"validate"`
	NoPublic    types.Bool `tfsdk:"no_public"`
	NoNewAccess types.Bool `tfsdk:"no_new_access"`
}

func analyzerAttribute() schema.Attribute {
	return schema.SingleNestedAttribute{
		Optional: true,
		MarkdownDescription: "Checks of IAM Access Analyzer that a plan makes on the documents that it changes, before anything is written. A finding " +
			"of the severity `ERROR` or `SECURITY_WARNING` and a check of access that fails are errors, `WARNING` is a warning, suggestions are left out. An " +
			"answer that does not come within five seconds, or is refused, is a warning. They are made at plan and at apply; AWS charges for checks of " +
			"access. External IDs are masked in what is sent.",
		Attributes: map[string]schema.Attribute{
			"validate": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Whether trust policy, permissions policy and the share's statements in the bucket policy are validated " +
					"(`access-analyzer:ValidatePolicy`).",
			},
			"no_public": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Whether it is an error that the trust policy or the whole bucket policy, as it will be, lets everybody " +
					"in (`access-analyzer:CheckNoPublicAccess`).",
			},
			"no_new_access": schema.BoolAttribute{
				Optional: true, MarkdownDescription: "Whether it is an error that a change of the share gives what it did not give before " +
					"(`access-analyzer:CheckNoNewAccess`). A share that is made is not checked.",
			},
		},
	}
}

// checkAnalysis asks Access Analyzer. A plan that changes no document asks for nothing.
func (f *preflight) checkAnalysis(ctx context.Context) {
	var wanted analyzerModel
	c := &conversion{}
	if !c.object(ctx, f.config.AccessAnalyzer, &wanted) || f.diagnostics.HasError() {
		return
	}
	judged := reconcile.Judged{Next: f.desired}
	if f.bucket != nil {
		judged.Bucket = *f.bucket
	}
	if f.state != nil {
		prior, _, diags := f.state.spec(ctx, f.desired.Spec.Owner)
		if diags.HasError() {
			return
		}
		prior.ExternalIDs = f.state.readableIDs()
		before := share.Render(prior)
		judged.Prior = &before
	}
	f.tellRemarks(f.data.Analysis.Judge(ctx, reconcile.Checks{
		Validate: wanted.Validate.ValueBool(), NoPublic: wanted.NoPublic.ValueBool(), NoNewAccess: wanted.NoNewAccess.ValueBool(),
	}, judged))
}

// tellRemarks says what was found, and what was not answered.
func (f *preflight) tellRemarks(remarks []reconcile.Remark) {
	var grave, slight []string
	for _, one := range remarks {
		said := fmt.Sprintf("%s: %s", one.Document, one.Words)
		if one.Code != "" {
			said += " (" + one.Code + ")"
		}
		switch {
		case errors.Is(one.Err, context.DeadlineExceeded):
			f.unseen = append(f.unseen, fmt.Sprintf("access-analyzer:%s gave no answer in time: what it would say of the %s is not known", one.Check, one.Document))
		case one.Err != nil:
			f.missed(one.Err, fmt.Sprintf("what Access Analyzer would say of the %s is not known", one.Document))
		case one.IsGrave:
			grave = append(grave, said)
		default:
			slight = append(slight, said)
		}
	}
	at := path.Root("access_analyzer")
	if len(grave) > 0 {
		f.diagnostics.AddAttributeError(at, fmt.Sprintf("Access Analyzer objects to share %s", f.desired.Spec.ID()),
			"Of the documents as they would be, it says:"+bulleted(slices.Compact(grave))+"\n\nNothing was changed.")
	}
	if len(slight) > 0 {
		f.diagnostics.AddAttributeWarning(at, fmt.Sprintf("Access Analyzer warns of share %s", f.desired.Spec.ID()),
			"Of the documents as they will be, it says:"+bulleted(slices.Compact(slight)))
	}
}
