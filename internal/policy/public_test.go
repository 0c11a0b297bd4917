package policy_test

import (
	"slices"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Expectations are those of the S3 User Guide, "The meaning of public".
func TestPublicStatements(t *testing.T) {
	t.Parallel()
	const (
		fixed  = `{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"s3:GetObject","Resource":"*"}`
		anyone = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}`
		denied = `{"Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"*"}`
		other  = `{"Effect":"Allow","NotPrincipal":{"AWS":"222222222222"},"Action":"s3:GetObject","Resource":"*"}`
		ofOrg  = `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}}`
		half   = `{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":["10.0.0.0/8","0.0.0.0/1"]}}}`
	)
	cases := map[string]struct {
		statements string
		public     []int
	}{
		"no statements":                   {``, nil},
		"an account":                      {fixed, nil},
		"everybody":                       {anyone, []int{0}},
		"nobody, for everybody":           {denied, nil},
		"everybody but one account":       {other, []int{0}},
		"everybody of an organization":    {ofOrg, nil},
		"half the world beside a network": {half, []int{0}},
		"some of several":                 {fixed + "," + anyone + "," + ofOrg + "," + half, []int{1, 3}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, err := policy.Parse(`{"Version":"2012-10-17","Statement":[` + test.statements + `]}`)
			if err != nil {
				t.Fatal(err)
			}
			if got := document.Public(); !slices.Equal(got, test.public) {
				t.Errorf("public: %v, want %v", got, test.public)
			}
		})
	}
}
