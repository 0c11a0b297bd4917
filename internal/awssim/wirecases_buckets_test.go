// This file has the cases of the wire suite about buckets, their settings and policies.
package awssim_test

import (
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// theBucket is that of most cases.
var theBucket = aws.String("acme-data")

// createBucket makes theBucket.
func createBucket(w *wire) {
	send(w, "", (*s3.Client).CreateBucket, &s3.CreateBucketInput{Bucket: theBucket}, "")
}

var wireBuckets = map[string]func(*wire){
	"a bucket": func(w *wire) {
		send(w, "", (*s3.Client).CreateBucket, &s3.CreateBucketInput{Bucket: theBucket}, "Location")
		send(w, "again", (*s3.Client).CreateBucket, &s3.CreateBucketInput{Bucket: theBucket}, "Location")
		send(w, "in capitals", (*s3.Client).CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("Upper")}, "Location")
		send(w, "another region", (*s3.Client).CreateBucket, &s3.CreateBucketInput{Bucket: aws.String("acme-far"), CreateBucketConfiguration: &types.CreateBucketConfiguration{LocationConstraint: "eu-west-1"}}, "Location")
		send(w, "", (*s3.Client).ListBuckets, &s3.ListBucketsInput{}, "Buckets.Name")
		send(w, "", (*s3.Client).HeadBucket, &s3.HeadBucketInput{Bucket: theBucket}, "BucketRegion")
		send(w, "", (*s3.Client).GetBucketLocation, &s3.GetBucketLocationInput{Bucket: theBucket}, "LocationConstraint")
		send(w, "another region", (*s3.Client).GetBucketLocation, &s3.GetBucketLocationInput{Bucket: aws.String("acme-far")}, "LocationConstraint")
		send(w, "", (*s3.Client).DeleteBucket, &s3.DeleteBucketInput{Bucket: theBucket}, "")
		send(w, "again", (*s3.Client).DeleteBucket, &s3.DeleteBucketInput{Bucket: theBucket}, "")
	},
	"no bucket": func(w *wire) {
		none := aws.String("no-such-bucket-anywhere")
		send(w, "", (*s3.Client).HeadBucket, &s3.HeadBucketInput{Bucket: none}, "")
		send(w, "", (*s3.Client).GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: none}, "")
		send(w, "", (*s3.Client).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: none, Policy: aws.String("{}")}, "")
		send(w, "", (*s3.Client).DeleteBucketPolicy, &s3.DeleteBucketPolicyInput{Bucket: none}, "")
		send(w, "", (*s3.Client).GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: none}, "")
		send(w, "", (*s3.Client).GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: none}, "")
		send(w, "", (*s3.Client).GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: none}, "")
		send(w, "", (*s3.Client).GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: none}, "")
		send(w, "", (*s3.Client).GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: none}, "")
		send(w, "", (*s3.Client).GetBucketLocation, &s3.GetBucketLocationInput{Bucket: none}, "")
		send(w, "", (*s3.Client).ListObjectsV2, &s3.ListObjectsV2Input{Bucket: none}, "")
	},
	"a bucket of somebody else than expected": func(w *wire) {
		createBucket(w)
		other := aws.String(consumerID)
		send(w, "", (*s3.Client).GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: theBucket, ExpectedBucketOwner: other}, "")
		send(w, "", (*s3.Client).GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: theBucket, ExpectedBucketOwner: other}, "")
		send(w, "", (*s3.Client).HeadBucket, &s3.HeadBucketInput{Bucket: theBucket, ExpectedBucketOwner: other}, "")
		send(w, "as expected", (*s3.Client).GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: theBucket, ExpectedBucketOwner: aws.String(ownerID)}, "Status")
	},
	"settings of a new bucket": func(w *wire) {
		createBucket(w)
		send(w, "", (*s3.Client).GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: theBucket}, "PublicAccessBlockConfiguration")
		send(w, "", (*s3.Client).GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: theBucket}, "OwnershipControls.Rules")
		send(w, "", (*s3.Client).GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: theBucket}, "Status MFADelete")
		send(w, "", (*s3.Client).GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: theBucket},
			"ServerSideEncryptionConfiguration.Rules.ApplyServerSideEncryptionByDefault.SSEAlgorithm ServerSideEncryptionConfiguration.Rules.BucketKeyEnabled")
		send(w, "", (*s3.Client).GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: theBucket}, "PolicyStatus.IsPublic")
	},
	"settings are kept": func(w *wire) {
		createBucket(w)
		block := &types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true), BlockPublicAcls: aws.Bool(false), IgnorePublicAcls: aws.Bool(false), RestrictPublicBuckets: aws.Bool(false)}
		send(w, "", (*s3.Client).PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: theBucket, PublicAccessBlockConfiguration: block}, "")
		send(w, "", (*s3.Client).GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: theBucket}, "PublicAccessBlockConfiguration")
		send(w, "", (*s3.Client).DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: theBucket}, "")
		send(w, "again", (*s3.Client).DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: theBucket}, "")
		send(w, "none", (*s3.Client).GetPublicAccessBlock, &s3.GetPublicAccessBlockInput{Bucket: theBucket}, "PublicAccessBlockConfiguration")
		rules := &types.OwnershipControls{Rules: []types.OwnershipControlsRule{{ObjectOwnership: types.ObjectOwnershipObjectWriter}}}
		send(w, "", (*s3.Client).PutBucketOwnershipControls, &s3.PutBucketOwnershipControlsInput{Bucket: theBucket, OwnershipControls: rules}, "")
		send(w, "", (*s3.Client).GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: theBucket}, "OwnershipControls.Rules")
		send(w, "", (*s3.Client).DeleteBucketOwnershipControls, &s3.DeleteBucketOwnershipControlsInput{Bucket: theBucket}, "")
		send(w, "none", (*s3.Client).GetBucketOwnershipControls, &s3.GetBucketOwnershipControlsInput{Bucket: theBucket}, "OwnershipControls.Rules")
		send(w, "", (*s3.Client).PutBucketVersioning, &s3.PutBucketVersioningInput{Bucket: theBucket, VersioningConfiguration: &types.VersioningConfiguration{Status: "Enabled"}}, "")
		send(w, "", (*s3.Client).GetBucketVersioning, &s3.GetBucketVersioningInput{Bucket: theBucket}, "Status")
		send(w, "no status", (*s3.Client).PutBucketVersioning, &s3.PutBucketVersioningInput{Bucket: theBucket, VersioningConfiguration: &types.VersioningConfiguration{}}, "")
		encrypt := func(note string, by types.ServerSideEncryptionByDefault) {
			send(w, note, (*s3.Client).PutBucketEncryption, &s3.PutBucketEncryptionInput{Bucket: theBucket, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
				Rules: []types.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &by, BucketKeyEnabled: aws.Bool(true)}},
			}}, "")
		}
		key := aws.String("arn:aws:kms:us-east-1:111111111111:key/1")
		encrypt("a key for AES256", types.ServerSideEncryptionByDefault{SSEAlgorithm: "AES256", KMSMasterKeyID: key})
		encrypt("a key", types.ServerSideEncryptionByDefault{SSEAlgorithm: "aws:kms", KMSMasterKeyID: key})
		send(w, "", (*s3.Client).GetBucketEncryption, &s3.GetBucketEncryptionInput{Bucket: theBucket},
			"ServerSideEncryptionConfiguration.Rules.ApplyServerSideEncryptionByDefault ServerSideEncryptionConfiguration.Rules.BucketKeyEnabled")
		send(w, "", (*s3.Client).DeleteBucketEncryption, &s3.DeleteBucketEncryptionInput{Bucket: theBucket}, "")
	},
}

