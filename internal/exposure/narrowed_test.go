package exposure_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// A condition on the caller narrows an account to some of its principals; it also holds, or fails, for the principals that
// the same statement names by themselves.
func TestConditionOnCallerBesideNames(t *testing.T) {
	t.Parallel()
	const both = `{"AWS":["` + etl + `","333333333333"]}`
	const loader = "arn:aws:iam::333333333333:role/loader"
	byRole := seen{"role: " + loader + " may read s3://acme-data/*" + through, []string{mustHaveID}, nil}
	byPolicy := seen{"bucket policy: " + loader + " may read s3://acme-data/*", nil, nil}
	for name, c := range map[string]struct {
		arns string
		want []seen
	}{
		"only the account's role meets it": {`"` + loader + `"`, []seen{byRole, byPolicy}},
		"both meet it": {`["` + loader + `","` + etl + `"]`, []seen{
			{"role: " + etl + " may read s3://acme-data/*" + through, []string{mustHaveID}, nil}, byRole,
			{"bucket policy: " + etl + " may read s3://acme-data/*", nil, nil}, byPolicy,
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			narrowed := `"ArnEquals":{"aws:PrincipalArn":` + c.arns + `}`
			w := world{
				trust: []string{trusts(both, withID+","+narrowed)}, inline: []string{readAll},
				bucket: []string{`{"Effect":"Allow","Principal":` + both + `,"Action":"s3:GetObject",` + objects + `,"Condition":{` + narrowed + `}}`},
			}
			if diff := cmp.Diff(c.want, shown(w.ask(t))); diff != "" {
				t.Errorf("entries differ (-want +got):\n%s", diff)
			}
		})
	}
}

// Wide patterns of actions give nothing where all of S3 is left out or refused.
func TestWidePatternsWithoutS3(t *testing.T) {
	t.Parallel()
	noS3 := `{"Effect":"Deny","Action":"s3:*","Resource":"*"}`
	for name, c := range map[string]struct {
		inline []string
		want   int
	}{
		"everything":                       {[]string{`{"Effect":"Allow","Action":"*","Resource":"*"}`}, 1},
		"everything, S3 refused":           {[]string{`{"Effect":"Allow","Action":"*","Resource":"*"}`, noS3}, 0},
		"everything, a part of S3 refused": {[]string{`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:Delete*","Resource":"*"}`}, 1},
		"everything but IAM":               {[]string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`}, 1},
		"everything but IAM, S3 refused":   {[]string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`, noS3}, 0},
		"everything but S3":                {[]string{`{"Effect":"Allow","NotAction":["iam:*","s3:*"],"Resource":"*"}`}, 0},
		"everything but a part of S3":      {[]string{`{"Effect":"Allow","NotAction":"s3:Delete*","Resource":"*"}`}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := world{trust: []string{trusts(aws(etl), withID)}, inline: c.inline}.ask(t)
			if len(got) != c.want {
				t.Errorf("have %v, want %d entries", shown(got), c.want)
			}
		})
	}
}

// A boundary limits "everything but" and does not hide it.
func TestEverythingButUnderBoundary(t *testing.T) {
	t.Parallel()
	for action, want := range map[string][]share.Word{"*": share.Words(), "s3:*": share.Words(), "s3:GetObject": {share.Read}, "ec2:*": nil} {
		w := world{
			trust: []string{trusts(aws(etl), withID)}, inline: []string{`{"Effect":"Allow","NotAction":"iam:*","Resource":"*"}`},
			boundary: []string{`{"Effect":"Allow","Action":"` + action + `","Resource":"*"}`},
		}
		var got []share.Word
		for _, entry := range w.ask(t) {
			got = append(got, entry.Access...)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("under a boundary of %s access differs (-want +got):\n%s", action, diff)
		}
	}
}

// Of two weak tests one is told, and always the same one.
func TestWeakExternalIDIsToldTheSameWay(t *testing.T) {
	t.Parallel()
	trust := trusts(aws(etl), `"StringLike":{"sts:ExternalId":"the-secret*"},"StringEqualsIfExists":{"sts:ExternalId":"the-secret-one"}`)
	want := []exposure.Finding{{Kind: exposure.WeakExternalID, Sentence: "the external ID is compared with a wildcard: others than the agreed one are accepted"}}
	for range 50 {
		if diff := cmp.Diff(want, world{trust: []string{trust}, inline: []string{readAll}}.ask(t)[0].Findings); diff != "" {
			t.Fatalf("findings differ (-want +got):\n%s", diff)
		}
	}
}

// What was never looked at must not be ruled out.
func TestLetsOutsidersIn(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		trust string
		want  bool
	}{
		"another account":          {trusts(aws(consumer), withID), true},
		"the own account":          {trusts(aws("111111111111"), withID), false},
		"a service":                {trusts(`{"Service":"ec2.amazonaws.com"}`, ``), false},
		"a kind that is not known": {trusts(`{"Robot":"r2"}`, ``), true},
		"not understood":           {`{"Effect":"Allow","Principal":"all","Action":"sts:AssumeRole"}`, true},
		"a Deny not understood":    {`{"Effect":"Deny","Principal":"all","Action":"sts:AssumeRole"}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			role := exposure.Role{Name: "vendor"}
			if exposure.LetsOutsidersIn(owner, role) {
				t.Error("a role that is not there lets outsiders in")
			}
			w := world{trust: []string{c.trust}, change: func(r *exposure.Role) { role = *r }}
			w.ask(t)
			if got := exposure.LetsOutsidersIn(owner, role); got != c.want {
				t.Errorf("lets outsiders in: %t", got)
			}
		})
	}
}
