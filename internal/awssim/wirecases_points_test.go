// This file has the cases of the wire suite about access points and keys of KMS.
package awssim_test

import (
	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	kmstypes "github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"
)

var wirePoints = map[string]func(*wire){
	"an access point": func(w *wire) {
		createBucket(w)
		account, name := aws.String(ownerID), aws.String("reports")
		send(w, "none yet", (*s3control.Client).GetAccessPoint, &s3control.GetAccessPointInput{AccountId: account, Name: name}, "")
		send(w, "", (*s3control.Client).CreateAccessPoint, &s3control.CreateAccessPointInput{AccountId: account, Name: name, Bucket: theBucket}, "AccessPointArn")
		send(w, "again", (*s3control.Client).CreateAccessPoint, &s3control.CreateAccessPointInput{AccountId: account, Name: name, Bucket: theBucket}, "AccessPointArn")
		send(w, "", (*s3control.Client).GetAccessPoint, &s3control.GetAccessPointInput{AccountId: account, Name: name},
			"Name Bucket BucketAccountId NetworkOrigin AccessPointArn PublicAccessBlockConfiguration")
		send(w, "", (*s3control.Client).ListAccessPoints, &s3control.ListAccessPointsInput{AccountId: account, Bucket: theBucket}, "AccessPointList.Name AccessPointList.Bucket")
		send(w, "none yet", (*s3control.Client).GetAccessPointPolicy, &s3control.GetAccessPointPolicyInput{AccountId: account, Name: name}, "")
		policy := aws.String(`{"Version":"2012-10-17","Statement":[` +
			bucketGrant(`{"AWS":"arn:aws:iam::222222222222:root"}`, "s3:GetObject", "arn:aws:s3:us-east-1:111111111111:accesspoint/reports/object/*") + `]}`)
		send(w, "", (*s3control.Client).PutAccessPointPolicy, &s3control.PutAccessPointPolicyInput{AccountId: account, Name: name, Policy: policy}, "")
		send(w, "", (*s3control.Client).GetAccessPointPolicy, &s3control.GetAccessPointPolicyInput{AccountId: account, Name: name}, "Policy")
		send(w, "", (*s3control.Client).GetAccessPointPolicyStatus, &s3control.GetAccessPointPolicyStatusInput{AccountId: account, Name: name}, "PolicyStatus.IsPublic")
		send(w, "", (*s3control.Client).DeleteAccessPointPolicy, &s3control.DeleteAccessPointPolicyInput{AccountId: account, Name: name}, "")
		send(w, "", (*s3control.Client).DeleteAccessPoint, &s3control.DeleteAccessPointInput{AccountId: account, Name: name}, "")
		send(w, "again", (*s3control.Client).DeleteAccessPoint, &s3control.DeleteAccessPointInput{AccountId: account, Name: name}, "")
		send(w, "not there", (*s3control.Client).GetAccessPointPolicy, &s3control.GetAccessPointPolicyInput{AccountId: account, Name: name}, "")
	},
	"Block Public Access of an account": func(w *wire) {
		account := aws.String(ownerID)
		send(w, "none yet", (*s3control.Client).GetPublicAccessBlock, &s3control.GetPublicAccessBlockInput{AccountId: account}, "PublicAccessBlockConfiguration")
		send(w, "", (*s3control.Client).PutPublicAccessBlock, &s3control.PutPublicAccessBlockInput{AccountId: account, PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: aws.Bool(true), BlockPublicPolicy: aws.Bool(true), IgnorePublicAcls: aws.Bool(true), RestrictPublicBuckets: aws.Bool(false),
		}}, "")
		send(w, "", (*s3control.Client).GetPublicAccessBlock, &s3control.GetPublicAccessBlockInput{AccountId: account}, "PublicAccessBlockConfiguration")
		send(w, "", (*s3control.Client).DeletePublicAccessBlock, &s3control.DeletePublicAccessBlockInput{AccountId: account}, "")
		send(w, "no more", (*s3control.Client).GetPublicAccessBlock, &s3control.GetPublicAccessBlockInput{AccountId: account}, "PublicAccessBlockConfiguration")
	},
}

