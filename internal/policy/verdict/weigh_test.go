package verdict_test

// This file holds what is said of open calls to what the judge says of the calls that they stand for.

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

const anyReport = "arn:aws:s3:::b/reports/*"

func etl() verdict.Principal {
	return verdict.Principal{
		Kind: verdict.RoleSession, Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/jobs/etl",
		SessionARN: "arn:aws:sts::111111111111:assumed-role/etl/*", UniqueID: "AROAETLEXAMPLE0000001",
	}
}

func TestOpenCallsAreAnswered(t *testing.T) {
	t.Parallel()
	const allow = `{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/reports/*"}`
	deny := func(rest string) string { return `{"Effect":"Deny","Principal":"*","Action":"s3:*",` + rest + `}` }
	const all = `"Resource":"arn:aws:s3:::b/*"`
	tests := map[string]struct {
		identity, bucket string
		want             verdict.Answer
	}{
		"allowed, nobody denies":                   {allow, "", verdict.Yes},
		"nobody allows":                            {`{"Effect":"Allow","Action":"s3:PutObject","Resource":"*"}`, "", verdict.No},
		"denied":                                   {allow, deny(all), verdict.No},
		"denied under a condition nobody knows":    {allow, deny(all + `,"Condition":{"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`), verdict.Depends},
		"denied under a condition that is false":   {allow, deny(all + `,"Condition":{"Bool":{"aws:SecureTransport":"false"}}`), verdict.Yes},
		"denied under one false of two conditions": {allow, deny(all + `,"Condition":{"Bool":{"aws:SecureTransport":"false"},"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`), verdict.Yes},
		"denied for some of the objects":           {allow, deny(`"Resource":"arn:aws:s3:::b/reports/secret/*"`), verdict.Depends},
		"denied for other objects":                 {allow, deny(`"Resource":"arn:aws:s3:::b/logs/*"`), verdict.Yes},
		"denied for all but some of the objects":   {allow, deny(`"NotResource":"arn:aws:s3:::b/reports/open/*"`), verdict.Depends},
		"denied for all but these objects":         {allow, deny(`"NotResource":"arn:aws:s3:::b/reports/*"`), verdict.Yes},
		"allowed for some of the objects": {
			`{"Effect":"Allow","Action":"s3:GetObject","Resource":"arn:aws:s3:::b/reports/open/*"}`, "", verdict.Depends},
		"denied for all other sessions by ID":    {allow, deny(all + `,"Condition":{"StringNotLike":{"aws:userid":"AROAETLEXAMPLE0000001:*"}}`), verdict.Yes},
		"denied for sessions of all other roles": {allow, deny(all + `,"Condition":{"StringNotLike":{"aws:userid":"AROAOTHER:*"}}`), verdict.No},
		"denied for one session by ID":           {allow, deny(all + `,"Condition":{"StringEquals":{"aws:userid":"AROAETLEXAMPLE0000001:run"}}`), verdict.Depends},
		"denied for a session of another role":   {allow, deny(all + `,"Condition":{"StringEquals":{"aws:userid":"AROAOTHER:run"}}`), verdict.Yes},
		"denied for one session by ARN": {allow, `{"Effect":"Deny","Principal":{"AWS":"arn:aws:sts::111111111111:assumed-role/etl/run"},` +
			`"Action":"s3:*",` + all + `}`, verdict.Depends},
		"denied for all but one session": {allow, `{"Effect":"Deny","NotPrincipal":{"AWS":["111111111111","arn:aws:iam::111111111111:role/jobs/etl",` +
			`"arn:aws:sts::111111111111:assumed-role/etl/run"]},"Action":"s3:*",` + all + `}`, verdict.Depends},
		"denied for all but the role":                  {allow, `{"Effect":"Deny","NotPrincipal":{"AWS":["111111111111","arn:aws:iam::111111111111:role/jobs/etl"]},"Action":"s3:*",` + all + `}`, verdict.No},
		"a variable that nobody knows":                 {allow, deny(all + `,"Condition":{"StringNotEquals":{"aws:PrincipalAccount":"${aws:SourceAccount}"}}`), verdict.Depends},
		"an object named by what nobody knows":         {allow, deny(`"Resource":"arn:aws:s3:::b/reports/${aws:SourceVpce}/*"`), verdict.Depends},
		"another object named by what nobody knows":    {allow, deny(`"Resource":"arn:aws:s3:::b/logs/${aws:SourceVpce}/*"`), verdict.Yes},
		"Null on what nobody knows":                    {allow, deny(all + `,"Condition":{"Null":{"aws:SourceVpce":"true"}}`), verdict.Depends},
		"Null on what is there":                        {allow, deny(all + `,"Condition":{"Null":{"aws:userid":"true"}}`), verdict.Yes},
		"Null with a set operator is never true":       {allow, deny(all + `,"Condition":{"ForAnyValue:Null":{"aws:SourceVpce":"true"}}`), verdict.Yes},
		"ForAllValues on what nobody knows":            {allow, deny(all + `,"Condition":{"ForAllValues:StringEquals":{"aws:PrincipalOrgPaths":"o-1/*"}}`), verdict.Depends},
		"IfExists on what nobody knows":                {allow, deny(all + `,"Condition":{"StringNotEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}`), verdict.Depends},
		"IfExists on what is known to be absent":       {allow, deny(all + `,"Condition":{"StringEqualsIfExists":{"s3:versionid":"x"}}`), verdict.No},
		"a statement for everybody allows by itself":   {`{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}`, `{"Effect":"Allow","Principal":"*","Action":"s3:GetObject",` + all + `}`, verdict.Yes},
		"a statement for the account does not":         {`{"Effect":"Deny","Action":"s3:PutObject","Resource":"*"}`, `{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"s3:GetObject",` + all + `}`, verdict.No},
		"in a document of 2008 variables are text":     {allow, `2008` + deny(`"Resource":"arn:aws:s3:::b/reports/${aws:SourceVpce}/x"`), verdict.Depends},
		"two conditions on what nobody knows":          {allow, deny(all + `,"Condition":{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"},"StringNotEquals":{"aws:SourceVpce":"vpce-1"}}`), verdict.Depends},
		"numbers and dates on what nobody knows":       {allow, deny(all + `,"Condition":{"NumericLessThan":{"s3:TlsVersion":"1.2"}}`), verdict.Depends},
		"another action is denied":                     {allow, `{"Effect":"Deny","Principal":"*","Action":"s3:PutObject",` + all + `}`, verdict.Yes},
		"all actions but this one are denied":          {allow, `{"Effect":"Deny","Principal":"*","NotAction":"s3:GetObject",` + all + `}`, verdict.Yes},
		"all actions but another one are denied":       {allow, `{"Effect":"Deny","Principal":"*","NotAction":"s3:PutObject",` + all + `}`, verdict.No},
		"another principal is denied":                  {allow, `{"Effect":"Deny","Principal":{"AWS":"222222222222"},"Action":"s3:*",` + all + `}`, verdict.Yes},
		"the role is denied by the ID it has no more":  {allow, `{"Effect":"Deny","Principal":{"AWS":"AROAETLEXAMPLE0000000"},"Action":"s3:*",` + all + `}`, verdict.Yes},
		"the role is denied by its ID":                 {allow, `{"Effect":"Deny","Principal":{"AWS":"AROAETLEXAMPLE0000001"},"Action":"s3:*",` + all + `}`, verdict.No},
		"an ARN operator on a session nobody knows":    {allow, deny(all + `,"Condition":{"ArnLike":{"aws:userid":"arn:aws:iam::1:role/x"}}`), verdict.Depends},
		"the role is among those who may (ArnNotLike)": {allow, deny(all + `,"Condition":{"ArnNotLike":{"aws:PrincipalArn":["arn:aws:iam::111111111111:role/jobs/*"]}}`), verdict.Yes},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			policies := verdict.Policies{Identity: []verdict.Policy{document(t, "permissions policy", test.identity)}}
			if test.bucket != "" {
				bucket := document(t, "bucket policy", test.bucket)
				policies.Resource = &bucket
			}
			got, err := verdict.Weigh(verdict.Request{
				Principal: etl(), Action: "s3:GetObject", Resource: anyReport, ResourceAccount: "111111111111",
				Keys: verdict.Keys{"aws:SecureTransport": {"true"}},
			}, verdict.Open{Unknown: func(key string) bool { return key != "s3:versionid" }}, policies)
			if err != nil {
				t.Fatal(err)
			}
			if got.Answer != test.want {
				t.Errorf("the answer is %s, want %s: %+v", got.Answer, test.want, got)
			}
			if (got.Refusal == verdict.Verdict{}) == (got.Answer == verdict.No) {
				t.Errorf("answer %s goes with refusal %+v", got.Answer, got.Refusal)
			}
		})
	}
}

