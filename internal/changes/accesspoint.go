package changes

import (
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file compares the share's access point and says when it comes and goes.

// diffAccessPoint compares the access point and its policy; where nobody asked for one, there is nothing to say.
func (d *differ) diffAccessPoint() {
	have, spec := d.observed.AccessPoint, d.desired.Spec
	switch {
	case have.State == share.PointUnread:
	case !spec.UsesAccessPoint():
		d.diffNoAccessPoint()
	case have.State == share.PointMissing:
		d.add(Change{Verb: Create, Part: AccessPoint, Sentence: fmt.Sprintf("%s is missing: the role reaches nothing", spec.AccessPointName())})
		d.add(Change{Verb: Create, Part: AccessPointPolicy, Sentence: "goes with the access point"})
	case have.Bucket != spec.Bucket:
		d.add(Change{Verb: Report, Part: AccessPoint, Sentence: fmt.Sprintf(
			"%s is for bucket %s, and S3 cannot change that: the role reaches nothing of bucket %s", spec.AccessPointName(), have.Bucket, spec.Bucket)})
	case have.Policy == nil:
		d.add(Change{Verb: Create, Part: AccessPointPolicy, Sentence: "is missing: the role reaches nothing"})
	case !d.desired.AccessPoint.Equal(*have.Policy):
		sentence, widens := describeGrants(spec, d.desired.AccessPoint.Statements(), have.Policy.Statements())
		d.add(Change{Verb: Update, Part: AccessPointPolicy, Sentence: sentence, Widens: widens})
	}
}

// diffNoAccessPoint wants an access point that the share had, or was to get, to be gone, and with it what the bucket policy
// has for all access points, as far as no other share needs it.
func (d *differ) diffNoAccessPoint() {
	if d.observed.AccessPoint.State == share.PointFound {
		d.add(Change{Verb: Delete, Part: AccessPoint, Sentence: "is not needed any more: the share has another way to the bucket"})
	}
	d.diffNoDelegation(d.desired.Spec.ThroughAccessPoint(d.desired.Spec.Region))
}

// diffNoDelegation wants what the bucket policy has for shares of that form to be gone, unless other shares need it.
func (d *differ) diffNoDelegation(form share.Spec) {
	if d.desired.Spec.BucketPolicyMode != share.OutputOnly && len(d.observed.Delegation(form)) > 0 {
		d.changes = append(d.changes, Change{
			Verb: Delete, Part: Delegation, Desired: share.Render(form), Sentence: "is not needed any more: the share has another way to the bucket",
		})
	}
}

// aroundPermissions puts an access point that comes, and what else lets the role through it, before the permissions policy
// that names it, and one that goes behind. So the bucket is open under one name at each moment: by the write of the
// permissions policy the new one opens and the old one closes.
func aroundPermissions(all, rest []Change) (before, after []Change) {
	for _, change := range all {
		if change.Verb == Delete && change.Part != BucketStatement {
			after = append(after, change)
		} else {
			before = append(before, change)
		}
	}
	return before, append(after, rest...)
}

// isOfAccessPoint tells that a change is about the access point, or what a share with one has in the bucket policy.
func isOfAccessPoint(c Change) bool {
	switch c.Part {
	case AccessPoint, AccessPointPolicy:
		return true
	case Delegation:
		return c.Desired.Spec.UsesAccessPoint() && c.Verb != Update
	case BucketStatement:
		return c.Desired.Spec.UsesAccessPoint() && c.Verb == Delete
	}
	return false
}

// removeAccessPoint takes the access point away, whose policy goes with it.
func (d *differ) removeAccessPoint() {
	if d.observed.AccessPoint.State == share.PointFound {
		d.add(Change{Verb: Delete, Part: AccessPoint, Sentence: "goes with the share"})
	}
}