// bucketGrant is a statement of theBucket's policy with a principal as JSON.
func bucketGrant(principal, action, resource string) string {
	return `{"Effect":"Allow","Principal":` + principal + `,"Action":"` + action + `","Resource":"` + resource + `"}`
}

const allObjects = "arn:aws:s3:::acme-data/*"

var wireBucketPolicies = map[string]func(*wire){
	"a bucket policy": func(w *wire) {
		createBucket(w)
		policy := `{"Version":"2012-10-17","Statement":[` + bucketGrant(`{"AWS":"arn:aws:iam::222222222222:root"}`, "s3:GetObject", allObjects) + `]}`
		send(w, "none yet", (*s3.Client).GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: theBucket}, "")
		send(w, "", (*s3.Client).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: theBucket, Policy: &policy}, "")
		send(w, "", (*s3.Client).GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: theBucket}, "Policy")
		send(w, "", (*s3.Client).GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: theBucket}, "PolicyStatus.IsPublic")
		send(w, "", (*s3.Client).DeleteBucketPolicy, &s3.DeleteBucketPolicyInput{Bucket: theBucket}, "")
		send(w, "again", (*s3.Client).DeleteBucketPolicy, &s3.DeleteBucketPolicyInput{Bucket: theBucket}, "")
		send(w, "no more", (*s3.Client).GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: theBucket}, "")
	},
	"how a bucket policy is read back": func(w *wire) {
		createBucket(w)
		policy := `{ "Version": "2008-10-17", "Id": "x", "Statement": {"Sid":"a b","Effect":"Allow","Principal":{"AWS":["222222222222"]},"Action":["s3:GetObject"],"Resource":["` + allObjects + `"]} }`
		send(w, "", (*s3.Client).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: theBucket, Policy: &policy}, "")
		send(w, "", (*s3.Client).GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: theBucket}, "Policy")
	},
	"a role in a bucket policy that is deleted": func(w *wire) {
		createBucket(w)
		createRole(w)
		policy := `{"Version":"2012-10-17","Statement":[` + bucketGrant(`{"AWS":"arn:aws:iam::111111111111:role/Share"}`, "s3:GetObject", allObjects) + `]}`
		send(w, "", (*s3.Client).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: theBucket, Policy: &policy}, "")
		send(w, "", (*s3.Client).GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: theBucket}, "Policy")
		send(w, "", (*iam.Client).DeleteRole, &iam.DeleteRoleInput{RoleName: theRole}, "")
		read := send(w, "without the role", (*s3.Client).GetBucketPolicy, &s3.GetBucketPolicyInput{Bucket: theBucket}, "Policy")
		send(w, "as it was read", (*s3.Client).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: theBucket, Policy: read.Policy}, "")
	},
	"a public bucket policy": func(w *wire) {
		createBucket(w)
		policy := `{"Version":"2012-10-17","Statement":[` + bucketGrant(`"*"`, "s3:GetObject", allObjects) + `]}`
		block := &types.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true)}
		send(w, "", (*s3.Client).PutPublicAccessBlock, &s3.PutPublicAccessBlockInput{Bucket: theBucket, PublicAccessBlockConfiguration: block}, "")
		send(w, "blocked", (*s3.Client).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: theBucket, Policy: &policy}, "")
		send(w, "", (*s3.Client).DeletePublicAccessBlock, &s3.DeletePublicAccessBlockInput{Bucket: theBucket}, "")
		send(w, "open", (*s3.Client).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: theBucket, Policy: &policy}, "")
		send(w, "", (*s3.Client).GetBucketPolicyStatus, &s3.GetBucketPolicyStatusInput{Bucket: theBucket}, "PolicyStatus.IsPublic")
	},
	"refused bucket policies": func(w *wire) {
		createBucket(w)
		const consumer = `{"AWS":"222222222222"}`
		for _, refused := range []struct{ note, document string }{
			{"no JSON", `{"Version"`},
			{"a list", `[]`},
			{"no statements", `{"Version":"2012-10-17"}`},
			{"an empty list of statements", `{"Version":"2012-10-17","Statement":[]}`},
			{"an unknown version", `{"Version":"2026-01-01","Statement":[` + bucketGrant(consumer, "s3:GetObject", allObjects) + `]}`},
			{"no principal", strings.Replace(`{"Statement":[`+bucketGrant("X", "s3:GetObject", allObjects)+`]}`, `"Principal":X,`, "", 1)},
			{"an account that is not there", `{"Statement":[` + bucketGrant(`{"AWS":"999999999999"}`, "s3:GetObject", allObjects) + `]}`},
			{"a role that is not there", `{"Statement":[` + bucketGrant(`{"AWS":"arn:aws:iam::222222222222:role/none"}`, "s3:GetObject", allObjects) + `]}`},
			{"a dangling unique ID", `{"Statement":[` + bucketGrant(`{"AWS":"AROAABCDEFGHIJKLMNOPQ"}`, "s3:GetObject", allObjects) + `]}`},
			{"another bucket", `{"Statement":[` + bucketGrant(consumer, "s3:GetObject", "arn:aws:s3:::other/*") + `]}`},
			{"another partition", `{"Statement":[` + bucketGrant(consumer, "s3:GetObject", "arn:aws-cn:s3:::acme-data/*") + `]}`},
			{"an unknown action", `{"Statement":[` + bucketGrant(consumer, "s3:GetObjects", allObjects) + `]}`},
			{"listing on objects", `{"Statement":[` + bucketGrant(consumer, "s3:ListBucket", allObjects) + `]}`},
			{"a key that the action does not have", strings.Replace(`{"Statement":[`+bucketGrant(consumer, "s3:GetObject", allObjects)+`]}`, `"Action"`, `"Condition":{"StringLike":{"s3:prefix":"p/*"}},"Action"`, 1)},
			{"an unknown operator", strings.Replace(`{"Statement":[`+bucketGrant(consumer, "s3:GetObject", allObjects)+`]}`, `"Action"`, `"Condition":{"StringSimilar":{"aws:userid":"p"}},"Action"`, 1)},
			{"more than 20 KB", `{"Statement":[` + bucketGrant(consumer, "s3:GetObject", allObjects+strings.Repeat("b", 21000)) + `]}`},
		} {
			send(w, refused.note, (*s3.Client).PutBucketPolicy, &s3.PutBucketPolicyInput{Bucket: theBucket, Policy: &refused.document}, "")
		}
	},
}
