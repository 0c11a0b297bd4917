package share_test

import (
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestSummary(t *testing.T) {
	t.Parallel()
	const carry = "every AssumeRole must carry the external ID"
	for situation, c := range map[string]struct {
		change func(*share.Spec)
		want   []string
	}{
		"whole account": {func(*share.Spec) {}, []string{
			"account 222222222222, any principal that the account itself allows: may read s3://acme-data/*", carry}},
		"the contract's example": {func(s *share.Spec) {
			s.Consumer.Principals, s.Prefixes = principals(t, consumerRole+"etl"), []share.Prefix{"reports/"}
		}, []string{"account 222222222222, role etl: may read s3://acme-data/reports/*", carry}},
		"several of all": {func(s *share.Spec) {
			s.Consumer.Principals = principals(t, consumerRole+"team/etl-*", "arn:aws:iam::222222222222:user/ann")
			s.Access, s.Prefixes = share.Words(), []share.Prefix{"in/", "out/", "c/"}
		}, []string{
			"account 222222222222, role team/etl-*: may read, list, read versions of, write, tag and delete s3://acme-data/c/*, s3://acme-data/in/* and s3://acme-data/out/*",
			"account 222222222222, user ann: may read, list, read versions of, write, tag and delete s3://acme-data/c/*, s3://acme-data/in/* and s3://acme-data/out/*", carry}},
		"organization": {func(s *share.Spec) { s.Perimeter.PrincipalOrgID = "o-a1b2c3d4e5" }, []string{
			"account 222222222222, any principal that the account itself allows: may read s3://acme-data/*", carry,
			"the caller of AssumeRole must be in organization o-a1b2c3d4e5"}},
		"addresses": {func(s *share.Spec) { s.Perimeter.SourceIPs = []string{"192.0.2.7", "192.0.2.1"} }, []string{
			"account 222222222222, any principal that the account itself allows: may read s3://acme-data/*", carry,
			"S3 calls and AssumeRole must come from 192.0.2.1 or 192.0.2.7"}},
		"endpoints": {func(s *share.Spec) { s.Perimeter.SourceVPCEIDs = []string{"vpce-1a2b3c4d"} }, []string{
			"account 222222222222, any principal that the account itself allows: may read s3://acme-data/*", carry,
			"S3 calls must come through vpce-1a2b3c4d"}},
		"both": {func(s *share.Spec) {
			s.Perimeter = share.Perimeter{SourceIPs: []string{"192.0.2.1"}, SourceVPCEIDs: []string{"vpce-1a2b3c4d"}}
		}, []string{"account 222222222222, any principal that the account itself allows: may read s3://acme-data/*", carry,
			"S3 calls and AssumeRole must come from 192.0.2.1 or through vpce-1a2b3c4d"}},
		"end and boundary": {func(s *share.Spec) {
			s.ExpiresAt, s.PermissionsBoundary = time.Date(2027, 1, 31, 1, 0, 0, 0, time.FixedZone("", 3600)), "arn:aws:iam::111111111111:policy/limits"
		}, []string{"account 222222222222, any principal that the account itself allows: may read s3://acme-data/*", carry,
			"all access ends at 2027-01-31T00:00:00Z",
			"only as far as the permissions boundary arn:aws:iam::111111111111:policy/limits allows it too"}},
	} {
		spec := example()
		c.change(&spec)
		if got := spec.Summary(); strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s: got\n%s", situation, strings.Join(got, "\n"))
		}
	}
}

func TestWhoCanAssume(t *testing.T) {
	t.Parallel()
	for want, names := range map[string][]string{
		"anyone in account 222222222222":                            nil,
		"role etl of account 222222222222":                          {"etl"},
		"role etl, role team/a* and role x of account 222222222222": {"etl", "team/a*", "x"},
	} {
		if got := withPrincipals(t, names...).WhoCanAssume(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestIncludes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		names []string
		arn   string
		want  bool
	}{
		{nil, consumerRole + "any", true}, {nil, "arn:aws:iam::333333333333:role/any", false},
		{[]string{"a*"}, consumerRole + "ab", true}, {[]string{"a*"}, consumerRole + "b", false}, {[]string{"a*"}, "arn:aws:iam::333333333333:role/ab", false},
		{[]string{"a*"}, consumerRole + "a/b", true}, {[]string{"x", "b"}, consumerRole + "b", true},
	} {
		if got := withPrincipals(t, c.names...).Consumer.Includes(c.arn); got != c.want {
			t.Errorf("%v includes %s: %v", c.names, c.arn, got)
		}
	}
}
