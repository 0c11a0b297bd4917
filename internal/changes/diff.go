package changes

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Diff lists how observed differs from desired, part by part in a fixed order. Applying the result makes them equal.
func Diff(desired share.Desired, observed share.Observed) []Change {
	d := differ{desired: desired, observed: observed, isHalfWay: desired.Spec.IsElsewhere(observed.Role)}
	return d.diff()
}

func (d *differ) diff() []Change {
	if d.desired.Spec.IsDirect() {
		d.diffNoRole()
	} else {
		d.diffThroughRole()
	}
	d.diffBucket()
	d.diffAccessPoint()
	d.diffKeys()
	d.diffConsumer()
	return d.changes
}

// diffThroughRole compares the role and what hangs on it.
func (d *differ) diffThroughRole() {
	if d.observed.Role == nil {
		d.add(Change{Verb: Create, Part: Role, Sentence: "is missing: nobody can use the share"})
		d.add(Change{Verb: Create, Part: PermissionsPolicy, Sentence: "went with the role"})
		d.diffRevocation()
		return
	}
	d.diffRole(*d.observed.Role)
	d.diffRevocation()
	d.diffPermissions()
	d.diffStrangers()
}

// differ gathers the changes of one share.
type differ struct {
	desired  share.Desired
	observed share.Observed
	// isHalfWay tells that a change of the way was stopped before, so that anything of another way may be there.
	isHalfWay bool
	changes   []Change
}

func (d *differ) add(change Change) {
	change.Desired = d.desired
	d.changes = append(d.changes, change)
}

func (d *differ) diffRole(role share.Role) {
	if known := d.desired.Spec.RoleUniqueID; known != "" && known != role.UniqueID {
		d.add(Change{Verb: Report, Part: Role, Sentence: fmt.Sprintf(
			"was deleted and created again outside Terraform (its unique ID was %s and is %s): whatever was bound to the old ID no longer matches", known, role.UniqueID)})
	}
	if want := d.desired.Spec.Path; role.Path != want {
		d.add(Change{Verb: Report, Part: Role, Sentence: fmt.Sprintf(
			"is at path %s and not at %s, so its ARN is another: whoever assumes %s is refused, and no call can move a role", role.Path, want, d.desired.Spec.RoleARN())})
	}
	if !d.desired.Trust.Equal(role.Trust) {
		sentence, widens := describeTrust(d.desired, role.Trust)
		d.add(Change{Verb: Update, Part: TrustPolicy, Sentence: sentence, Widens: widens})
	}
	want, have := d.desired.Role, role.Settings
	d.diffBoundary(want.PermissionsBoundary, have.PermissionsBoundary)
	if sentence := describeSettings(want, have); sentence != "" {
		d.add(Change{Verb: Update, Part: Settings, Sentence: sentence})
	}
	if sentence, remove := describeTags(want.Tags, have.Tags); sentence != "" {
		d.add(Change{Verb: Update, Part: Tags, Sentence: sentence, RemoveTags: remove})
	}
}

// diffBoundary takes every boundary that is there in place of the share's as wider: what it allows is not known here.
func (d *differ) diffBoundary(want, have string) {
	switch {
	case want == have:
	case want == "":
		d.add(Change{Verb: Delete, Part: Boundary, Sentence: fmt.Sprintf("is %s, where the share has none: what it does not allow is refused", have)})
	case have == "":
		d.add(Change{Verb: Update, Part: Boundary, Widens: true, Sentence: fmt.Sprintf("%s was removed: it no longer limits the role", want)})
	default:
		d.add(Change{Verb: Update, Part: Boundary, Widens: true, Sentence: fmt.Sprintf("is %s instead of %s: the role is limited to what that one allows", have, want)})
	}
}

func describeSettings(want, have share.RoleSettings) string {
	var found []string
	if want.MaxSessionDuration != have.MaxSessionDuration {
		found = append(found, fmt.Sprintf("max_session_duration is %d seconds instead of %d",
			have.MaxSessionDuration/time.Second, want.MaxSessionDuration/time.Second))
	}
	if want.Description != have.Description {
		found = append(found, fmt.Sprintf("description is %q instead of %q", have.Description, want.Description))
	}
	return strings.Join(found, "; ")
}

