package share

import (
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

func contains(text, part string) bool { return strings.Contains(text, part) }

// observedBeside is what exists of a share with these statements of somebody else's beside its own.
func observedBeside(t *testing.T, spec Spec, statements string) Observed {
	t.Helper()
	document, err := policy.Parse(`{"Version":"2012-10-17","Statement":[` + statements + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	own := Render(spec).Shown()
	return Observed{Bucket: BucketPolicy{State: BucketHasPolicy, Document: document.Replace(func(policy.Statement) bool { return false }, own...)}}
}

func TestOthersAreNamed(t *testing.T) {
	t.Parallel()
	spec := Spec{Owner: Account{"111111111111", "aws"}, Name: "etl-reports", Bucket: "acme-data", Path: "/crossaccount/", Prefixes: []Prefix{"reports/"}}
	observed := observedBeside(t, spec, `
		{"Sid":"Everybody","Effect":"Allow","Principal":"*","Action":"s3:Get*","Resource":"arn:aws:s3:::acme-data/*"},
		{"Sid":"Account","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"S3:GETOBJECT","Resource":"arn:aws:s3:::acme-data/raw/*"},
		{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/crossaccount/etl-reports"},"NotAction":"s3:Put*","Resource":"arn:aws:s3:::acme-data/raw/*"},
		{"Sid":"AnotherRole","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/other"},"Action":"s3:*","Resource":"arn:aws:s3:::acme-data/*"},
		{"Sid":"Elsewhere","Effect":"Allow","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-data/public/*"},
		{"Sid":"Write","Effect":"Allow","Principal":"*","Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-data/*"},
		{"Sid":"NoReading","Effect":"Deny","Principal":{"AWS":"*"},"Action":"s3:*","Resource":"*"},
		{"Sid":"NotForOthers","Effect":"Deny","Principal":{"AWS":"arn:aws:iam::111111111111:role/other"},"Action":"s3:*","Resource":"*"},
		{"Sid":"OnlyTLS","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}},
		{"Sid":"NoWriting","Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"*"}`)
	observed.Inline = []NamedPolicy{{Name: PermissionsPolicyName}, {Name: "extra"}}
	observed.Attached = []string{"arn:aws:iam::aws:policy/ReadOnlyAccess"}
	read := Call{"arn:aws:sts::111111111111:assumed-role/etl-reports/s", "s3:GetObject", spec.ObjectARN("raw/x")}
	allowing := []string{
		"inline policy extra on the role", "managed policy arn:aws:iam::aws:policy/ReadOnlyAccess on the role",
		"statement Everybody of the bucket policy", "statement Account of the bucket policy", "the statement without a Sid at place 3 of the bucket policy",
	}
	if have := Names(observed.OthersAllowing(spec, read)); !slices.Equal(have, allowing) {
		t.Errorf("allowing are %q, want %q", have, allowing)
	}
	if have := Names(observed.OthersDenying(spec, read)); !slices.Equal(have, []string{"statement NoReading of the bucket policy"}) {
		t.Errorf("denying are %q", have)
	}
	if have := (Observed{}).OthersAllowing(spec, read); len(have) > 0 {
		t.Errorf("where there is nothing, %+v are named", have)
	}
}

// A direct share meets statements for its consumer: those of other shares are told apart, and those that are for other
// principals of the account, or that only delegate, are no suspects.
func TestOthersBesideADirectShare(t *testing.T) {
	t.Parallel()
	spec := Spec{
		Owner: Account{"111111111111", "aws"}, Name: "etl-reports", Bucket: "acme-data", Via: ViaDirect, Access: []Word{Read, List},
		Consumer: Consumer{AccountID: "222222222222"}, Prefixes: []Prefix{"reports/"},
	}
	second, narrow, point := spec, spec, spec
	second.Name, second.Prefixes = "second", []Prefix{"raw/"}
	narrow.Name, narrow.Prefixes = "narrow", []Prefix{"raw/"}
	other, err := ParsePrincipal("arn:aws:iam::222222222222:role/other")
	if err != nil {
		t.Fatal(err)
	}
	narrow.Consumer.Principals = []Principal{other}
	point.Name, point.Via, point.Region = "point", ViaAccessPoint, "eu-central-1"
	var shares []string
	for _, one := range []Spec{second, narrow, point} {
		for _, statement := range Render(one).Shown() {
			shares = append(shares, statement.JSON())
		}
	}
	observed := observedBeside(t, spec, strings.Join(append(shares,
		`{"Sid":"Etl","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/team/etl"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}`,
		`{"Sid":"Session","Effect":"Allow","Principal":{"AWS":"arn:aws:sts::222222222222:assumed-role/etl/s"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}`,
		`{"Sid":"Other","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:role/other"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}`,
		`{"Sid":"Owner","Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}`), ","))
	have := observed.OthersAllowing(spec, Call{"arn:aws:sts::222222222222:assumed-role/etl/s", "s3:GetObject", spec.ObjectARN("raw/x")})
	want := []Suspect{
		{"statement " + SidBase("second") + "DirectObjects of the bucket policy", true},
		{"statement Etl of the bucket policy", false}, {"statement Session of the bucket policy", false},
	}
	if !slices.Equal(have, want) {
		t.Errorf("the suspects are %+v, want %+v", have, want)
	}
	// A statement that has the Sid of the delegation, and lost what makes it one, lets everybody in.
	open := observedBeside(t, spec, `{"Sid":"CrossaccountAccessPointsObjects","Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*"}`)
	if have := open.OthersAllowing(spec, Call{"arn:aws:iam::222222222222:user/ann", "s3:GetObject", spec.ObjectARN("raw/x")}); len(have) != 1 {
		t.Errorf("the suspects are %+v", have)
	}
}

func TestMembershipOfRootUsers(t *testing.T) {
	t.Parallel()
	etl, err := ParsePrincipal("arn:aws:iam::222222222222:role/etl")
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		via        Via
		principals []Principal
		caller     Caller
		want       Membership
	}{
		"of the account, without a role": {ViaDirect, nil, "arn:aws:iam::222222222222:root", Member},
		"of the account, by a role":      {ViaRole, nil, "arn:aws:iam::222222222222:root", Stranger},
		"where principals are named":     {ViaDirect, []Principal{etl}, "arn:aws:iam::222222222222:root", Stranger},
		"of another account":             {ViaDirect, nil, "arn:aws:iam::333333333333:root", Stranger},
	} {
		spec := Spec{Via: c.via, Consumer: Consumer{AccountID: "222222222222", Principals: c.principals}}
		if have := spec.Membership(c.caller); have != c.want {
			t.Errorf("a root user %s is %q, want %q", name, have, c.want)
		}
	}
}
