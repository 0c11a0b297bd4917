package foresight_test

// This file shows that to take a share away locks nobody out: a plan that destroys has nothing to look at. What the
// provider writes names no action on policies, and it only allows; so whoever may change a policy with it may without it.

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// writers are those of the owner's account who could change a policy. The role of the share is none of them: it goes.
var writers = []verdict.Principal{
	{Kind: verdict.Root, Account: "111111111111", ARN: "arn:aws:iam::111111111111:root"},
	{Kind: verdict.User, Account: "111111111111", ARN: "arn:aws:iam::111111111111:user/admin", UniqueID: "AIDAADMIN"},
	{
		Kind: verdict.RoleSession, Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/ops/deployer",
		SessionARN: "arn:aws:sts::111111111111:assumed-role/deployer/run-1", UniqueID: "AROADEPLOYER",
	},
}

// drawShare draws a share of each kind.
func drawShare(t *rapid.T) share.Spec {
	spec := plain()
	spec.Exclusive = rapid.Bool().Draw(t, "exclusive")
	spec.Access = rapid.SampledFrom([][]share.Word{{share.Read}, share.Words()}).Draw(t, "access")
	spec.Prefixes = rapid.SampledFrom([][]share.Prefix{nil, {"reports/"}}).Draw(t, "prefixes")
	spec.Perimeter.SourceVPCEIDs = rapid.SampledFrom([][]string{nil, {"vpce-1a2b3c4d"}}).Draw(t, "endpoints")
	spec.Via = rapid.SampledFrom([]share.Via{share.ViaRole, share.ViaAccessPoint, share.ViaDirect}).Draw(t, "via")
	switch spec.Via {
	case share.ViaAccessPoint:
		spec.Region = "eu-central-1"
	case share.ViaDirect:
		spec.KMSAccess, spec.KMSKeys = share.KeyPolicies, []share.KeyARN{keyARN}
	default:
		spec.BucketPolicyMode = rapid.SampledFrom([]share.BucketPolicyMode{share.OwnStatements, share.Delegated}).Draw(t, "mode")
	}
	return spec
}

// drawGuard draws a statement about a policy, or about all of a resource.
func drawGuard(service string) func(t *rapid.T) policy.Statement {
	return func(t *rapid.T) policy.Statement {
		named := &policy.Principal{AWS: policy.Values{rapid.SampledFrom([]string{
			"111111111111", "222222222222", "arn:aws:iam::111111111111:user/admin", "arn:aws:iam::111111111111:role/ops/deployer", shareRole,
		}).Draw(t, "name")}}
		s := policy.Statement{
			Effect: rapid.SampledFrom([]policy.Effect{policy.Allow, policy.Deny}).Draw(t, "effect"), Principal: named,
			Action:   policy.Values{rapid.SampledFrom([]string{service + ":*", service + ":Put*", service + ":DeleteBucketPolicy", service + ":Get*"}).Draw(t, "action")},
			Resource: policy.Values{"*"}, Condition: drawCondition(t),
		}
		switch rapid.IntRange(0, 4).Draw(t, "whom") {
		case 0:
			s.Principal = &policy.Principal{Any: true}
		case 1:
			if s.Effect == policy.Deny {
				s.Principal, s.NotPrincipal = nil, named
			}
		}
		return s
	}
}

// change is a call that changes or reads a policy.
type change struct {
	action, resource string
	// mustAllow tells that the policy itself has to allow it.
	mustAllow bool
}

// answer judges whether a writer may make the change under a policy; an empty one is none.
func (c change) answer(t rapid.TB, who verdict.Principal, document policy.Document, identity []verdict.Policy) verdict.Outcome {
	policies := verdict.Policies{Identity: identity, ResourceMustAllow: c.mustAllow}
	if !document.IsEmpty() {
		policies.Resource = &verdict.Policy{Name: "policy", Document: document}
	}
	judged, err := verdict.Judge(verdict.Request{
		Principal: who, Action: c.action, Resource: c.resource, ResourceAccount: "111111111111", Keys: verdict.Keys{
			"aws:SecureTransport": {"true"}, "aws:SourceIp": {"203.0.113.7"}, "aws:CurrentTime": {time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Format(time.RFC3339)},
			"aws:ResourceAccount": {"111111111111"},
		},
	}, policies)
	if err != nil {
		t.Fatalf("judging %s: %v", c.action, err)
	}
	return judged.Outcome
}

