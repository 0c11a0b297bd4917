package reconcile

import (
	"context"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file makes findings of what S3 answered to calls that have to be allowed, or refused, and says what may be behind them
// when they were not.

// call is a call on the bucket by whoever tries the share.
func (t *trial) call(action, resource string) share.Call {
	return share.Call{Caller: t.visitor, Action: action, Resource: resource}
}

func isSuccess(err error) bool { return err == nil }

// mayBeYoung tells that an answer to a call that has to be allowed may be one that is given only until what was just written
// is known everywhere. What nobody has written yet is not waited for.
func (t *trial) mayBeYoung(err error) bool {
	return !t.unwritten && (awsapi.IsRefused(err) || t.way.Alias != "" && awsapi.IsPointUnknown(err))
}

// lacksStatements tells that the bucket policy does not have what the share needs in it, where somebody else writes it. What
// may not be read is not known to be missing.
func (t *trial) lacksStatements(ctx context.Context) bool {
	if t.spec.BucketPolicyMode != share.OutputOnly {
		return false
	}
	found, err := t.cloud.ObserveBucket(ctx, t.spec)
	if err != nil {
		return false
	}
	for _, wanted := range share.Render(t.spec).Shown() {
		if !slices.ContainsFunc(found.Document.Statements(), wanted.Equal) {
			return true
		}
	}
	return false
}

// addGift adds the finding of a call that has to be allowed; finding.Err is S3's answer.
func (t *trial) addGift(ctx context.Context, finding Finding, tried share.Call) error {
	err := finding.Err
	switch {
	case err == nil:
		finding.Verdict = Proved
	case ctx.Err() != nil:
		return err
	case awsapi.IsRefused(err) && t.unwritten:
		finding.Verdict, finding.Obstacle = NotShown, NotInBucketPolicy
	case awsapi.IsRefused(err):
		finding.Verdict = Refuted
		t.explain(ctx, &finding, tried)
	default:
		finding.Verdict, finding.Obstacle = NotShown, NoVerdict
	}
	t.add(finding)
	return nil
}

// addStop adds the finding of a call that has to be refused; finding.Err is S3's answer.
func (t *trial) addStop(ctx context.Context, finding Finding, tried share.Call) error {
	err := finding.Err
	switch {
	case err == nil:
		finding = t.blame(ctx, finding, tried)
	case ctx.Err() != nil:
		return err
	case awsapi.IsRefused(err):
		finding = t.credit(ctx, finding, tried)
	default:
		finding.Verdict, finding.Obstacle = NotShown, NoVerdict
	}
	t.add(finding)
	return nil
}

// blame says what may have allowed a call that has to be refused. Where only other shares let the consumer do it, nothing is
// shown: they are meant to.
func (t *trial) blame(ctx context.Context, finding Finding, tried share.Call) Finding {
	observed := t.observed(ctx)
	suspects := observed.OthersAllowing(t.spec, tried)
	finding.Verdict, finding.Others = Refuted, share.Names(suspects)
	switch {
	case len(suspects) > 0 && len(strangers(suspects)) == 0:
		finding.Verdict, finding.Obstacle = NotShown, OtherShares
	case len(suspects) > 0:
		finding.Causes = []Cause{AllowedByOthers}
	case t.pointDiffers(observed):
		finding.Causes = []Cause{PointChanged}
	default:
		finding.Causes = []Cause{AllowedSomewhere}
	}
	return finding
}

// credit says what a refusal shows. Without a role it may be the consumer's own account that refuses: that says nothing about
// the bucket where a statement of somebody else's may let the consumer in.
func (t *trial) credit(ctx context.Context, finding Finding, tried share.Call) Finding {
	if t.spec.IsDirect() {
		if suspects := strangers(t.observed(ctx).OthersAllowing(t.spec, tried)); len(suspects) > 0 {
			finding.Verdict, finding.Obstacle, finding.Others = NotShown, OnlyAtHome, share.Names(suspects)
			return finding
		}
	}
	finding.Verdict, finding.Err = Proved, nil
	return finding
}

// strangers leaves out what belongs to shares.
func strangers(suspects []share.Suspect) []share.Suspect {
	return slices.DeleteFunc(slices.Clone(suspects), func(s share.Suspect) bool { return s.OfShare })
}

// explain lists what may be behind the refusal of a call that the share allows. One cause that is certain is the only one.
func (t *trial) explain(ctx context.Context, finding *Finding, tried share.Call) {
	err := finding.Err
	if awsapi.IsAboutKey(err) {
		finding.Causes = []Cause{Key}
		if awsapi.IsUnallowedAtHome(err) {
			finding.Causes = []Cause{KeyUnallowed}
		}
		return
	}
	observed := t.observed(ctx)
	if finding.Others = share.Names(observed.OthersDenying(t.spec, tried)); len(finding.Others) > 0 {
		finding.Causes = []Cause{DeniedByOthers}
	}
	if awsapi.IsExplicitlyDenied(err) {
		switch {
		case len(finding.Others) > 0:
		case t.pointDiffers(observed):
			finding.Causes = []Cause{PointChanged}
		default:
			finding.Causes = []Cause{ExplicitDeny}
		}
		return
	}
	causes, certain := t.door.refusing(t, err)
	if certain {
		finding.Causes, finding.Others = causes, nil
		return
	}
	finding.Causes = append(finding.Causes, causes...)
	if t.pointDiffers(observed) {
		finding.Causes = append(finding.Causes, PointChanged)
	}
	if len(t.spec.Perimeter.SourceIPs)+len(t.spec.Perimeter.SourceVPCEIDs) > 0 {
		finding.Causes = append(finding.Causes, OutsideNetwork)
	}
	if tried.Action == readAction {
		finding.Causes = append(finding.Causes, Key, ForeignObject)
	}
	finding.Causes = append(finding.Causes, OrganizationPolicy)
}

// pointDiffers tells that the access point, or what the bucket policy leaves to it, is not what was written.
func (t *trial) pointDiffers(observed share.Observed) bool {
	return t.spec.UsesAccessPoint() && slices.ContainsFunc(changes.Diff(share.Render(t.spec), observed), func(c changes.Change) bool {
		return c.Part == changes.AccessPoint || c.Part == changes.AccessPointPolicy || c.Part == changes.Delegation
	})
}

// observed looks for the policies that are at work. What cannot be read is left out: it only makes a list of causes
// shorter.
func (t *trial) observed(ctx context.Context) (observed share.Observed) {
	if !t.spec.IsDirect() {
		if found, err := t.cloud.ObserveRole(ctx, t.spec); err == nil {
			observed = found
		}
	}
	if t.spec.UsesAccessPoint() {
		if found, err := t.cloud.ObserveAccessPoint(ctx, t.spec); err == nil {
			observed.AccessPoint = found
		}
	}
	if found, err := t.cloud.ObserveBucket(ctx, t.spec); err == nil {
		observed.Bucket = found
	}
	return observed
}
