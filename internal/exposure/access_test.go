package exposure_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

var (
	owner = share.Account{ID: "111111111111", Partition: "aws"}
	now   = time.Date(2027, 3, 1, 12, 0, 0, 0, time.UTC)
)

const (
	etl       = "arn:aws:iam::222222222222:role/etl"
	consumer  = "arn:aws:iam::222222222222:root"
	vendorARN = "arn:aws:iam::111111111111:role/vendor"
	allOfIt   = `"Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"]`
	objects   = `"Resource":"arn:aws:s3:::acme-data/*"`
	withID    = `"StringEquals":{"sts:ExternalId":"the-secret-one"}`
	readAll   = `{"Effect":"Allow","Action":"s3:GetObject",` + objects + `}`
)

func document(t *testing.T, statements ...string) policy.Document {
	t.Helper()
	parsed, err := policy.Parse(`{"Version":"2012-10-17","Statement":[` + strings.Join(statements, ",") + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

// trusts is a trust statement for a principal.
func trusts(principal, conditions string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":"sts:AssumeRole","Condition":{` + conditions + `}}`
}

func aws(name string) string { return `{"AWS":"` + name + `"}` }

// world is a role "vendor" that was made a year ago and used yesterday, and a bucket policy.
type world struct {
	trust, inline, bucket []string
	boundary              []string
	change                func(*exposure.Role)
}

func (w world) ask(t *testing.T) []exposure.Entry {
	t.Helper()
	role := exposure.Role{Name: "vendor", Parts: share.Observed{
		Role: &share.Role{
			ARN: vendorARN, UniqueID: "AROAVENDORVENDOR", Path: "/", Trust: document(t, w.trust...),
			Settings: share.RoleSettings{Tags: map[string]string{}},
			Created:  now.AddDate(-1, 0, 0), LastUsed: now.AddDate(0, 0, -1),
		},
		Inline: []share.NamedPolicy{{Name: "its-own", Document: document(t, w.inline...)}},
	}}
	if w.boundary != nil {
		boundary := document(t, w.boundary...)
		role.Boundary = &boundary
		role.Parts.Role.Settings.PermissionsBoundary = "arn:aws:iam::111111111111:policy/limit"
	}
	if w.change != nil {
		w.change(&role)
	}
	return exposure.Question{
		Owner: owner, Bucket: "acme-data", Policy: document(t, w.bucket...), Roles: []exposure.Role{role}, Now: now, UnusedDays: 90,
	}.Access()
}

// seen is what a test says of an entry: who, what, where, under which conditions, and the kinds of findings.
type seen struct {
	Sentence   string
	Conditions []string
	Findings   []exposure.Kind
}

func shown(entries []exposure.Entry) []seen {
	var all []seen
	for _, entry := range entries {
		one := seen{Sentence: string(entry.Via) + ": " + entry.Sentence("acme-data"), Conditions: entry.Conditions}
		for _, finding := range entry.Findings {
			one.Findings = append(one.Findings, finding.Kind)
		}
		all = append(all, one)
	}
	return all
}

const (
	mustHaveID = "AssumeRole must carry the external ID"
	through    = " through " + vendorARN
)

func TestAccessThroughRoles(t *testing.T) {
	t.Parallel()
	ok := trusts(aws(etl), withID)
	for name, c := range map[string]struct {
		world world
		want  []seen
	}{
		"one role under an external ID": {
			world{trust: []string{ok}, inline: []string{readAll}},
			[]seen{{"role: " + etl + " may read s3://acme-data/*" + through, []string{mustHaveID}, nil}},
		},
		"a share": {
			world{trust: []string{ok}, inline: []string{readAll}, change: func(r *exposure.Role) { r.Parts.Role.Settings.Tags[share.OwnershipTag] = "acme-data" }},
			[]seen{{"share: " + etl + " may read s3://acme-data/*" + through, []string{mustHaveID}, nil}},
		},
		"a share of another bucket that reaches this one": {
			world{trust: []string{ok}, inline: []string{readAll}, change: func(r *exposure.Role) { r.Parts.Role.Settings.Tags[share.OwnershipTag] = "another" }},
			[]seen{{"role: " + etl + " may read s3://acme-data/*" + through, []string{mustHaveID}, nil}},
		},
		"no external ID": {
			world{trust: []string{trusts(aws(etl), ``)}, inline: []string{readAll}},
			[]seen{{"role: " + etl + " may read s3://acme-data/*" + through, nil, []exposure.Kind{exposure.NoExternalID}}},
		},
		"an external ID only when one is sent": {
			world{trust: []string{trusts(aws(etl), `"StringEqualsIfExists":{"sts:ExternalId":"the-secret-one"}`)}, inline: []string{readAll}},
			[]seen{{"role: " + etl + " may read s3://acme-data/*" + through,
				[]string{"AssumeRole is held against the external ID by StringEqualsIfExists"}, []exposure.Kind{exposure.WeakExternalID}}},
		},
		"an external ID with a wildcard": {
			world{trust: []string{trusts(aws(etl), `"StringLike":{"sts:ExternalId":"the-secret*"}`)}, inline: []string{readAll}},
			[]seen{{"role: " + etl + " may read s3://acme-data/*" + through,
				[]string{"AssumeRole is held against the external ID by StringLike"}, []exposure.Kind{exposure.WeakExternalID}}},
		},
		"the whole account": {
			world{trust: []string{trusts(aws("222222222222"), withID)}, inline: []string{readAll}},
			[]seen{{"role: account 222222222222 may read s3://acme-data/*" + through, []string{mustHaveID}, []exposure.Kind{exposure.WholeAccount}}},
		},
		"an account narrowed to a role": {
			world{trust: []string{trusts(aws(consumer), withID+`,"ArnLike":{"aws:PrincipalArn":"`+etl+`"}`)}, inline: []string{readAll}},
			[]seen{{"role: " + etl + " may read s3://acme-data/*" + through, []string{mustHaveID}, nil}},
		},
		"an account narrowed to nobody": {
			world{trust: []string{trusts(aws(consumer), withID+`,"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::333333333333:role/etl"}`)}, inline: []string{readAll}}, nil,
		},
		"every account": {
			world{trust: []string{trusts(`"*"`, withID)}, inline: []string{readAll}},
			[]seen{{"role: everybody may read s3://acme-data/*" + through, []string{mustHaveID}, []exposure.Kind{exposure.Wildcard}}},
		},
		"everybody narrowed to the own account": {
			world{trust: []string{trusts(`"*"`, `"StringEquals":{"aws:PrincipalAccount":"111111111111","sts:ExternalId":"the-secret-one"}`)}, inline: []string{readAll}}, nil,
		},
		"everybody of an organization": {
			world{trust: []string{trusts(`"*"`, `"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5","sts:ExternalId":"the-secret-one"}`)}, inline: []string{readAll}},
			[]seen{{"role: everybody may read s3://acme-data/*" + through,
				[]string{"the caller must be in organization o-a1b2c3d4e5", mustHaveID}, []exposure.Kind{exposure.Wildcard}}},
		},
		"a deleted principal": {
			world{trust: []string{trusts(aws("AROADELETEDDELETED1"), withID)}, inline: []string{readAll}},
			[]seen{{"role: AROADELETEDDELETED1 may read s3://acme-data/*" + through, []string{mustHaveID}, []exposure.Kind{exposure.Dangling}}},
		},
		"a service":                        {world{trust: []string{trusts(`{"Service":"s3.amazonaws.com"}`, withID)}, inline: []string{readAll}}, nil},
		"a role of the own account":        {world{trust: []string{trusts(aws("arn:aws:iam::111111111111:role/app"), ``)}, inline: []string{readAll}}, nil},
		"policies on another bucket":       {world{trust: []string{ok}, inline: []string{`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::acme-data-2/*"}`}}, nil},
		"actions that know no bucket":      {world{trust: []string{ok}, inline: []string{`{"Effect":"Allow","Action":["s3:ListAllMyBuckets","ec2:*"],"Resource":"*"}`}}, nil},
		"actions on the wrong resource":    {world{trust: []string{ok}, inline: []string{`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data"}`}}, nil},
		"a trust policy of another action": {world{trust: []string{strings.Replace(ok, "sts:AssumeRole", "sts:TagSession", 1)}, inline: []string{readAll}}, nil},
		"a trust policy that denies it all": {
			world{trust: []string{ok, `{"Effect":"Deny","Principal":"*","Action":"sts:*"}`}, inline: []string{readAll}}, nil,
		},
		"a trust policy that denies some": {
			world{trust: []string{ok, `{"Sid":"Office","Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}`}, inline: []string{readAll}},
			[]seen{{"role: " + etl + " may read s3://acme-data/*" + through,
				[]string{mustHaveID, "statement Office denies assuming the role when aws:SourceIp meets NotIpAddress 203.0.113.0/24"}, nil}},
		},
		"an identity provider": {
			world{trust: []string{`{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::111111111111:oidc-provider/ci.example.com"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":{"StringEquals":{"ci.example.com:sub":"repo"}}}`}, inline: []string{readAll}},
			[]seen{{"role: arn:aws:iam::111111111111:oidc-provider/ci.example.com may read s3://acme-data/*" + through, []string{"ci.example.com:sub must meet StringEquals repo"}, nil}},
		},
		"a trust statement that cannot be understood": {
			world{trust: []string{`{"Effect":"Allow","Principal":"everybody","Action":"sts:AssumeRole"}`}, inline: []string{readAll}},
			[]seen{{"role: ? may read s3://acme-data/*" + through, nil, []exposure.Kind{exposure.Unreadable}}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, shown(c.world.ask(t))); diff != "" {
				t.Errorf("entries differ (-want +got):\n%s", diff)
			}
		})
	}
}

func TestNoExternalIDIsShown(t *testing.T) {
	t.Parallel()
	for _, trust := range []string{
		trusts(aws(etl), withID),
		trusts(aws(etl), `"StringNotEquals":{"sts:externalid":"the-secret-one"}`),
		trusts(aws(etl), ``) + `,{"Effect":"Deny","Principal":"*","Action":"sts:AssumeRole","Condition":{"StringNotEquals":{"sts:ExternalId":"the-secret-one"}}}`,
	} {
		entries := world{trust: []string{trust}, inline: []string{readAll}}.ask(t)
		if len(entries) != 1 {
			t.Fatalf("have %d entries for %s", len(entries), trust)
		}
		for _, sentence := range append(entries[0].Conditions, entries[0].Sentence("acme-data")) {
			if strings.Contains(sentence, "the-secret") {
				t.Errorf("the external ID is shown: %s", sentence)
			}
		}
	}
}