// Whoever may change the bucket policy, or the policy of a key, while the share is there may do so afterwards, whatever
// else the policy says and whether policies of their own allow it or the bucket's does.
func TestTakingAShareAwayLocksNobodyOut(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		desired := share.Render(drawShare(t))
		ours := func(s policy.Statement) bool { return desired.Spec.Owns(s) || desired.Spec.OwnsDelegation(s) }
		theirs := rapid.SliceOfN(rapid.Custom(drawGuard("s3")), 0, 3).Draw(t, "theirs")
		before := policy.New(append(desired.Shown(), theirs...)...)
		key := policy.New(append(desired.KeyStatements, rapid.SliceOfN(rapid.Custom(drawGuard("kms")), 1, 3).Draw(t, "the key's")...)...)
		for _, identity := range [][]verdict.Policy{nil, allowed} {
			for _, who := range writers {
				for _, action := range []string{"s3:GetBucketPolicy", "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"} {
					c := change{action: action, resource: "arn:aws:s3:::acme-data"}
					mustStayAllowed(t, c.answer(t, who, before, identity), c.answer(t, who, before.Replace(ours), identity))
				}
				c := change{action: "kms:PutKeyPolicy", resource: string(keyARN), mustAllow: true}
				mustStayAllowed(t, c.answer(t, who, key, identity), c.answer(t, who, key.Replace(desired.Spec.OwnsKeyStatement), identity))
			}
		}
	})
}

// Somebody may have changed the share's statements by hand and have come to live by them. They go all the same; whoever has
// a policy of their own that allows it can still change the bucket policy.
func TestTakingEditedStatementsAwayLocksNobodyOutWhoHasPermission(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		desired := share.Render(drawShare(t))
		edited := rapid.SliceOfN(rapid.Custom(drawGuard("s3")), 1, 2).Draw(t, "edited")
		for i := range edited {
			edited[i].Sid = share.SidBase(desired.Spec.Name) + "Objects"
		}
		before := policy.New(append(edited, rapid.SliceOfN(rapid.Custom(drawGuard("s3")), 0, 3).Draw(t, "theirs")...)...)
		for _, who := range writers[1:] {
			c := change{action: "s3:PutBucketPolicy", resource: "arn:aws:s3:::acme-data"}
			mustStayAllowed(t, c.answer(t, who, before, allowed), c.answer(t, who, before.Replace(desired.Spec.Owns), allowed))
		}
	})
}

// What goes is what somebody wrote into a statement of the share's: who could change the bucket policy by that alone cannot
// any more. The account is not locked out, whose administrators have policies of their own.
func TestWhoeverLivedByAnEditedStatementAloneLosesIt(t *testing.T) {
	t.Parallel()
	desired, admin := share.Render(plain()), writers[1]
	before := policy.New(policy.Statement{
		Sid: share.SidBase(desired.Spec.Name) + "Objects", Effect: policy.Allow, Principal: &policy.Principal{AWS: policy.Values{admin.ARN}},
		Action: policy.Values{"s3:PutBucketPolicy"}, Resource: policy.Values{"*"},
	})
	c := change{action: "s3:PutBucketPolicy", resource: "arn:aws:s3:::acme-data"}
	after := before.Replace(desired.Spec.Owns)
	if c.answer(t, admin, before, nil) != verdict.Allowed || c.answer(t, admin, after, nil) == verdict.Allowed || c.answer(t, admin, after, allowed) != verdict.Allowed {
		t.Error("it goes on, or the account is locked out")
	}
}

var allowed = []verdict.Policy{{Name: "administrator", Document: policy.New(policy.Statement{
	Effect: policy.Allow, Action: policy.Values{"*"}, Resource: policy.Values{"*"},
})}}

func mustStayAllowed(t rapid.TB, before, after verdict.Outcome) {
	t.Helper()
	if before == verdict.Allowed && after != verdict.Allowed {
		t.Fatalf("allowed before, and now %v", after)
	}
}
