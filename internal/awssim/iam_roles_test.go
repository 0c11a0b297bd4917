// This file tests roles through the SDK: what IAM does, shows and refuses.
package awssim_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestRoleIsShownAsMade(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	admin := iamOf(w.sim, w.owner.AdminKey())
	boundary := w.owner.AddPolicy("/", "edge", allow("s3:*", "*"))
	// White space and a list of one go, an account ID becomes the ARN of its root, + and % survive the encoding.
	trust := `{ "Version": "2012-10-17", "Statement": [ {"Sid":"A","Effect":"Allow","Principal":{"AWS":["222222222222"]},
		"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":["a+b%20c"]}}} ] }`
	want := `{"Version":"2012-10-17","Statement":[{"Sid":"A","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},` +
		`"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":["a+b%20c"]}}}]}`
	made := got(admin.CreateRole(ctx, &iam.CreateRoleInput{
		RoleName: aws.String("Share"), Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: &trust, Description: aws.String("für B"),
		MaxSessionDuration: aws.Int32(7200), PermissionsBoundary: &boundary, Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("blue")}},
	})).must(t).Role
	shown := got(admin.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String("share")})).must(t).Role
	for what, pair := range map[string][2]string{
		"ARN":          {aws.ToString(shown.Arn), "arn:aws:iam::111111111111:role/crossaccount/Share"},
		"unique ID":    {aws.ToString(shown.RoleId), aws.ToString(made.RoleId)},
		"trust":        {decoded(t, shown.AssumeRolePolicyDocument), want},
		"trust, made":  {decoded(t, made.AssumeRolePolicyDocument), want},
		"description":  {aws.ToString(shown.Description), "für B"},
		"boundary":     {aws.ToString(shown.PermissionsBoundary.PermissionsBoundaryArn), boundary},
		"tag key":      {aws.ToString(shown.Tags[0].Key), "Team"},
		"creation":     {shown.CreateDate.String(), w.clock.Now().String()},
		"prefix of ID": {aws.ToString(shown.RoleId)[:4], "AROA"},
	} {
		if pair[0] != pair[1] {
			t.Errorf("%s is %q, want %q", what, pair[0], pair[1])
		}
	}
	if aws.ToInt32(shown.MaxSessionDuration) != 7200 {
		t.Errorf("longest session is %d s", aws.ToInt32(shown.MaxSessionDuration))
	}
	if raw := aws.ToString(shown.AssumeRolePolicyDocument); strings.ContainsAny(raw, `+ "{`) {
		t.Errorf("the trust policy is not encoded as RFC 3986 has it: %s", raw)
	}
	listed := got(admin.ListRoles(ctx, &iam.ListRolesInput{PathPrefix: aws.String("/crossaccount/")})).must(t).Roles
	if len(listed) != 1 || listed[0].Tags != nil || listed[0].PermissionsBoundary != nil || listed[0].RoleLastUsed != nil {
		t.Errorf("ListRoles shows %+v, want one role without tags, boundary and last use", listed)
	}
}

func TestRoleIsChangedInPlace(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddRole("/", "share")
	admin, name := iamOf(w.sim, w.owner.AdminKey()), aws.String("share")
	show := func() *types.Role { return got(admin.GetRole(ctx, &iam.GetRoleInput{RoleName: name})).must(t).Role }

	got(admin.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name, Description: aws.String("one"), MaxSessionDuration: aws.Int32(7200)})).must(t)
	got(admin.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name, Description: aws.String("two")})).must(t)
	if r := show(); aws.ToString(r.Description) != "two" || aws.ToInt32(r.MaxSessionDuration) != 7200 {
		t.Errorf("after an update without a duration: %q, %d s", aws.ToString(r.Description), aws.ToInt32(r.MaxSessionDuration))
	}
	got(admin.UpdateRole(ctx, &iam.UpdateRoleInput{RoleName: name, Description: aws.String("")})).must(t)
	if r := show(); r.Description != nil {
		t.Errorf("the description is %q, want none", *r.Description)
	}
	trust := trustIn(consumerRoot, byID)
	got(admin.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: name, PolicyDocument: &trust})).must(t)
	if text := decoded(t, show().AssumeRolePolicyDocument); text != trust {
		t.Errorf("the trust policy is %s", text)
	}
	edge := w.owner.AddPolicy("/", "edge", allow("s3:*", "*"))
	got(admin.PutRolePermissionsBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{RoleName: name, PermissionsBoundary: &edge})).must(t)
	if show().PermissionsBoundary == nil {
		t.Error("no boundary is shown")
	}
	got(admin.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: name})).must(t)
	got(admin.DeleteRolePermissionsBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: name})).refused(t, "NoSuchEntity", "")
}

