package exposure_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestSentence(t *testing.T) {
	t.Parallel()
	read := []share.Word{share.Read}
	for want, entry := range map[string]exposure.Entry{
		"account 222222222222 may read s3://acme-data/*":                                 {Principal: consumer, AccountID: "222222222222", Access: read},
		"everybody may read s3://acme-data/*":                                            {Principal: "*", Access: read},
		"somebody may do something that is not known in s3://acme-data/*":                {},
		etl + " may read, list and write s3://acme-data/*":                               {Principal: etl, Access: []share.Word{share.Read, share.List, share.Write}},
		etl + " may read versions of, tag and delete s3://acme-data/*":                   {Principal: etl, Access: []share.Word{share.ReadVersions, share.Tag, share.Delete}},
		etl + " may s3:GetBucketAcl and s3:GetBucketCORS s3://acme-data/*":               {Principal: etl, Actions: []string{"s3:GetBucketAcl", "s3:GetBucketCORS"}},
		etl + " may read s3://acme-data/a/*":                                             {Principal: etl, Access: read, Prefixes: []string{"a/"}},
		etl + " may read s3://acme-data/a/*, s3://acme-data/b* and s3://acme-data/*.csv": {Principal: etl, Access: read, Prefixes: []string{"a/", "b", "*.csv"}},
		etl + " may read s3://acme-data/* through " + vendorARN:                          {Principal: etl, Access: read, RoleARN: vendorARN},
	} {
		t.Run(want, func(t *testing.T) {
			t.Parallel()
			if got := entry.Sentence("acme-data"); got != want {
				t.Errorf("says %q", got)
			}
		})
	}
}

func TestConditionsAsSentences(t *testing.T) {
	t.Parallel()
	for condition, want := range map[string]string{
		`"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`:           "the caller must be in organization o-a1b2c3d4e5",
		`"IpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.7"]}`: "calls must come from 203.0.113.0/24 or 198.51.100.7",
		`"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}`:               "calls must not come from 203.0.113.0/24",
		`"StringEquals":{"AWS:SOURCEVPCE":"vpce-1"}`:                     "calls must come through VPC endpoint vpce-1",
		`"StringEquals":{"aws:SourceVpc":"vpc-1"}`:                       "calls must come from VPC vpc-1",
		`"DateGreaterThan":{"aws:CurrentTime":"2027-01-01T00:00:00Z"}`:   "only after 2027-01-01T00:00:00Z",
		`"DateLessThan":{"aws:CurrentTime":"2028-01-01T00:00:00Z"}`:      "only before 2028-01-01T00:00:00Z",
		`"Bool":{"aws:SecureTransport":"true"}`:                          "calls must use TLS",
		`"Bool":{"aws:SecureTransport":"false"}`:                         "aws:SecureTransport must meet Bool false",
		`"Bool":{"aws:MultiFactorAuthPresent":"true"}`:                   "the caller must have signed in with MFA",
		`"StringLike":{"s3:ExistingObjectTag/x":["a","b","c"]}`:          "s3:ExistingObjectTag/x must meet StringLike a, b or c",
		`"StringNotEquals":{"sts:ExternalId":"the-secret-one"}`:          "AssumeRole is held against the external ID by StringNotEquals",
		`"StringEqualsIgnoreCase":{"STS:EXTERNALID":"the-secret-one"}`:   "AssumeRole is held against the external ID by StringEqualsIgnoreCase",
	} {
		t.Run(condition, func(t *testing.T) {
			t.Parallel()
			statement := `{"Effect":"Allow","Principal":{"AWS":"` + etl + `"},"Action":"s3:GetObject",` + objects + `,"Condition":{` + condition + `}}`
			entries := world{bucket: []string{statement}}.ask(t)
			if len(entries) != 1 {
				t.Fatalf("have %v", shown(entries))
			}
			if diff := cmp.Diff([]string{want}, entries[0].Conditions); diff != "" {
				t.Errorf("conditions differ (-want +got):\n%s", diff)
			}
		})
	}
}

// Roles come as AWS lists them; the answer is in one order all the same.
func TestOrderOfEntries(t *testing.T) {
	t.Parallel()
	role := func(name, made string) exposure.Role {
		return exposure.Role{Name: name, Parts: share.Observed{
			Role: &share.Role{
				ARN: "arn:aws:iam::111111111111:role/" + name, Path: "/",
				Trust:    document(t, trusts(aws(consumer), withID), trusts(aws(etl), withID)),
				Settings: share.RoleSettings{Tags: map[string]string{share.OwnershipTag: made}},
			},
			Inline: []share.NamedPolicy{{Name: "its-own", Document: document(t, readAll)}},
		}}
	}
	question := exposure.Question{
		Owner: owner, Bucket: "acme-data", Now: now, UnusedDays: 90,
		Policy: document(t, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",`+objects+`}`),
		Roles:  []exposure.Role{role("a", ""), role("z", "acme-data"), role("b", ""), role("y", "acme-data")},
	}
	want := []string{
		"share y role/etl", "share y root", "share z role/etl", "share z root",
		"role a role/etl", "role a root", "role b role/etl", "role b root", "bucket policy  *",
	}
	for range 2 {
		var got []string
		for _, entry := range question.Access() {
			got = append(got, string(entry.Via)+" "+after(entry.RoleARN, "role/")+" "+after(entry.Principal, "222222222222:"))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("order differs (-want +got):\n%s", diff)
		}
		slices.Reverse(question.Roles)
	}
}

func after(text, mark string) string {
	_, rest, found := strings.Cut(text, mark)
	if !found {
		return text
	}
	return rest
}
