package changes_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// shape is a plan in short: verb and part of each step.
func shape(steps []changes.Change) string {
	var all []string
	for _, step := range steps {
		text := string(step.Verb) + " " + string(step.Part)
		if strings.HasPrefix(step.Sentence, "is narrowed") {
			text = "narrow " + string(step.Part)
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

func TestPlanOrder(t *testing.T) {
	t.Parallel()
	type specChange func(*share.Spec)
	prefix := func(prefixes ...share.Prefix) specChange { return func(s *share.Spec) { s.Prefixes = prefixes } }
	who := func(names ...string) specChange {
		return func(s *share.Spec) { s.Consumer.Principals = principals(names...) }
	}
	boundary := func(arn string) specChange { return func(s *share.Spec) { s.PermissionsBoundary = arn } }
	both := func(all ...specChange) specChange {
		return func(s *share.Spec) {
			for _, change := range all {
				change(s)
			}
		}
	}
	nothing := both()
	for situation, c := range map[string]struct {
		prior, next specChange
		drift       func(*world)
		want        string
	}{
		"nothing":               {nothing, nothing, nil, ""},
		"only who":              {who("a"), who("b"), nil, "update trust policy"},
		"only what":             {prefix("a/"), prefix("b/"), nil, "update permissions policy, update bucket statement"},
		"principals go":         {both(who("a", "b"), prefix("a/")), both(who("a"), prefix("b/")), nil, "update trust policy, update permissions policy, update bucket statement"},
		"principals come":       {both(who("a"), prefix("a/")), both(who("a", "b"), prefix("b/")), nil, "update permissions policy, update bucket statement, update trust policy"},
		"some go and some come": {both(who("a", "b"), prefix("a/")), both(who("b", "c"), prefix("b/")), nil, "narrow trust policy, update permissions policy, update bucket statement, update trust policy"},
		"nobody stays":          {both(who("a"), prefix("a/")), both(who("b"), prefix("b/")), nil, "delete permissions policy, update bucket statement, update trust policy, create permissions policy"},
		"the account opens, while its trust policy is open for others": {
			both(who("a"), prefix("a/")), both(who("a", "b"), prefix("b/")),
			func(w *world) {
				w.Role.Trust = document(`{"Version":"2012-10-17","Statement":[{"Sid":"Consumer","Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}`)
			},
			"narrow trust policy, update permissions policy, update bucket statement, update trust policy"},
		"drift that opens the trust policy is closed first": {prefix("a/"), prefix("b/"),
			func(w *world) {
				w.Role.Trust = document(`{"Version":"2012-10-17","Statement":[{"Sid":"Consumer","Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}]}`)
			},
			"update trust policy, update permissions policy, update bucket statement"},
		"the old form lacks its trust": {nothing, nothing,
			func(w *world) {
				w.Role.Trust = document(`{"Version":"2012-10-17","Statement":[{"Sid":"Consumer","Effect":"Deny","Principal":"*","Action":"sts:AssumeRole"}]}`)
				w.deleteInline("crossaccount")
			},
			"create permissions policy, update trust policy"},
		"boundary comes": {prefix("a/"), both(prefix("b/"), boundary(limitsA)), nil, "update permissions boundary, update permissions policy, update bucket statement"},
		"boundary goes":  {both(prefix("a/"), boundary(limitsA)), prefix("b/"), nil, "update permissions policy, update bucket statement, delete permissions boundary"},
		"boundary is another, permissions grow": {both(prefix("a/"), boundary(limitsA)), boundary(limitsB), nil,
			"update bucket statement, update permissions boundary, update permissions policy"},
		"boundary is another, permissions shrink": {boundary(limitsA), both(prefix("a/"), boundary(limitsB)), nil,
			"narrow permissions policy, update bucket statement, update permissions boundary"},
		"boundary is another, permissions shift": {both(prefix("a/", "b/"), boundary(limitsA)), both(prefix("b/", "c"), boundary(limitsB)), nil,
			"narrow permissions policy, update bucket statement, update permissions boundary, update permissions policy"},
		"boundary is another, nothing stays": {both(prefix("a/"), boundary(limitsA)), both(prefix("b/"), boundary(limitsB)), nil,
			"delete permissions policy, update bucket statement, update permissions boundary, create permissions policy"},
		"boundary is another and so is everybody": {both(who("a"), boundary(limitsA)), both(who("b"), boundary(limitsB)), nil,
			"delete permissions policy, update permissions boundary, update trust policy, create permissions policy"},
		"boundary comes before principals do": {who("a"), both(who("a", "b"), boundary(limitsA)), nil, "update permissions boundary, update trust policy"},
		"policies of others go before principals come": {who("a"), who("a", "b"),
			func(w *world) {
				w.putInline("hand", everything)
				w.Attached = []string{"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"}
			},
			"delete inline policy, delete managed policy, update trust policy"},
		"policies of others go after ours is there": {nothing, nothing,
			func(w *world) { w.deleteInline("crossaccount"); w.putInline("hand", everything) },
			"create permissions policy, delete inline policy"},
		"roles of the consumer": {
			func(s *share.Spec) { s.Consumer.AttachToRoles, s.Prefixes = []string{"attached"}, []share.Prefix{"a/"} },
			func(s *share.Spec) { s.Consumer.AttachToRoles, s.Prefixes = []string{"other"}, []share.Prefix{"b/"} }, nil,
			"delete consumer policy, update permissions policy, update bucket statement, create consumer policy"},
		"the role is gone": {both(who("a"), prefix("a/")), both(who("b"), prefix("b/")),
			func(w *world) { w.Role, w.Inline = nil, nil },
			"update bucket statement, create role, create permissions policy"},
	} {
		prior, next := example(), example()
		c.prior(&prior)
		c.next(&next)
		w := built(prior)
		w.know(next.Consumer.AttachToRoles)
		if c.drift != nil {
			c.drift(w)
		}
		if got := shape(changes.Plan(prior, share.Render(next), w.Observed)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", situation, got, c.want)
		}
	}
}

func anySpec() *rapid.Generator[share.Spec] {
	return rapid.Custom(func(t *rapid.T) share.Spec {
		spec := example()
		spec.Access = rapid.SliceOfNDistinct(rapid.SampledFrom([]share.Word{share.Read, share.List, share.Write}), 1, 3, rapid.ID).Draw(t, "access")
		spec.Prefixes = rapid.SampledFrom([][]share.Prefix{nil, {"a/"}, {"b/"}, {"a/", "b/"}, {"b/", "c"}}).Draw(t, "prefixes")
		spec.Consumer.Principals = principals(rapid.SliceOfN(rapid.SampledFrom([]string{"a", "ab", "a*", "*b", "?b", "b", "attached", "other"}), 0, 3).Draw(t, "principals")...)
		spec.Consumer.AttachToRoles = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"attached", "other"}), 0, 2, rapid.ID).Draw(t, "attach")
		if rapid.IntRange(0, 7).Draw(t, "other account") == 0 {
			spec.Consumer.AccountID, spec.Consumer.Principals, spec.Consumer.AttachToRoles = "333333333333", nil, nil
		}
		spec.Perimeter = share.Perimeter{
			PrincipalOrgID: rapid.SampledFrom([]string{"", "", "o-a1b2c3d4e5", "o-zzzzzzzzzz"}).Draw(t, "organization"),
			SourceIPs:      rapid.SampledFrom([][]string{nil, nil, {"192.0.2.0/24"}, {"192.0.2.0/25", "203.0.113.9"}, {"203.0.113.0/24"}}).Draw(t, "addresses"),
			SourceVPCEIDs:  rapid.SampledFrom([][]string{nil, nil, {"vpce-1a2b3c4d"}}).Draw(t, "endpoints"),
		}
		spec.PermissionsBoundary = rapid.SampledFrom([]string{"", "", limitsA, limitsB}).Draw(t, "boundary")
		spec.ExternalIDs = []share.ExternalID{externalID(rapid.SampledFrom([]string{"example-external-id", "another-id"}).Draw(t, "external ID"))}
		return spec
	})
}

