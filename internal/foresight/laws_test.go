package foresight_test

// This file holds forecasts to the judge: what is foreseen is true of every call that can come.

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// tests are conditions that bucket policies have, and values of requests that meet them or do not.
var tests = map[string][]string{
	"StringEquals aws:SourceVpce vpce-1a2b3c4d":                     {"vpce-1a2b3c4d", "vpce-5e6f7a8b"},
	"StringEquals aws:SourceVpce vpce-5e6f7a8b vpce-1a2b3c4d":       {"vpce-1a2b3c4d", "vpce-00000000"},
	"StringLike aws:SourceVpce vpce-1*":                             {"vpce-1a2b3c4d"},
	"IpAddress aws:SourceIp 203.0.113.0/24":                         {"203.0.113.7", "203.0.114.7"},
	"IpAddress aws:SourceIp 203.0.113.0/25 198.51.100.0/24":         {"203.0.113.200", "198.51.100.1"},
	"StringEquals aws:PrincipalOrgID o-a1b2c3d4e5":                  {"o-a1b2c3d4e5", "o-other00000"},
	"StringEquals s3:x-amz-server-side-encryption aws:kms":          {"aws:kms", "AES256"},
	"StringEquals s3:x-amz-server-side-encryption AES256":           {"aws:kms", "AES256"},
	"StringLike s3:prefix reports/secret/*":                         {"reports/secret/x", "reports/"},
	"StringLike s3:prefix reports/*":                                {"reports/"},
	"ArnLike aws:PrincipalArn arn:aws:iam::111111111111:role/cro*":  nil,
	"ArnEquals aws:PrincipalArn arn:aws:iam::111111111111:role/x":   nil,
	"StringLike aws:userid AROAEXAMPLESHARE00001:n*":                nil,
	"StringEquals aws:PrincipalTag/team data":                       nil,
	"StringEquals aws:PrincipalAccount ${aws:ResourceAccount}":      nil,
	"StringEquals s3:ExistingObjectTag/owner ${aws:PrincipalOrgID}": {"o-a1b2c3d4e5"},
	"StringEquals aws:UserAgent x":                                  {"x", "y", ""},
}

var opposites = map[string]string{"StringEquals": "StringNotEquals", "StringLike": "StringNotLike", "IpAddress": "NotIpAddress", "ArnLike": "ArnNotLike", "ArnEquals": "ArnNotEquals"}

func drawCondition(t *rapid.T) policy.Condition {
	condition := policy.Condition{}
	names := make([]string, 0, len(tests))
	for name := range tests {
		names = append(names, name)
	}
	slices.Sort(names)
	for range rapid.IntRange(0, 2).Draw(t, "tests") {
		fields := strings.Fields(rapid.SampledFrom(names).Draw(t, "test"))
		operator, key, values := fields[0], fields[1], fields[2:]
		switch rapid.IntRange(0, 4).Draw(t, "form") {
		case 0, 1:
			operator = opposites[operator]
		case 2:
			operator, values = "Null", []string{rapid.SampledFrom([]string{"true", "false"}).Draw(t, "null")}
		case 3:
			operator = opposites[operator] + "IfExists"
		}
		condition[operator] = map[string]policy.Values{key: values}
	}
	return condition
}