// describeTags compares keys without case, as IAM does for roles (IAM User Guide, "Tags for IAM resources").
func describeTags(want, have map[string]string) (sentence string, remove []string) {
	var found []string
	wanted, had := foldKeys(want), foldKeys(have)
	for _, key := range sortedKeys(want) {
		switch value, there := had[strings.ToLower(key)]; {
		case !there:
			found = append(found, fmt.Sprintf("%q is missing", key))
		case value != want[key]:
			found = append(found, fmt.Sprintf("%q is %q instead of %q", key, value, want[key]))
		}
	}
	for _, key := range sortedKeys(have) {
		if _, there := wanted[strings.ToLower(key)]; there || strings.HasPrefix(strings.ToLower(key), "aws:") {
			continue
		}
		remove = append(remove, key)
		if key == share.ViaTag {
			found = append(found, fmt.Sprintf("%q notes that a change of the way to the bucket stopped half-way", key))
		} else {
			found = append(found, fmt.Sprintf("%q was added", key))
		}
	}
	return strings.Join(found, "; "), remove
}

func foldKeys(tags map[string]string) map[string]string {
	folded := make(map[string]string, len(tags))
	for key, value := range tags {
		folded[strings.ToLower(key)] = value
	}
	return folded
}

func sortedKeys(tags map[string]string) []string {
	keys := make([]string, 0, len(tags))
	for key := range tags {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

func (d *differ) diffPermissions() {
	have := d.observed.Permissions()
	switch {
	case have == nil:
		may := "nothing"
		if len(d.observed.Strangers())+len(d.observed.Attached) > 0 {
			may = "only what its other policies allow"
		}
		d.add(Change{Verb: Create, Part: PermissionsPolicy, Sentence: "is missing: the role can be assumed and may do " + may})
	case !d.desired.Permissions.Equal(*have):
		sentence, widens := describeGrants(d.desired.Spec, d.desired.Permissions.Statements(), have.Statements())
		d.add(Change{Verb: Update, Part: PermissionsPolicy, Sentence: sentence, Widens: widens})
	}
}

// diffRevocation wants older sessions to be refused at least as far as the share says: who refuses more, by the console,
// is let be.
func (d *differ) diffRevocation() {
	want, have := d.desired.Spec.RevokedBefore, d.observed.RevokedBefore()
	if !have.Before(want) {
		return
	}
	change := Change{Verb: Create, Part: Revocation, Sentence: fmt.Sprintf(
		"is missing: sessions issued before %s are not refused", want.UTC().Format(time.RFC3339))}
	if !have.IsZero() {
		change.Verb = Update
		change.Sentence = fmt.Sprintf("only refuses sessions issued before %s, not those issued until %s",
			have.UTC().Format(time.RFC3339), want.UTC().Format(time.RFC3339))
	}
	if slices.ContainsFunc(d.observed.Strangers(), func(p share.NamedPolicy) bool { return p.Name == share.RevocationPolicyName }) {
		change.Verb = Update
		change.Sentence = fmt.Sprintf("another policy stands in its place: sessions issued before %s are not refused, and whoever assumes "+
			"the role has what it allows", want.UTC().Format(time.RFC3339))
	}
	change.Widens = d.observed.Role != nil
	d.add(change)
}

// diffStrangers names the policies on our role that are not the share's.
func (d *differ) diffStrangers() {
	change := Change{Verb: Delete, Widens: true, Sentence: "is not the share's: whoever assumes the role has what it allows"}
	if !d.desired.Spec.Exclusive {
		change.Verb = Report
		change.Sentence += ", and it stays because exclusive is false"
	}
	d.addStrangers(change)
}

// addStrangers adds the change for each of them.
func (d *differ) addStrangers(change Change) {
	// A policy that stands where the revocation belongs is written over, not deleted after it.
	replaced := slices.ContainsFunc(d.changes, func(c Change) bool { return c.Part == Revocation })
	var inline []string
	for _, other := range d.observed.Strangers() {
		if !replaced || other.Name != share.RevocationPolicyName {
			inline = append(inline, other.Name)
		}
	}
	change.Part = InlinePolicy
	for _, change.Target = range slices.Sorted(slices.Values(inline)) {
		d.add(change)
	}
	change.Part = ManagedPolicy
	for _, change.Target = range slices.Sorted(slices.Values(d.observed.Attached)) {
		d.add(change)
	}
}

// diffBucket compares the share's statements. With OutputOnly the bucket policy is not the provider's to touch, so
// statements of the share that are there from before stay for whoever owns the document.
func (d *differ) diffBucket() {
	if d.desired.Spec.BucketPolicyMode == share.OutputOnly || d.observed.Bucket.State == share.BucketUnread {
		return
	}
	d.diffDelegation()
	if spec := d.desired.Spec; (spec.BucketPolicyMode != share.Delegated || spec.UsesAccessPoint()) && d.isHalfWay {
		d.diffNoDelegation(spec.ByDelegation())
	}
	have := d.observed.Statements(d.desired.Spec)
	if policy.New(d.desired.BucketStatements...).Equal(policy.New(have...)) {
		return
	}
	switch {
	case d.observed.Bucket.State == share.BucketMissing:
		d.add(Change{Verb: Update, Part: BucketStatement, Sentence: fmt.Sprintf("bucket %s does not exist: there is nothing to share", d.desired.Spec.Bucket)})
	case len(d.desired.BucketStatements) == 0:
		d.add(Change{Verb: Delete, Part: BucketStatement, Sentence: "is there beside the statement for all shares on the bucket: it is not needed"})
	case len(have) == 0:
		d.add(Change{Verb: Create, Part: BucketStatement, Sentence: d.withoutStatement()})
	default:
		sentence, widens := describeGrants(d.desired.Spec, d.desired.BucketStatements, have)
		d.add(Change{Verb: Update, Part: BucketStatement, Sentence: sentence, Widens: widens})
	}
}

// diffDelegation compares the statements that the share has in common with others.
func (d *differ) diffDelegation() {
	want, have := d.desired.Delegation, d.observed.Delegation(d.desired.Spec)
	if len(want) == 0 || policy.New(want...).Equal(policy.New(have...)) {
		return
	}
	switch {
	case d.observed.Bucket.State == share.BucketMissing:
		d.add(Change{Verb: Update, Part: Delegation, Sentence: fmt.Sprintf("bucket %s does not exist: there is nothing to share", d.desired.Spec.Bucket)})
	case len(have) == 0:
		d.add(Change{Verb: Create, Part: Delegation, Sentence: "is missing from the bucket policy: the roles still have what their permissions policies allow"})
	default:
		sentence, widens := describeGrants(d.desired.Spec, want, have)
		d.add(Change{Verb: Update, Part: Delegation, Sentence: sentence, Widens: widens})
	}
}

func (d *differ) diffConsumer() {
	observed := slices.SortedStableFunc(slices.Values(d.observed.Consumer), func(a, b share.ConsumerPolicy) int {
		return strings.Compare(a.RoleName, b.RoleName)
	})
	for _, have := range observed {
		wanted := slices.Contains(d.desired.Spec.Consumer.AttachToRoles, have.RoleName)
		change := Change{Verb: Create, Part: ConsumerPolicy, Target: have.RoleName}
		switch {
		case !wanted && have.Document != nil:
			change.Verb, change.Widens = Delete, true
			change.Sentence = "is there, though the role is not in attach_to_roles: it lets the role " + d.allowedByConsumerPolicy()
		case wanted && have.RoleMissing:
			change.Sentence = fmt.Sprintf("account %s has no such role: nobody can use the policy", d.desired.Spec.Consumer.AccountID)
		case wanted && have.Document == nil:
			change.Sentence = d.withoutConsumerPolicy()
		case wanted && !d.desired.Consumer.Equal(*have.Document):
			change.Verb = Update
			change.Sentence, change.Widens = describeGrants(d.desired.Spec, d.desired.Consumer.Statements(), have.Document.Statements())
		default:
			continue
		}
		d.add(change)
	}
}
