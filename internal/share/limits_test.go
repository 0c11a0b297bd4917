package share_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestLoads(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		load   share.Load
		excess int
		near   bool
	}{
		"empty":           {share.Load{Size: 0, Max: 2048}, 0, false},
		"below a tenth":   {share.Load{Size: 1843, Max: 2048}, 0, false},
		"nine tenths":     {share.Load{Size: 1844, Max: 2048}, 0, true},
		"exactly full":    {share.Load{Size: 2048, Max: 2048}, 0, true},
		"one over":        {share.Load{Size: 2049, Max: 2048}, 1, false},
		"a thousand over": {share.Load{Size: 21480, Max: 20480}, 1000, false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.load.Excess() != test.excess || test.load.IsNear() != test.near {
				t.Errorf("excess %d, near %v", test.load.Excess(), test.load.IsNear())
			}
		})
	}
}

// What is measured is what would be sent.
func TestLoadsOfAShare(t *testing.T) {
	t.Parallel()
	spec := example()
	desired := share.Render(spec)
	if load := desired.TrustLoad(); load.Size != len(desired.Trust.JSON()) || load.Max != 2048 {
		t.Errorf("the trust policy of %d characters without white space counts as %+v", len(desired.Trust.JSON()), load)
	}
	own := len(desired.Permissions.JSON())
	beside := []share.NamedPolicy{{Name: "theirs", Document: policy.New(policy.Statement{
		Sid: strings.Repeat("x", 100), Effect: policy.Allow, Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{"*"},
	})}}
	if load := desired.InlineLoad(nil); load.Size != own || load.Max != 10240 {
		t.Errorf("a permissions policy of %d counts as %+v", own, load)
	}
	if load := desired.InlineLoad(beside); load.Size != own+len(beside[0].Document.JSON()) {
		t.Errorf("beside somebody else's it counts as %+v", load)
	}
	spec.RevokedBefore = time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)
	revoking := share.Render(spec)
	if load := revoking.InlineLoad(nil); load.Size != own+len(revoking.Revocation.JSON()) {
		t.Errorf("with a revocation it counts as %+v", load)
	}
}

func TestShareInTheBucketPolicy(t *testing.T) {
	t.Parallel()
	const theirs = `{"Sid":"Theirs","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-data/*"}`
	parse := func(statements ...string) policy.Document {
		document, err := policy.Parse(fmt.Sprintf(`{"Version":"2012-10-17","Statement":[%s]}`, strings.Join(statements, ",")))
		if err != nil {
			t.Fatal(err)
		}
		return document
	}
	spec := example()
	own := share.Render(spec)
	delegated := spec
	delegated.BucketPolicyMode = share.Delegated
	common := share.Render(delegated)
	other := delegated
	other.Name = "other"
	aside := spec
	aside.BucketPolicyMode = share.OutputOnly
	texts := func(statements []policy.Statement) (raws []string) {
		for _, one := range statements {
			raws = append(raws, one.JSON())
		}
		return raws
	}
	ours, shared := texts(own.BucketStatements), texts(common.Delegation)
	cases := map[string]struct{ got, want policy.Document }{
		"beside somebody else's":                  {own.PutInto(parse(theirs)), parse(append([]string{theirs}, ours...)...)},
		"where it is already":                     {own.PutInto(own.PutInto(parse(theirs))), parse(append([]string{theirs}, ours...)...)},
		"what all have in common, in their stead": {common.PutInto(own.PutInto(parse(theirs))), parse(append([]string{theirs}, shared...)...)},
		"what all have in common, once":           {share.Render(other).PutInto(common.PutInto(parse(theirs))), parse(append([]string{theirs}, shared...)...)},
		"not written":                             {share.Render(aside).PutInto(parse(theirs)), parse(theirs)},
		"taken out":                               {spec.TakenFrom(own.PutInto(parse(theirs))), parse(theirs)},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !test.got.Equal(test.want) || share.BucketPolicyLoad(test.got) != share.BucketPolicyLoad(test.want) {
				t.Errorf("got  %s\nwant %s", test.got.JSON(), test.want.JSON())
			}
		})
	}
}

func TestForeignInlinePolicies(t *testing.T) {
	t.Parallel()
	observed := share.Observed{Inline: []share.NamedPolicy{{Name: share.PermissionsPolicyName}, {Name: "theirs"}, {Name: share.RevocationPolicyName}}}
	if foreign := observed.ForeignInline(); len(foreign) != 1 || foreign[0].Name != "theirs" {
		t.Errorf("got %v", foreign)
	}
}
