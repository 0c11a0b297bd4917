// This file tests lists and pages of IAM, and managed policies and users.
package awssim_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

func TestPages(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	var want []string
	for i := range 5 {
		name := fmt.Sprintf("share-%d", i)
		w.owner.AddRole("/crossaccount/", name)
		want = append(want, name)
	}
	w.owner.AddRole("/", "other")
	admin := iamOf(w.sim, w.owner.AdminKey())
	for name, c := range map[string]struct {
		pageSize int
		maxItems *int32
		pages    int
	}{
		"one page": {pages: 1}, "caller's pages": {maxItems: aws.Int32(3), pages: 2},
		"short pages": {pageSize: 2, pages: 3}, "shorter than the caller's": {pageSize: 2, maxItems: aws.Int32(3), pages: 3},
	} {
		w.sim.SetPageSize(c.pageSize)
		var names []string
		pages := 0
		for p := iam.NewListRolesPaginator(admin, &iam.ListRolesInput{PathPrefix: aws.String("/crossaccount/"), MaxItems: c.maxItems}); p.HasMorePages(); pages++ {
			for _, role := range got(p.NextPage(ctx)).must(t).Roles {
				names = append(names, *role.RoleName)
			}
		}
		if !slices.Equal(names, want) || pages != c.pages {
			t.Errorf("%s: %q on %d pages, want %d", name, names, pages, c.pages)
		}
	}
	got(admin.ListRoles(ctx, &iam.ListRolesInput{MaxItems: aws.Int32(1001)})).refused(t, "ValidationError", "less than or equal to 1000")
}

func TestSweep(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddRole("/crossaccount/", "share", allow("s3:GetObject", "*"))
	edge := w.owner.AddPolicy("/", "edge", allow("s3:*", "*"))
	admin, name := iamOf(w.sim, w.owner.AdminKey()), aws.String("share")
	got(admin.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}})).must(t)
	got(admin.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: &edge})).must(t)
	got(admin.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: &edge})).must(t)
	w.sim.SetPageSize(1)
	var all iam.GetAccountAuthorizationDetailsOutput
	pages := 0
	for p := iam.NewGetAccountAuthorizationDetailsPaginator(admin, &iam.GetAccountAuthorizationDetailsInput{}); p.HasMorePages(); pages++ {
		page := got(p.NextPage(ctx)).must(t)
		all.RoleDetailList = append(all.RoleDetailList, page.RoleDetailList...)
		all.UserDetailList = append(all.UserDetailList, page.UserDetailList...)
		all.Policies = append(all.Policies, page.Policies...)
	}
	if pages != 3 || len(all.RoleDetailList) != 1 || len(all.UserDetailList) != 1 || len(all.Policies) != 1 {
		t.Fatalf("%d pages: %+v", pages, all)
	}
	role := all.RoleDetailList[0]
	if inline := decoded(t, role.RolePolicyList[0].PolicyDocument); inline != allow("s3:GetObject", "*") {
		t.Errorf("the inline policy is %s", inline)
	}
	if aws.ToString(role.AttachedManagedPolicies[0].PolicyArn) != edge || aws.ToString(role.PermissionsBoundary.PermissionsBoundaryArn) != edge {
		t.Errorf("attached %+v, boundary %+v", role.AttachedManagedPolicies, role.PermissionsBoundary)
	}
	if len(role.Tags) != 1 || role.RoleLastUsed == nil || decoded(t, role.AssumeRolePolicyDocument) != trustEC2 {
		t.Errorf("the role is %+v", role)
	}
	w.sim.SetPageSize(0)
	roles := got(admin.GetAccountAuthorizationDetails(ctx, &iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{types.EntityTypeRole}})).must(t)
	if len(roles.RoleDetailList) != 1 || len(roles.UserDetailList) != 0 || len(roles.Policies) != 0 {
		t.Errorf("filtered by role: %+v", roles)
	}
}

