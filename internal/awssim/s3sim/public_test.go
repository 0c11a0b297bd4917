package s3sim_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func TestWhichPoliciesArePublic(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		principal, condition string
		public               bool
	}{
		"an account":                      {"222222222222", `{}`, false},
		"a role":                          {etl, `{}`, false},
		"everybody":                       {"*", `{}`, true},
		"everybody in a network":          {"*", `{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, false},
		"everybody in half the world":     {"*", `{"IpAddress":{"aws:SourceIp":"0.0.0.0/1"}}`, true},
		"everybody outside a network":     {"*", `{"NotIpAddress":{"aws:SourceIp":"203.0.113.0/24"}}`, true},
		"a network and half the world":    {"*", `{"IpAddress":{"aws:SourceIp":["203.0.113.0/24","0.0.0.0/1"]}}`, true},
		"everybody through an endpoint":   {"*", `{"StringEquals":{"aws:SourceVpce":"vpce-1"}}`, false},
		"everybody through any endpoint":  {"*", `{"StringLike":{"aws:SourceVpce":"vpce-*"}}`, true},
		"everybody of an organization":    {"*", `{"StringEquals":{"aws:PrincipalOrgID":"o-a1b2c3d4e5"}}`, false},
		"a variable":                      {"*", `{"StringEquals":{"aws:SourceVpc":"${aws:PrincipalTag/vpc}"}}`, true},
		"a condition that limits nothing": {"*", `{"Bool":{"aws:SecureTransport":"true"}}`, true},
		"access points of an account":     {"*", `{"StringEquals":{"s3:DataAccessPointAccount":"111111111111"}}`, false},
		"if the key exists only":          {"*", `{"StringEqualsIfExists":{"aws:SourceVpce":"vpce-1"}}`, true},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.bucket(s3sim.BucketOptions{Block: &s3sim.PublicAccessBlock{BlockPublicPolicy: true}})
			open := w.owner.AddBucket("open", s3sim.BucketOptions{Block: &s3sim.PublicAccessBlock{}})
			w.session(w.consumer, "etl", "")
			root := w.root(w.owner)
			err := putPolicy(root, bucketPolicy(statement(test.principal, "s3:GetObject", objects, test.condition)))
			if test.public {
				mustBe(t, err, "AccessDenied", `is not authorized to perform: s3:PutBucketPolicy on resource: "arn:aws:s3:::acme" `+
					`because public policies are blocked by the BlockPublicPolicy block public access setting.`)
				if b.Policy() != "" {
					t.Error("the blocked policy was stored")
				}
			} else {
				mustBe(t, err, "", "")
			}
			w.setPolicy(open, bucketPolicy(statement(test.principal, "s3:GetObject", "arn:aws:s3:::open/*", test.condition)))
			status, err := root.GetBucketPolicyStatus(context.Background(), &s3.GetBucketPolicyStatusInput{Bucket: aws.String("open")})
			mustBe(t, err, "", "")
			if got := aws.ToBool(status.PolicyStatus.IsPublic); got != test.public {
				t.Errorf("IsPublic is %v", got)
			}
		})
	}
}

// One public statement cuts off every other account, also those that a statement of their own names; sessions of the
// owner's roles go on.
func TestRestrictPublicBuckets(t *testing.T) {
	t.Parallel()
	named := statement(etl, "s3:GetObject", objects)
	everybody := statement("*", "s3:GetObject", objects)
	cases := map[string]struct {
		policy                    string
		restrict                  bool
		foreign, anonymous, owned string
	}{
		"a public policy, restricted":      {bucketPolicy(named, everybody), true, "AccessDenied", "AccessDenied", ""},
		"a public policy, unrestricted":    {bucketPolicy(named, everybody), false, "", "", ""},
		"a policy not public, restricted":  {bucketPolicy(named), true, "", "AccessDenied", "AccessDenied"},
		"a policy that denies, restricted": {bucketPolicy(named, `{"Effect":"Deny","Principal":"*","Action":"s3:PutObject","Resource":"`+objects+`"}`), true, "", "AccessDenied", "AccessDenied"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			b := w.bucket(s3sim.BucketOptions{Block: &s3sim.PublicAccessBlock{RestrictPublicBuckets: test.restrict}})
			b.PutObject("k", "x", nil)
			foreign := w.session(w.consumer, "etl", allow("s3:GetObject", objects))
			w.setPolicy(b, test.policy)
			for _, try := range []struct {
				client *s3.Client
				code   string
			}{{foreign, test.foreign}, {w.anonymous(), test.anonymous}, {w.session(w.owner, "r", ""), test.owned}} {
				_, err := get(try.client, "k")
				mustBe(t, err, try.code, "")
			}
		})
	}
}
