package share_test

import (
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file proves that shares do not claim one another's statements.

// names are role names, near one another on purpose: one may be built from the Sid of another.
func names() *rapid.Generator[share.Name] {
	plain := rapid.OneOf(
		rapid.SampledFrom([]string{"etl", "etlObjects", "etlListing", "ab", "a.b", "a-b", "a_b", "AB", "_", "-", "=", "Objects", "x"}),
		rapid.StringMatching(`[A-Za-z0-9_+=,.@-]{1,24}`))
	endings := rapid.SampledFrom([]string{"", "Objects", "Listing", "ObjectsFromAddresses", "ObjectsThroughEndpoints", ".", "s"})
	return rapid.Custom(func(t *rapid.T) share.Name {
		text := plain.Draw(t, "plain")
		if rapid.Bool().Draw(t, "built from a Sid") {
			text = strings.TrimPrefix(share.SidBase(share.Name(text)), "Crossaccount")
		}
		text += endings.Draw(t, "ending")
		return share.Name(text[:min(len(text), 64)])
	})
}

func allSids(name share.Name) []string {
	spec := example()
	spec.Name, spec.Access = name, share.Words()
	spec.Perimeter = share.Perimeter{SourceIPs: []string{"192.0.2.1"}, SourceVPCEIDs: []string{"vpce-1a2b3c4d"}}
	var sids []string
	for _, perimeter := range []share.Perimeter{{}, spec.Perimeter} {
		spec.Perimeter = perimeter
		for _, statement := range share.Render(spec).BucketStatements {
			sids = append(sids, statement.Sid)
		}
	}
	return sids
}

var sidPattern = regexp.MustCompile(`^[0-9A-Za-z]{1,64}$`)

func TestShareClaimsItsOwnStatementsOnly(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		name, other := names().Draw(t, "name"), names().Draw(t, "other")
		sids := allSids(name)
		if len(sids) != 6 {
			t.Fatalf("sids are %q", sids)
		}
		for _, sid := range sids {
			if !sidPattern.MatchString(sid) {
				t.Fatalf("%q is no Sid", sid)
			}
			if !share.OwnsSid(name, sid) {
				t.Fatalf("%s does not own its %s", name, sid)
			}
			if other != name && share.OwnsSid(other, sid) {
				t.Fatalf("%s claims %s of %s", other, sid, name)
			}
		}
		one, another := example(), example()
		one.Name, another.Name = name, other
		for _, statement := range share.Render(one).BucketStatements {
			if !one.Owns(statement) || other != name && another.Owns(statement) {
				t.Fatalf("%s does not own, or %s claims, %s", name, other, statement.JSON())
			}
		}
	})
}

// TestNameBuiltFromASid is the case that a look at the beginning of the Sid alone gets wrong.
func TestNameBuiltFromASid(t *testing.T) {
	t.Parallel()
	greedy := share.Name("x")
	clever := share.Name(strings.TrimPrefix(share.SidBase(greedy), "Crossaccount") + "Objects")
	for _, sid := range allSids(clever) {
		if share.OwnsSid(greedy, sid) {
			t.Errorf("%s claims %s of %s", greedy, sid, clever)
		}
	}
}

func TestForeignSids(t *testing.T) {
	t.Parallel()
	base := share.SidBase("etl")
	for _, sid := range []string{"", "etl", "Crossaccount", base, base + "x", base + "Objects2", base + "objects", base + "ObjectsObjects", " " + base + "Objects", base + "Objects ", "x" + base + "Objects"} {
		if share.OwnsSid("etl", sid) {
			t.Errorf("etl claims %q", sid)
		}
	}
}

// TestSidsNeverChange keeps shares of the past findable.
func TestSidsNeverChange(t *testing.T) {
	t.Parallel()
	for name, want := range map[share.Name]string{
		"etl":         "Crossaccountetl631fd8e1ffac",
		"etl-reports": "Crossaccountetlreportsc33c985426e0",
		"a.b":         "Crossaccountab2e7336dc8eba",
	} {
		if got := share.SidBase(name); got != want {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestDerivedNames(t *testing.T) {
	t.Parallel()
	spec := example()
	spec.Owner.Partition = "aws-cn"
	for what, c := range map[string]struct{ got, want string }{
		"role":            {spec.RoleARN(), "arn:aws-cn:iam::111111111111:role/crossaccount/etl"},
		"bucket":          {spec.BucketARN(), "arn:aws-cn:s3:::acme-data"},
		"consumer policy": {spec.ConsumerPolicyName(), "crossaccount-111111111111-etl"},
		"id":              {spec.ID(), "acme-data/etl"},
		"account":         {spec.Owner.String(), "account 111111111111"},
	} {
		if c.got != c.want {
			t.Errorf("%s: %s", what, c.got)
		}
	}
	spec.Name = share.Name(strings.Repeat("n", 64))
	if length := len(spec.ConsumerPolicyName()); length > 128 {
		t.Errorf("the name of the consumer policy has %d characters: IAM allows 128", length)
	}
}
