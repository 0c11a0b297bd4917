package exposure_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
)

func TestAccessByBucketPolicy(t *testing.T) {
	t.Parallel()
	allow := func(principal, conditions string) string {
		return `{"Sid":"Theirs","Effect":"Allow","Principal":` + principal + `,"Action":"s3:GetObject",` + objects + `,"Condition":{` + conditions + `}}`
	}
	const org = `"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}`
	for name, c := range map[string]struct {
		bucket []string
		want   []seen
	}{
		"a role":           {[]string{allow(aws(etl), ``)}, []seen{{"bucket policy: " + etl + " may read s3://acme-data/*", nil, nil}}},
		"an account":       {[]string{allow(aws(consumer), ``)}, []seen{{"bucket policy: account 222222222222 may read s3://acme-data/*", nil, []exposure.Kind{exposure.WholeAccount}}}},
		"an account by ID": {[]string{allow(aws("222222222222"), ``)}, []seen{{"bucket policy: account 222222222222 may read s3://acme-data/*", nil, []exposure.Kind{exposure.WholeAccount}}}},
		"everybody":        {[]string{allow(`"*"`, ``)}, []seen{{"bucket policy: everybody may read s3://acme-data/*", nil, []exposure.Kind{exposure.Wildcard}}}},
		"everybody as AWS": {[]string{allow(aws("*"), ``)}, []seen{{"bucket policy: everybody may read s3://acme-data/*", nil, []exposure.Kind{exposure.Wildcard}}}},
		"an organization": {[]string{allow(`"*"`, org)}, []seen{
			{"bucket policy: everybody may read s3://acme-data/*", []string{"the caller must be in organization o-a1b2c3d4e5"}, []exposure.Kind{exposure.Wildcard}},
		}},
		"everybody narrowed to a role of another account": {[]string{allow(`"*"`, `"ArnEquals":{"aws:PrincipalArn":"`+etl+`"}`)}, []seen{
			{"bucket policy: " + etl + " may read s3://acme-data/*", nil, nil},
		}},
		"everybody narrowed only if there is an ARN": {[]string{allow(`"*"`, `"ArnEqualsIfExists":{"aws:PrincipalArn":"`+etl+`"}`)}, []seen{
			{"bucket policy: everybody may read s3://acme-data/*", []string{"aws:PrincipalArn must meet ArnEqualsIfExists " + etl}, []exposure.Kind{exposure.Wildcard}},
		}},
		"everybody narrowed to two accounts, one of them the own": {[]string{allow(`"*"`, `"StringEquals":{"aws:PrincipalAccount":["111111111111","222222222222"]}`)}, []seen{
			{"bucket policy: account 222222222222 may read s3://acme-data/*", nil, []exposure.Kind{exposure.WholeAccount}},
		}},
		"roles of any account": {[]string{allow(`"*"`, `"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/etl"}`)}, []seen{
			{"bucket policy: arn:aws:iam::*:role/etl may read s3://acme-data/*", nil, []exposure.Kind{exposure.Wildcard}},
		}},
		"a canonical user": {[]string{allow(`{"CanonicalUser":"79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}`, ``)}, []seen{
			{"bucket policy: 79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be may read s3://acme-data/*", nil, nil},
		}},
		"a deleted user": {[]string{allow(aws("AIDADELETEDDELETED1"), ``)}, []seen{
			{"bucket policy: AIDADELETEDDELETED1 may read s3://acme-data/*", nil, []exposure.Kind{exposure.Dangling}},
		}},
		"a service":                         {[]string{allow(`{"Service":"logging.s3.amazonaws.com"}`, ``)}, nil},
		"a distribution of CloudFront":      {[]string{allow(aws("arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"), ``)}, nil},
		"the own account":                   {[]string{allow(aws("111111111111"), ``)}, nil},
		"a share's own statement":           {[]string{allow(aws("arn:aws:iam::111111111111:root"), `"ArnEquals":{"aws:PrincipalArn":"`+vendorARN+`"}`)}, nil},
		"everybody narrowed to the own org": {[]string{allow(`"*"`, `"StringEquals":{"aws:PrincipalAccount":"111111111111"}`)}, nil},
		"everybody but some": {[]string{`{"Sid":"Theirs","Effect":"Allow","NotPrincipal":{"AWS":"333333333333"},"Action":"s3:GetObject",` + objects + `}`}, []seen{
			{"bucket policy: everybody but 333333333333 may read s3://acme-data/*", nil, []exposure.Kind{exposure.Wildcard}},
		}},
		"a role that is denied": {[]string{allow(aws(etl), ``), `{"Effect":"Deny","Principal":{"AWS":"222222222222"},"Action":"s3:*",` + allOfIt + `}`}, nil},
		"a role outside the organization that is let in": {
			[]string{allow(aws(etl), ``), `{"Sid":"Perimeter","Effect":"Deny","Principal":"*","Action":"s3:*",` + allOfIt + `,"Condition":{"StringNotEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}`},
			[]seen{{"bucket policy: " + etl + " may read s3://acme-data/*", []string{"statement Perimeter denies s3:* when aws:PrincipalOrgID meets StringNotEquals o-a1b2c3d4e5"}, nil}},
		},
		"an account of which one role is denied": {
			[]string{allow(aws(consumer), ``), `{"Sid":"NotEtl","Effect":"Deny","Principal":{"AWS":"` + etl + `"},"Action":"s3:*",` + allOfIt + `}`},
			[]seen{{"bucket policy: account 222222222222 may read s3://acme-data/*", []string{"statement NotEtl denies s3:* to some of them"}, []exposure.Kind{exposure.WholeAccount}}},
		},
		"two statements for one role": {
			[]string{allow(aws(etl), ``), `{"Sid":"Listing","Effect":"Allow","Principal":{"AWS":"` + etl + `"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-data"}`},
			[]seen{{"bucket policy: " + etl + " may read and list s3://acme-data/*", nil, nil}},
		},
		"a statement that cannot be understood": {
			[]string{`{"Sid":"Odd","Effect":"Allow","Principals":"*","Action":"s3:GetObject",` + objects + `}`},
			[]seen{{"bucket policy: somebody may do something that is not known in s3://acme-data/*", nil, []exposure.Kind{exposure.Unreadable}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, shown(world{bucket: c.bucket}.ask(t))); diff != "" {
				t.Errorf("entries differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEntryNamesItsStatements(t *testing.T) {
	t.Parallel()
	entries := world{bucket: []string{
		`{"Sid":"One","Effect":"Allow","Principal":{"AWS":"` + etl + `"},"Action":"s3:GetObject",` + objects + `}`,
		`{"Sid":"Two","Effect":"Allow","Principal":{"AWS":"` + etl + `"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-data/in/*"}`,
	}}.ask(t)
	var got [][]string
	for _, entry := range entries {
		got = append(got, entry.Sids)
		if entry.AccountID != "222222222222" {
			t.Errorf("the account of %s is %q", entry.Principal, entry.AccountID)
		}
	}
	if diff := cmp.Diff([][]string{{"One"}, {"Two"}}, got); diff != "" {
		t.Errorf("statements differ (-want +got):\n%s", diff)
	}
}
