package awssim_test

import (
	"context"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

// Hosts of IAM learn of a new role one after the other, and its ARN is not one at first.
func TestYoungRolesAreNotFoundYet(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.sim.SetRoleLag(10 * time.Second)
	admin := iamOf(w.sim, w.owner.AdminKey())
	makeRole(t, w, w.owner, iam.CreateRoleInput{RoleName: aws.String("young"), AssumeRolePolicyDocument: aws.String(trustEC2)})
	get := func() outcome[*iam.GetRoleOutput] {
		return got(admin.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("young")}))
	}
	for range 4 {
		get().refused(t, "NoSuchEntity", "The role with name young cannot be found.")
	}
	got(admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("young"), AssumeRolePolicyDocument: aws.String(trustEC2)})).refused(t, "EntityAlreadyExists", "young")
	w.clock.Advance(5 * time.Second)
	get().refused(t, "NoSuchEntity", "young")
	if role := get().must(t).Role; *role.Arn != *role.RoleId {
		t.Errorf("the ARN of a young role is %s", *role.Arn)
	}
	got(admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: aws.String("young"), PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:GetObject", "*")),
	})).refused(t, "NoSuchEntity", "young")
	w.clock.Advance(15 * time.Second)
	for range 2 {
		if role := get().must(t).Role; *role.Arn == *role.RoleId {
			t.Error("the ARN of a role that was made a while ago is its unique ID")
		}
	}
}

func TestYoungRolesCannotBeAssumedYet(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.sim.SetAssumeLag(10 * time.Second)
	w.consumer.AddRole("/team/", "etl", allow(mayAssume, "*"))
	makeRole(t, w, w.owner, iam.CreateRoleInput{RoleName: aws.String("share"), Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: aws.String(trustIn(etlARN, "{}"))})
	assume := func() outcome[*sts.AssumeRoleOutput] {
		return got(stsOf(w.sim, w.consumer.RoleSession("etl", "i-0abc")).AssumeRole(ctx, &sts.AssumeRoleInput{RoleArn: aws.String(shareARN), RoleSessionName: aws.String("job")}))
	}
	assume().refused(t, "AccessDenied", "sts:AssumeRole")
	w.clock.Advance(10 * time.Second)
	assume().must(t)
}
