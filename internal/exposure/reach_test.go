package exposure_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// what is what a role may do, as its entry has it.
type what struct {
	Access     []share.Word
	Actions    []string
	Prefixes   []string
	Conditions []string
}

func TestReachOfRoles(t *testing.T) {
	t.Parallel()
	trust := []string{trusts(aws(etl), withID)}
	limits := "only as far as the permissions boundary arn:aws:iam::111111111111:policy/limit allows it too"
	for name, c := range map[string]struct {
		world world
		want  []what
	}{
		"everything": {
			world{inline: []string{`{"Effect":"Allow","Action":"s3:*","Resource":"*"}`}},
			[]what{{share.Words(), []string{"s3:*"}, nil, nil}},
		},
		"objects and listing under one prefix": {
			world{inline: []string{
				`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/a/*"}`,
				`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-data","Condition":{"StringLike":{"s3:prefix":"a/*"}}}`,
			}},
			[]what{{[]share.Word{share.Read, share.List}, []string{"s3:GetObject", "s3:ListBucket"}, []string{"a/"}, nil}},
		},
		"objects under a prefix and listing of all": {
			world{inline: []string{
				`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/a/*"}`,
				`{"Effect":"Allow","Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-data"}`,
			}},
			[]what{
				{[]share.Word{share.Read}, []string{"s3:GetObject"}, []string{"a/"}, nil},
				{[]share.Word{share.List}, []string{"s3:ListBucket"}, nil, nil},
			},
		},
		"objects never ask for a prefix": {
			world{inline: []string{`{"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],` + allOfIt + `,"Condition":{"StringLike":{"s3:prefix":"a/*"}}}`}},
			[]what{{[]share.Word{share.List}, []string{"s3:ListBucket"}, []string{"a/"}, nil}},
		},
		"a pattern that is no prefix": {
			world{inline: []string{`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/*.csv"}`}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, []string{"*.csv"}, nil}},
		},
		"a part of a word": {
			world{inline: []string{`{"Effect":"Allow","Action":["s3:PutObject","s3:PutObjectAcl"],` + objects + `}`}},
			[]what{{nil, []string{"s3:PutObject", "s3:PutObjectAcl"}, nil, nil}},
		},
		"everything but": {
			world{inline: []string{`{"Effect":"Allow","NotAction":"s3:DeleteObject","Resource":"*"}`}},
			[]what{{[]share.Word{share.Read, share.List, share.ReadVersions, share.Write, share.Tag}, []string{"everything but s3:DeleteObject"}, nil, nil}},
		},
		"everywhere but in this bucket": {
			world{inline: []string{`{"Effect":"Allow","Action":"s3:*","Not` + allOfIt[1:] + `}`}}, nil,
		},
		"a condition that only the call can answer": {
			world{inline: []string{`{"Effect":"Allow","Action":"s3:GetObject",` + objects + `,"Condition":{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","198.51.100.7"]}}}`}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, nil, []string{"calls must come from 203.0.113.0/24 or 198.51.100.7"}}},
		},
		"a condition on the role that holds": {
			world{inline: []string{`{"Effect":"Allow","Action":"s3:GetObject",` + objects + `,"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/vendor"}}}`}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, nil, nil}},
		},
		"a condition on the role that fails": {
			world{inline: []string{`{"Effect":"Allow","Action":"s3:GetObject",` + objects + `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/vendor"}}}`}}, nil,
		},
		"denied outright": {
			world{inline: []string{readAll}, bucket: []string{`{"Effect":"Deny","Principal":"*","Action":"s3:Get*",` + allOfIt + `}`}}, nil,
		},
		"one action denied outright": {
			world{inline: []string{
				`{"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObject"],` + objects + `}`, `{"Effect":"Deny","Action":"s3:DeleteObject","Resource":"*"}`,
			}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, nil, nil}},
		},
		"denied by the account's name": {
			world{inline: []string{readAll}, bucket: []string{`{"Effect":"Deny","Principal":{"AWS":"111111111111"},"Action":"s3:*",` + allOfIt + `}`}}, nil,
		},
		"denied to others": {
			world{inline: []string{readAll}, bucket: []string{`{"Effect":"Deny","Principal":"*","Action":"s3:*",` + allOfIt + `,"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"` + vendorARN + `"}}}`}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, nil, nil}},
		},
		"denied to all but others": {
			world{inline: []string{readAll}, bucket: []string{`{"Effect":"Deny","Principal":"*","Action":"s3:*",` + allOfIt + `,"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"arn:aws:iam::111111111111:role/app"}}}`}}, nil,
		},
		"denied without TLS": {
			world{inline: []string{readAll}, bucket: []string{`{"Effect":"Deny","Principal":"*","Action":"s3:*",` + allOfIt + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}}`}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, nil, []string{"calls must use TLS"}}},
		},
		"denied in a part": {
			world{inline: []string{readAll}, bucket: []string{`{"Sid":"Secret","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::acme-data/secret/*"}`}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, nil, []string{"statement Secret denies s3:* on secret/"}}},
		},
		"allowed by the bucket policy alone": {
			world{bucket: []string{`{"Sid":"Theirs","Effect":"Allow","Principal":{"AWS":"` + vendorARN + `"},"Action":"s3:GetObject",` + objects + `}`}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, nil, nil}},
		},
		"the account's name in the bucket policy gives nothing": {
			world{bucket: []string{`{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:GetObject",` + objects + `}`}}, nil,
		},
		"a boundary that allows less": {
			world{inline: []string{`{"Effect":"Allow","Action":["s3:GetObject","s3:DeleteObject"],` + objects + `}`}, boundary: []string{`{"Effect":"Allow","Action":"s3:Get*","Resource":"*"}`}},
			[]what{{[]share.Word{share.Read}, []string{"s3:GetObject"}, nil, []string{limits}}},
		},
		"a boundary that denies": {
			world{inline: []string{readAll}, boundary: []string{`{"Effect":"Allow","Action":"*","Resource":"*"}`, `{"Effect":"Deny","Action":"s3:Get*","Resource":"*"}`}}, nil,
		},
		"a boundary that allows nothing here": {
			world{inline: []string{readAll}, boundary: []string{`{"Effect":"Allow","Action":"s3:*","Resource":"arn:aws:s3:::another/*"}`}}, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.world.trust = trust
			var got []what
			for _, entry := range c.world.ask(t) {
				if entry.Conditions[0] != mustHaveID {
					t.Errorf("the external ID is not a condition: %v", entry.Conditions)
				}
				got = append(got, what{entry.Access, entry.Actions, entry.Prefixes, entry.Conditions[1:]})
			}
			for i := range got {
				if len(got[i].Conditions) == 0 {
					got[i].Conditions = nil
				}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("reach differs (-want +got):\n%s", diff)
			}
		})
	}
}

