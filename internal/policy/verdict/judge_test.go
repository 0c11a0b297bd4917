package verdict_test

// This file checks what cases in JSON cannot say: the names in a verdict, and requests by callers that cannot be.

import (
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

const object = "arn:aws:s3:::acme-data/a"

func allows(name, action string) verdict.Policy {
	return verdict.Policy{Name: name, Document: policy.New(policy.Statement{
		Effect: policy.Allow, Action: policy.Values{action}, Resource: policy.Values{"*"},
	})}
}

func opens(name string) *verdict.Policy {
	return &verdict.Policy{Name: name, Document: policy.New(policy.Statement{
		Effect: policy.Allow, Principal: &policy.Principal{AWS: policy.Values{"222222222222"}},
		Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{"*"}, Sid: "Share",
	})}
}

func TestVerdictNamesThePolicyThatDecides(t *testing.T) {
	t.Parallel()
	read, write := allows("read", "s3:GetObject"), allows("write", "s3:PutObject")
	boundary := allows("limit", "ec2:*")
	tests := map[string]struct {
		by       string
		policies verdict.Policies
		want     verdict.Verdict
	}{
		"the policy that allows": {
			"alice", verdict.Policies{Identity: []verdict.Policy{write, read}},
			verdict.Verdict{Outcome: verdict.Allowed, By: "read", Layer: verdict.IdentityLayer, Sid: "#1"},
		},
		"all policies that do not allow": {
			"alice", verdict.Policies{Identity: []verdict.Policy{write, boundary}},
			verdict.Verdict{Outcome: verdict.ImplicitDeny, By: "write, limit", Layer: verdict.IdentityLayer},
		},
		"no policy at all": {
			"alice", verdict.Policies{}, verdict.Verdict{Outcome: verdict.ImplicitDeny, Layer: verdict.IdentityLayer},
		},
		"the boundary that does not allow": {
			"alice", verdict.Policies{Identity: []verdict.Policy{read}, Boundary: &boundary},
			verdict.Verdict{Outcome: verdict.ImplicitDeny, By: "limit", Layer: verdict.BoundaryLayer},
		},
		"the one of several session policies that does not allow": {
			"etl", verdict.Policies{Identity: []verdict.Policy{read}, Session: []verdict.Policy{read, write}},
			verdict.Verdict{Outcome: verdict.ImplicitDeny, By: "write", Layer: verdict.SessionLayer},
		},
		"across accounts the policy of the resource": {
			"bob", verdict.Policies{Identity: []verdict.Policy{read}, Resource: opens("bucket policy")},
			verdict.Verdict{Outcome: verdict.Allowed, By: "bucket policy", Layer: verdict.ResourceLayer, Sid: "Share"},
		},
		"the rights of the root user": {
			"root", verdict.Policies{}, verdict.Verdict{Outcome: verdict.Allowed, By: "root user", Layer: verdict.IdentityLayer},
		},
	}
	cast := readCast(t)
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := verdict.Judge(verdict.Request{
				Principal: cast[test.by], Action: "s3:GetObject", Resource: object, ResourceAccount: "111111111111",
			}, test.policies)
			if err != nil || got != test.want {
				t.Fatalf("%+v, %v; want %+v", got, err, test.want)
			}
		})
	}
}

func TestErrorNamesPolicyAndStatement(t *testing.T) {
	t.Parallel()
	broken := verdict.Policy{Name: "inline policy \"x\" of role etl", Document: policy.New(policy.Statement{
		Effect: policy.Allow, Action: policy.Values{"s3:*"}, Resource: policy.Values{"*"}, Sid: "Odd",
		Condition: policy.Condition{"StringIs": {"aws:username": {"x"}}},
	})}
	_, err := verdict.Judge(verdict.Request{
		Principal: readCast(t)["etl"], Action: "s3:GetObject", Resource: object, ResourceAccount: "111111111111",
	}, verdict.Policies{Identity: []verdict.Policy{broken}})
	if err == nil {
		t.Fatal("a policy that cannot be judged passed")
	}
	for _, part := range []string{broken.Name, "Odd", "StringIs", "aws:username"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
}

func TestCallerThatCannotBe(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		caller verdict.Principal
		want   string
	}{
		"of no kind":         {verdict.Principal{}, "kind"},
		"a user of nowhere":  {verdict.Principal{Kind: verdict.User, ARN: "arn:aws:iam::111111111111:user/a"}, "12 digits"},
		"a user without ARN": {verdict.Principal{Kind: verdict.User, Account: "111111111111"}, "no ARN"},
		"a session of no role": {verdict.Principal{
			Kind: verdict.RoleSession, Account: "111111111111",
			SessionARN: "arn:aws:sts::111111111111:assumed-role/etl/run1",
		}, "no ARN"},
		"a session without name": {verdict.Principal{
			Kind: verdict.RoleSession, Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/etl",
			SessionARN: "arn:aws:sts::111111111111:assumed-role/etl",
		}, "session ARN"},
		"a service without name": {verdict.Principal{Kind: verdict.Service}, "no name"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := verdict.Judge(verdict.Request{
				Principal: test.caller, Action: "s3:GetObject", Resource: object, ResourceAccount: "111111111111",
			}, verdict.Policies{Identity: []verdict.Policy{allows("all", "*")}, Resource: opens("bucket policy")})
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Fatalf("%+v, %v; want an error that says %q", got, err, test.want)
			}
		})
	}
}