func TestManagedPolicyVersions(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddUser("/", "ann")
	w.owner.AddRole("/", "app")
	admin, ann := iamOf(w.sim, w.owner.AdminKey()), iamOf(w.sim, w.owner.UserKey("ann"))
	getRole := func() outcome[*iam.GetRoleOutput] {
		return got(ann.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("app")}))
	}
	arn := got(admin.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:*", "*"))})).must(t).Policy.Arn
	got(admin.CreatePolicy(ctx, &iam.CreatePolicyInput{PolicyName: aws.String("P"), PolicyDocument: aws.String(allow("s3:*", "*"))})).refused(t, "EntityAlreadyExists", "")
	got(admin.AttachUserPolicy(ctx, &iam.AttachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: arn})).must(t)
	getRole().refused(t, "AccessDenied", "")
	version := func(isDefault bool) outcome[*iam.CreatePolicyVersionOutput] {
		return got(admin.CreatePolicyVersion(ctx, &iam.CreatePolicyVersionInput{PolicyArn: arn, PolicyDocument: aws.String(allow("iam:GetRole", "*")), SetAsDefault: isDefault}))
	}
	version(false).must(t)
	getRole().refused(t, "AccessDenied", "")
	version(true).must(t)
	getRole().must(t)
	shown := got(admin.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v3")})).must(t).PolicyVersion
	if decoded(t, shown.Document) != allow("iam:GetRole", "*") || !shown.IsDefaultVersion {
		t.Errorf("version v3 is %+v", shown)
	}
	version(false).must(t)
	version(false).must(t)
	version(false).refused(t, "LimitExceeded", "A managed policy can have up to 5 versions")
	got(admin.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})).refused(t, "DeleteConflict", "attached to entities")
	got(admin.DetachUserPolicy(ctx, &iam.DetachUserPolicyInput{UserName: aws.String("ann"), PolicyArn: arn})).must(t)
	getRole().refused(t, "AccessDenied", "")
	got(admin.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})).refused(t, "DeleteConflict", "more than one version")
	got(admin.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String("v3")})).refused(t, "DeleteConflict", "default version")
	for _, v := range []string{"v1", "v2", "v4", "v5"} {
		got(admin.DeletePolicyVersion(ctx, &iam.DeletePolicyVersionInput{PolicyArn: arn, VersionId: aws.String(v)})).must(t)
	}
	got(admin.DeletePolicy(ctx, &iam.DeletePolicyInput{PolicyArn: arn})).must(t)
	got(admin.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: arn})).refused(t, "NoSuchEntity", "")
}

func TestUsersLeaveNothingBehind(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	admin, name := iamOf(w.sim, w.owner.AdminKey()), aws.String("bob")
	got(admin.CreateUser(ctx, &iam.CreateUserInput{UserName: name})).must(t)
	got(admin.CreateUser(ctx, &iam.CreateUserInput{UserName: aws.String("BOB")})).refused(t, "EntityAlreadyExists", "")
	key := got(admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})).must(t).AccessKey
	got(admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})).must(t)
	got(admin.CreateAccessKey(ctx, &iam.CreateAccessKeyInput{UserName: name})).refused(t, "LimitExceeded", "AccessKeysPerUser: 2")
	got(admin.DeleteUser(ctx, &iam.DeleteUserInput{UserName: name})).refused(t, "DeleteConflict", "must delete access keys first.")
	for _, k := range got(admin.ListAccessKeys(ctx, &iam.ListAccessKeysInput{UserName: name})).must(t).AccessKeyMetadata {
		got(admin.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: k.AccessKeyId})).must(t)
	}
	got(admin.DeleteAccessKey(ctx, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: key.AccessKeyId})).refused(t, "NoSuchEntity", "")
	got(admin.DeleteUser(ctx, &iam.DeleteUserInput{UserName: name})).must(t)
	users := got(admin.ListUsers(ctx, &iam.ListUsersInput{})).must(t).Users
	if len(users) != 1 || aws.ToString(users[0].UserName) != "admin" {
		t.Errorf("users are %+v", users)
	}
}