// bothIDs are all external IDs of anySpec: whoever is let in under either is the same person.
var bothIDs = []string{"example-external-id", "another-id"}

// TestNoStepOpensOrRefuses walks every plan step by step: nobody may have what neither prior nor desired gives, and nobody
// who has access before and after may lose it on the way.
func TestNoStepOpensOrRefuses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prior, next := anySpec().Draw(t, "prior"), anySpec().Draw(t, "next")
		w := built(prior)
		w.know(next.Consumer.AttachToRoles)
		walk(t, w, prior, next)
	})
}

// TestNoRepairOpensOrRefuses does the same from a world that somebody edited. What was open before may stay so until it
// is closed.
func TestNoRepairOpensOrRefuses(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prior, next := anySpec().Draw(t, "prior"), anySpec().Draw(t, "next")
		w := built(prior)
		w.know(next.Consumer.AttachToRoles)
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(edits))), 1, 3, rapid.ID).Draw(t, "edits") {
			if w.Role != nil {
				edits[name](w)
			}
		}
		walk(t, w, prior, next)
	})
}

func walk(t *rapid.T, w *world, prior, next share.Spec) {
	before := w.access(t, bothIDs...)
	target := built(next)
	target.know(prior.Consumer.AttachToRoles)
	after := target.access(t, bothIDs...)
	wanted := built(prior).access(t, bothIDs...)
	// What somebody has only by what was opened beside the share is not kept at any price; TestPlanOrder has the case of
	// policies made by hand that the share replaces.
	own := *w
	own.Attached = nil
	own.Inline = slices.DeleteFunc(slices.Clone(w.Inline), func(p share.NamedPolicy) bool { return p.Name != share.PermissionsPolicyName })
	own.putStatements(prior, nil)
	keep := before.and(after).and(wanted).and(own.access(t, bothIDs...))
	if endpointsOnly(prior, next) {
		keep = access{}
	}
	// What is put back of the share meets what somebody opened beside it, until that is closed.
	opened := *w
	if w.Role != nil {
		role := *w.Role
		role.Trust = share.Render(prior).Trust
		opened.Role = &role
		opened.Inline = append(slices.Clone(w.Inline), share.NamedPolicy{Name: "put back", Document: share.Render(prior).Permissions})
	}
	begun := opened.access(t, bothIDs...)
	steps := changes.Plan(prior, share.Render(next), w.Observed)
	done := "nothing"
	for _, step := range steps {
		w.apply(t, step)
		done += fmt.Sprintf("\n%s %s", step.Verb, step)
		now := w.access(t, bothIDs...)
		if entry := now.outside(before, begun, wanted, after); entry != "" {
			t.Fatalf("%s was let in after %s\nof %s", entry, done, shape(steps))
		}
		if entry := keep.outside(now); entry != "" {
			t.Fatalf("%s was refused after %s\nof %s", entry, done, shape(steps))
		}
	}
	if rest := changes.Diff(share.Render(next), w.Observed); len(rest) > 0 {
		t.Fatalf("left: %s\nafter %s", changes.Sentences(rest), done)
	}
	if now := w.access(t, bothIDs...); now.outside(after) != "" || after.outside(now) != "" {
		t.Fatalf("in the end %v, and not %v", now, after)
	}
}

