package reconcile_test

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file lists the runs of terraform that faults strike: create, update of every argument, repair, destroy.

// journey is one run, from one wanted share to another.
type journey struct {
	name string
	// from is the share that is there; nil when none is.
	from *share.Spec
	// edit is what somebody did to it by hand meanwhile, a name of edits.
	edit string
	// to is the share that is wanted; nil when none is any more.
	to *share.Spec
}

// journeys are all of them, in one order.
func journeys(t *testing.T) []journey {
	t.Helper()
	base := etlReports()
	all := []journey{{name: "create", to: &base}, {name: "destroy", from: &base}}
	for _, u := range updates(t) {
		from, to := etlReports(), etlReports()
		if u.before != nil {
			u.before(&from)
			u.before(&to)
		}
		u.edit(&to)
		all = append(all, journey{name: "update " + u.argument, from: &from, to: &to})
	}
	for _, name := range slices.Sorted(maps.Keys(edits)) {
		all = append(all, journey{name: "repair " + name, from: &base, edit: name, to: &base})
	}
	return slices.Concat(all, directJourneys(), commonJourneys())
}

// update changes an argument of a share.
type update struct {
	argument string
	// before is how the share differs from etlReports before and after; nil when it does not.
	before func(*share.Spec)
	edit   func(*share.Spec)
}

func updates(t *testing.T) []update {
	t.Helper()
	etl, loader, third := principal(t, "222222222222:role/etl"), principal(t, "222222222222:role/loader"), principal(t, "333333333333:role/etl")
	first, second := externalID(t, "agreed-with-the-consumer"), externalID(t, "agreed-again-with-the-consumer")
	known := func(s *share.Spec) { s.ExternalIDs = []share.ExternalID{first} }
	limited := func(s *share.Spec) { s.PermissionsBoundary = "arn:aws:iam::aws:policy/AmazonS3FullAccess" }
	narrow := func(s *share.Spec) { s.Consumer.Principals = []share.Principal{etl} }
	return []update{
		{"access", nil, func(s *share.Spec) { s.Access = []share.Word{share.Read, share.Write, share.Delete} }},
		{"prefixes", nil, func(s *share.Spec) { s.Prefixes = []share.Prefix{"exports/", "raw/"} }},
		{"prefixes, to the whole bucket", nil, func(s *share.Spec) { s.Prefixes = nil }},
		{"consumer.account_id", nil, func(s *share.Spec) { s.Consumer = share.Consumer{AccountID: "333333333333", Trust: share.TrustAccount} }},
		{"consumer.account_id and access", nil, func(s *share.Spec) {
			s.Consumer = share.Consumer{AccountID: "333333333333", Principals: []share.Principal{third}, Trust: share.TrustAccount}
			s.Access = []share.Word{share.Write}
		}},
		{"consumer.principals, fewer", nil, narrow},
		{"consumer.principals, more", narrow, func(s *share.Spec) { s.Consumer.Principals = nil }},
		{"consumer.principals, others, and access", narrow, func(s *share.Spec) {
			s.Consumer.Principals, s.Access = []share.Principal{loader}, []share.Word{share.Write}
		}},
		{"consumer.pin_principals", narrow, func(s *share.Spec) { s.Consumer.Trust = share.TrustPinned }},
		{"consumer.attach_to_roles, another", nil, func(s *share.Spec) { s.Consumer.AttachToRoles = []string{"loader"} }},
		{"consumer.attach_to_roles, none", nil, func(s *share.Spec) { s.Consumer.AttachToRoles = nil }},
		{"external_id", nil, known},
		{"external_id, rotated with an overlap", known, func(s *share.Spec) { s.ExternalIDs = []share.ExternalID{second, first} }},
		{"external_id, the overlap is over", func(s *share.Spec) { s.ExternalIDs = []share.ExternalID{second, first} }, func(s *share.Spec) {
			s.ExternalIDs = []share.ExternalID{second}
		}},
		{"perimeter", nil, func(s *share.Spec) {
			s.Perimeter = share.Perimeter{PrincipalOrgID: "o-a1b2c3d4e5", SourceIPs: []string{"203.0.113.0/24"}, SourceVPCEIDs: []string{"vpce-0a1b2c3d"}}
		}},
		{"expires_at", nil, func(s *share.Spec) { s.ExpiresAt = time.Date(2099, 1, 1, 0, 0, 0, 0, time.UTC) }},
		{"max_session_duration", nil, func(s *share.Spec) { s.MaxSessionDuration = 4 * time.Hour }},
		{"permissions_boundary, to one", nil, limited},
		{"permissions_boundary, to none", limited, func(s *share.Spec) { s.PermissionsBoundary = "" }},
		{"permissions_boundary, another, and access", limited, func(s *share.Spec) {
			s.PermissionsBoundary, s.Access = "arn:aws:iam::aws:policy/AdministratorAccess", []share.Word{share.Read, share.Write}
		}},
		{"description", nil, func(s *share.Spec) { s.Description = "changed" }},
		{"tags", nil, func(s *share.Spec) { s.Tags = map[string]string{"Cost": "1"} }},
		{"exclusive", nil, func(s *share.Spec) { s.Exclusive = false }},
		{"bucket_policy_mode, to output_only", nil, func(s *share.Spec) { s.BucketPolicyMode = share.OutputOnly }},
		{"bucket_policy_mode, back to statement", func(s *share.Spec) { s.BucketPolicyMode = share.OutputOnly }, func(s *share.Spec) {
			s.BucketPolicyMode = share.OwnStatements
		}},
		{"everything at once", narrow, func(s *share.Spec) {
			limited(s)
			s.Consumer = share.Consumer{AccountID: consumerID, Principals: []share.Principal{loader}, AttachToRoles: []string{"loader"}, Trust: share.TrustPinned}
			s.Access, s.Prefixes = []share.Word{share.Write}, []share.Prefix{"raw/"}
			s.MaxSessionDuration, s.Description, s.Tags = 2*time.Hour, "", nil
		}},
	}
}

// principal parses the ARN of a role or user of partition aws, given behind arn:aws:iam::.
func principal(t *testing.T, text string) share.Principal {
	t.Helper()
	p, err := share.ParsePrincipal("arn:aws:iam::" + text)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
