package s3share

import (
	"context"
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/diag"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tells what the share will give, and warns of what it will not.

// fillVerdict writes what a share with these documents gives. It does not depend on the time: what ends or begins is told
// as a condition, so that no clock makes two readings differ.
func (m *model) fillVerdict(ctx context.Context, d *ProviderData, desired share.Desired, bucket share.BucketPolicy) {
	if id := m.RoleUniqueID.ValueString(); id != "" {
		desired.Spec.RoleUniqueID = id
	}
	forecast, err := d.foresee(ctx, foresight.Situation{Desired: desired, Bucket: bucket})
	if err != nil && len(m.Verdict.Elements()) > 0 {
		return // that AWS did not answer changes nothing
	}
	m.Verdict = listOf(forecast.Sentences())
}

// planVerdict keeps the verdict of a share that stays as it is. For one that changes it is left to the apply: somebody may
// change the bucket policy before it, also another resource of the same run, and a value that a plan gave must come true.
// What is foreseen now is told at once.
func (p *planning) planVerdict(ctx context.Context, spec share.Spec) {
	p.plan.Verdict = types.ListUnknown(types.StringType)
	if p.state != nil && p.givesTheSame() {
		p.plan.Verdict = p.state.Verdict
	}
	if p.plan.Summary.IsUnknown() || p.diagnostics.HasError() {
		return
	}
	if p.bucket == nil {
		found, err := p.data.Shares.BucketPolicy(ctx, spec)
		if err != nil {
			return // the operation itself tells
		}
		p.bucket = &found
	}
	spec.ExternalIDs, spec.RoleUniqueID = p.plan.readableIDs(), p.plan.RoleUniqueID.ValueString()
	forecast, _ := p.data.foresee(ctx, foresight.Situation{Desired: share.Render(spec), Bucket: *p.bucket, Now: p.data.Shares.Now()})
	p.diagnostics.Append(p.tellRefusals(spec, forecast)...)
	p.diagnostics.Append(p.tellConditions(spec, forecast)...)
}

// givesTheSame tells that nothing changes on which the verdict depends.
func (p *planning) givesTheSame() bool {
	same := func(planned, had attr.Value) bool { return planned.Equal(had) }
	return !p.plan.Summary.IsUnknown() && same(p.plan.TrustPolicy, p.state.TrustPolicy) && same(p.plan.PermissionsPolicy, p.state.PermissionsPolicy) &&
		same(p.plan.BucketPolicyStatements, p.state.BucketPolicyStatements) && same(p.plan.ConsumerPolicy, p.state.ConsumerPolicy) &&
		same(p.plan.BucketPolicyMode, p.state.BucketPolicyMode) && same(p.plan.Consumer, p.state.Consumer) && same(p.plan.Summary, p.state.Summary) &&
		same(p.plan.TagsAll, p.state.TagsAll) && same(p.plan.RoleUniqueID, p.state.RoleUniqueID) &&
		same(p.plan.SessionsRevokedBefore, p.state.SessionsRevokedBefore) && same(p.plan.Via, p.state.Via) &&
		same(p.plan.PermissionsBoundary, p.state.PermissionsBoundary) && same(p.plan.KMSKeyARNs, p.state.KMSKeyARNs) &&
		same(p.plan.KMSAccess, p.state.KMSAccess)
}

// tellRefusals says what will not work: a warning, or an error where the verdict is enforced.
func (p *planning) tellRefusals(spec share.Spec, forecast foresight.Forecast) (diags diag.Diagnostics) {
	refused := forecast.Refused()
	if len(refused) == 0 || p.hasExpired(spec) {
		return diags
	}
	summary := fmt.Sprintf("Share %s will not give all that it promises", spec.ID())
	told := "Judged from the documents as they will be:" + bulleted(refused)
	if p.plan.EnforceVerdict.ValueBool() {
		diags.AddError(summary, told+"\n\nNothing was changed, because enforce_verdict = true. Change what is named, or take out of the share what it refuses.")
		return diags
	}
	diags.AddWarning(summary, told+"\n\nWhat refuses wins over whatever allows. enforce_verdict = true makes this an error.")
	return diags
}

// hasExpired tells that another warning says already why nothing works.
func (p *planning) hasExpired(spec share.Spec) bool {
	return !spec.ExpiresAt.IsZero() && !spec.ExpiresAt.After(p.data.Shares.Now())
}

// tellConditions says on what of somebody else's making the share depends, as far as the state does not say it already:
// who made his peace with a condition is not warned of it in every plan.
func (p *planning) tellConditions(spec share.Spec, forecast foresight.Forecast) (diags diag.Diagnostics) {
	conditions := forecast.Conditions()
	if p.state != nil {
		conditions = slices.DeleteFunc(conditions, func(sentence string) bool {
			return slices.ContainsFunc(p.state.Verdict.Elements(), func(known attr.Value) bool { return known.Equal(types.StringValue(sentence)) })
		})
	}
	if len(conditions) > 0 {
		diags.AddWarning(fmt.Sprintf("Share %s works under conditions that others set", spec.ID()), fmt.Sprintf(
			"Whether a call meets them shows when it is made:%s\n\nThe consumer has to know of them. The attribute verdict keeps them.", bulleted(conditions)))
	}
	return diags
}
