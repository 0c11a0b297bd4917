package share_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestHandedOver(t *testing.T) {
	t.Parallel()
	statement := func(effect, condition string) string {
		return fmt.Sprintf(`{"Effect":%q,"Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole","Condition":{%s}}`, effect, condition)
	}
	const alone, both = `"StringEquals":{"sts:ExternalId":"one"}`, `"StringEquals":{"sts:externalid":["one","two"]}`
	for name, c := range map[string]struct {
		statements       []string
		newest, previous string
		words            string
	}{
		"one ID":                         {[]string{statement("Allow", alone)}, "one", "", ""},
		"during a rotation":              {[]string{statement("Allow", both)}, "one", "two", ""},
		"the same in several statements": {[]string{statement("Allow", both), statement("Allow", both)}, "one", "two", ""},
		"beside a statement without":     {[]string{statement("Allow", alone), statement("Allow", `"Bool":{"aws:SecureTransport":"true"}`)}, "one", "", ""},
		"beside a Deny of others":        {[]string{statement("Allow", alone), statement("Deny", `"StringEquals":{"sts:ExternalId":"old"}`)}, "one", "", ""},
		"none":                           {[]string{statement("Allow", `"Bool":{"aws:SecureTransport":"true"}`)}, "", "", "accepts no external ID"},
		"a weaker comparison":            {[]string{statement("Allow", `"StringLike":{"sts:ExternalId":"one"}`)}, "", "", "accepts no external ID"},
		"only in a Deny":                 {[]string{statement("Deny", alone)}, "", "", "accepts no external ID"},
		"three":                          {[]string{statement("Allow", `"StringEquals":{"sts:ExternalId":["one","two","three"]}`)}, "", "", "accepts 3 external IDs"},
		"each consumer its own": {
			[]string{statement("Allow", alone), statement("Allow", `"StringEquals":{"sts:ExternalId":"two"}`)}, "", "", "cannot be told whose is whose",
		},
		"one statement lags behind": {[]string{statement("Allow", both), statement("Allow", alone)}, "", "", "cannot be told whose is whose"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			trust, err := policy.Parse(`{"Version":"2012-10-17","Statement":[` + strings.Join(c.statements, ",") + `]}`)
			if err != nil {
				t.Fatal(err)
			}
			newest, previous, err := share.HandedOver(trust)
			if newest.Reveal() != c.newest || previous.Reveal() != c.previous {
				t.Errorf("got %q and %q, want %q and %q", newest.Reveal(), previous.Reveal(), c.newest, c.previous)
			}
			if text := fmt.Sprint(err); (err == nil) != (c.words == "") || !strings.Contains(text, c.words) {
				t.Errorf("error is %v, want …%s…", err, c.words)
			}
		})
	}
}

// What a share renders is what is handed over.
func TestHandedOverOfAShare(t *testing.T) {
	t.Parallel()
	one, _ := share.ParseExternalID("Example-One")
	two, _ := share.ParseExternalID("Example-Two")
	spec := share.Spec{
		Owner: share.Account{ID: "111111111111", Partition: "aws"}, Name: "etl", Bucket: "acme-data", Path: "/",
		Consumer: share.Consumer{AccountID: "222222222222"}, Access: []share.Word{share.Read}, ExternalIDs: []share.ExternalID{one, two},
		Perimeter: share.Perimeter{SourceIPs: []string{"203.0.113.0/24"}, SourceVPCEIDs: []string{"vpce-0123456789abcdef0"}},
	}
	newest, previous, err := share.HandedOver(share.Render(spec).Trust)
	if err != nil || newest != one || previous != two {
		t.Errorf("got %q, %q, %v", newest.Reveal(), previous.Reveal(), err)
	}
}