func drawForeign(t *rapid.T) policy.Statement {
	s := policy.Statement{
		Sid: rapid.SampledFrom([]string{"A", "B", "C"}).Draw(t, "sid"), Effect: policy.Deny, Principal: &policy.Principal{Any: true},
		Action: policy.Values{rapid.SampledFrom([]string{"s3:*", "s3:GetObject", "s3:PutObject", "s3:List*"}).Draw(t, "action")},
		Resource: policy.Values{rapid.SampledFrom([]string{
			"arn:aws:s3:::acme-data/*", "arn:aws:s3:::acme-data", "*", "arn:aws:s3:::acme-data/reports/secret/*", "arn:aws:s3:::acme-data/logs/*",
		}).Draw(t, "resource")},
		Condition: drawCondition(t),
	}
	if rapid.IntRange(0, 3).Draw(t, "negated") == 0 {
		s.Resource, s.NotResource = nil, s.Resource
	}
	switch rapid.IntRange(0, 5).Draw(t, "whom") {
	case 0:
		s.Effect = policy.Allow
	case 1:
		s.Principal, s.NotPrincipal = nil, &policy.Principal{AWS: policy.Values{
			"111111111111", "arn:aws:iam::111111111111:role/crossaccount/acme-etl", "arn:aws:sts::111111111111:assumed-role/acme-etl/nightly",
		}}
	case 2:
		s.Principal = &policy.Principal{AWS: policy.Values{"arn:aws:sts::111111111111:assumed-role/acme-etl/nightly"}}
	}
	return s
}

func drawSituation(t *rapid.T) foresight.Situation {
	spec := share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "acme-etl", Bucket: "acme-data", Path: "/crossaccount/",
		Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount},
		Access:   []share.Word{share.Read, share.List, share.Write}, Prefixes: []share.Prefix{"reports/"}, RoleUniqueID: "AROAEXAMPLESHARE00001",
		ExternalIDs: []share.ExternalID{share.PlannedExternalID()}, MaxSessionDuration: time.Hour, BucketPolicyMode: share.OwnStatements,
		Tags: rapid.SampledFrom([]map[string]string{nil, {"team": "data"}}).Draw(t, "tags"),
	}
	spec.Perimeter.SourceIPs = rapid.SampledFrom([][]string{nil, {"203.0.113.0/24"}}).Draw(t, "addresses")
	spec.Perimeter.SourceVPCEIDs = rapid.SampledFrom([][]string{nil, nil, {"vpce-1a2b3c4d"}}).Draw(t, "endpoints")
	foreign := rapid.SliceOfN(rapid.Custom(drawForeign), 0, 3).Draw(t, "foreign")
	bounded := rapid.IntRange(0, 3).Draw(t, "bounded") == 0
	if bounded {
		spec.PermissionsBoundary = "arn:aws:iam::111111111111:policy/limit"
	}
	around := foresight.Situation{
		Desired: share.Render(spec), Bucket: share.BucketPolicy{State: share.BucketHasPolicy, Document: policy.New(foreign...)},
	}
	if bounded {
		boundary := policy.New(policy.Statement{
			Effect: policy.Allow, Action: policy.Values{"s3:*"}, Resource: policy.Values{"*"}, Condition: drawCondition(t),
		})
		around.Boundary = &boundary
	}
	return around
}