// A managed policy whose document nobody may read is said to be unknown, not taken for harmless.
func TestUnreadManagedPolicy(t *testing.T) {
	t.Parallel()
	w := world{trust: []string{trusts(aws(etl), withID)}}
	if got := w.ask(t); len(got) != 0 {
		t.Fatalf("a role without policies reaches something: %v", shown(got))
	}
	w.change = func(r *exposure.Role) { r.Parts.Attached = []string{"arn:aws:iam::aws:policy/X"} }
	want := []seen{{"role: " + etl + " may do something that is not known in s3://acme-data/*" + through, []string{mustHaveID}, []exposure.Kind{exposure.Unreadable}}}
	if diff := cmp.Diff(want, shown(w.ask(t))); diff != "" {
		t.Errorf("entries differ (-want +got):\n%s", diff)
	}
	w.change = func(r *exposure.Role) {
		r.Parts.Attached = []string{"arn:aws:iam::aws:policy/X"}
		r.Parts.AttachedDocuments = []share.NamedPolicy{{Name: "arn:aws:iam::aws:policy/X", Document: policy.New()}}
	}
	if got := w.ask(t); len(got) != 0 {
		t.Errorf("a managed policy that allows nothing reaches something: %v", shown(got))
	}
}

func TestUnusedRoles(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		made, used int // days ago; 0 for never
		says       string
	}{
		"used yesterday":                {365, 1, ""},
		"used 89 days ago":              {365, 89, ""},
		"used 91 days ago":              {365, 91, "the role was not used for 91 days: last on 2026-11-30"},
		"young and never used":          {89, 0, ""},
		"never used":                    {91, 0, "the role was never used since it was made on 2026-11-30"},
		"older than what IAM remembers": {500, 0, "the role was not used in the last 400 days, as far back as IAM remembers"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := world{trust: []string{trusts(aws(etl), withID)}, inline: []string{readAll}, change: func(r *exposure.Role) {
				r.Parts.Role.Created = now.AddDate(0, 0, -c.made)
				if r.Parts.Role.LastUsed = now.AddDate(0, 0, -c.used); c.used == 0 {
					r.Parts.Role.LastUsed = time.Time{}
				}
			}}
			var got string
			for _, finding := range w.ask(t)[0].Findings {
				got += finding.Sentence
			}
			if got != c.says {
				t.Errorf("says %q, want %q", got, c.says)
			}
		})
	}
}

func TestExpiredAccess(t *testing.T) {
	t.Parallel()
	for at, says := range map[string]string{
		"2027-03-01T11:59:59Z": "it ended at 2027-03-01T11:59:59Z and lets nobody in any more",
		"2027-03-01T12:00:01Z": "",
	} {
		ends := `"DateLessThan":{"aws:CurrentTime":"` + at + `"}`
		for _, w := range []world{
			{trust: []string{trusts(aws(etl), withID+","+ends)}, inline: []string{readAll}},
			{trust: []string{trusts(aws(etl), withID)}, inline: []string{`{"Effect":"Allow","Action":"s3:GetObject",` + objects + `,"Condition":{` + ends + `}}`}},
			{bucket: []string{`{"Effect":"Allow","Principal":{"AWS":"` + etl + `"},"Action":"s3:GetObject",` + objects + `,"Condition":{` + ends + `}}`}},
		} {
			entries := w.ask(t)
			if len(entries) != 1 {
				t.Fatalf("have %v", shown(entries))
			}
			var got string
			for _, finding := range entries[0].Findings {
				got += finding.Sentence
			}
			if got != says {
				t.Errorf("says %q, want %q", got, says)
			}
		}
	}
}
