package verdict_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

func TestMayConcern(t *testing.T) {
	t.Parallel()
	const role, session = "arn:aws:iam::111111111111:role/shares/etl", "arn:aws:sts::111111111111:assumed-role/etl/*"
	caller := verdict.Principal{
		Kind: verdict.RoleSession, Account: "111111111111", ARN: role, SessionARN: session, UniqueID: "AROAETLEXAMPLE0000001",
	}
	for name, c := range map[string]struct {
		statement string
		want      bool
	}{
		"everybody":                                {`"Principal":"*"`, true},
		"everybody, as a list":                     {`"Principal":{"AWS":["*"]}`, true},
		"the role":                                 {`"Principal":{"AWS":"` + role + `"}`, true},
		"the role's ID":                            {`"Principal":{"AWS":"AROAETLEXAMPLE0000001"}`, true},
		"one of its sessions":                      {`"Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/etl/nightly"}`, true},
		"its account":                              {`"Principal":{"AWS":"111111111111"}`, true},
		"its account, as a root ARN":               {`"Principal":{"AWS":"arn:aws:iam::111111111111:root"}`, true},
		"another role":                             {`"Principal":{"AWS":"arn:aws:iam::111111111111:role/shares/other"}`, false},
		"the same name elsewhere":                  {`"Principal":{"AWS":"arn:aws:iam::111111111111:role/etl"}`, false},
		"another account":                          {`"Principal":{"AWS":"222222222222"}`, false},
		"a service":                                {`"Principal":{"Service":"logging.s3.amazonaws.com"}`, false},
		"all but others":                           {`"NotPrincipal":{"AWS":"222222222222"}`, true},
		"all but it, for one who has a boundary":   {`"NotPrincipal":{"AWS":["111111111111","` + role + `","arn:aws:sts::111111111111:assumed-role/etl/a"]}`, true},
		"its account, narrowed to it":              {`"Principal":{"AWS":"111111111111"},"Condition":{"ArnEquals":{"aws:PrincipalArn":"` + role + `"}}`, true},
		"its account, narrowed to its path":        {`"Principal":{"AWS":"111111111111"},"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/shares/*"}}`, true},
		"its account, narrowed to another role":    {`"Principal":{"AWS":"111111111111"},"Condition":{"ArnEquals":{"AWS:principalARN":"` + role + `2"}}`, false},
		"its account, narrowed to another path":    {`"Principal":{"AWS":"111111111111"},"Condition":{"StringLike":{"aws:PrincipalArn":"*/other/*"}}`, false},
		"its account without another role":         {`"Principal":{"AWS":"111111111111"},"Condition":{"ArnNotEquals":{"aws:PrincipalArn":"` + role + `2"}}`, true},
		"another role, if there is one":            {`"Principal":{"AWS":"111111111111"},"Condition":{"ArnLikeIfExists":{"aws:PrincipalArn":"` + role + `2"}}`, true},
		"a role with a variable in its name":       {`"Principal":{"AWS":"111111111111"},"Condition":{"ArnLike":{"aws:PrincipalArn":"arn:aws:iam::*:role/${aws:PrincipalTag/team}"}}`, true},
		"a condition that is about something else": {`"Principal":"*","Condition":{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`, true},
		"a principal that nobody can read":         {`"Principal":{"Alien":"x"}`, true},
		"an ARN that nobody can read":              {`"Principal":{"AWS":"111111111111"},"Condition":{"ArnEquals":{"aws:PrincipalArn":"role"}}`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			effect := "Allow"
			if document, err := policy.Parse(`{"Statement":{` + c.statement + `}}`); err == nil && document.Statements()[0].NotPrincipal != nil {
				effect = "Deny"
			}
			document, err := policy.Parse(`{"Statement":{"Effect":"` + effect + `","Action":"s3:*","Resource":"*",` + c.statement + `}}`)
			if err != nil {
				t.Fatal(err)
			}
			if got := verdict.MayConcern(document.Statements()[0], caller); got != c.want {
				t.Errorf("got %t, want %t", got, c.want)
			}
		})
	}
}

// What does not concern the caller can be left out, whatever it says.
func TestWhatConcernsOthersDoesNotCount(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, cast)
		before := w.judge(t)
		more := drawStatement(verdict.ResourceLayer).Draw(t, "more")
		if verdict.MayConcern(more, w.request.Principal) {
			more.Condition = policy.Condition{"ArnEquals": {"aws:PrincipalArn": {"arn:aws:iam::111111111111:role/nobody"}}}
		}
		if verdict.MayConcern(more, w.request.Principal) {
			return // a caller without an ARN
		}
		w.resource = append(w.resource, more)
		if after := w.judge(t); before.Outcome != after.Outcome || before.Sid != after.Sid {
			t.Fatalf("%+v became %+v", before, after)
		}
	})
}
