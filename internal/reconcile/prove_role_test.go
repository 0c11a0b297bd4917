package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tries shares with a role.

const openTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"}]}`

var roleSituations = map[string]situation{
	"all is well": {want: []string{entered, asked, read, stopped, listed, stoppedList}},
	"a role with the consumer policy": {
		who: session("etl"), want: []string{entered, asked, read, stopped, listed, stoppedList},
	},
	"the whole bucket is shared": {
		change: func(s *share.Spec) { s.Prefixes = nil },
		want:   []string{entered, asked, "reads inside: proved at raw/x", "lists inside: proved"},
	},
	"reading alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Read} }, want: []string{entered, asked, read, stopped, stoppedList},
	},
	"listing alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.List} }, want: []string{entered, asked, stoppedInside, listed, stoppedList},
	},
	"writing alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Write} },
		want:   []string{entered, asked, stoppedInside, stoppedList, "reads inside: not shown, nothing to try"},
	},
	"writing alone, into an empty bucket": {
		change:  func(s *share.Spec) { s.Access = []share.Word{share.Write} },
		objects: []string{},
		want:    []string{entered, asked, "stops reading outside: not shown, no object", stoppedList, "reads inside: not shown, nothing to try"},
	},
	"writing alone, and somebody lets the role read and list": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Write} },
		since:  putInline(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"}]}`),
		want: []string{
			entered, asked, "stops reading outside: refuted at reports/q1.csv, allowed by others (inline policy extra on the role)",
			"stops listing outside: refuted, allowed by others (inline policy extra on the role)", "reads inside: not shown, nothing to try",
		},
	},
	"there is no object in the share": {
		objects: []string{"raw/x", "reportz"},
		want:    []string{entered, asked, "reads inside: not shown, no object", stopped, listed, stoppedList},
	},
	"there is no object outside": {
		objects: []string{"reports/q1.csv", "reports/\U0010FFFF"},
		want:    []string{entered, asked, read, "stops reading outside: not shown, no object", listed, stoppedList},
	},
	"objects outside lie between prefixes": {
		change:  func(s *share.Spec) { s.Prefixes = []share.Prefix{"a/", "reports/"} },
		objects: []string{"a/1", "a/2", "reports/q1.csv", "reports/q2.csv", "zzz"},
		want: []string{
			entered, asked, "reads inside: proved at a/1", "stops reading outside: proved at zzz", "lists inside: proved at a/", stoppedList,
		},
	},
	"an empty object": {
		objects: []string{"raw/x"},
		since: func(t *testing.T, w *world) {
			t.Helper()
			if _, err := w.s3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("reports/q1.csv")}); err != nil {
				t.Fatal(err)
			}
		},
		want: []string{entered, asked, read, stopped, listed, stoppedList},
	},
	"the owner may not list": {
		owner: func(w *world) awssim.Credentials {
			w.owner.AddUser("/", "limited", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","s3:GetBucketPolicy"],"Resource":"*"}]}`)
			return w.owner.UserKey("limited")
		},
		want: []string{entered, asked, "reads inside: not shown, the owner may not list", listed, stoppedList},
	},

	"the caller has no permission of its own": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, who: session("etl"),
		want: []string{"lets in: refuted, no permission, organization policy"},
	},
	"the caller's policy names another role": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, who: session("other"),
		want: []string{"lets in: refuted, no permission, organization policy"},
	},
	"the caller is a root user": {
		who: func(w *world) awssim.Credentials { return w.account.RootKey() }, want: []string{"lets in: refuted, root user"},
	},
	"the caller is of another account": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, who: func(w *world) awssim.Credentials { return w.third },
		want: []string{"lets in: refuted, other account"},
	},
	"the caller is no principal": {
		change: func(s *share.Spec) { s.Consumer.Principals = principals("role/etl") }, want: []string{"lets in: refuted, not a principal"},
	},
	"the caller's path may be another": {
		change: func(s *share.Spec) { s.Consumer.Principals = principals("role/team/etl") }, who: session("etl"),
		want: []string{"lets in: refuted, path unknown, organization policy"},
	},
	"the caller is outside the organization and the network": {
		change: func(s *share.Spec) {
			s.Perimeter = share.Perimeter{PrincipalOrgID: "o-abcdefghij", SourceIPs: []string{"192.0.2.0/24"}}
		},
		want: []string{"lets in: refuted, no permission, outside the organization, outside the network, organization policy"},
	},
	"the share is over": {
		change: func(s *share.Spec) { s.ExpiresAt = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }, want: []string{"lets in: refuted, expired"},
	},

	"the trust policy asks for no external ID": {
		since: putTrust(openTrust),
		want:  []string{entered, "asks for the external ID: refuted, open trust policy", read, stopped, listed, stoppedList},
	},
	"the trust policy lets in without the external ID alone": {
		since: putTrust(strings.Replace(openTrust, `"sts:AssumeRole"}`, `"sts:AssumeRole","Condition":{"Null":{"sts:ExternalId":"true"}}}`, 1)),
		want:  []string{"lets in: refuted, no permission, organization policy", "asks for the external ID: refuted, open trust policy"},
	},

	"somebody's policy on the role": {
		since: putInline(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`),
		want: []string{
			entered, asked, read, "stops reading outside: refuted at raw/x, allowed by others (inline policy extra on the role)",
			listed, "stops listing outside: refuted, allowed by others (inline policy extra on the role)",
		},
	},
	"somebody's statement in the bucket policy": {
		since: addStatement(`{"Sid":"Both","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:role/crossaccount/etl-reports","arn:aws:iam::222222222222:role/etl"]},` +
			`"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/raw/*"}`),
		want: []string{
			entered, asked, read, "stops reading outside: refuted at raw/x, allowed by others (statement Both of the bucket policy)", listed, stoppedList,
		},
	},
	"somebody's Deny in the bucket policy": {
		since: addStatement(`{"Sid":"NoReports","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/reports/*"}`),
		want: []string{
			entered, asked, "reads inside: refuted at reports/q1.csv, denied by others (statement NoReports of the bucket policy)",
			stopped, listed, stoppedList,
		},
	},
	"an object under a key that the role may use": {
		change: func(s *share.Spec) { s.KMSKeys = []share.KeyARN{someKey} }, since: encrypt,
		want: []string{entered, asked, read, stopped, listed, stoppedList},
	},
	"an object under a key that the share does not name": {
		since: encrypt,
		want:  []string{entered, asked, "reads inside: refuted at reports/q1.csv, key not allowed", stopped, listed, stoppedList},
	},
	"endpoints that this machine does not call through": {
		change: func(s *share.Spec) { s.Perimeter.SourceVPCEIDs = []string{"vpce-0123456789abcdef0"} },
		want: []string{
			entered, asked, "reads inside: refuted at reports/q1.csv, outside the network, key, foreign object, organization policy",
			stopped, "lists inside: refuted at reports/, outside the network, organization policy", stoppedList,
		},
	},
}

func TestProveARole(t *testing.T) {
	t.Parallel()
	play(t, etlReports(), roleSituations)
}
