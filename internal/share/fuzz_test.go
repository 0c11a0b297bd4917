package share_test

import (
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// accepting are parsers by what they parse; each gives back the text of what they accept.
var accepting = map[string]func(string) (string, error){
	"principal":      func(s string) (string, error) { p, err := share.ParsePrincipal(s); return p.String(), err },
	"account":        share.ParseAccountID,
	"name":           func(s string) (string, error) { n, err := share.ParseName(s); return string(n), err },
	"path":           func(s string) (string, error) { p, err := share.ParsePath(s); return string(p), err },
	"bucket":         func(s string) (string, error) { b, err := share.ParseBucket(s); return string(b), err },
	"ID":             func(s string) (string, error) { b, n, err := share.ParseID(s); return string(b) + "/" + string(n), err },
	"prefix":         func(s string) (string, error) { p, err := share.ParsePrefix(s); return string(p), err },
	"external ID":    func(s string) (string, error) { id, err := share.ParseExternalID(s); return id.Reveal(), err },
	"organization":   share.ParseOrgID,
	"address":        share.ParseSourceIP,
	"endpoint":       share.ParseVPCEndpointID,
	"boundary":       share.ParseBoundary,
	"description":    share.ParseDescription,
	"session policy": share.ParseSessionPolicy,
}

// What a parser accepts is what was written, and a share that is made of accepted parts renders documents that AWS's
// grammar and its size of names allow.
func FuzzParsers(f *testing.F) {
	for _, text := range []string{
		"", "*", "arn:aws:iam::222222222222:role/team/etl", "arn:aws:iam::222222222222:user/*", "arn:aws:sts::222222222222:assumed-role/etl/s",
		"222222222222", "etl-reports", "/crossaccount/", "acme-data", "acme-data/etl-reports", "reports/", "a b/${x}*?", "o-a1b2c3d4e5",
		"203.0.113.0/24", "2001:db8::/32", "vpce-0a1b2c3d", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::111111111111:role/x/etl",
		`{"Version":"2012-10-17","Statement":[]}`, "\x00", "é€\u202e", strings.Repeat("a", 65),
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for what, parse := range accepting {
			if parsed, err := parse(text); err == nil && parsed != text {
				t.Errorf("%s %q became %q", what, text, parsed)
			}
		}
		if account, name, err := share.ParseRoleARN(text); err == nil && (!strings.Contains(text, account) || !strings.HasSuffix(text, "/"+string(name))) {
			t.Errorf("role %q became %s of %s", text, name, account)
		}
		checkRendered(t, specOf(text))
	})
}

// specOf is a share with every part that the text can be.
func specOf(text string) share.Spec {
	spec := share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl", Bucket: "acme-data", Path: share.DefaultRolePath,
		Consumer: share.Consumer{AccountID: "222222222222", Trust: share.TrustAccount},
		Access:   []share.Word{share.Read, share.List}, MaxSessionDuration: share.DefaultMaxSessionDuration, BucketPolicyMode: share.OwnStatements,
	}
	if principal, err := share.ParsePrincipal(text); err == nil {
		spec.Consumer.Principals = []share.Principal{principal}
		spec.Consumer.AccountID = principal.AccountID
	}
	if name, err := share.ParseName(text); err == nil {
		spec.Name = name
	}
	if path, err := share.ParsePath(text); err == nil {
		spec.Path = path
	}
	if bucket, err := share.ParseBucket(text); err == nil {
		spec.Bucket = bucket
	}
	if prefix, err := share.ParsePrefix(text); err == nil {
		spec.Prefixes = []share.Prefix{prefix}
	}
	if id, err := share.ParseExternalID(text); err == nil {
		spec.ExternalIDs = []share.ExternalID{id}
	}
	if address, err := share.ParseSourceIP(text); err == nil {
		spec.Perimeter.SourceIPs = []string{address}
	}
	return spec
}

func checkRendered(t *testing.T, spec share.Spec) {
	t.Helper()
	desired := share.Render(spec)
	for _, document := range []policy.Document{desired.Trust, desired.Permissions, desired.Consumer, policy.New(desired.BucketStatements...)} {
		read, err := policy.Parse(document.JSON())
		if err != nil || !read.Equal(document) {
			t.Fatalf("%s is read back as another document: %v", document.JSON(), err)
		}
	}
	for _, statement := range desired.BucketStatements {
		if !spec.Owns(statement) {
			t.Errorf("statement %s of the share is not the share's", statement.JSON())
		}
	}
	if len(spec.Summary()) == 0 {
		t.Error("nothing says what the share gives")
	}
}
