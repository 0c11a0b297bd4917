package share_test

import (
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file holds every parser to what it accepts and to the words with which it refuses.

// parser gives what was read as text again.
type parser func(text string) (string, error)

func textOf[T ~string](parse func(string) (T, error)) parser {
	return func(text string) (string, error) {
		parsed, err := parse(text)
		return string(parsed), err
	}
}

var parsers = map[string]parser{
	"account ID":   textOf(share.ParseAccountID),
	"name":         textOf(share.ParseName),
	"path":         textOf(share.ParsePath),
	"bucket":       textOf(share.ParseBucket),
	"prefix":       textOf(share.ParsePrefix),
	"word":         textOf(share.ParseWord),
	"organization": textOf(share.ParseOrgID),
	"source IP":    textOf(share.ParseSourceIP),
	"endpoint":     textOf(share.ParseVPCEndpointID),
	"description":  textOf(share.ParseDescription),
	"boundary":     textOf(share.ParseBoundary),
	"principal": func(text string) (string, error) {
		principal, err := share.ParsePrincipal(text)
		if err != nil {
			return "", err
		}
		return principal.String(), nil
	},
	"external ID": func(text string) (string, error) {
		id, err := share.ParseExternalID(text)
		return id.Reveal(), err
	},
	"expiry": func(text string) (string, error) {
		at, err := share.ParseExpiry(text)
		if err != nil {
			return "", err
		}
		return share.Spec{ExpiresAt: at}.Expiry(), nil
	},
	"ID": func(text string) (string, error) {
		bucket, name, err := share.ParseID(text)
		if err != nil {
			return "", err
		}
		return share.Spec{Bucket: bucket, Name: name}.ID(), nil
	},
}

func TestParsersAccept(t *testing.T) {
	t.Parallel()
	for what, texts := range map[string][]string{
		"account ID":   {"222222222222", "000000000001"},
		"name":         {"e", "etl-reports", "a_b+c=d,e.f@g", strings.Repeat("n", 64)},
		"path":         {"/", "/crossaccount/", "/a/b/", "/a!b/", "/" + strings.Repeat("p", 510) + "/"},
		"bucket":       {"abc", "acme-data", "logs.acme.example", "Old_Bucket", strings.Repeat("b", 63), strings.Repeat("b", 255)},
		"prefix":       {"reports/", "reports", "a b/", "café/", "a$b{c}/", "a/../b", strings.Repeat("p", 1024)},
		"word":         {"read", "list", "write", "delete", "read_versions", "tag"},
		"organization": {"o-a1b2c3d4e5", "o-" + strings.Repeat("a", 32)},
		"source IP":    {"192.0.2.1", "192.0.2.0/24", "0.0.0.0/1", "2001:db8::1", "2001:db8::/32"},
		"endpoint":     {"vpce-1a2b3c4d", "vpce-0123456789abcdef0"},
		"description":  {"", "Reads for the vendor: café, 10 % off\ttab\n", strings.Repeat("ÿ", 1000)},
		"boundary":     {"arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws-cn:iam::111111111111:policy/team/limits"},
		"principal": {
			"arn:aws:iam::222222222222:role/etl", "arn:aws:iam::222222222222:user/a/b/bob", "arn:aws:iam::222222222222:role/etl-*",
			"arn:aws:iam::222222222222:role/*", "arn:aws:iam::222222222222:role/team/et?",
			"arn:aws-us-gov:iam::222222222222:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Data_*",
			"arn:aws:iam::222222222222:role/" + strings.Repeat("r", 64),
			"arn:aws:iam::222222222222:role/" + strings.Repeat("p", 510) + "/r",
		},
		"external ID": {"ab", "a_+=,.@:/-9", strings.Repeat("x", 1224)},
		"expiry":      {"2027-01-31T00:00:00Z", "1970-01-01T00:00:00Z", "9999-12-31T23:59:59Z"},
		"ID":          {"acme-data/etl-reports", "acme-data/a@b"},
	} {
		for _, text := range texts {
			if got, err := parsers[what](text); err != nil || got != text {
				t.Errorf("%s %q: got %q, %v", what, text, got, err)
			}
		}
	}
}

func TestParsersRefuse(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ what, text, want string }{
		{"account ID", "22222222222", "exactly 12 digits"},
		{"account ID", "2222222222222", "exactly 12 digits"},
		{"account ID", "22222222222x", "exactly 12 digits"},
		{"account ID", "222222222222\n", "exactly 12 digits"},
		{"account ID", "", "exactly 12 digits"},
		{"name", "", "1 to 64 letters"},
		{"name", strings.Repeat("n", 65), "1 to 64 letters"},
		{"name", "a b", "1 to 64 letters"},
		{"name", "a/b", "1 to 64 letters"},
		{"name", "a*", "1 to 64 letters"},
		{"name", "é", "1 to 64 letters"},
		{"path", "", "begins and ends with a slash"},
		{"path", "a/", "begins and ends with a slash"},
		{"path", "/a", "begins and ends with a slash"},
		{"path", "/a b/", "begins and ends with a slash"},
		{"path", "/é/", "begins and ends with a slash"},
		{"path", "/" + strings.Repeat("p", 511) + "/", "at most 512"},
		{"path", "/a*/", "wildcard or a variable"},
		{"path", "/a?/", "wildcard or a variable"},
		{"path", "/${aws:username}/", "wildcard or a variable"},
		{"bucket", "arn:aws:s3:::acme-data", `the bucket's name alone, "acme-data"`},
		{"bucket", "data--use1-az4--x-s3", "directory bucket"},
		{"bucket", "point-abc-s3alias", "alias of an access point"},
		{"bucket", "point--ol-s3", "alias of an access point"},
		{"bucket", "ab", "3 to 63"},
		{"bucket", "-abc", "3 to 63"},
		{"bucket", "abc-", "3 to 63"},
		{"bucket", "a..b", "3 to 63"},
		{"bucket", "a/b", "3 to 63"},
		{"bucket", "a*b", "3 to 63"},
		{"prefix", "", "cannot be empty"},
		{"prefix", "/reports/", `begins with a slash, and object keys normally do not: write "reports/"`},
		{"prefix", "reports/*", `has a wildcard: a prefix is taken literally and covers everything below it, so write "reports/"`},
		{"prefix", "report?/", "has a wildcard"},
		{"prefix", "${aws:username}/", "policy variable"},
		{"prefix", "日本/", "Latin-1"},
		{"prefix", "a\tb", "Latin-1"},
		{"prefix", "a\u0085b", "Latin-1"},
		{"prefix", "a\x7fb", "Latin-1"},
		{"prefix", "a\xffb", "Latin-1"},
		{"prefix", strings.Repeat("p", 1025), "longer than any object key"},
		{"word", "admin", `use read, list, read_versions, write, tag, delete`},
		{"word", "Read", "no kind of access"},
		{"word", "", "no kind of access"},
		{"organization", "r-a1b2", "not the ID of an organization"},
		{"organization", "o-A1b2c3d4e5", "not the ID of an organization"},
		{"organization", "o-*", "not the ID of an organization"},
		{"source IP", "example.com", "neither an IP address nor a range"},
		{"source IP", "192.0.2.0/33", "neither an IP address nor a range"},
		{"source IP", "fe80::1%eth0", "neither an IP address nor a range"},
		{"source IP", "0.0.0.0/0", "covers every address"},
		{"source IP", "::/0", "covers every address"},
		{"source IP", "192.0.2.1/24", "the range is written 192.0.2.0/24"},
		{"endpoint", "vpce-xyz", "8 or 17 hexadecimal digits"},
		{"endpoint", "vpce-123456789", "8 or 17 hexadecimal digits"},
		{"endpoint", "vpc-1a2b3c4d", "8 or 17 hexadecimal digits"},
		{"description", "vendor’s", "'’', which IAM refuses"},
		{"description", "a\x00b", "which IAM refuses"},
		{"description", "a\u0085b", "which IAM refuses"},
		{"description", strings.Repeat("é", 1001), "has 1001 characters: IAM allows 1000"},
		{"boundary", "limits", "not the ARN of a managed policy"},
		{"boundary", "arn:aws:iam::111111111111:role/limits", "not the ARN of a managed policy"},
		{"boundary", "arn:aws:iam::11111111111:policy/limits", "not the ARN of a managed policy"},
		{"principal", "*", "every AWS account in: leave consumer.principals out"},
		{"principal", "222222222222", "stands for an account"},
		{"principal", "arn:aws:iam::222222222222:root", "stands for an account"},
		{"principal", "arn:aws:sts::222222222222:assumed-role/etl/session", "give the role itself, arn:aws:iam::222222222222:role/etl, with its path"},
		{"principal", "arn:aws:sts::222222222222:assumed-role/etl", "give the role itself, arn:aws:iam::222222222222:role/etl"},
		{"principal", "arn:aws:iam::222222222222:role/*/etl", "wildcard or a policy variable in its path"},
		{"principal", "arn:aws:iam::222222222222:role/t?/etl", "wildcard or a policy variable in its path"},
		{"principal", "arn:aws:iam::222222222222:role/${a}/etl", "wildcard or a policy variable in its path"},
		{"principal", "arn:aws:iam::222222222222:group/admins", "not the ARN of a role or user"},
		{"principal", "arn:aws:iam::*:role/etl", "not the ARN of a role or user"},
		{"principal", "arn:*:iam::222222222222:role/etl", "not the ARN of a role or user"},
		{"principal", "arn:aws:iam::222222222222:role/", "not the ARN of a role or user"},
		{"principal", "arn:aws:iam::222222222222:r*/etl", "not the ARN of a role or user"},
		{"principal", "AROAEXAMPLE", "not the ARN of a role or user"},
		{"principal", "arn:aws:iam::222222222222:role/" + strings.Repeat("p", 511) + "/r", "IAM allows 512"},
		{"external ID", "a", "2 to 1224 characters"},
		{"external ID", "has space", "no spaces"},
		{"external ID", "star*", "2 to 1224 characters"},
		{"external ID", share.Masked, "2 to 1224 characters"},
		{"external ID", strings.Repeat("x", 1225), "2 to 1224 characters"},
		{"external ID", "line\n", "2 to 1224 characters"},
		{"expiry", "tomorrow", "not a time of RFC 3339"},
		{"expiry", "2027-01-31", "not a time of RFC 3339"},
		{"expiry", "2027-02-30T00:00:00Z", "not a time of RFC 3339"},
		{"expiry", "0001-01-01T00:00:00Z", "between the years 1970 and 9999"},
		{"expiry", "9999-12-31T23:59:59-01:00", "between the years 1970 and 9999"},
		{"ID", "acme-data", "<bucket>/<name>"},
		{"ID", "acme-data/", "cannot name a role"},
		{"ID", "/etl", "cannot name a bucket"},
		{"ID", "acme-data/a/b", "cannot name a role"},
	} {
		got, err := parsers[c.what](c.text)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s %q: got %q, %v; want %q", c.what, c.text, got, err, c.want)
		}
		if err != nil && c.what == "external ID" && strings.Contains(err.Error(), c.text) && len(c.text) > 1 {
			t.Errorf("the refusal repeats the external ID: %v", err)
		}
	}
}

func pin(t *testing.T, spec *share.Spec, arns ...string) {
	t.Helper()
	spec.Consumer.Trust, spec.Consumer.Principals = share.TrustPinned, principals(t, arns...)
}

func principals(t interface {
	Helper()
	Fatal(...any)
}, arns ...string) []share.Principal {
	t.Helper()
	var all []share.Principal
	for _, arn := range arns {
		principal, err := share.ParsePrincipal(arn)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, principal)
	}
	return all
}

// example is a share of the whole bucket with the whole account.
func example() share.Spec {
	id, _ := share.ParseExternalID("example-external-id")
	return share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl", Bucket: "acme-data", Path: share.DefaultRolePath,
		Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount},
		Access:   []share.Word{share.Read}, ExternalIDs: []share.ExternalID{id},
		MaxSessionDuration: share.DefaultMaxSessionDuration, BucketPolicyMode: share.OwnStatements, Exclusive: true,
	}
}
