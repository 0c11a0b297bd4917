package s3share

import (
	"context"
	"fmt"

	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// planAccessPoint names the share's access point. Its ARN has the region of the bucket, which S3 tells; its alias is S3's
// to choose.
func (p *planning) planAccessPoint(ctx context.Context, owner share.Account) {
	p.plan.AccessPointARN, p.plan.AccessPointAlias = types.StringNull(), types.StringNull()
	if !p.plan.Via.IsUnknown() && share.Via(p.plan.Via.ValueString()) != share.ViaAccessPoint {
		return
	}
	p.plan.AccessPointARN, p.plan.AccessPointAlias = types.StringUnknown(), types.StringUnknown()
	if p.state != nil && !p.state.AccessPointARN.IsNull() && !p.plan.Via.IsUnknown() {
		p.plan.AccessPointARN = p.state.AccessPointARN
		if !p.state.AccessPointAlias.IsNull() {
			p.plan.AccessPointAlias = p.state.AccessPointAlias
		}
		return
	}
	if p.data.Deferred || owner.ID == "" || p.plan.ID.IsUnknown() || p.plan.Via.IsUnknown() || p.diagnostics.HasError() {
		return
	}
	spec := share.Spec{
		Owner: owner, Name: share.Name(p.plan.Name.ValueString()), Bucket: share.Bucket(p.plan.Bucket.ValueString()), Via: share.ViaAccessPoint,
	}
	region, err := p.data.Shares.BucketRegion(ctx, spec)
	if err != nil {
		p.fail(failure{cannot: fmt.Sprintf("Share %s cannot be planned: the region of bucket %s is not known", spec.ID(), spec.Bucket), spec: spec, err: err})
		return
	}
	if spec.Region = region; region != "" {
		p.plan.AccessPointARN = types.StringValue(spec.AccessPointARN())
	}
}

// fillAccessPoint writes what is desired of the access point.
func (m *model) fillAccessPoint(desired share.Desired) {
	m.AccessPointARN, m.AccessPointPolicy = types.StringNull(), types.StringNull()
	if desired.Spec.UsesAccessPoint() {
		m.AccessPointARN = types.StringValue(desired.Spec.AccessPointARN())
		m.AccessPointPolicy = types.StringValue(desired.AccessPoint.JSON())
	}
}

// fillObservedPoint writes what was read of the access point.
func (m *model) fillObservedPoint(reading reconcile.Reading) {
	m.AccessPointAlias = types.StringNull()
	if reading.Observed.AccessPoint.State == share.PointFound {
		m.AccessPointAlias = textOrNull(reading.Observed.AccessPoint.Alias)
	}
}

// fillDriftedPoint writes the policy of the access point as it is.
func (m *model) fillDriftedPoint(observed share.Observed) {
	m.AccessPointPolicy = types.StringNull()
	if have := observed.AccessPoint.Policy; have != nil {
		m.AccessPointPolicy = types.StringValue(have.JSON())
	}
}
