package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tries shares without a role, as callers of whom the owner sees the bucket's side alone.

// unprivileged is a user of the consumer's whom the own account allows nothing.
func unprivileged(w *world) awssim.Credentials {
	w.account.AddUser("/", "ann")
	return w.account.UserKey("ann")
}

// another makes one more direct share of the same consumer.
func another(prefixes ...share.Prefix) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		spec := direct()
		spec.Name, spec.KMSKeys, spec.Prefixes, spec.Consumer.AttachToRoles = "second", nil, prefixes, nil
		created(t, w, spec)
	}
}

// closeKey takes away what the key's policy says of the share.
func closeKey(t *testing.T, w *world) {
	t.Helper()
	encrypt(t, w)
	if _, err := w.kms().PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{
		KeyId: aws.String(string(w.key)), Policy: aws.String(`{"Version":"2012-10-17","Statement":[` +
			`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}]}`),
	}); err != nil {
		t.Fatal(err)
	}
}

const (
	theirAllow = `{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/etl"},"Action":["s3:GetObject","s3:ListBucket"],` +
		`"Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"]}`
	theirDeny = `{"Sid":"NoReports","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/reports/*"}`
	silence   = "reads inside: refuted at reports/q1.csv, no permission, key, foreign object, organization policy"
)

var directSituations = map[string]situation{
	"all is well": {who: session("etl"), want: []string{read, stopped, listed, stoppedList}},
	"an administrator of the whole account": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, want: []string{read, stopped, listed, stoppedList},
	},
	"the root user of the account": {
		who: func(w *world) awssim.Credentials { return w.account.RootKey() }, want: []string{read, stopped, listed, stoppedList},
	},
	"an object under the share's key": {who: session("etl"), since: encrypt, want: []string{read, stopped, listed, stoppedList}},
	"an object under a key that is open by a grant": {
		change: func(s *share.Spec) { s.KMSAccess, s.Consumer.Principals = share.KeyGrants, principals("role/etl") },
		who:    session("etl"), since: encrypt, want: []string{read, stopped, listed, stoppedList},
	},
	"pinned principals": {
		change: func(s *share.Spec) {
			s.Consumer.Principals, s.Consumer.Trust = principals("role/etl"), share.TrustPinned
		},
		who: session("etl"), want: []string{read, stopped, listed, stoppedList},
	},
	"writing alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Write} }, who: session("etl"),
		want: []string{stoppedInside, stoppedList, "reads inside: not shown, nothing to try"},
	},
	"old versions alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.ReadVersions} }, who: session("etl"),
		want: []string{stoppedInside, stoppedList, "reads inside: not shown, nothing to try"},
	},
	"an empty bucket": {
		who: session("etl"), objects: []string{},
		want: []string{"reads inside: not shown, no object", "stops reading outside: not shown, no object", listed, stoppedList},
	},
	"the owner may not list": {
		who: session("etl"), owner: func(w *world) awssim.Credentials {
			w.owner.AddUser("/", "limited", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetBucketPolicy","Resource":"*"}]}`)
			return w.owner.UserKey("limited")
		},
		want: []string{"reads inside: not shown, the owner may not list", listed, stoppedList},
	},

	"the consumer has no policy of its own": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, who: session("etl"),
		want: []string{silence, stopped, "lists inside: refuted at reports/, no permission, organization policy", stoppedList},
	},
	"a user whom its account allows nothing": {
		who: unprivileged, want: []string{silence, stopped, "lists inside: refuted at reports/, no permission, organization policy", stoppedList},
	},
	"somebody's Deny in the bucket policy": {
		who: session("etl"), since: addStatement(theirDeny),
		want: []string{
			"reads inside: refuted at reports/q1.csv, denied by others, key, foreign object, organization policy (statement NoReports of the bucket policy)",
			stopped, listed, stoppedList,
		},
	},
	"somebody's Deny, and no policy of its own": {
		who: unprivileged, since: addStatement(theirDeny),
		want: []string{
			"reads inside: refuted at reports/q1.csv, denied by others, no permission, key, foreign object, organization policy (statement NoReports of the bucket policy)",
			stopped, "lists inside: refuted at reports/, no permission, organization policy", stoppedList,
		},
	},
	"somebody's Deny for others": {
		who:   session("etl"),
		since: addStatement(strings.Replace(theirDeny, `"*"`, `{"AWS":"arn:aws:iam::222222222222:role/other"}`, 1)),
		want:  []string{read, stopped, listed, stoppedList},
	},
	"the key lets nobody in any more": {
		who: session("etl"), since: closeKey, want: []string{"reads inside: refuted at reports/q1.csv, key", stopped, listed, stoppedList},
	},
	"a key that the consumer's own policy does not name": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, since: encrypt,
		who: func(w *world) awssim.Credentials {
			w.account.AddUser("/", "ann", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`)
			return w.account.UserKey("ann")
		},
		want: []string{"reads inside: refuted at reports/q1.csv, key not allowed", stopped, listed, stoppedList},
	},
	"the statements name another principal": {
		change: func(s *share.Spec) { s.Consumer.Principals = principals("role/other") }, who: session("etl"),
		want: []string{
			"reads inside: refuted at reports/q1.csv, not a principal", stopped, "lists inside: refuted at reports/, not a principal", stoppedList,
		},
	},
	"the caller's path is another": {
		change: func(s *share.Spec) { s.Consumer.Principals = principals("role/team/etl") }, who: session("etl"),
		want: []string{
			"reads inside: refuted at reports/q1.csv, path unknown, key, foreign object, organization policy",
			stopped, "lists inside: refuted at reports/, path unknown, organization policy", stoppedList,
		},
	},
	"the caller is of another account": {
		who: func(w *world) awssim.Credentials { return w.third },
		want: []string{
			"reads inside: refuted at reports/q1.csv, other account", stopped, "lists inside: refuted at reports/, other account", stoppedList,
		},
	},
	"the share is over": {
		change: func(s *share.Spec) { s.ExpiresAt = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }, who: session("etl"),
		want: []string{"reads inside: refuted at reports/q1.csv, expired", stopped, "lists inside: refuted at reports/, expired", stoppedList},
	},
	"outside the organization and the network": {
		change: func(s *share.Spec) {
			s.Perimeter = share.Perimeter{PrincipalOrgID: "o-abcdefghij", SourceIPs: []string{"192.0.2.0/24"}}
		},
		who: session("etl"),
		want: []string{
			"reads inside: refuted at reports/q1.csv, outside the organization, outside the network, key, foreign object, organization policy",
			stopped, "lists inside: refuted at reports/, outside the organization, outside the network, organization policy", stoppedList,
		},
	},

	"somebody's statement lets a role further in whose own account does not": {
		who: session("etl"), since: addStatement(theirAllow),
		want: []string{
			read, "stops reading outside: not shown at raw/x, only at home (statement Theirs of the bucket policy)",
			listed, "stops listing outside: not shown, only at home (statement Theirs of the bucket policy)",
		},
	},
	"another share gives a role more, and its own account does not": {
		who: session("etl"), since: another("raw/"), want: []string{read, stopped, listed, stoppedList},
	},
	"somebody's statement lets everybody of the account further in": {
		since: addStatement(strings.Replace(theirAllow, "arn:aws:iam::222222222222:role/etl", consumerID, 1)),
		want: []string{
			read, "stops reading outside: refuted at raw/x, allowed by others (statement Theirs of the bucket policy)",
			listed, "stops listing outside: refuted, allowed by others (statement Theirs of the bucket policy)",
		},
	},
	"somebody's statement lets the consumer read what the share is to be written to": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Write} },
		since:  addStatement(strings.Replace(theirAllow, "arn:aws:iam::222222222222:role/etl", consumerID, 1)),
		want: []string{
			"stops reading outside: refuted at reports/q1.csv, allowed by others (statement Theirs of the bucket policy)",
			"stops listing outside: refuted, allowed by others (statement Theirs of the bucket policy)", "reads inside: not shown, nothing to try",
		},
	},
	"another share gives the same consumer more": {
		since: another("raw/"),
		want: []string{
			read, "stops reading outside: not shown at raw/x, other shares (statement CrossaccountsecondHASHDirectObjects of the bucket policy)",
			listed, stoppedList,
		},
	},
	"another share, and somebody's statement": {
		since: func(t *testing.T, w *world) {
			t.Helper()
			another("raw/")(t, w)
			addStatement(strings.Replace(theirAllow, "arn:aws:iam::222222222222:role/etl", consumerID, 1))(t, w)
		},
		want: []string{
			read, "stops reading outside: refuted at raw/x, allowed by others (statement Theirs of the bucket policy, statement CrossaccountsecondHASHDirectObjects of the bucket policy)",
			listed, "stops listing outside: refuted, allowed by others (statement Theirs of the bucket policy, statement CrossaccountsecondHASHDirectListing of the bucket policy)",
		},
	},

	"a bucket policy that nobody has completed": {
		change: func(s *share.Spec) { s.BucketPolicyMode = share.OutputOnly }, who: session("etl"),
		want: []string{
			"reads inside: not shown at reports/q1.csv, not in the bucket policy", stopped,
			"lists inside: not shown at reports/, not in the bucket policy", stoppedList,
		},
	},
	"a bucket policy that somebody has completed": {
		change: func(s *share.Spec) { s.BucketPolicyMode = share.OutputOnly }, who: session("etl"), since: complete(direct()),
		want: []string{read, stopped, listed, stoppedList},
	},
}

// complete writes what a share needs into the bucket policy, as somebody else does who owns it.
func complete(spec share.Spec) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		for _, statement := range share.Render(spec).Shown() {
			addStatement(statement.JSON())(t, w)
		}
	}
}

func TestProveADirectShare(t *testing.T) {
	t.Parallel()
	play(t, direct(), directSituations)
}

// In one organization AWS tells whose half is missing.
func TestProveADirectShareInOneOrganization(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ words, want string }{
		"the consumer's half": {"User: ann is not authorized to perform: s3:GetObject because no identity-based policy allows the s3:GetObject action", "no permission"},
		"the owner's half":    {"User: ann is not authorized to perform: s3:GetObject because no resource-based policy allows the s3:GetObject action", "key, foreign object, organization policy"},
		"a policy of the organization": {
			"User: ann is not authorized to perform: s3:GetObject with an explicit deny in a service control policy", "explicit deny",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWalkWorld(t)
			w.put(t, "reports/q1.csv")
			spec := direct()
			spec.Access, spec.Prefixes = []share.Word{share.Read}, nil
			spec = created(t, w, w.placed(spec)).Spec
			w.sim.Inject(awssim.Fault{Operation: "GetObject", Times: awssim.Always, Error: &awssim.Error{Code: "AccessDenied", Status: 403, Message: c.words}})
			proof, err := w.prover(t, w.ownerKey, w.account.RoleSession("etl", "i-1")).Prove(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			if have := told(proof)[0]; have != "reads inside: refuted at reports/q1.csv, "+c.want {
				t.Errorf("the proof says %s", have)
			}
		})
	}
}
