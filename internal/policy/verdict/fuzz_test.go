package verdict_test

// This file feeds arbitrary documents and requests to the judge.

import (
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// FuzzJudge hangs one document on every layer, alone and together with policies that allow everything.
func FuzzJudge(f *testing.F) {
	cast := readCast(f)
	for _, cases := range readCases(f) {
		for _, one := range cases {
			for _, document := range append([][]byte{one.Resource}, rawBytes(one)...) {
				if document == nil {
					continue
				}
				key, value := "aws:SourceIp", "203.0.113.7"
				for name, values := range one.Call.Keys {
					if len(values) > 0 {
						key, value = name, values[0]
					}
				}
				f.Add(string(document), one.Call.By, one.Call.Action, one.Call.On, key, value)
			}
		}
	}
	f.Fuzz(func(t *testing.T, text, by, action, resource, key, value string) {
		document, err := policy.Parse(text)
		if err != nil {
			return
		}
		request := verdict.Request{
			Principal: cast[by], Action: action, Resource: resource, ResourceAccount: "111111111111",
			Keys: verdict.Keys{key: {value}},
		}
		given := verdict.Policy{Name: "given", Document: document}
		for _, policies := range placements(given) {
			check(t, request, policies)
		}
	})
}

func rawBytes(c testCase) (documents [][]byte) {
	for _, raw := range c.Identity {
		documents = append(documents, raw)
	}
	return documents
}

func placements(given verdict.Policy) []verdict.Policies {
	everything := policy.Statement{Effect: policy.Allow, Action: policy.Values{"*"}, Resource: policy.Values{"*"}}
	open := []verdict.Policy{{Name: "open", Document: policy.New(everything)}}
	return []verdict.Policies{
		{Identity: []verdict.Policy{given}},
		{Identity: open, Boundary: &given},
		{Identity: open, Session: []verdict.Policy{given}},
		{Resource: &given},
		{Identity: open, Resource: &given, ResourceMustAllow: true},
	}
}

func check(t *testing.T, request verdict.Request, policies verdict.Policies) {
	t.Helper()
	got, err := verdict.Judge(request, policies)
	again, errAgain := verdict.Judge(request, policies)
	if got != again || (err == nil) != (errAgain == nil) {
		t.Fatalf("%+v, %v and then %+v, %v", got, err, again, errAgain)
	}
	if err != nil {
		if got != (verdict.Verdict{}) {
			t.Fatalf("an error comes with the verdict %+v", got)
		}
		return
	}
	switch got.Outcome {
	case verdict.Allowed, verdict.ExplicitDeny, verdict.ImplicitDeny:
	default:
		t.Fatalf("outcome %q", got.Outcome)
	}
	if got.Outcome == verdict.ExplicitDeny && got.Sid == "" {
		t.Fatal("no statement denies explicitly")
	}
	p := request.Principal
	foreign := p.Account != request.ResourceAccount && (p.Kind == verdict.User || p.Kind == verdict.RoleSession)
	if foreign && got.Outcome == verdict.Allowed && (policies.Identity == nil || policies.Resource == nil) {
		t.Fatalf("one side alone allows across accounts: %+v", got)
	}
}
