package s3share

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/path"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// planKeys takes the key of the bucket where no keys are given, once: a no-op plan asks for nothing. The keys that an
// imported share had stay beside it, because older objects may be encrypted with them.
func (p *planning) planKeys(ctx context.Context, owner share.Account) {
	if !p.config.KMSKeyARNs.IsNull() {
		return
	}
	if p.state != nil && p.defaultKeys {
		p.plan.KMSKeyARNs = p.state.KMSKeyARNs
		return
	}
	p.plan.KMSKeyARNs = types.SetUnknown(types.StringType)
	if p.data.Deferred || owner.ID == "" || p.plan.Bucket.IsUnknown() || p.diagnostics.HasError() {
		return
	}
	spec := share.Spec{Owner: owner, Bucket: share.Bucket(p.plan.Bucket.ValueString())}
	keys, known, err := p.data.Shares.DefaultKeys(ctx, spec)
	switch {
	case err != nil && !reconcile.IsDenied(err):
		p.fail(failure{cannot: fmt.Sprintf("Share %s cannot be planned: nobody knows how bucket %s is encrypted", p.plan.ID.ValueString(), spec.Bucket), spec: spec, err: err})
		return
	case err != nil:
		p.warnOfUnknownKey(spec, err)
	case !known:
		return // the bucket is still to be made
	}
	if p.state != nil && p.imported {
		c := &conversion{}
		keys = append(keys, parsedSet(c, path.Root("kms_key_arns"), p.state.KMSKeyARNs, share.ParseKeyARN)...)
	}
	found := texts(keys)
	slices.Sort(found)
	p.plan.KMSKeyARNs = setOf(slices.Compact(found))
}

// noteDefaultKeys remembers whether the keys of the state are given or the bucket's.
func noteDefaultKeys(ctx context.Context, config model, private privateWriter) diag.Diagnostics {
	if config.KMSKeyARNs.IsNull() {
		return private.SetKey(ctx, defaultKeysKey, []byte("true"))
	}
	return private.SetKey(ctx, defaultKeysKey, nil)
}

func (p *planning) warnOfUnknownKey(spec share.Spec, err error) {
	refused := "AWS refused to tell"
	if answer, ok := reconcile.AnswerOf(err); ok {
		refused = fmt.Sprintf("%s is refused (%s)", answer.Call, answer.Words)
	}
	p.diagnostics.AddAttributeWarning(path.Root("kms_key_arns"), fmt.Sprintf("It is not known how bucket %s is encrypted", spec.Bucket), fmt.Sprintf(
		"%s, so the role gets no permission for a KMS key. Objects that are encrypted with S3's own keys, or with the AWS managed key, need none. "+
			"For a customer managed key, give kms_key_arns, or allow the call.", refused))
}
