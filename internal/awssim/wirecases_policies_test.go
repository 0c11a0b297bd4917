// This file has the cases of the wire suite about managed policies, boundaries, tags, instance profiles and lists.
package awssim_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

var thePolicy = aws.String("arn:aws:iam::111111111111:policy/edge")

// createPolicy makes thePolicy.
func createPolicy(w *wire) {
	send(w, "", (*iam.Client).CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("edge"), PolicyDocument: aws.String(allow("s3:*", "*"))}, "")
}

var wirePolicies = map[string]func(*wire){
	"a managed policy": func(w *wire) {
		document := aws.String(allow("s3:*", "*"))
		send(w, "", (*iam.Client).CreatePolicy, &iam.CreatePolicyInput{
			PolicyName: aws.String("edge"), Path: aws.String("/x/"), PolicyDocument: document, Description: aws.String("why"), Tags: tagged("k"),
		}, "Policy.Arn Policy.PolicyName Policy.Path Policy.DefaultVersionId Policy.AttachmentCount Policy.IsAttachable Policy.Tags")
		arn := aws.String("arn:aws:iam::111111111111:policy/x/edge")
		send(w, "", (*iam.Client).GetPolicy, &iam.GetPolicyInput{PolicyArn: arn}, "Policy.Arn Policy.Description Policy.DefaultVersionId Policy.AttachmentCount Policy.IsAttachable")
		send(w, "another case", (*iam.Client).CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("EDGE"), PolicyDocument: document}, "Policy.Arn")
		send(w, "again", (*iam.Client).CreatePolicy, &iam.CreatePolicyInput{PolicyName: aws.String("edge"), Path: aws.String("/x/"), PolicyDocument: document}, "Policy.Arn")
		send(w, "", (*iam.Client).ListPolicies, &iam.ListPoliciesInput{Scope: types.PolicyScopeTypeLocal, PathPrefix: aws.String("/x/")}, "IsTruncated Policies.Arn")
		send(w, "", (*iam.Client).DeletePolicy, &iam.DeletePolicyInput{PolicyArn: arn}, "")
		send(w, "again", (*iam.Client).DeletePolicy, &iam.DeletePolicyInput{PolicyArn: arn}, "")
		send(w, "of nothing", (*iam.Client).GetPolicy, &iam.GetPolicyInput{PolicyArn: arn}, "")
	},
	"versions of a managed policy": func(w *wire) {
		createPolicy(w)
		version := func(note string, in iam.CreatePolicyVersionInput) {
			in.PolicyArn, in.PolicyDocument = thePolicy, aws.String(allow("s3:GetObject", "*"))
			send(w, note, (*iam.Client).CreatePolicyVersion, &in, "PolicyVersion.VersionId PolicyVersion.IsDefaultVersion")
		}
		version("two", iam.CreatePolicyVersionInput{})
		version("three, the default", iam.CreatePolicyVersionInput{SetAsDefault: true})
		send(w, "three", (*iam.Client).GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: thePolicy, VersionId: aws.String("v3")},
			"PolicyVersion.Document PolicyVersion.IsDefaultVersion")
		send(w, "nine", (*iam.Client).GetPolicyVersion, &iam.GetPolicyVersionInput{PolicyArn: thePolicy, VersionId: aws.String("v9")}, "")
		version("four", iam.CreatePolicyVersionInput{})
		version("five", iam.CreatePolicyVersionInput{})
		version("six", iam.CreatePolicyVersionInput{})
		send(w, "", (*iam.Client).ListPolicyVersions, &iam.ListPolicyVersionsInput{PolicyArn: thePolicy}, "Versions.VersionId Versions.IsDefaultVersion")
		send(w, "the default", (*iam.Client).DeletePolicyVersion, &iam.DeletePolicyVersionInput{PolicyArn: thePolicy, VersionId: aws.String("v3")}, "")
		send(w, "another", (*iam.Client).DeletePolicyVersion, &iam.DeletePolicyVersionInput{PolicyArn: thePolicy, VersionId: aws.String("v2")}, "")
		send(w, "with versions", (*iam.Client).DeletePolicy, &iam.DeletePolicyInput{PolicyArn: thePolicy}, "")
	},
	"an attached policy": func(w *wire) {
		createRole(w)
		createPolicy(w)
		attach := func(note string, arn *string) {
			send(w, note, (*iam.Client).AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: theRole, PolicyArn: arn}, "")
		}
		attach("", thePolicy)
		attach("again", thePolicy)
		attach("not there", aws.String("arn:aws:iam::111111111111:policy/none"))
		send(w, "", (*iam.Client).ListAttachedRolePolicies, &iam.ListAttachedRolePoliciesInput{RoleName: theRole},
			"IsTruncated AttachedPolicies.PolicyArn AttachedPolicies.PolicyName")
		send(w, "", (*iam.Client).GetPolicy, &iam.GetPolicyInput{PolicyArn: thePolicy}, "Policy.AttachmentCount")
		send(w, "attached", (*iam.Client).DeletePolicy, &iam.DeletePolicyInput{PolicyArn: thePolicy}, "")
		send(w, "with a policy", (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: theRole}, "")
		send(w, "", (*iam.Client).DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: theRole, PolicyArn: thePolicy}, "")
		send(w, "again", (*iam.Client).DetachRolePolicy, &iam.DetachRolePolicyInput{RoleName: theRole, PolicyArn: thePolicy}, "")
		send(w, "bare", (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: theRole}, "")
	},
	"a permissions boundary": func(w *wire) {
		createRole(w)
		createPolicy(w)
		put := func(note, arn string) {
			send(w, note, (*iam.Client).PutRolePermissionsBoundary, &iam.PutRolePermissionsBoundaryInput{RoleName: theRole, PermissionsBoundary: &arn}, "")
		}
		put("", *thePolicy)
		send(w, "within", (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: theRole}, "Role.PermissionsBoundary")
		put("not there", "arn:aws:iam::111111111111:policy/none")
		put("no ARN", strings.Repeat("b", 20))
		send(w, "", (*iam.Client).DeleteRolePermissionsBoundary, &iam.DeleteRolePermissionsBoundaryInput{RoleName: theRole}, "")
		send(w, "again", (*iam.Client).DeleteRolePermissionsBoundary, &iam.DeleteRolePermissionsBoundaryInput{RoleName: theRole}, "")
		send(w, "without", (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: theRole}, "Role.PermissionsBoundary")
	},
	"tags of a role": func(w *wire) {
		createRole(w)
		tag := func(note string, tags []types.Tag) {
			send(w, note, (*iam.Client).TagRole, &iam.TagRoleInput{RoleName: theRole, Tags: tags}, "")
		}
		list := func(note string) {
			send(w, note, (*iam.Client).ListRoleTags, &iam.ListRoleTagsInput{RoleName: theRole}, "IsTruncated Tags.Key Tags.Value")
		}
		tag("one", tagged("Department"))
		list("one")
		tag("another case", []types.Tag{{Key: aws.String("department"), Value: aws.String("w")}})
		list("another case")
		tag("two that differ in case", tagged("x", "X"))
		tag("of aws", tagged("aws:x"))
		tag("a star", tagged("a*"))
		tag("a key of 129", tagged(strings.Repeat("a", 129)))
		tag("a value of 257", []types.Tag{{Key: aws.String("k"), Value: aws.String(strings.Repeat("a", 257))}})
		send(w, "another case, and one that is not there", (*iam.Client).UntagRole, &iam.UntagRoleInput{RoleName: theRole, TagKeys: []string{"DEPARTMENT", "none"}}, "")
		list("none")
	},
	"an instance profile": func(w *wire) {
		createRole(w)
		name := aws.String("profile")
		send(w, "", (*iam.Client).CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: name}, "InstanceProfile.Arn InstanceProfile.Roles")
		send(w, "again", (*iam.Client).CreateInstanceProfile, &iam.CreateInstanceProfileInput{InstanceProfileName: name}, "InstanceProfile.Arn")
		send(w, "", (*iam.Client).AddRoleToInstanceProfile, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: name, RoleName: theRole}, "")
		send(w, "again", (*iam.Client).AddRoleToInstanceProfile, &iam.AddRoleToInstanceProfileInput{InstanceProfileName: name, RoleName: theRole}, "")
		send(w, "", (*iam.Client).ListInstanceProfilesForRole, &iam.ListInstanceProfilesForRoleInput{RoleName: theRole}, "IsTruncated InstanceProfiles.Arn InstanceProfiles.Roles.Arn")
		send(w, "in a profile", (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: theRole}, "")
		send(w, "with a role", (*iam.Client).DeleteInstanceProfile, &iam.DeleteInstanceProfileInput{InstanceProfileName: name}, "")
		send(w, "", (*iam.Client).RemoveRoleFromInstanceProfile, &iam.RemoveRoleFromInstanceProfileInput{InstanceProfileName: name, RoleName: theRole}, "")
		send(w, "", (*iam.Client).DeleteInstanceProfile, &iam.DeleteInstanceProfileInput{InstanceProfileName: name}, "")
		send(w, "again", (*iam.Client).DeleteInstanceProfile, &iam.DeleteInstanceProfileInput{InstanceProfileName: name}, "")
	},
	"a list in pages": func(w *wire) {
		for _, name := range []string{"c", "a", "b"} {
			send(w, name, (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: aws.String(trustEC2)}, "")
		}
		first := send(w, "first page", (*iam.Client).ListRoles, &iam.ListRolesInput{MaxItems: aws.Int32(2)}, "IsTruncated Roles.Path")
		send(w, "second page", (*iam.Client).ListRoles, &iam.ListRolesInput{MaxItems: aws.Int32(2), Marker: first.Marker}, "IsTruncated Roles.Path")
		send(w, "more than a thousand", (*iam.Client).ListRoles, &iam.ListRolesInput{MaxItems: aws.Int32(1001)}, "IsTruncated Roles.Path")
	},
	"a sweep of the account": func(w *wire) {
		createPolicy(w)
		send(w, "", (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: theRole, AssumeRolePolicyDocument: aws.String(trustEC2), PermissionsBoundary: thePolicy, Tags: tagged("k")}, "")
		send(w, "", (*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{RoleName: theRole, PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:GetObject", "*"))}, "")
		send(w, "", (*iam.Client).AttachRolePolicy, &iam.AttachRolePolicyInput{RoleName: theRole, PolicyArn: thePolicy}, "")
		for _, kind := range []types.EntityType{types.EntityTypeRole, types.EntityTypeLocalManagedPolicy} {
			send(w, string(kind), (*iam.Client).GetAccountAuthorizationDetails, &iam.GetAccountAuthorizationDetailsInput{Filter: []types.EntityType{kind}},
				"IsTruncated RoleDetailList.Arn RoleDetailList.AssumeRolePolicyDocument RoleDetailList.RolePolicyList RoleDetailList.AttachedManagedPolicies "+
					"RoleDetailList.PermissionsBoundary RoleDetailList.Tags RoleDetailList.RoleLastUsed Policies.Arn Policies.PolicyVersionList.Document UserDetailList")
		}
	},
}
