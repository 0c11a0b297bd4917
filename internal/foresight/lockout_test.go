package foresight_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Each Deny stands beside one that lets the writer pass. Rules are those of the IAM User Guide, "IAM JSON policy elements".
func TestWhoIsLockedOut(t *testing.T) {
	t.Parallel()
	const (
		admin    = "arn:aws:iam::111111111111:user/admin"
		session  = "arn:aws:sts::111111111111:assumed-role/deployer/run-1"
		root     = "arn:aws:iam::111111111111:root"
		everyone = `"Principal":"*"`
		put      = `"s3:PutBucketPolicy"`
		all      = `"s3:*"`
	)
	no, open := "refuses for sure", "depends"
	cases := map[string]struct {
		writer, whom, action, condition, want string
	}{
		"everybody": {admin, everyone, put, `{}`, no}, "everybody, and a session writes": {session, everyone, put, `{}`, no},
		"everybody, and the root user writes": {root, everyone, put, `{}`, ""},
		"everybody from reading":              {admin, everyone, `"s3:GetBucketPolicy"`, `{}`, ""},
		"everybody from deleting":             {admin, everyone, `"s3:DeleteBucketPolicy"`, `{}`, ""},
		"everybody from all, but it was read": {admin, everyone, all, `{}`, ""},
		"the user":                            {admin, `"Principal":{"AWS":"` + admin + `"}`, put, `{}`, no},
		"another user":                        {admin, `"Principal":{"AWS":"arn:aws:iam::111111111111:user/ann"}`, put, `{}`, ""},
		"another account":                     {admin, `"Principal":{"AWS":"222222222222"}`, put, `{}`, ""},
		"the account":                         {admin, `"Principal":{"AWS":"111111111111"}`, put, `{}`, no},
		"all but the user":                    {admin, `"NotPrincipal":{"AWS":["111111111111","` + admin + `"]}`, put, `{}`, ""},
		"all but another user":                {admin, `"NotPrincipal":{"AWS":"arn:aws:iam::111111111111:user/ann"}`, put, `{}`, no},
		"all but a role of another name":      {session, `"NotPrincipal":{"AWS":"arn:aws:iam::111111111111:role/other"}`, put, `{}`, open},
		"all but the user, by a condition":    {admin, everyone, put, `{"ArnNotLike":{"aws:PrincipalArn":"` + admin + `"}}`, ""},
		"all but others, by a condition":      {admin, everyone, put, `{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111111111111:user/b*"}}`, no},
		"all but the role":                    {session, everyone, put, `{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/deployer"}}`, ""},
		"all but the role, below a path":      {session, everyone, put, `{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/ci/*/depl*"}}`, ""},
		"all but another role":                {session, everyone, put, `{"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/other"}}`, no},
		"all but roles of a path":             {session, everyone, put, `{"StringNotLike":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/ops/*"}}`, open},
		"all but the user's ID":               {admin, everyone, put, `{"StringNotEquals":{"aws:userid":"AIDAADMIN"}}`, ""},
		"all but another ID":                  {admin, everyone, put, `{"StringNotEquals":{"aws:userid":"AIDAOTHER"}}`, no},
		"all sessions but those of the role":  {session, everyone, put, `{"StringNotLike":{"aws:userid":"AROADEPLOYER:*"}}`, ""},
		"all sessions but those of another":   {session, everyone, put, `{"StringNotLike":{"aws:userid":"AROAOTHER:*"}}`, no},
		"outside of an endpoint":              {admin, everyone, put, `{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`, open},
		"outside of an endpoint, all calls":   {admin, everyone, all, `{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`, ""},
		"without TLS":                         {admin, everyone, put, `{"Bool":{"aws:SecureTransport":"false"}}`, ""},
		"without MFA":                         {admin, everyone, put, `{"BoolIfExists":{"aws:MultiFactorAuthPresent":"false"}}`, open},
		"in the past":                         {admin, everyone, put, `{"DateLessThan":{"aws:CurrentTime":"2020-01-01T00:00:00Z"}}`, ""},
		"an operator that nobody knows":       {admin, everyone, put, `{"StringResembles":{"aws:SourceVpce":"vpce-1"}}`, ""},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, err := policy.Parse(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[`+
				`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"},`+
				`{"Sid":"Guard","Effect":"Deny",%s,"Action":%s,"Resource":"arn:aws:s3:::acme-data","Condition":%s}]}`, test.whom, test.action, test.condition))
			if err != nil {
				t.Fatal(err)
			}
			writer := foresight.Writer{
				ARN: test.writer, UserID: map[string]string{admin: "AIDAADMIN", session: "AROADEPLOYER:run-1", root: "111111111111"}[test.writer],
				Account: share.Account{ID: "111111111111", Partition: "aws"}, Bucket: "acme-data", Now: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC),
			}
			refused, depends := writer.Locked(document)
			got := map[bool]string{true: no}[len(refused) > 0] + map[bool]string{true: open}[len(depends) > 0]
			if got != test.want {
				t.Errorf("it %q, want %q: %v %v", got, test.want, refused, depends)
			}
		})
	}
}

func TestWordsOfALockOut(t *testing.T) {
	t.Parallel()
	document, err := policy.Parse(`{"Version":"2012-10-17","Statement":[` +
		`{"Sid":"Guard","Effect":"Deny","Principal":"*","Action":"s3:PutBucketPolicy","Resource":"arn:aws:s3:::acme-data"},` +
		`{"Effect":"Deny","Principal":"*","Action":"s3:PutBucketPolicy","Resource":"*","Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}}]}`)
	if err != nil {
		t.Fatal(err)
	}
	writer := foresight.Writer{
		ARN: "arn:aws:iam::111111111111:user/admin", UserID: "AIDAADMIN", Account: share.Account{ID: "111111111111", Partition: "aws"}, Bucket: "acme-data",
	}
	refused, open := writer.Locked(document)
	if want := []string{`bucket policy statement "Guard" refuses s3:PutBucketPolicy for arn:aws:iam::111111111111:user/admin`}; !slices.Equal(refused, want) {
		t.Errorf("got %q", refused)
	}
	want := []string{`bucket policy statement 2 refuses s3:PutBucketPolicy for arn:aws:iam::111111111111:user/admin unless aws:SourceVpce is vpce-1`}
	if !slices.Equal(open, want) {
		t.Errorf("got %q", open)
	}
}

func TestStatementsThatOpen(t *testing.T) {
	t.Parallel()
	document, err := policy.Parse(`{"Version":"2012-10-17","Statement":[` +
		`{"Sid":"Ours","Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:GetObject","Resource":"*"},` +
		`{"Sid":"Web","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"},` +
		`{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	if got := foresight.Opens(document); !slices.Equal(got, []string{`statement "Web"`, "statement 3"}) {
		t.Errorf("got %q", got)
	}
}
