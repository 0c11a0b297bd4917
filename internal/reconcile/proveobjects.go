package reconcile

import (
	"context"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tries calls to S3 with a session of the role.

const (
	readAction = "s3:GetObject"
	listAction = "s3:ListBucket"
)

// tryObjects reads an object of the share and one outside of it. Both must exist: S3 answers 403 for a key that does not
// exist, too, unless the caller may list.
func (t *trial) tryObjects(ctx context.Context) error {
	if !slices.Contains(t.spec.Access, share.Read) {
		return nil
	}
	inside, err := t.keyInside(ctx)
	if awsapi.IsRefused(err) {
		t.add(Finding{Claim: ReadsInside, Verdict: NotShown, Obstacle: OwnerMayNotList, Err: err})
		return nil
	}
	if err != nil {
		return err
	}
	if inside == "" {
		t.add(Finding{Claim: ReadsInside, Verdict: NotShown, Obstacle: NoObject})
	} else if err := t.tryInside(ctx, inside); err != nil {
		return err
	}
	if len(t.spec.Prefixes) == 0 {
		return nil // there is no outside
	}
	outside, err := t.keyOutside(ctx)
	if err != nil {
		return err
	}
	if outside == "" {
		t.add(Finding{Claim: StopsReading, Verdict: NotShown, Obstacle: NoObject})
		return nil
	}
	return t.tryOutside(ctx, outside)
}

// keyInside finds an object of the share; empty when there is none.
func (t *trial) keyInside(ctx context.Context) (string, error) {
	prefixes := t.spec.Prefixes
	if len(prefixes) == 0 {
		prefixes = []share.Prefix{""}
	}
	for _, prefix := range prefixes {
		if key, ok, err := t.cloud.FindKey(ctx, t.spec, string(prefix), ""); err != nil || ok {
			return key, err
		}
	}
	return "", nil
}

// keyOutside finds an object outside the share's prefixes; empty when there is none. It steps over one prefix at a time.
func (t *trial) keyOutside(ctx context.Context) (string, error) {
	after := ""
	for range len(t.spec.Prefixes) + 1 {
		key, ok, err := t.cloud.FindKey(ctx, t.spec, "", after)
		if err != nil || !ok {
			return "", err
		}
		if !t.spec.CoversKey(key) {
			return key, nil
		}
		after = t.spec.PastPrefix(key)
	}
	return "", nil
}

// tryInside asks for the head of an object, then for its first byte: the head tells nothing about the key that the object
// is encrypted with, and its refusal has no words.
func (t *trial) tryInside(ctx context.Context, key string) error {
	err := t.repeat(ctx, awsapi.IsRefused, func() error {
		if err := t.cloud.HeadAs(ctx, t.session, t.spec, key); err != nil && !awsapi.IsRefused(err) {
			return err
		}
		return t.cloud.FirstByteAs(ctx, t.session, t.spec, key)
	})
	finding := Finding{Claim: ReadsInside, Verdict: Proved, Target: key}
	switch {
	case err == nil, awsapi.IsUnreadableByItself(err):
	case ctx.Err() != nil:
		return err
	case awsapi.IsRefused(err):
		finding.Verdict, finding.Err = Refuted, err
		finding.Causes, finding.Others = t.insideCauses(ctx, readAction, t.spec.ObjectARN(key))
		finding.Causes = append(finding.Causes, Key, ForeignObject, OrganizationPolicy)
	default:
		finding.Verdict, finding.Obstacle, finding.Err = NotShown, NoVerdict, err
	}
	t.add(finding)
	return nil
}

// tryOutside asks for the head of an object that is not of the share. A success may be an old answer: S3 takes up to a
// minute to refuse what policies allowed before.
func (t *trial) tryOutside(ctx context.Context, key string) error {
	err := t.repeat(ctx, isSuccess, func() error { return t.cloud.HeadAs(ctx, t.session, t.spec, key) })
	return t.addStop(ctx, Finding{Claim: StopsReading, Target: key, Err: err}, call{readAction, t.spec.ObjectARN(key)})
}

// tryListing lists under a prefix of the share, and without any prefix, which a share with prefixes does not allow.
func (t *trial) tryListing(ctx context.Context) error {
	if !slices.Contains(t.spec.Access, share.List) {
		return nil
	}
	prefix := ""
	if len(t.spec.Prefixes) > 0 {
		prefix = string(t.spec.Prefixes[0])
	}
	err := t.repeat(ctx, awsapi.IsRefused, func() error { return t.cloud.ListAs(ctx, t.session, t.spec, prefix) })
	finding := Finding{Claim: ListsInside, Verdict: Proved, Target: prefix}
	switch {
	case err == nil:
	case ctx.Err() != nil:
		return err
	case awsapi.IsRefused(err):
		finding.Verdict, finding.Err = Refuted, err
		finding.Causes, finding.Others = t.insideCauses(ctx, listAction, t.spec.BucketARN())
		finding.Causes = append(finding.Causes, OrganizationPolicy)
	default:
		finding.Verdict, finding.Obstacle, finding.Err = NotShown, NoVerdict, err
	}
	t.add(finding)
	if prefix == "" {
		return nil
	}
	err = t.repeat(ctx, isSuccess, func() error { return t.cloud.ListAs(ctx, t.session, t.spec, "") })
	return t.addStop(ctx, Finding{Claim: StopsListing, Err: err}, call{listAction, t.spec.BucketARN()})
}

// call is an action on a resource.
type call struct{ action, resource string }

func isSuccess(err error) bool { return err == nil }

// addStop adds the finding of a call that has to be refused.
func (t *trial) addStop(ctx context.Context, finding Finding, tried call) error {
	err := finding.Err
	switch {
	case err == nil:
		finding.Verdict, finding.Causes = Refuted, []Cause{AllowedSomewhere}
		if finding.Others = t.observed(ctx).OthersAllowing(t.spec, tried.action, tried.resource); len(finding.Others) > 0 {
			finding.Causes = []Cause{AllowedByOthers}
		}
	case ctx.Err() != nil:
		return err
	case awsapi.IsRefused(err):
		finding.Verdict, finding.Err = Proved, nil
	default:
		finding.Verdict, finding.Obstacle = NotShown, NoVerdict
	}
	t.add(finding)
	return nil
}

// insideCauses lists what may refuse a call that the share allows.
func (t *trial) insideCauses(ctx context.Context, action, resource string) (causes []Cause, others []string) {
	if others = t.observed(ctx).OthersDenying(t.spec, action, resource); len(others) > 0 {
		causes = append(causes, DeniedByOthers)
	}
	if t.spec.PermissionsBoundary != "" {
		causes = append(causes, Boundary)
	}
	if len(t.spec.Perimeter.SourceIPs)+len(t.spec.Perimeter.SourceVPCEIDs) > 0 {
		causes = append(causes, OutsideNetwork)
	}
	return causes, others
}

// observed looks for the policies that are at work. What cannot be read is left out: it only makes a list of causes
// shorter.
func (t *trial) observed(ctx context.Context) share.Observed {
	observed, err := t.cloud.ObserveRole(ctx, t.spec)
	if err != nil {
		observed = share.Observed{}
	}
	if bucket, err := t.cloud.ObserveBucket(ctx, t.spec); err == nil {
		observed.Bucket = bucket
	}
	return observed
}
