// This file has the cases of the wire suite about roles and their inline policies.
package awssim_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
)

// theRole is that of most cases.
var theRole = aws.String("Share")

// createRole makes theRole for EC2.
func createRole(w *wire) {
	send(w, "", (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: theRole, AssumeRolePolicyDocument: aws.String(trustEC2)}, "")
}

var wireRoles = map[string]func(*wire){
	"a role is shown as made": func(w *wire) {
		const fields = "Role.Arn Role.RoleName Role.Path Role.RoleId Role.Description Role.MaxSessionDuration Role.AssumeRolePolicyDocument Role.Tags"
		// White space goes, + and % survive the encoding.
		trust := strings.ReplaceAll(trustIn(consumerRoot, `{"StringEquals":{"sts:ExternalId":"a+b%20c"}}`), `,"`, `, "`)
		send(w, "", (*iam.Client).CreateRole, &iam.CreateRoleInput{
			RoleName: theRole, Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: &trust, Description: aws.String("für B"),
			MaxSessionDuration: aws.Int32(7200), Tags: []types.Tag{{Key: aws.String("Team"), Value: aws.String("blue")}},
		}, fields)
		send(w, "", (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: theRole}, fields+" Role.PermissionsBoundary.PermissionsBoundaryArn")
		send(w, "", (*iam.Client).ListRoles, &iam.ListRolesInput{PathPrefix: aws.String("/crossaccount/")},
			"IsTruncated Roles.Arn Roles.Description Roles.MaxSessionDuration Roles.Tags Roles.RoleLastUsed")
		send(w, "another path", (*iam.Client).ListRoles, &iam.ListRolesInput{PathPrefix: aws.String("/other/")}, "IsTruncated Roles")
	},
	"a role without options": func(w *wire) {
		createRole(w)
		send(w, "", (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: theRole}, "Role.Arn Role.Path Role.Description Role.MaxSessionDuration Role.Tags Role.AssumeRolePolicyDocument")
	},
	"names of roles in another case": func(w *wire) {
		createRole(w)
		send(w, "", (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: aws.String("SHARE")}, "Role.RoleName")
		send(w, "another case", (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: aws.String("SHARE"), AssumeRolePolicyDocument: aws.String(trustEC2)}, "Role.RoleName")
		send(w, "another path", (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: theRole, Path: aws.String("/x/"), AssumeRolePolicyDocument: aws.String(trustEC2)}, "Role.RoleName")
	},
	"an account in a trust policy": func(w *wire) {
		trust := trustIn("222222222222", "{}")
		trust = strings.Replace(trust, `,"Condition":{}`, "", 1)
		send(w, "", (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: theRole, AssumeRolePolicyDocument: &trust}, "Role.AssumeRolePolicyDocument")
	},
	"a list of one in a trust policy": func(w *wire) {
		trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::222222222222:root"]},"Action":["sts:AssumeRole"]}]}`
		send(w, "", (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: theRole, AssumeRolePolicyDocument: &trust}, "Role.AssumeRolePolicyDocument")
	},
	"a role is changed in place": func(w *wire) {
		createRole(w)
		const fields = "Role.Description Role.MaxSessionDuration"
		update := func(note string, in iam.UpdateRoleInput) {
			in.RoleName = theRole
			send(w, note, (*iam.Client).UpdateRole, &in, "")
			send(w, note, (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: theRole}, fields)
		}
		update("both", iam.UpdateRoleInput{Description: aws.String("one"), MaxSessionDuration: aws.Int32(7200)})
		update("the description alone", iam.UpdateRoleInput{Description: aws.String("two")})
		update("an empty description", iam.UpdateRoleInput{Description: aws.String("")})
		update("quotes in the description", iam.UpdateRoleInput{Description: aws.String("“x”")})
		update("a session of 100 s", iam.UpdateRoleInput{MaxSessionDuration: aws.Int32(100)})
		trust := trustIn(consumerRoot, `{"StringEquals":{"sts:ExternalId":"some-id"}}`)
		send(w, "", (*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: theRole, PolicyDocument: &trust}, "")
		send(w, "the new trust", (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: theRole}, "Role.AssumeRolePolicyDocument")
	},
	"what there is not": func(w *wire) {
		none := aws.String("none")
		send(w, "", (*iam.Client).GetRole, &iam.GetRoleInput{RoleName: none}, "")
		send(w, "", (*iam.Client).UpdateRole, &iam.UpdateRoleInput{RoleName: none}, "")
		send(w, "", (*iam.Client).UpdateAssumeRolePolicy, &iam.UpdateAssumeRolePolicyInput{RoleName: none, PolicyDocument: aws.String(trustEC2)}, "")
		send(w, "", (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: none}, "")
		send(w, "", (*iam.Client).GetRolePolicy, &iam.GetRolePolicyInput{RoleName: none, PolicyName: none}, "")
		send(w, "", (*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{RoleName: none, PolicyName: none, PolicyDocument: aws.String(allow("s3:*", "*"))}, "")
		send(w, "", (*iam.Client).DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: none, PolicyName: none}, "")
		send(w, "", (*iam.Client).ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: none}, "PolicyNames")
		send(w, "", (*iam.Client).ListAttachedRolePolicies, &iam.ListAttachedRolePoliciesInput{RoleName: none}, "AttachedPolicies")
		send(w, "", (*iam.Client).ListRoleTags, &iam.ListRoleTagsInput{RoleName: none}, "Tags")
		send(w, "", (*iam.Client).ListInstanceProfilesForRole, &iam.ListInstanceProfilesForRoleInput{RoleName: none}, "InstanceProfiles")
		send(w, "", (*iam.Client).TagRole, &iam.TagRoleInput{RoleName: none, Tags: []types.Tag{{Key: none, Value: none}}}, "")
		send(w, "", (*iam.Client).UntagRole, &iam.UntagRoleInput{RoleName: none, TagKeys: []string{"k"}}, "")
		send(w, "", (*iam.Client).DeleteRolePermissionsBoundary, &iam.DeleteRolePermissionsBoundaryInput{RoleName: none}, "")
	},
	"an inline policy": func(w *wire) {
		createRole(w)
		in := func(document string) *iam.PutRolePolicyInput {
			return &iam.PutRolePolicyInput{RoleName: theRole, PolicyName: aws.String("p"), PolicyDocument: &document}
		}
		send(w, "", (*iam.Client).PutRolePolicy, in(allow("s3:GetObject", "arn:aws:s3:::b/a+b/*")), "")
		send(w, "", (*iam.Client).GetRolePolicy, &iam.GetRolePolicyInput{RoleName: theRole, PolicyName: aws.String("p")}, "RoleName PolicyName PolicyDocument")
		send(w, "again", (*iam.Client).PutRolePolicy, in("{ "+allow("s3:PutObject", "*")[1:]), "")
		send(w, "again", (*iam.Client).GetRolePolicy, &iam.GetRolePolicyInput{RoleName: theRole, PolicyName: aws.String("p")}, "PolicyDocument")
		send(w, "another case", (*iam.Client).GetRolePolicy, &iam.GetRolePolicyInput{RoleName: theRole, PolicyName: aws.String("P")}, "PolicyDocument")
		send(w, "", (*iam.Client).ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: theRole}, "IsTruncated PolicyNames")
		send(w, "with a policy", (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: theRole}, "")
		send(w, "", (*iam.Client).DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: theRole, PolicyName: aws.String("p")}, "")
		send(w, "again", (*iam.Client).DeleteRolePolicy, &iam.DeleteRolePolicyInput{RoleName: theRole, PolicyName: aws.String("p")}, "")
		send(w, "bare", (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: theRole}, "")
		send(w, "again", (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: theRole}, "")
	},
	"refused inline policies": func(w *wire) {
		createRole(w)
		put := func(note, document string) {
			send(w, note, (*iam.Client).PutRolePolicy, &iam.PutRolePolicyInput{RoleName: theRole, PolicyName: aws.String("p"), PolicyDocument: &document}, "")
		}
		put("no JSON", `{"Version"`)
		put("a principal", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}]}`)
		put("no resource", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject"}]}`)
		put("an action without a service", allow("GetObject", "*"))
		put("a resource that is no ARN", allow("s3:GetObject", "bucket"))
		put("a Sid with a dash", `{"Version":"2012-10-17","Statement":[{"Sid":"a-b","Effect":"Allow","Action":"s3:GetObject","Resource":"*"}]}`)
		put("a Sid twice", `{"Version":"2012-10-17","Statement":[{"Sid":"a","Effect":"Allow","Action":"s3:GetObject","Resource":"*"},{"Sid":"a","Effect":"Allow","Action":"s3:PutObject","Resource":"*"}]}`)
		put("an unknown operator", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:GetObject","Resource":"*","Condition":{"StringSimilar":{"a":"b"}}}]}`)
		put("too long", allow("s3:GetObject", "arn:aws:s3:::"+strings.Repeat("b", 11000)))
	},
}

