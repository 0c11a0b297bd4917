package share

import (
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

func TestOthersAreNamed(t *testing.T) {
	t.Parallel()
	spec := Spec{Owner: Account{"111111111111", "aws"}, Name: "etl-reports", Bucket: "acme-data", Path: "/crossaccount/", Prefixes: []Prefix{"reports/"}}
	document, err := policy.Parse(`{"Version":"2012-10-17","Statement":[
		{"Sid":"Everybody","Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::acme-data/*"},
		{"Sid":"Account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"S3:GETOBJECT","Resource":"arn:aws:s3:::acme-data/raw/*"},
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/crossaccount/etl-reports"},"NotAction":"s3:Put*","Resource":"arn:aws:s3:::acme-data/raw/*"},
		{"Sid":"AnotherRole","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/other"},"Action":"s3:*","Resource":"arn:aws:s3:::acme-data/*"},
		{"Sid":"Elsewhere","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-data/public/*"},
		{"Sid":"Write","Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-data/*"},
		{"Sid":"NoReading","Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111111111111:role/other"},"Action":"s3:*","Resource":"*"},
		{"Sid":"OnlyTLS","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
		{"Sid":"NoWriting","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"}
	]}`)
	if err != nil {
		t.Fatal(err)
	}
	observed := Observed{
		Inline:   []NamedPolicy{{Name: PermissionsPolicyName}, {Name: "extra"}},
		Attached: []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"},
		Bucket:   BucketPolicy{State: BucketHasPolicy, Document: document},
	}
	own := Render(spec).BucketStatements
	observed.Bucket.Document = observed.Bucket.Document.Replace(func(policy.Statement) bool { return false }, own...)
	key := spec.ObjectARN("raw/x")
	allowing := []string{
		"inline policy extra on the role", "managed policy arn:aws:iam::aws:policy/ReadOnlyAccess on the role",
		"statement Everybody of the bucket policy", "statement Account of the bucket policy", "the statement without a Sid at place 3 of the bucket policy",
	}
	if have := observed.OthersAllowing(spec, "s3:GetObject", key); !slices.Equal(have, allowing) {
		t.Errorf("allowing are %q, want %q", have, allowing)
	}
	if have := observed.OthersDenying(spec, "s3:GetObject", key); !slices.Equal(have, []string{"statement NoReading of the bucket policy"}) {
		t.Errorf("denying are %q", have)
	}
	if have := (Observed{}).OthersAllowing(spec, "s3:GetObject", key); len(have) > 0 {
		t.Errorf("where there is nothing, %q are named", have)
	}
}
