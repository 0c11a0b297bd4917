package changes_test

import (
	"maps"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// edits are what somebody may do to the parts of a share by hand. Each leaves a world that AWS can have.
var edits = map[string]func(*world){
	"trust everybody":          editTrust(func(s *policy.Statement) { s.Principal = &policy.Principal{Any: true} }),
	"trust another account":    editTrust(func(s *policy.Statement) { s.Principal = &policy.Principal{AWS: policy.Values{"333333333333"}} }),
	"trust without conditions": editTrust(func(s *policy.Statement) { s.Condition = nil }),
	"trust with another ID": editTrust(func(s *policy.Statement) {
		s.Condition = policy.Condition{"StringEquals": {"sts:ExternalId": {"another-id"}}}
	}),
	"trust denies": editTrust(func(s *policy.Statement) { s.Effect = policy.Deny }),
	"trust statement added": func(w *world) {
		w.Role.Trust = policy.New(append(w.Role.Trust.Statements(), statement(`{"Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"sts:AssumeRole"}`))...)
	},
	"trust Sid changed": editTrust(func(s *policy.Statement) { s.Sid = "Renamed" }),
	"trust empty":       func(w *world) { w.Role.Trust = policy.New() },
	"permissions gone":  func(w *world) { w.deleteInline(share.PermissionsPolicyName) },
	"permissions wide":  func(w *world) { w.putInline(share.PermissionsPolicyName, everything) },
	"permissions narrow": func(w *world) {
		w.putInline(share.PermissionsPolicyName, document(`{"Version":"2012-10-17","Statement":[{"Sid":"Objects","Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/a/x"}]}`))
	},
	"inline policy":                 func(w *world) { w.putInline("hand", everything) },
	"managed policy":                func(w *world) { w.Attached = []string{"arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess"} },
	"boundary":                      func(w *world) { w.Role.Settings.PermissionsBoundary = limitsB },
	"no boundary":                   func(w *world) { w.Role.Settings.PermissionsBoundary = "" },
	"tags":                          func(w *world) { w.Role.Settings.Tags = map[string]string{"Added": "x"} },
	"description":                   func(w *world) { w.Role.Settings.Description = "changed" },
	"bucket policy gone":            func(w *world) { w.Bucket = share.BucketPolicy{State: share.BucketWithoutPolicy} },
	"bucket statement to everybody": editBucket(func(s *policy.Statement) { s.Principal = &policy.Principal{Any: true} }),
	"bucket statement to the role": editBucket(func(s *policy.Statement) {
		s.Principal, s.Resource = &policy.Principal{AWS: policy.Values{"arn:aws:iam::111111111111:role/crossaccount/etl"}}, policy.Values{"arn:aws:s3:::acme-data/*"}
	}),
	"bucket statement denies": editBucket(func(s *policy.Statement) { s.Effect = policy.Deny }),
	"consumer policies gone": func(w *world) {
		for i := range w.Consumer {
			w.Consumer[i].Document = nil
		}
	},
	"consumer policies wide": func(w *world) {
		for i := range w.Consumer {
			w.Consumer[i].Document = &everything
		}
	},
	"role gone": func(w *world) { w.Role, w.Inline, w.Attached = nil, nil, nil },
}

// trustEdits are finer: each loosens, tightens or moves one condition or name of the trust policy.
func trustEdits() map[string]func(*world) {
	all := map[string]func(*world){}
	for _, operator := range []string{"StringEquals", "StringLike", "StringEqualsIfExists", "ForAllValues:StringEquals", "ForAnyValue:StringEquals", "StringNotEquals", "StringEqualsIgnoreCase"} {
		for _, value := range []string{"example-external-id", "EXAMPLE-EXTERNAL-ID", "another-id", "example-*", "*"} {
			all["ID "+operator+" "+value] = trusting(operator, "sts:ExternalId", value)
		}
	}
	for _, operator := range []string{"ArnLike", "ArnEquals", "StringLike", "StringEquals", "ArnNotLike", "ArnLikeIfExists"} {
		for _, name := range []string{"a", "a*", "*", "?b"} {
			all["principal "+operator+" "+name] = trusting(operator, "aws:PrincipalArn", consumerRole+name)
		}
	}
	for _, principal := range []string{`"*"`, `{"AWS":"333333333333"}`, `{"AWS":["222222222222","333333333333"]}`, `{"AWS":"arn:aws:iam::222222222222:role/b"}`, `{"AWS":"222222222222"}`, `{"AWS":"AROAEXAMPLEOFADELETED"}`} {
		named := statement(`{"Effect":"Allow","Principal":` + principal + `}`).Principal
		all["names "+principal] = editTrust(func(s *policy.Statement) { s.Principal = named })
		all["added "+principal] = addTrust(`{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"example-external-id"}}}`)
	}
	for _, key := range []string{"aws:PrincipalArn", "aws:PrincipalOrgID", "aws:SourceIp", "aws:SourceVpce", "sts:ExternalId"} {
		all["no "+key] = trusting("", key)
	}
	return all
}

// TestWideningIsSaid asks the judge who has more than desired: then one of the sentences must say so.
func TestWideningIsSaid(t *testing.T) {
	t.Parallel()
	all := trustEdits()
	maps.Copy(all, edits)
	ids := []string{"example-external-id", "EXAMPLE-EXTERNAL-ID", "another-id", "example-x", ""}
	rapid.Check(t, func(t *rapid.T) {
		spec := anySpec().Draw(t, "spec")
		spec.ExternalIDs = []share.ExternalID{externalID("example-external-id")}
		w := built(spec)
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(all))), 1, 2, rapid.ID).Draw(t, "edits") {
			if w.Role != nil {
				all[name](w)
			}
		}
		found := changes.Diff(share.Render(spec), w.Observed)
		desired := built(spec)
		for _, id := range ids {
			entry := w.access(t, id).outside(desired.access(t, id))
			if entry != "" && !slices.ContainsFunc(found, func(c changes.Change) bool { return c.Widens }) {
				t.Fatalf("%s is let in with ID %q, and nothing but this is said: %q", entry, id, changes.Sentences(found))
			}
		}
	})
}