// wireNewRoles are calls of CreateRole that are refused.
func wireNewRoles(w *wire) {
	for _, refused := range []struct {
		note   string
		change func(*iam.CreateRoleInput)
	}{
		{"a name with a slash", func(i *iam.CreateRoleInput) { i.RoleName = aws.String("a/b") }},
		{"a name of 65", func(i *iam.CreateRoleInput) { i.RoleName = aws.String(strings.Repeat("a", 65)) }},
		{"a path without an end", func(i *iam.CreateRoleInput) { i.Path = aws.String("/a") }},
		{"quotes in the description", func(i *iam.CreateRoleInput) { i.Description = aws.String("“x”") }},
		{"a description of 1001", func(i *iam.CreateRoleInput) { i.Description = aws.String(strings.Repeat("a", 1001)) }},
		{"a session of 100 s", func(i *iam.CreateRoleInput) { i.MaxSessionDuration = aws.Int32(100) }},
		{"a tag key of aws", func(i *iam.CreateRoleInput) { i.Tags = tagged("aws:x") }},
		{"two tag keys that differ in case", func(i *iam.CreateRoleInput) { i.Tags = tagged("x", "X") }},
		{"a boundary that is not there", func(i *iam.CreateRoleInput) {
			i.PermissionsBoundary = aws.String("arn:aws:iam::111111111111:policy/none")
		}},
		{"a boundary that is no ARN", func(i *iam.CreateRoleInput) { i.PermissionsBoundary = aws.String(strings.Repeat("b", 20)) }},
		{"no JSON", trusting(`{"Version"`)},
		{"a resource in the trust policy", trusting(strings.Replace(trustEC2, `"Effect"`, `"Resource":"*","Effect"`, 1))},
		{"an action of S3 in the trust policy", trusting(strings.Replace(trustEC2, "sts:AssumeRole", "s3:GetObject", 1))},
		{"nobody in the trust policy", trusting(strings.Replace(trustEC2, `"Principal":{"Service":"ec2.amazonaws.com"},`, "", 1))},
		{"an account that is not there", trusting(trustIn("999999999999", "{}"))},
		{"a role that is not there", trusting(trustIn(etlARN, "{}"))},
		{"an unknown operator", trusting(trustIn(consumerRoot, `{"StringSimilar":{"sts:ExternalId":"xy"}}`))},
		{"a trust policy of more than 2048", trusting(trustIn(consumerRoot, `{"StringEquals":{"sts:ExternalId":"`+strings.Repeat("x", 2048)+`"}}`))},
	} {
		in := &iam.CreateRoleInput{RoleName: aws.String(strings.ReplaceAll(refused.note, " ", "-")), AssumeRolePolicyDocument: aws.String(trustEC2)}
		refused.change(in)
		send(w, refused.note, (*iam.Client).CreateRole, in, "")
	}
}

func tagged(keys ...string) (tags []types.Tag) {
	for _, key := range keys {
		tags = append(tags, types.Tag{Key: aws.String(key), Value: aws.String("v")})
	}
	return tags
}
