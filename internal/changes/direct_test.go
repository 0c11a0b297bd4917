package changes_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const (
	keyA share.KeyARN = "arn:aws:kms:eu-central-1:111111111111:key/aaaaaaaa-89ab-cdef-0123-456789abcdef"
	keyB share.KeyARN = "arn:aws:kms:eu-central-1:111111111111:key/bbbbbbbb-89ab-cdef-0123-456789abcdef"
)

// ownKeyPolicy is what every key policy has beside the share's statement.
var ownKeyPolicy = document(`{"Version":"2012-10-17","Statement":[
	{"Sid":"Enable IAM policies","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}]}`)

// builtDirect is the world of a direct share that was just made.
func builtDirect(desired share.Desired) *world {
	w := &world{share.Observed{Bucket: share.BucketPolicy{State: share.BucketHasPolicy, Document: foreign}}}
	if desired.Spec.BucketPolicyMode == share.OwnStatements {
		w.putStatements(desired.Spec, desired.BucketStatements)
	}
	for _, role := range desired.Spec.Consumer.AttachToRoles {
		w.Consumer = append(w.Consumer, share.ConsumerPolicy{RoleName: role, Document: &desired.Consumer})
	}
	for _, key := range desired.Spec.KMSKeys {
		w.Keys = append(w.Keys, share.Key{
			ARN: key, Policy: ownKeyPolicy.Replace(desired.Spec.OwnsKeyStatement, desired.KeyStatements...), Grants: desired.KeyGrants,
		})
	}
	return w
}

// knowKeys lists keys that are asked for, too.
func (w *world) knowKeys(keys ...share.KeyARN) {
	for _, arn := range keys {
		if !slices.ContainsFunc(w.Keys, func(k share.Key) bool { return k.ARN == arn }) {
			w.Keys = append(w.Keys, share.Key{ARN: arn, Policy: ownKeyPolicy})
		}
	}
}

func (w *world) applyKey(change changes.Change) {
	at := slices.IndexFunc(w.Keys, func(k share.Key) bool { return string(k.ARN) == change.Target })
	w.Keys = slices.Clone(w.Keys)
	statements, grants := change.Desired.KeyStatements, change.Desired.KeyGrants
	if change.Verb == changes.Delete {
		statements, grants = nil, nil
	}
	if change.Part == changes.KeyGrant {
		w.Keys[at].Grants = grants
		return
	}
	w.Keys[at].Policy = w.Keys[at].Policy.Replace(change.Desired.Spec.OwnsKeyStatement, statements...)
}

func (a access) add(calls []string, of ...string) {
	for _, call := range calls {
		a[strings.Join(append(slices.Clone(of), call), " ")] = true
	}
}

// callerOf is a principal of the consumer and what its account allows it. The roles attached and other have no permission of
// their own but the consumer policy.
func (w *world) callerOf(caller string) (verdict.Principal, []verdict.Policy) {
	account, name := strings.Split(caller, ":")[4], caller[strings.LastIndex(caller, "/")+1:]
	identity := []verdict.Policy{{Name: "own", Document: everything}}
	if name == "attached" || name == "other" {
		identity = nil
		for _, consumer := range w.Consumer {
			if consumer.RoleName == name && consumer.Document != nil {
				identity = append(identity, verdict.Policy{Name: "consumer policy", Document: *consumer.Document})
			}
		}
	}
	return verdict.Principal{
		Kind: verdict.RoleSession, Account: account, ARN: caller, UniqueID: "AROAEXAMPLEOFACALLER1",
		SessionARN: "arn:aws:sts::" + account + ":assumed-role/" + name + "/s",
	}, identity
}

// directAccess is what callers may do on the bucket with their own credentials.
func (w *world) directAccess(t interface{ Fatal(...any) }) access {
	all := access{}
	owners := func(s policy.Statement) bool {
		return s.Effect == policy.Deny || s.Principal != nil && s.Principal.Equal(policy.Principal{AWS: policy.Values{"arn:aws:iam::111111111111:root"}})
	}
	if !slices.ContainsFunc(w.Bucket.Document.Statements(), func(s policy.Statement) bool { return !owners(s) }) {
		return all // across accounts the bucket policy must let callers in
	}
	for i, network := range networks {
		for _, caller := range callers {
			for _, org := range orgs {
				who, identity := w.callerOf(caller)
				keys := with(with(network, "aws:PrincipalOrgID", org), "aws:ResourceAccount", "111111111111")
				calls := callsOf(t, who, keys, verdict.Policies{Identity: identity, Resource: &verdict.Policy{Name: "bucket policy", Document: w.Bucket.Document}})
				all.add(calls, caller, org, string(rune('0'+i)))
			}
		}
	}
	return all
}