// drawCall makes one call that can come: with an SDK, from an address or through an endpoint.
func drawCall(t *rapid.T, around foresight.Situation, word share.Word) []verdict.Request {
	keys := verdict.Keys{
		"aws:SecureTransport": {"true"}, "aws:ViaAWSService": {"false"}, "s3:signatureversion": {"AWS4-HMAC-SHA256"},
		"aws:ResourceAccount": {"111111111111"}, "s3:ResourceAccount": {"111111111111"},
	}
	for key, value := range around.Desired.Role.Tags {
		keys["aws:PrincipalTag/"+key] = []string{value}
	}
	pick := func(key string, values ...string) {
		if value := rapid.SampledFrom(values).Draw(t, key); value != "-" {
			keys[key] = []string{value}
		}
	}
	if rapid.Bool().Draw(t, "through an endpoint") {
		pick("aws:SourceVpce", "vpce-1a2b3c4d", "vpce-5e6f7a8b", "vpce-00000000")
	} else {
		pick("aws:SourceIp", "203.0.113.7", "203.0.113.200", "198.51.100.1", "192.0.2.1", "2001:db8::1")
	}
	pick("aws:PrincipalOrgID", "-", "o-a1b2c3d4e5", "o-other00000")
	pick("aws:UserAgent", "-", "x", "y", "")
	session := rapid.SampledFrom([]string{"nightly", "other"}).Draw(t, "session")
	one := verdict.Request{
		Principal: verdict.Principal{
			Kind: verdict.RoleSession, Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/crossaccount/acme-etl",
			SessionARN: "arn:aws:sts::111111111111:assumed-role/acme-etl/" + session, UniqueID: "AROAEXAMPLESHARE00001",
		},
		Resource: rapid.SampledFrom([]string{
			"arn:aws:s3:::acme-data/reports/secret/x", "arn:aws:s3:::acme-data/reports/", "arn:aws:s3:::acme-data/reports/a",
		}).Draw(t, "object"),
		ResourceAccount: "111111111111", Keys: keys,
	}
	switch word {
	case share.List:
		pick("s3:prefix", "reports/secret/x", "reports/", "reports/a")
		one.Resource = "arn:aws:s3:::acme-data"
	case share.Write:
		pick("s3:x-amz-server-side-encryption", "-", "aws:kms", "AES256", "")
	case share.Read:
		pick("s3:ExistingObjectTag/owner", "-", "o-a1b2c3d4e5", "x")
	}
	var calls []verdict.Request
	for _, action := range slices.Concat(word.ObjectActions(), word.BucketActions()) {
		call := one
		call.Action = action
		if action != "s3:PutObject" { // the header of encryption is of this one alone
			call.Keys = verdict.Keys{}
			for key, values := range keys {
				if key != "s3:x-amz-server-side-encryption" {
					call.Keys[key] = values
				}
			}
		}
		calls = append(calls, call)
	}
	return calls
}

// With "yes" all calls that a word stands for go through, with "no" never all of them.
func TestForecastsAreTrueOfEveryCall(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		around := drawSituation(t)
		bucket := around.Bucket.Document.Replace(around.Desired.Spec.Owns, around.Desired.BucketStatements...)
		policies := verdict.Policies{
			Identity: []verdict.Policy{{Name: "permissions", Document: around.Desired.Permissions}},
			Resource: &verdict.Policy{Name: "bucket", Document: bucket},
		}
		if around.Boundary != nil {
			policies.Boundary = &verdict.Policy{Name: "boundary", Document: *around.Boundary}
		}
		for _, finding := range foresight.Foresee(around).Access {
			if (len(finding.Reasons) == 0) != (finding.Answer == verdict.Yes) {
				t.Fatalf("%s is answered %s with %d reasons", finding.Word, finding.Answer, len(finding.Reasons))
			}
			for range 4 {
				goesThrough := true
				for _, call := range drawCall(t, around, finding.Word) {
					said, err := verdict.Judge(call, policies)
					if err != nil {
						t.Fatal(err)
					}
					goesThrough = goesThrough && said.Outcome == verdict.Allowed
				}
				if finding.Answer == verdict.Yes && !goesThrough || finding.Answer == verdict.No && goesThrough {
					t.Fatalf("%s is answered %s, and a call goes through: %v\n%s", finding.Word, finding.Answer, goesThrough, bucket.JSON())
				}
			}
		}
	})
}

// What somebody else's statement says of others does not change what is foreseen.
func TestStatementsAboutOthersChangeNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		around := drawSituation(t)
		before := foresight.Foresee(around).Sentences()
		other := drawForeign(t)
		other.Sid, other.NotPrincipal = "Z", nil
		other.Principal = &policy.Principal{AWS: policy.Values{"333333333333", "arn:aws:iam::111111111111:role/other"}}
		around.Bucket.Document = policy.New(append(around.Bucket.Document.Statements(), other)...)
		if after := foresight.Foresee(around).Sentences(); !slices.Equal(before, after) {
			t.Fatalf("before: %q\nafter: %q", before, after)
		}
	})
}
