// This file has the cases of the wire suite about users, their keys, and STS.
package awssim_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

var wireUsers = map[string]func(*wire){
	"a user": func(w *wire) {
		name := aws.String("bob")
		send(w, "", (*iam.Client).CreateUser, &iam.CreateUserInput{UserName: name, Path: aws.String("/team/")}, "User.Arn User.UserName User.Path")
		send(w, "another case", (*iam.Client).CreateUser, &iam.CreateUserInput{UserName: aws.String("BOB")}, "User.Arn")
		send(w, "", (*iam.Client).GetUser, &iam.GetUserInput{UserName: name}, "User.Arn User.PermissionsBoundary User.Tags")
		send(w, "of nobody", (*iam.Client).GetUser, &iam.GetUserInput{UserName: aws.String("none")}, "")
		send(w, "", (*iam.Client).PutUserPolicy, &iam.PutUserPolicyInput{UserName: name, PolicyName: aws.String("p"), PolicyDocument: aws.String(allow("s3:*", "*"))}, "")
		send(w, "", (*iam.Client).GetUserPolicy, &iam.GetUserPolicyInput{UserName: name, PolicyName: aws.String("p")}, "UserName PolicyName PolicyDocument")
		send(w, "", (*iam.Client).ListUserPolicies, &iam.ListUserPoliciesInput{UserName: name}, "IsTruncated PolicyNames")
		send(w, "of nothing", (*iam.Client).GetUserPolicy, &iam.GetUserPolicyInput{UserName: name, PolicyName: aws.String("none")}, "")
		send(w, "with a policy", (*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: name}, "")
		send(w, "", (*iam.Client).DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("p")}, "")
		send(w, "again", (*iam.Client).DeleteUserPolicy, &iam.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("p")}, "")
		send(w, "bare", (*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: name}, "")
		send(w, "again", (*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: name}, "")
	},
	"a policy attached to a user": func(w *wire) {
		createPolicy(w)
		name := aws.String("bob")
		send(w, "", (*iam.Client).CreateUser, &iam.CreateUserInput{UserName: name}, "")
		send(w, "", (*iam.Client).AttachUserPolicy, &iam.AttachUserPolicyInput{UserName: name, PolicyArn: thePolicy}, "")
		send(w, "", (*iam.Client).ListAttachedUserPolicies, &iam.ListAttachedUserPoliciesInput{UserName: name}, "AttachedPolicies.PolicyArn AttachedPolicies.PolicyName")
		send(w, "with a policy", (*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: name}, "")
		send(w, "", (*iam.Client).DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: name, PolicyArn: thePolicy}, "")
		send(w, "again", (*iam.Client).DetachUserPolicy, &iam.DetachUserPolicyInput{UserName: name, PolicyArn: thePolicy}, "")
	},
	"access keys": func(w *wire) {
		name := aws.String("bob")
		send(w, "", (*iam.Client).CreateUser, &iam.CreateUserInput{UserName: name}, "")
		first := send(w, "one", (*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{UserName: name}, "AccessKey.UserName AccessKey.Status")
		send(w, "two", (*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{UserName: name}, "AccessKey.Status")
		send(w, "three", (*iam.Client).CreateAccessKey, &iam.CreateAccessKeyInput{UserName: name}, "AccessKey.Status")
		send(w, "", (*iam.Client).ListAccessKeys, &iam.ListAccessKeysInput{UserName: name}, "IsTruncated AccessKeyMetadata.Status")
		send(w, "with keys", (*iam.Client).DeleteUser, &iam.DeleteUserInput{UserName: name}, "")
		if first.AccessKey == nil {
			return
		}
		send(w, "", (*iam.Client).DeleteAccessKey, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: first.AccessKey.AccessKeyId}, "")
		send(w, "again", (*iam.Client).DeleteAccessKey, &iam.DeleteAccessKeyInput{UserName: name, AccessKeyId: first.AccessKey.AccessKeyId}, "")
	},
	"a session": func(w *wire) {
		send(w, "", (*sts.Client).GetCallerIdentity, &sts.GetCallerIdentityInput{}, "Account")
		trust := trustIn("arn:aws:iam::111111111111:root", "{}")
		send(w, "", (*iam.Client).CreateRole, &iam.CreateRoleInput{RoleName: theRole, Path: aws.String("/x/"), AssumeRolePolicyDocument: &trust, MaxSessionDuration: aws.Int32(7200)}, "")
		assume := func(note string, change func(*sts.AssumeRoleInput)) {
			in := &sts.AssumeRoleInput{RoleArn: aws.String("arn:aws:iam::111111111111:role/x/Share"), RoleSessionName: aws.String("job")}
			change(in)
			send(w, note, (*sts.Client).AssumeRole, in, "AssumedRoleUser.Arn PackedPolicySize SourceIdentity")
		}
		assume("", func(*sts.AssumeRoleInput) {})
		assume("an external ID of one letter", func(i *sts.AssumeRoleInput) { i.ExternalId = aws.String("x") })
		assume("an external ID with a star", func(i *sts.AssumeRoleInput) { i.ExternalId = aws.String("x*") })
		assume("a session name of one letter", func(i *sts.AssumeRoleInput) { i.RoleSessionName = aws.String("x") })
		assume("a session name with a space", func(i *sts.AssumeRoleInput) { i.RoleSessionName = aws.String("a b") })
		assume("of a minute", func(i *sts.AssumeRoleInput) { i.DurationSeconds = aws.Int32(60) })
		assume("of a day", func(i *sts.AssumeRoleInput) { i.DurationSeconds = aws.Int32(86400) })
		assume("longer than the role's", func(i *sts.AssumeRoleInput) { i.DurationSeconds = aws.Int32(10800) })
		assume("a policy that is no JSON", func(i *sts.AssumeRoleInput) { i.Policy = aws.String("x") })
		assume("a policy of 2049", func(i *sts.AssumeRoleInput) {
			i.Policy = aws.String(allow("s3:GetObject", "arn:aws:s3:::"+strings.Repeat("b", 2049)))
		})
		assume("a role that is not there", func(i *sts.AssumeRoleInput) { i.RoleArn = aws.String("arn:aws:iam::111111111111:role/none") })
	},
}