func anyWay() *rapid.Generator[share.Spec] {
	return rapid.Custom(func(t *rapid.T) share.Spec {
		spec := anySpec().Draw(t, "spec")
		if rapid.Bool().Draw(t, "direct") {
			spec = direct(spec)
			spec.KMSAccess = rapid.SampledFrom([]share.KMSAccess{share.KeyPolicies, share.KeyGrants, share.NoKeyAccess}).Draw(t, "keys let in by")
		}
		spec.KMSKeys = rapid.SampledFrom([][]share.KeyARN{nil, {keyA}, {keyA, keyB}}).Draw(t, "keys")
		return spec
	})
}

func direct(spec share.Spec) share.Spec {
	spec.Via, spec.KMSAccess, spec.ExternalIDs, spec.PermissionsBoundary = share.ViaDirect, share.KeyPolicies, nil, ""
	if spec.BucketPolicyMode == share.Delegated {
		spec.BucketPolicyMode = share.OwnStatements
	}
	return spec
}

// TestNoWayClosesBeforeTheOtherOpens walks changes of direct shares, and those between the two ways.
func TestNoWayClosesBeforeTheOtherOpens(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prior, next := anyWay().Draw(t, "prior"), anyWay().Draw(t, "next")
		if !prior.IsDirect() && !next.IsDirect() {
			return // TestNoStepOpensOrRefuses
		}
		w := built(prior)
		w.know(next.Consumer.AttachToRoles)
		w.knowKeys(keyA, keyB)
		walk(t, w, prior, next)
		for _, key := range w.Keys {
			if own := key.Policy.Replace(next.OwnsKeyStatement); !own.Equal(ownKeyPolicy) {
				t.Fatalf("the policy of key %s lost statements of others: %s", key.ARN, key.Policy.JSON())
			}
		}
	})
}

// TestChangesThatStoppedHalfWay takes up a change of the way in the middle, and also takes it back.
func TestChangesThatStoppedHalfWay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prior, next := anyWay().Draw(t, "prior"), anyWay().Draw(t, "next")
		if prior.IsDirect() == next.IsDirect() || prior.BucketPolicyMode == share.OutputOnly || next.BucketPolicyMode == share.OutputOnly {
			return
		}
		w := built(prior)
		w.know(next.Consumer.AttachToRoles)
		w.knowKeys(keyA, keyB)
		steps := changes.Plan(prior, share.Render(next), w.Observed)
		for _, step := range steps[:rapid.IntRange(0, len(steps)).Draw(t, "steps")] {
			w.apply(t, step)
		}
		target := rapid.SampledFrom([]share.Spec{prior, next}).Draw(t, "target")
		for _, step := range changes.Plan(prior, share.Render(target), w.Observed) {
			w.apply(t, step)
		}
		want := built(target)
		want.know(slices.Concat(prior.Consumer.AttachToRoles, next.Consumer.AttachToRoles))
		if now, after := w.access(t, bothIDs...), want.access(t, bothIDs...); now.outside(after) != "" || after.outside(now) != "" {
			t.Fatalf("in the end %v, and not %v", slices.Sorted(maps.Keys(now)), slices.Sorted(maps.Keys(after)))
		}
		if rest := changes.Diff(share.Render(target), w.Observed); len(rest) > 0 {
			t.Fatalf("left: %s", changes.Sentences(rest))
		}
	})
}

func TestPlanOrderOfDirectShares(t *testing.T) {
	t.Parallel()
	attached := example()
	attached.Consumer.AttachToRoles, attached.KMSKeys = []string{"attached"}, []share.KeyARN{keyA}
	granted := direct(attached)
	granted.KMSAccess = share.KeyGrants
	unattached, narrower := direct(attached), direct(attached)
	unattached.Consumer.AttachToRoles = nil
	narrower.Prefixes = []share.Prefix{"a/"}
	for situation, c := range map[string]struct {
		prior, next share.Spec
		want        string
	}{
		"the role goes": {attached, direct(attached),
			"update tags, update bucket statement, create key statement, update consumer policy, delete permissions policy, delete role"},
		"the role comes": {direct(attached), attached,
			"create role, create permissions policy, update consumer policy, update bucket statement, delete key statement"},
		"nothing":                        {direct(attached), direct(attached), ""},
		"less is given":                  {direct(attached), narrower, "update bucket statement, update key statement, update consumer policy"},
		"grants in place of policies":    {direct(attached), granted, "create key grant, delete key statement"},
		"policies in place of grants":    {granted, direct(attached), "create key statement, delete key grant"},
		"a role of the consumer is left": {direct(attached), unattached, "delete consumer policy"},
	} {
		w := built(c.prior)
		w.know(c.next.Consumer.AttachToRoles)
		w.knowKeys(keyA)
		if got := shape(changes.Plan(c.prior, share.Render(c.next), w.Observed)); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", situation, got, c.want)
		}
	}
}