var wireKeys = map[string]func(*wire){
	"a key": func(w *wire) {
		const fields = "KeyMetadata.AWSAccountId KeyMetadata.Arn KeyMetadata.Enabled KeyMetadata.KeyState KeyMetadata.KeyManager KeyMetadata.KeyUsage KeyMetadata.KeySpec KeyMetadata.Origin KeyMetadata.MultiRegion"
		made := send(w, "", (*kms.Client).CreateKey, &kms.CreateKeyInput{Description: aws.String("why")}, fields+" KeyMetadata.Description")
		if made.KeyMetadata == nil {
			return
		}
		id, alias := made.KeyMetadata.KeyId, aws.String("alias/data")
		send(w, "", (*kms.Client).CreateAlias, &kms.CreateAliasInput{AliasName: alias, TargetKeyId: id}, "")
		send(w, "again", (*kms.Client).CreateAlias, &kms.CreateAliasInput{AliasName: alias, TargetKeyId: id}, "")
		send(w, "by alias", (*kms.Client).DescribeKey, &kms.DescribeKeyInput{KeyId: alias}, fields)
		send(w, "not there", (*kms.Client).DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("11111111-2222-3333-4444-555555555555")}, "")
		send(w, "no such alias", (*kms.Client).DescribeKey, &kms.DescribeKeyInput{KeyId: aws.String("alias/none")}, "")
		send(w, "", (*kms.Client).ListAliases, &kms.ListAliasesInput{KeyId: id}, "Truncated Aliases.AliasName Aliases.AliasArn")
		send(w, "", (*kms.Client).GetKeyPolicy, &kms.GetKeyPolicyInput{KeyId: id}, "PolicyName Policy")
		policy := aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}]}`)
		send(w, "", (*kms.Client).PutKeyPolicy, &kms.PutKeyPolicyInput{KeyId: id, Policy: policy}, "")
		send(w, "put", (*kms.Client).GetKeyPolicy, &kms.GetKeyPolicyInput{KeyId: id}, "Policy")
		send(w, "no JSON", (*kms.Client).PutKeyPolicy, &kms.PutKeyPolicyInput{KeyId: id, Policy: aws.String("x")}, "")
		send(w, "", (*kms.Client).ScheduleKeyDeletion, &kms.ScheduleKeyDeletionInput{KeyId: id, PendingWindowInDays: aws.Int32(7)}, "KeyState PendingWindowInDays")
		send(w, "pending", (*kms.Client).DescribeKey, &kms.DescribeKeyInput{KeyId: id}, "KeyMetadata.KeyState KeyMetadata.Enabled")
		send(w, "pending", (*kms.Client).Encrypt, &kms.EncryptInput{KeyId: id, Plaintext: []byte("x")}, "KeyId")
	},
	"grants of a key": func(w *wire) {
		made := send(w, "", (*kms.Client).CreateKey, &kms.CreateKeyInput{}, "")
		if made.KeyMetadata == nil {
			return
		}
		id := made.KeyMetadata.KeyId
		createRole(w)
		grant := send(w, "", (*kms.Client).CreateGrant, &kms.CreateGrantInput{
			KeyId: id, Name: aws.String("share"), GranteePrincipal: aws.String("arn:aws:iam::111111111111:role/Share"), Operations: []kmstypes.GrantOperation{"Decrypt"},
		}, "")
		send(w, "", (*kms.Client).ListGrants, &kms.ListGrantsInput{KeyId: id}, "Truncated Grants.Name Grants.GranteePrincipal Grants.Operations Grants.IssuingAccount")
		send(w, "", (*kms.Client).RevokeGrant, &kms.RevokeGrantInput{KeyId: id, GrantId: grant.GrantId}, "")
		send(w, "none", (*kms.Client).ListGrants, &kms.ListGrantsInput{KeyId: id}, "Grants.Name")
		send(w, "again", (*kms.Client).RevokeGrant, &kms.RevokeGrantInput{KeyId: id, GrantId: grant.GrantId}, "")
	},
}