func document(t *testing.T, name, statement string) verdict.Policy {
	t.Helper()
	version := policy.Version2012
	if rest, old := strings.CutPrefix(statement, "2008"); old {
		version, statement = policy.Version2008, rest
	}
	parsed, err := policy.Parse(`{"Version":"` + version + `","Statement":[` + statement + `]}`)
	if err != nil {
		t.Fatal(err)
	}
	return verdict.Policy{Name: name, Document: parsed}
}

func TestAClauseTellsOnlyWhatIsOpen(t *testing.T) {
	t.Parallel()
	bucket := document(t, "bucket policy", `{"Sid":"Vpc","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"arn:aws:s3:::b/reports/a/*",`+
		`"Condition":{"StringNotEquals":{"AWS:SourceVpce":["vpce-1","vpce-2"]},"Bool":{"aws:SecureTransport":"true"}}}`)
	got, err := verdict.Weigh(verdict.Request{
		Principal: etl(), Action: "s3:GetObject", Resource: anyReport, ResourceAccount: "111111111111",
		Keys: verdict.Keys{"aws:SecureTransport": {"true"}},
	}, verdict.Open{Unknown: func(string) bool { return true }}, verdict.Policies{Resource: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Denies) != 1 {
		t.Fatalf("%d statements deny: %+v", len(got.Denies), got.Denies)
	}
	clause := got.Denies[0]
	if clause.Sid != "Vpc" || !clause.SomeResources || clause.SomeSessions || clause.Certain() || len(clause.Tests) != 1 {
		t.Errorf("the clause is %+v", clause)
	}
	if test := clause.Tests[0]; test.Operator != "StringNotEquals" || test.Key != "AWS:SourceVpce" || len(test.Values) != 2 {
		t.Errorf("the test is %+v", test)
	}
	if len(got.Needs) != 1 || len(got.Needs[0].Allows) != 0 || got.Needs[0].Layer != verdict.IdentityLayer {
		t.Errorf("needs are %+v", got.Needs)
	}
}

// What is said of an open call is true of each call that it stands for.
func TestAnswersToOpenCallsAreTrueOfEveryCall(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, cast)
		open, asked := verdict.Open{Like: map[string]string{}}, w.request
		hidden := map[string]bool{}
		asked.Keys = verdict.Keys{}
		for _, key := range []string{"aws:principaltag/team", "aws:sourceip", "aws:currenttime", "s3:max-keys", "aws:securetransport"} {
			hidden[key] = rapid.Bool().Draw(t, "hidden "+key)
		}
		for _, key := range slices.Sorted(maps.Keys(w.request.Keys)) {
			values := w.request.Keys[key]
			switch {
			case !hidden[strings.ToLower(key)]:
				asked.Keys[key] = values
			case values[0] != "" && rapid.Bool().Draw(t, "like "+key):
				open.Like[key] = rapid.SampledFrom([]string{values[0][:1] + "*", values[0]}).Draw(t, "pattern of "+key)
			}
		}
		open.Unknown = func(key string) bool { return hidden[key] }
		if rapid.Bool().Draw(t, "any object") {
			asked.Resource = rapid.SampledFrom([]string{"arn:aws:s3:::b/*", "arn:aws:s3:::*"}).Draw(t, "objects")
		}
		if asked.Principal.Kind == verdict.RoleSession && rapid.Bool().Draw(t, "any session") {
			role, _, _ := strings.Cut(asked.Principal.SessionARN, "role/")
			name := asked.Principal.ARN[strings.LastIndex(asked.Principal.ARN, "/")+1:]
			asked.Principal.SessionARN = role + "role/" + name + "/*"
		}
		weighed, err := verdict.Weigh(asked, open, w.policies())
		if err != nil {
			t.Fatal(err)
		}
		one := w.judge(t)
		if weighed.Answer == verdict.Yes && one.Outcome != verdict.Allowed || weighed.Answer == verdict.No && one.Outcome == verdict.Allowed {
			t.Fatalf("the open call is answered %s, this one %+v", weighed.Answer, one)
		}
		certain := func(c verdict.Clause) bool { return c.Certain() }
		for _, deny := range weighed.Denies {
			if certain(deny) && weighed.Answer != verdict.No {
				t.Fatalf("a statement denies for certain and the answer is %s", weighed.Answer)
			}
		}
	})
}

// A call of which all is known is answered as the judge does.
func TestAnOpenCallWithoutDoubtIsAnOrdinaryOne(t *testing.T) {
	t.Parallel()
	cast := readCast(t)
	rapid.Check(t, func(t *rapid.T) {
		w := drawWorld(t, cast)
		weighed, err := verdict.Weigh(w.request, verdict.Open{}, w.policies())
		if err != nil {
			t.Fatal(err)
		}
		if one := w.judge(t); (weighed.Answer == verdict.Yes) != (one.Outcome == verdict.Allowed) || weighed.Answer == verdict.Depends {
			t.Fatalf("answered %s, judged %+v", weighed.Answer, one)
		}
	})
}