func TestRemovalOfDirectShares(t *testing.T) {
	t.Parallel()
	spec := direct(example())
	spec.Consumer.AttachToRoles, spec.KMSKeys = []string{"attached"}, []share.KeyARN{keyA}
	w := built(spec)
	w.Keys[0].Grants = []share.KeyGrant{{Name: "left from before"}}
	steps := changes.Removal(share.Render(spec), w.Observed)
	if got, want := shape(steps), "delete bucket statement, delete key statement, delete key grant, delete consumer policy"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	for _, step := range steps {
		w.apply(t, step)
	}
	if w.Exists(spec) || !w.Bucket.Document.Equal(foreign) || !w.Keys[0].Policy.Equal(ownKeyPolicy) {
		t.Errorf("something is left, or taken from others: %+v", w.Observed)
	}
}

// TestDriftOfDirectShares reads what somebody made of a direct share.
func TestDriftOfDirectShares(t *testing.T) {
	t.Parallel()
	with := func(text string) func(*world) {
		return func(w *world) {
			spec := direct(example())
			sid := share.Render(spec).BucketStatements[0].Sid
			w.putStatements(spec, document(`{"Statement":[`+strings.Replace(text, "SID", sid, 1)+`]}`).Statements())
		}
	}
	const getObject = `"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"`
	narrowed := func(s *share.Spec) { s.Consumer.Principals = principals("a") }
	pinned := func(s *share.Spec) { narrowed(s); s.Consumer.Trust = share.TrustPinned }
	for situation, c := range map[string]struct {
		change func(*share.Spec)
		edit   func(*world)
		want   string
		widens bool
	}{
		"the statement is gone": {nil, func(w *world) { w.Bucket.Document = foreign }, "bucket statement: is missing from the bucket policy: nobody can use the share", false},
		"everybody comes in": {nil, with(`{"Sid":"SID","Effect":"Allow","Principal":"*",` + getObject + `}`),
			"bucket statement: names everybody: anybody may call s3:GetObject", true},
		"another account comes in": {nil, with(`{"Sid":"SID","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::222222222222:root","arn:aws:iam::333333333333:root"]},` + getObject + `}`),
			"bucket statement: holds for arn:aws:iam::333333333333:root, which is not in account 222222222222", true},
		"the whole account comes in": {narrowed, with(`{"Sid":"SID","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},` + getObject + `}`),
			"bucket statement: the condition on aws:PrincipalArn was removed from s3:GetObject: it holds for others in account 222222222222 than role a of account 222222222222", true},
		"a pinned principal was deleted": {pinned, with(`{"Sid":"SID","Effect":"Allow","Principal":{"AWS":"AROAEXAMPLEOFACALLER1"},` + getObject + `}`),
			"bucket statement: names AROAEXAMPLEOFACALLER1, a principal that was deleted: one made again under its name is refused; no longer holds for arn:aws:iam::222222222222:role/a", false},
		"another principal beside a pinned one": {pinned, with(`{"Sid":"SID","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::222222222222:role/a","arn:aws:iam::222222222222:role/b"]},` + getObject + `}`),
			"bucket statement: holds for arn:aws:iam::222222222222:role/b, which the share does not name", true},
		"a role of the share's": {nil, func(w *world) { w.Role = built(example()).Role },
			"role: is there, though the share is direct: whoever can assume it has what its permissions policy allows", true},
		"the key statement is gone": {func(s *share.Spec) { s.KMSKeys = []share.KeyARN{keyA} }, func(w *world) { w.Keys[0].Policy = ownKeyPolicy },
			"key statement " + string(keyA) + ": is missing from the key policy: KMS refuses the consumer what is encrypted with the key", false},
		"the key is gone": {func(s *share.Spec) { s.KMSKeys = []share.KeyARN{keyA} }, func(w *world) { w.Keys[0] = share.Key{ARN: keyA, Missing: true} },
			"key statement " + string(keyA) + ": there is no such key", false},
		"a grant for somebody else": {func(s *share.Spec) { s.KMSKeys, s.KMSAccess = []share.KeyARN{keyA}, share.KeyGrants },
			func(w *world) {
				w.Keys[0].Grants = append(w.Keys[0].Grants, share.KeyGrant{Grantee: "arn:aws:iam::333333333333:root"})
			},
			"key grant " + string(keyA) + ": also lets arn:aws:iam::333333333333:root use the key", true},
	} {
		spec := direct(example())
		if c.change != nil {
			c.change(&spec)
		}
		w := built(spec)
		c.edit(w)
		found := changes.Diff(share.Render(spec), w.Observed)
		if len(found) != 1 || found[0].String() != c.want || found[0].Widens != c.widens {
			t.Errorf("%s: got %q", situation, changes.Sentences(found))
			continue
		}
		for _, step := range changes.Plan(spec, share.Render(spec), w.Observed) {
			w.apply(t, step)
		}
		if rest := changes.Diff(share.Render(spec), w.Observed); len(rest) > 0 && !strings.Contains(c.want, "no such key") {
			t.Errorf("%s: left %q", situation, changes.Sentences(rest))
		}
	}
}