// editTrust changes the first statement, if the role and the statement are there.
func editTrust(edit func(*policy.Statement)) func(*world) {
	return func(w *world) {
		if w.Role == nil || w.Role.Trust.IsEmpty() {
			return
		}
		statements := w.Role.Trust.Statements()
		edit(&statements[0])
		w.Role.Trust = policy.New(statements...)
	}
}

func editBucket(edit func(*policy.Statement)) func(*world) {
	return func(w *world) {
		statements := w.Statements(example())
		for i := range statements {
			edit(&statements[i])
		}
		w.putStatements(example(), statements)
	}
}

// TestDiffIsRepair applies whatever Diff finds and looks again.
func TestDiffIsRepair(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := anySpec().Draw(t, "spec")
		w := built(spec)
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(edits))), 0, 5, rapid.ID).Draw(t, "edits") {
			if w.Role != nil {
				edits[name](w)
			}
		}
		desired := share.Render(spec)
		found := changes.Diff(desired, w.Observed)
		for _, change := range found {
			if change.Sentence == "" || change.Desired.Spec.Name != spec.Name {
				t.Fatalf("a change says nothing: %+v", change)
			}
			w.apply(t, change)
		}
		if rest := changes.Diff(desired, w.Observed); len(rest) > 0 {
			t.Fatalf("%s is left of %s", changes.Sentences(rest), changes.Sentences(found))
		}
		if foreignLeft := w.Bucket.Document.Replace(spec.Owns); w.Bucket.State == share.BucketHasPolicy &&
			len(foreignLeft.Statements()) > 0 && foreignLeft.Statements()[0].JSON() != foreign.Statements()[0].JSON() {
			t.Fatalf("a foreign statement changed: %s", foreignLeft.JSON())
		}
	})
}

// TestDiffIsDeterministic reads the same world in another order.
func TestDiffIsDeterministic(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		spec := anySpec().Draw(t, "spec")
		w := built(spec)
		for _, name := range rapid.SliceOfNDistinct(rapid.SampledFrom(slices.Sorted(maps.Keys(edits))), 0, 5, rapid.ID).Draw(t, "edits") {
			if w.Role != nil {
				edits[name](w)
			}
		}
		if w.Role != nil {
			w.putInline("another", everything)
			w.Attached = append(w.Attached, limitsA)
		}
		first := changes.Sentences(changes.Diff(share.Render(spec), w.Observed))
		slices.Reverse(w.Inline)
		slices.Reverse(w.Attached)
		slices.Reverse(w.Consumer)
		if second := changes.Sentences(changes.Diff(share.Render(spec), w.Observed)); !slices.Equal(first, second) {
			t.Fatalf("two orders:\n%q\n%q", first, second)
		}
	})
}
