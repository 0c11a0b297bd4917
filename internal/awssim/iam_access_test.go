// This file tests who may call IAM, and whom policies can name.
package awssim_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func TestWhoMayCallIAM(t *testing.T) {
	t.Parallel()
	const (
		everything = `{"Effect":"Allow","Action":"*","Resource":"*"}`
		prefix     = "User: arn:aws:iam::111111111111:user/ann is not authorized to perform: iam:GetRole on resource: "
	)
	statements := func(s ...string) string {
		return `{"Version":"2012-10-17","Statement":[` + strings.Join(s, ",") + `]}`
	}
	for name, c := range map[string]struct {
		policies    []string
		boundary    string
		role        string
		code, words string
	}{
		"allowed": {policies: []string{allow("iam:GetRole", "arn:aws:iam::111111111111:role/app/app")}},
		"no policy": {
			code:  "AccessDenied",
			words: prefix + "arn:aws:iam::111111111111:role/app/app because no identity-based policy allows the iam:GetRole action",
		},
		"another action": {policies: []string{allow("iam:ListRoles", "*")}, code: "AccessDenied", words: "because no identity-based policy allows"},
		"another role":   {policies: []string{allow("iam:GetRole", "arn:aws:iam::111111111111:role/other/*")}, code: "AccessDenied", words: "no identity-based policy"},
		"denied": {
			policies: []string{statements(everything), statements(`{"Effect":"Deny","Action":"iam:Get*","Resource":"*"}`)},
			code:     "AccessDenied", words: "with an explicit deny in an identity-based policy",
		},
		"boundary allows": {policies: []string{statements(everything)}, boundary: allow("iam:Get*", "*")},
		"boundary is silent": {
			policies: []string{statements(everything)}, boundary: allow("s3:*", "*"),
			code: "AccessDenied", words: "because no permissions boundary allows the iam:GetRole action",
		},
		"tag of the role": {policies: []string{statements(
			`{"Effect":"Allow","Action":"iam:GetRole","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Team":"blue"}}}`)}},
		"another tag": {
			policies: []string{statements(`{"Effect":"Allow","Action":"iam:GetRole","Resource":"*","Condition":{"StringEquals":{"aws:ResourceTag/Team":"red"}}}`)},
			code:     "AccessDenied",
		},
		// A missing role is judged under the ARN without a path, so its absence shows only to whoever may see that.
		"missing role, limited to a path": {
			policies: []string{allow("iam:GetRole", "arn:aws:iam::111111111111:role/app/*")}, role: "none",
			code: "AccessDenied", words: prefix + "arn:aws:iam::111111111111:role/none because",
		},
		"missing role, may see it": {policies: []string{allow("iam:GetRole", "*")}, role: "none", code: "NoSuchEntity"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, w := context.Background(), newWorld(t)
			w.owner.AddRole("/app/", "app")
			w.owner.AddUser("/", "ann", c.policies...)
			admin := iamOf(w.sim, w.owner.AdminKey())
			got(admin.TagRole(ctx, &iam.TagRoleInput{RoleName: aws.String("app"), Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("blue")}}})).must(t)
			key := w.owner.UserKey("ann")
			if c.boundary != "" {
				key = w.userWithin(t, c.boundary)
			}
			role := "app"
			if c.role != "" {
				role = c.role
			}
			got(iamOf(w.sim, key).GetRole(ctx, &iam.GetRoleInput{RoleName: &role})).refused(t, c.code, c.words)
		})
	}
}

func TestRootMayDoEverything(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.owner.AddRole("/", "app")
	got(iamOf(w.sim, w.owner.RootKey()).GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("app")})).must(t)
	// In its own account: names of another account's roles mean nothing there.
	got(iamOf(w.sim, w.consumer.RootKey()).GetRole(context.Background(), &iam.GetRoleInput{RoleName: aws.String("app")})).refused(t, "NoSuchEntity", "")
}

func TestRecreatedPrincipalIsAnother(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	first := w.consumer.AddRole("/team/", "etl", allow(mayAssume, "*"))
	admin, consumer := iamOf(w.sim, w.owner.AdminKey()), iamOf(w.sim, w.consumer.AdminKey())
	trust := trustIn(etlARN, "{}")
	makeRole(t, w, w.owner, iam.CreateRoleInput{RoleName: aws.String("share"), Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: &trust})
	show := func() string {
		return decoded(t, got(admin.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("share")})).must(t).Role.AssumeRolePolicyDocument)
	}
	assume := func() outcome[*sts.AssumeRoleOutput] {
		return got(stsOf(w.sim, w.consumer.RoleSession("etl", "i-0abc")).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(shareARN), RoleSessionName: aws.String("job")}))
	}
	put := func(document string) outcome[*iam.UpdateAssumeRolePolicyOutput] {
		return got(admin.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: aws.String("share"), PolicyDocument: &document}))
	}
	assume().must(t)
	if text := show(); text != trust {
		t.Errorf("while the principal exists: %s", text)
	}
	got(consumer.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String("etl"), PolicyName: aws.String("setup-1")})).must(t)
	got(consumer.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String("etl")})).must(t)
	if second := w.consumer.AddRole("/team/", "etl", allow(mayAssume, "*")); second == first {
		t.Fatal("a unique ID was used again")
	}
	dangling := show()
	if dangling != trustIn(first, "{}") {
		t.Errorf("once the principal is gone: %s", dangling)
	}
	assume().refused(t, "AccessDenied", "sts:AssumeRole")
	put(dangling).refused(t, "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+first+`"`)
	put(trust).must(t)
	assume().must(t)
}

func TestYoungPrincipalsCannotBeNamed(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.sim.SetPrincipalLag(10 * time.Second)
	makeRole(t, w, w.consumer, iam.CreateRoleInput{RoleName: aws.String("etl"), Path: aws.String("/team/"), AssumeRolePolicyDocument: aws.String(trustEC2)})
	create := func(principal string) outcome[*iam.CreateRoleOutput] {
		return got(iamOf(w.sim, w.owner.AdminKey()).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("share"), AssumeRolePolicyDocument: aws.String(trustIn(principal, "{}"))}))
	}
	create(etlARN).refused(t, "MalformedPolicyDocument", `Invalid principal in policy: "AWS":"`+etlARN+`"`)
	w.clock.Advance(10 * time.Second)
	create(etlARN).must(t)
	// What a test sets up has been there for long.
	w.consumer.AddUser("/", "bob")
	got(iamOf(w.sim, w.owner.AdminKey()).UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String("share"), PolicyDocument: aws.String(trustIn("arn:aws:iam::222222222222:user/bob", "{}")),
	})).must(t)
}
