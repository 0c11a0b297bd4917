package awssim_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file tests what sessions may do, and what they hand on.

// assume starts a session of a role of the owner account as the owner's administrator.
func assume(t *testing.T, w *world, in sts.AssumeRoleInput) awssim.Credentials {
	t.Helper()
	in.RoleArn, in.RoleSessionName = aws.String(shareARN), aws.String("job")
	return keyOf(got(stsOf(w.sim, w.owner.AdminKey()).AssumeRole(context.Background(), &in)).must(t))
}

func TestSessionPoliciesLimit(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := iamOf(w.sim, w.owner.AdminKey())
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":["sts:AssumeRole","sts:TagSession","sts:SetSourceIdentity"]}]}`
	makeRole(t, w, w.owner, iam.CreateRoleInput{RoleName: aws.String("share"), Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: &trust})
	got(admin.PutRolePolicy(context.Background(), &iam.PutRolePolicyInput{
		RoleName: aws.String("share"), PolicyName: aws.String("all"), PolicyDocument: aws.String(allow("iam:Get*", "*")),
	})).must(t)
	managed := w.owner.AddPolicy("/", "users-only", allow("iam:GetUser", "*"))
	getRole := func(key awssim.Credentials) error {
		_, err := iamOf(w.sim, key).GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("share")})
		return err
	}
	mustBe(t, getRole(assume(t, w, sts.AssumeRoleInput{})), "", "")
	mustBe(t, getRole(assume(t, w, sts.AssumeRoleInput{Policy: aws.String(allow("iam:GetRole", "*"))})), "", "")
	const silent = "because no session policy allows the iam:GetRole action"
	mustBe(t, getRole(assume(t, w, sts.AssumeRoleInput{Policy: aws.String(allow("iam:GetUser", "*"))})), "AccessDenied", silent)
	mustBe(t, getRole(assume(t, w, sts.AssumeRoleInput{PolicyArns: []types.PolicyDescriptorType{{Arn: &managed}}})), "AccessDenied", silent)

	var many []types.Tag
	for i := range 50 {
		many = append(many, types.Tag{Key: aws.String(fmt.Sprintf("key-%d", i)), Value: aws.String(strings.Repeat("v", 40))})
	}
	in := sts.AssumeRoleInput{RoleArn: aws.String(shareARN), RoleSessionName: aws.String("job"), Tags: many}
	_, err := stsOf(w.sim, w.owner.AdminKey()).AssumeRole(context.Background(), &in)
	mustBe(t, err, "PackedPolicyTooLarge", "% of allotted space")
}

func TestWhatSessionsHandOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:*","Condition":{"StringEquals":{"aws:RequestTag/team":"blue","sts:SourceIdentity":"ann"}}}]}`
	makeRole(t, w, w.owner, iam.CreateRoleInput{RoleName: aws.String("share"), Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: &trust})
	got(iamOf(w.sim, w.owner.AdminKey()).PutRolePolicy(context.Background(), &iam.PutRolePolicyInput{
		RoleName: aws.String("share"), PolicyName: aws.String("all"), PolicyDocument: aws.String(allow("sts:*", "*")),
	})).must(t)
	tags := []types.Tag{{Key: aws.String("team"), Value: aws.String("blue")}}
	chain := func(key awssim.Credentials, in sts.AssumeRoleInput) error {
		in.RoleArn, in.RoleSessionName = aws.String(shareARN), aws.String("job")
		_, err := stsOf(w.sim, key).AssumeRole(context.Background(), &in)
		return err
	}
	transitive := assume(t, w, sts.AssumeRoleInput{Tags: tags, TransitiveTagKeys: []string{"Team"}, SourceIdentity: aws.String("ann")})
	mustBe(t, chain(transitive, sts.AssumeRoleInput{}), "", "")
	mustBe(t, chain(transitive, sts.AssumeRoleInput{Tags: tags}), "InvalidParameterValue", "conflicts with a transitive tag key")
	mustBe(t, chain(transitive, sts.AssumeRoleInput{SourceIdentity: aws.String("bob")}), "AccessDenied", "sts:SetSourceIdentity")
	plain := assume(t, w, sts.AssumeRoleInput{Tags: tags, SourceIdentity: aws.String("ann")})
	mustBe(t, chain(plain, sts.AssumeRoleInput{}), "AccessDenied", "sts:AssumeRole")
	mustBe(t, chain(plain, sts.AssumeRoleInput{Tags: tags}), "", "")
}

func TestNetworkIsInherited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	admin := w.consumer.AdminKey()
	makeRole(t, w, w.owner, iam.CreateRoleInput{
		RoleName: aws.String("share"), Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: aws.String(trustIn(consumerRoot, "{}")),
	})
	got(iamOf(w.sim, w.owner.AdminKey()).PutRolePolicy(context.Background(), &iam.PutRolePolicyInput{
		RoleName: aws.String("share"), PolicyName: aws.String("near"), PolicyDocument: aws.String(
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"iam:GetRole","Resource":"*","Condition":{"IpAddress":{"aws:SourceIp":"203.0.113.0/24"}}}]}`),
	})).must(t)
	call := func() error {
		answer, err := stsOf(w.sim, admin).AssumeRole(context.Background(), &sts.AssumeRoleInput{RoleArn: aws.String(shareARN), RoleSessionName: aws.String("job")})
		mustBe(t, err, "", "")
		_, err = iamOf(w.sim, keyOf(answer)).GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("share")})
		return err
	}
	mustBe(t, call(), "AccessDenied", "no identity-based policy allows the iam:GetRole action")
	w.sim.SetNetwork(admin, awssim.Network{SourceIP: "203.0.113.7"})
	mustBe(t, call(), "", "")
	// A call through a VPC endpoint has no aws:SourceIp.
	w.sim.SetNetwork(admin, awssim.Network{SourceIP: "203.0.113.7", SourceVPCE: "vpce-1"})
	mustBe(t, call(), "AccessDenied", "no identity-based policy")
}

func TestRoleLastUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner.AddRole("/", "app")
	key, admin := w.owner.RoleSession("app", "i-1"), iamOf(w.sim, w.owner.AdminKey())
	role := got(admin.GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("app")})).must(t).Role
	if role.RoleLastUsed.LastUsedDate != nil {
		t.Fatalf("a role that nobody used was used at %s", role.RoleLastUsed.LastUsedDate)
	}
	w.clock.Advance(time.Minute)
	got(stsOf(w.sim, key).GetCallerIdentity(context.Background(), &sts.GetCallerIdentityInput{})).must(t)
	role = got(admin.GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("app")})).must(t).Role
	if used := role.RoleLastUsed; used.LastUsedDate == nil || !used.LastUsedDate.Equal(w.clock.Now()) || aws.ToString(used.Region) != "eu-west-1" {
		t.Errorf("last used %v in %q, want %s in eu-west-1", used.LastUsedDate, aws.ToString(used.Region), w.clock.Now())
	}
}