func TestTagKeysIgnoreCase(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddRole("/", "share")
	admin, name := iamOf(w.sim, w.owner.AdminKey()), aws.String("share")
	tag := func(key, value string) []types.Tag { return []types.Tag{{Key: &key, Value: &value}} }
	show := func() (tags []string) {
		for _, tag := range got(admin.ListRoleTags(ctx, &iam.ListRoleTagsInput{RoleName: name})).must(t).Tags {
			tags = append(tags, *tag.Key+"="+*tag.Value)
		}
		return tags
	}
	got(admin.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: tag("Department", "a")})).must(t)
	got(admin.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: tag("department", "b")})).must(t)
	if tags := show(); !slices.Equal(tags, []string{"department=b"}) {
		t.Errorf("tags are %q", tags)
	}
	got(admin.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: append(tag("x", "1"), tag("X", "2")...)})).
		refused(t, "InvalidInput", "Duplicate tag keys found")
	got(admin.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: tag("aws:x", "1")})).refused(t, "InvalidInput", "reserved")
	got(admin.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: tag("a*", "1")})).refused(t, "ValidationError", "tags.1.member.key")
	got(admin.UntagRole(ctx, &iam.UntagRoleInput{RoleName: name, TagKeys: []string{"DEPARTMENT", "missing"}})).must(t)
	if tags := show(); len(tags) > 0 {
		t.Errorf("tags are %q", tags)
	}
}

func TestRoleIsDeletedOnlyWhenBare(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddRole("/", "share", allow("s3:GetObject", "*"))
	admin, name := iamOf(w.sim, w.owner.AdminKey()), aws.String("share")
	managed := aws.String("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess")
	remove := func() outcome[*iam.DeleteRoleOutput] {
		return got(admin.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name}))
	}
	got(admin.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: managed})).must(t)
	got(admin.CreateInstanceProfile(ctx, &iam.CreateInstanceProfileInput{InstanceProfileName: name})).must(t)
	got(admin.AddRoleToInstanceProfile(ctx, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: name, RoleName: name})).must(t)
	profiles := got(admin.ListInstanceProfilesForRole(ctx, &iam.ListInstanceProfilesForRoleInput{RoleName: name})).must(t).InstanceProfiles
	if len(profiles) != 1 || aws.ToString(profiles[0].Roles[0].RoleName) != "share" {
		t.Errorf("instance profiles are %+v", profiles)
	}
	remove().refused(t, "DeleteConflict", "must remove roles from instance profile first.")
	got(admin.RemoveRoleFromInstanceProfile(ctx, &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: name, RoleName: name})).must(t)
	remove().refused(t, "DeleteConflict", "Cannot delete entity, must detach all policies first.")
	attached := got(admin.ListAttachedRolePolicies(ctx, &iam.ListAttachedRolePoliciesInput{RoleName: name})).must(t).AttachedPolicies
	if len(attached) != 1 || aws.ToString(attached[0].PolicyArn) != *managed {
		t.Errorf("attached policies are %+v", attached)
	}
	got(admin.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: managed})).must(t)
	got(admin.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: name, PolicyArn: managed})).refused(t, "NoSuchEntity", "")
	remove().refused(t, "DeleteConflict", "must delete policies first.")
	inline := got(admin.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: name})).must(t).PolicyNames
	if !slices.Equal(inline, []string{"setup-1"}) {
		t.Errorf("inline policies are %q", inline)
	}
	got(admin.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: &inline[0]})).must(t)
	got(admin.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: &inline[0]})).refused(t, "NoSuchEntity", "")
	remove().must(t)
	remove().refused(t, "NoSuchEntity", "The role with name share cannot be found.")
	if names := w.owner.RoleNames(); len(names) > 0 {
		t.Errorf("roles are left: %q", names)
	}
}

func TestInlinePolicyIsReplacedWhole(t *testing.T) {
	t.Parallel()
	ctx, w := context.Background(), newWorld(t)
	w.owner.AddRole("/", "share")
	admin, name := iamOf(w.sim, w.owner.AdminKey()), aws.String("share")
	for _, document := range []string{allow("s3:GetObject", "arn:aws:s3:::b/a+b/*"), allow("s3:PutObject", "*")} {
		got(admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: name, PolicyDocument: &document})).must(t)
		shown := got(admin.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: name, PolicyName: name})).must(t)
		if text := decoded(t, shown.PolicyDocument); text != document {
			t.Errorf("the policy is %s, want %s", text, document)
		}
	}
	got(admin.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: name, PolicyName: aws.String("SHARE")})).
		refused(t, "NoSuchEntity", "The role policy with name SHARE cannot be found.")
}

