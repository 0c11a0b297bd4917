// This file tests who may assume a role: every way in has its twin that stays out.
package awssim_test

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const (
	shareARN     = "arn:aws:iam::111111111111:role/crossaccount/share"
	etlARN       = "arn:aws:iam::222222222222:role/team/etl"
	consumerRoot = "arn:aws:iam::222222222222:root"
	rightID      = "example-external-id"
	byID         = `{"StringEquals":{"sts:ExternalId":"` + rightID + `"}}`
	mayAssume    = "sts:AssumeRole"
)

// attempt is one AssumeRole and what stands in its way.
type attempt struct {
	trust  string // of the role in the owner account
	policy string // of role etl in the consumer account, "" for none
	input  sts.AssumeRoleInput
	as     func(*world) awssim.Credentials // a session of etl when nil
	code   string
	words  string
}

const denied = "User: arn:aws:sts::222222222222:assumed-role/etl/i-0abc is not authorized to perform: sts:AssumeRole on resource: "

func attempts() map[string]attempt {
	allowed := allow(mayAssume, shareARN)
	withID := sts.AssumeRoleInput{ExternalId: aws.String(rightID)}
	return map[string]attempt{
		"right external ID": {trust: trustIn(consumerRoot, byID), policy: allowed, input: withID},
		"wrong external ID": {trust: trustIn(consumerRoot, byID), policy: allowed, input: sts.AssumeRoleInput{ExternalId: aws.String("another-id")}, code: "AccessDenied", words: denied + shareARN},
		"external ID in capitals": {
			trust: trustIn(consumerRoot, byID), policy: allowed, input: sts.AssumeRoleInput{ExternalId: aws.String("EXAMPLE-EXTERNAL-ID")},
			code: "AccessDenied", words: denied,
		},
		"no external ID":        {trust: trustIn(consumerRoot, byID), policy: allowed, code: "AccessDenied", words: denied + shareARN},
		"none wanted, one sent": {trust: trustIn(consumerRoot, "{}"), policy: allowed, input: withID},
		"principal ARN fits": {
			trust: trustIn(consumerRoot, `{"ArnEquals":{"aws:PrincipalArn":"`+etlARN+`"}}`), policy: allowed,
		},
		"principal ARN of another": {
			trust: trustIn(consumerRoot, `{"ArnEquals":{"aws:PrincipalArn":"`+etlARN+`2"}}`), policy: allowed, code: "AccessDenied", words: denied,
		},
		"named role":             {trust: trustIn(etlARN, "{}"), policy: allowed},
		"consumer may not":       {trust: trustIn(etlARN, "{}"), code: "AccessDenied", words: denied + shareARN},
		"anybody, consumer may":  {trust: trustIn("*", "{}"), policy: allowed},
		"anybody, but may not":   {trust: trustIn("*", "{}"), code: "AccessDenied", words: denied},
		"trusts a service only":  {trust: trustEC2, policy: allowed, code: "AccessDenied", words: denied + shareARN},
		"trusts its own account": {trust: trustIn("111111111111", "{}"), policy: allowed, code: "AccessDenied", words: denied},
		"consumer denies": {
			trust:  trustIn(consumerRoot, byID),
			policy: `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"sts:*","Resource":"*"}]}`,
			input:  withID, code: "AccessDenied", words: denied,
		},
		"another role": {
			trust: trustIn(consumerRoot, "{}"), policy: allow(mayAssume, "*"),
			input: sts.AssumeRoleInput{RoleArn: aws.String(shareARN + "2")}, code: "AccessDenied", words: denied + shareARN + "2",
		},
		"path left out": {
			trust: trustIn(consumerRoot, "{}"), policy: allow(mayAssume, "*"),
			input: sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111111111111:role/share")}, code: "AccessDenied", words: denied,
		},
		"role name in capitals": {
			trust: trustIn(consumerRoot, "{}"), policy: allow(mayAssume, "*"),
			input: sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111111111111:role/crossaccount/SHARE")}, code: "AccessDenied", words: denied,
		},
		"not a role": {
			trust: trustIn(consumerRoot, "{}"), policy: allowed,
			input: sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111111111111:user/share")}, code: "ValidationError", words: "Request ARN is invalid",
		},
		"root user": {
			trust: trustIn(consumerRoot, "{}"), as: func(w *world) awssim.Credentials { return w.consumer.RootKey() },
			code: "AccessDenied", words: "Roles may not be assumed by root accounts.",
		},
		"owner's own user, not trusted": {
			trust: trustIn(consumerRoot, byID), input: withID, as: func(w *world) awssim.Credentials { return w.owner.AdminKey() },
			code: "AccessDenied", words: "arn:aws:iam::111111111111:user/admin is not authorized",
		},
		"external ID of one character": {
			trust: trustIn(consumerRoot, "{}"), policy: allowed, input: sts.AssumeRoleInput{ExternalId: aws.String("x")},
			code: "ValidationError", words: "'externalId' failed to satisfy constraint: Member must have length greater than or equal to 2",
		},
		"session name with a space": {
			trust: trustIn(consumerRoot, "{}"), policy: allowed, input: sts.AssumeRoleInput{RoleSessionName: aws.String("a b")},
			code: "ValidationError", words: "'roleSessionName'",
		},
		"session of 899 s": {
			trust: trustIn(consumerRoot, "{}"), policy: allowed, input: sts.AssumeRoleInput{DurationSeconds: aws.Int32(899)},
			code: "ValidationError", words: "Member must have value greater than or equal to 900",
		},
		"longer than the role has": {
			trust: trustIn(consumerRoot, "{}"), policy: allowed, input: sts.AssumeRoleInput{DurationSeconds: aws.Int32(7201)},
			code: "ValidationError", words: "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
		},
		"longer than a chain may be": {
			trust: trustIn(consumerRoot, "{}"), policy: allowed, input: sts.AssumeRoleInput{DurationSeconds: aws.Int32(7200)},
			code: "ValidationError", words: "exceeds the 1 hour session limit for roles assumed by role chaining.",
		},
		"as long, but a user's": {
			trust: trustIn(consumerRoot, "{}"), input: sts.AssumeRoleInput{DurationSeconds: aws.Int32(7200)},
			as: func(w *world) awssim.Credentials { return w.consumer.AdminKey() },
		},
		"tags without TagSession": {
			trust: trustIn(consumerRoot, "{}"), policy: allow("sts:*", "*"), input: sts.AssumeRoleInput{Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}},
			code: "AccessDenied", words: "sts:TagSession",
		},
		"tags with TagSession": {
			trust:  `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":["sts:AssumeRole","sts:TagSession"],"Condition":{"StringEquals":{"aws:RequestTag/k":"v"}}}]}`,
			policy: allow("sts:*", "*"), input: sts.AssumeRoleInput{Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}},
		},
		"source identity without SetSourceIdentity": {
			trust: trustIn(consumerRoot, "{}"), policy: allow("sts:*", "*"), input: sts.AssumeRoleInput{SourceIdentity: aws.String("ann")},
			code: "AccessDenied", words: "sts:SetSourceIdentity",
		},
		"session name wanted": {
			trust: trustIn(consumerRoot, `{"StringEquals":{"sts:RoleSessionName":"job"}}`), policy: allowed,
		},
		"another session name wanted": {
			trust: trustIn(consumerRoot, `{"StringEquals":{"sts:RoleSessionName":"another"}}`), policy: allowed, code: "AccessDenied", words: denied,
		},
		"before it expires": {trust: trustIn(consumerRoot, `{"DateLessThan":{"aws:CurrentTime":"2026-03-01T12:00:01Z"}}`), policy: allowed},
		"once it is expired": {
			trust: trustIn(consumerRoot, `{"DateLessThan":{"aws:CurrentTime":"2026-03-01T12:00:00Z"}}`), policy: allowed, code: "AccessDenied", words: denied,
		},
		"malformed session policy": {
			trust: trustIn(consumerRoot, "{}"), policy: allowed, input: sts.AssumeRoleInput{Policy: aws.String(`{"Statement":`)},
			code: "MalformedPolicyDocument", words: "Syntax errors in policy.",
		},
	}
}