// endpointsOnly tells the one case in which somebody is refused for a moment, see share.Meet.
func endpointsOnly(prior, next share.Spec) bool {
	return share.Meet(prior, next) == share.Unrelated && len(prior.Perimeter.SourceIPs) > 0 && len(next.Perimeter.SourceIPs) > 0
}

func TestPlanHasNoReports(t *testing.T) {
	t.Parallel()
	spec := example()
	spec.Exclusive = false
	w := built(spec)
	w.putInline("hand", everything)
	desired := share.Render(spec)
	desired.Spec.RoleUniqueID = "AROASOMETHINGELSE0001"
	if found := changes.Diff(desired, w.Observed); len(found) != 2 {
		t.Fatalf("diff is %v", changes.Sentences(found))
	}
	if steps := changes.Plan(spec, desired, w.Observed); len(steps) != 0 {
		t.Errorf("plan is %s", shape(steps))
	}
}

func TestRemoval(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		change func(*share.Spec)
		drift  func(*world)
		want   string
	}{
		"whole share": {nil, nil, "delete bucket statement, delete consumer policy, delete permissions policy, delete role"},
		"with policies of others": {nil, func(w *world) { w.putInline("hand", everything); w.Attached = []string{limitsA} },
			"delete bucket statement, delete consumer policy, delete inline policy, delete managed policy, delete permissions policy, delete role"},
		"with policies of others on a role that is not exclusive": {func(s *share.Spec) { s.Exclusive = false }, func(w *world) { w.putInline("hand", everything) },
			"delete bucket statement, delete consumer policy, delete inline policy, delete permissions policy, delete role"},
		"output only leaves the bucket policy": {func(s *share.Spec) { s.BucketPolicyMode = share.OutputOnly },
			func(w *world) { w.putStatements(example(), share.Render(example()).BucketStatements) }, "delete consumer policy, delete permissions policy, delete role"},
		"role gone":             {nil, func(w *world) { w.Role, w.Inline = nil, nil }, "delete bucket statement, delete consumer policy"},
		"bucket without policy": {nil, func(w *world) { w.Bucket = share.BucketPolicy{State: share.BucketWithoutPolicy} }, "delete consumer policy, delete permissions policy, delete role"},
		"nothing left":          {nil, func(w *world) { w.Observed = share.Observed{Bucket: share.BucketPolicy{State: share.BucketMissing}} }, ""},
	} {
		spec := example()
		spec.Consumer.AttachToRoles = []string{"attached"}
		if c.change != nil {
			c.change(&spec)
		}
		w := built(spec)
		if c.drift != nil {
			c.drift(w)
		}
		others := w.Bucket.Document
		steps := changes.Removal(share.Render(spec), w.Observed)
		if got := shape(steps); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", situation, got, c.want)
		}
		for _, step := range steps {
			w.apply(t, step)
		}
		if spec.BucketPolicyMode == share.OwnStatements && w.Exists(spec) {
			t.Errorf("%s: something is left: %+v", situation, w.Observed)
		}
		if spec.BucketPolicyMode == share.OutputOnly && !w.Bucket.Document.Equal(others) {
			t.Errorf("%s: the bucket policy changed", situation)
		}
	}
}