func TestRefusedNewRoles(t *testing.T) {
	t.Parallel()
	type input = iam.CreateRoleInput
	for name, c := range map[string]struct {
		change      func(*input)
		code, words string
	}{
		"as is":                 {change: func(*input) {}},
		"name taken":            {change: func(i *input) { i.RoleName = aws.String("TAKEN") }, code: "EntityAlreadyExists", words: "Role with name TAKEN already exists."},
		"name with a slash":     {change: func(i *input) { i.RoleName = aws.String("a/b") }, code: "ValidationError", words: "'roleName' failed to satisfy constraint"},
		"name of 65":            {change: func(i *input) { i.RoleName = aws.String(strings.Repeat("a", 65)) }, code: "ValidationError", words: "less than or equal to 64"},
		"path without an end":   {change: func(i *input) { i.Path = aws.String("/a") }, code: "ValidationError", words: "'path'"},
		"quotes in description": {change: func(i *input) { i.Description = aws.String("“x”") }, code: "ValidationError", words: "'description'"},
		"session of 100 s":      {change: func(i *input) { i.MaxSessionDuration = aws.Int32(100) }, code: "ValidationError", words: "greater than or equal to 3600"},
		"no JSON":               {change: trusting(`{"Version"`), code: "MalformedPolicyDocument", words: "This policy contains invalid Json"},
		"resource in trust": {
			change: trusting(strings.Replace(trustEC2, `"Effect"`, `"Resource":"*","Effect"`, 1)), code: "MalformedPolicyDocument", words: "Has prohibited field Resource",
		},
		"not sts":            {change: trusting(strings.Replace(trustEC2, "sts:AssumeRole", "s3:GetObject", 1)), code: "MalformedPolicyDocument", words: "AssumeRole policy may only specify STS AssumeRole actions."},
		"missing account":    {change: trusting(trustIn("999999999999", "{}")), code: "MalformedPolicyDocument", words: `Invalid principal in policy: "AWS":"999999999999"`},
		"missing role":       {change: trusting(trustIn(etlARN, "{}")), code: "MalformedPolicyDocument", words: `Invalid principal in policy: "AWS":"` + etlARN + `"`},
		"wildcard principal": {change: trusting(trustIn("arn:aws:iam::222222222222:role/*", "{}")), code: "MalformedPolicyDocument", words: "Invalid principal in policy"},
		"other partition":    {change: trusting(trustIn("arn:aws-cn:iam::222222222222:root", "{}")), code: "MalformedPolicyDocument", words: "Invalid principal in policy"},
		"unknown operator":   {change: trusting(trustIn(consumerRoot, `{"StringSimilar":{"sts:ExternalId":"xy"}}`)), code: "MalformedPolicyDocument", words: "Invalid Condition type : StringSimilar."},
		"long trust policy": {
			change: trusting(trustIn(consumerRoot, `{"StringEquals":{"sts:ExternalId":"`+strings.Repeat("x", 2048)+`"}}`)),
			code:   "LimitExceeded", words: "Cannot exceed quota for ACLSizePerRole: 2048",
		},
		"missing boundary": {
			change: func(i *input) { i.PermissionsBoundary = aws.String("arn:aws:iam::111111111111:policy/none") }, code: "NoSuchEntity", words: "does not exist or is not attachable",
		},
		"service's path": {change: func(i *input) { i.Path = aws.String("/aws-service-role/x/") }, code: "ValidationError", words: "reserved"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.owner.AddRole("/other/", "taken")
			in := &input{RoleName: aws.String("share"), AssumeRolePolicyDocument: aws.String(trustEC2)}
			c.change(in)
			got(iamOf(w.sim, w.owner.AdminKey()).CreateRole(context.Background(), in)).refused(t, c.code, c.words)
			if names := w.owner.RoleNames(); c.code != "" && len(names) != 1 {
				t.Errorf("a refused call left roles %q", names)
			}
		})
	}
}

func trusting(document string) func(*iam.CreateRoleInput) {
	return func(in *iam.CreateRoleInput) { in.AssumeRolePolicyDocument = &document }
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	clockless := awssim.Start(awssim.Options{})
	t.Cleanup(clockless.Close)
	quotas := awssim.DefaultQuotas()
	quotas.Roles, quotas.ManagedPoliciesCount, quotas.InlinePoliciesSize = 2, 1, 300
	account := clockless.AddAccount(ownerID, awssim.WithQuotas(quotas))
	account.AddRole("/", "a")
	admin, name := iamOf(clockless, account.AdminKey()), aws.String("a")
	create := func(name string) outcome[*iam.CreateRoleOutput] {
		return got(admin.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trustEC2)}))
	}
	create("b").must(t)
	create("c").refused(t, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 2")

	put := func(policy, document string) outcome[*iam.PutRolePolicyOutput] {
		return got(admin.PutRolePolicy(ctx, &iam.PutRolePolicyInput{RoleName: name, PolicyName: &policy, PolicyDocument: &document}))
	}
	long := allow("s3:GetObject", "arn:aws:s3:::"+strings.Repeat("b", 60)+"/*")
	put("one", long).must(t)
	put("one", strings.ReplaceAll(long, ",", ",      \n")).must(t) // white space does not count, nor what is replaced
	put("two", long).refused(t, "LimitExceeded", "Maximum policy size of 300 bytes exceeded for role a")

	attach := func(policy string) outcome[*iam.AttachRolePolicyOutput] {
		return got(admin.AttachRolePolicy(ctx, &iam.AttachRolePolicyInput{RoleName: name, PolicyArn: aws.String("arn:aws:iam::aws:policy/" + policy)}))
	}
	attach("ReadOnlyAccess").must(t)
	attach("ReadOnlyAccess").must(t)
	attach("IAMReadOnlyAccess").refused(t, "LimitExceeded", "Cannot exceed quota for PoliciesPerRole: 1")
	attach("NoSuchPolicy").refused(t, "NoSuchEntity", "")
}