func TestAssumeRole(t *testing.T) {
	t.Parallel()
	for name, c := range attempts() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			var documents []string
			if c.policy != "" {
				documents = append(documents, c.policy)
			}
			w.consumer.AddRole("/team/", "etl", documents...)
			makeRole(t, w, w.owner, iam.CreateRoleInput{
				RoleName: aws.String("share"), Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: aws.String(c.trust), MaxSessionDuration: aws.Int32(7200),
			})
			key := w.consumer.RoleSession("etl", "i-0abc")
			if c.as != nil {
				key = c.as(w)
			}
			if c.input.RoleArn == nil {
				c.input.RoleArn = aws.String(shareARN)
			}
			if c.input.RoleSessionName == nil {
				c.input.RoleSessionName = aws.String("job")
			}
			answer, err := stsOf(w.sim, key).AssumeRole(context.Background(), &c.input)
			mustBe(t, err, c.code, c.words)
			if err == nil {
				checkSession(t, w, answer)
			}
		})
	}
}

// checkSession checks that the session that AssumeRole answered is that of the share.
func checkSession(t *testing.T, w *world, answer *sts.AssumeRoleOutput) {
	t.Helper()
	const arn = "arn:aws:sts::111111111111:assumed-role/share/job"
	who := got(stsOf(w.sim, keyOf(answer)).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})).must(t)
	if got := aws.ToString(answer.AssumedRoleUser.Arn); got != arn || aws.ToString(who.Arn) != arn {
		t.Errorf("AssumeRole says %s, GetCallerIdentity %s, want %s", got, aws.ToString(who.Arn), arn)
	}
	if aws.ToString(who.UserId) != aws.ToString(answer.AssumedRoleUser.AssumedRoleId) {
		t.Errorf("user ID is %s, AssumeRole said %s", aws.ToString(who.UserId), aws.ToString(answer.AssumedRoleUser.AssumedRoleId))
	}
	if !answer.Credentials.Expiration.After(w.clock.Now()) {
		t.Errorf("the session ends at %s", answer.Credentials.Expiration)
	}
}

func keyOf(answer *sts.AssumeRoleOutput) awssim.Credentials {
	c := answer.Credentials
	return awssim.Credentials{
		AccessKeyID: aws.ToString(c.AccessKeyId), SecretAccessKey: aws.ToString(c.SecretAccessKey), SessionToken: aws.ToString(c.SessionToken),
	}
}
