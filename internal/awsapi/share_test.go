package awsapi

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// specWith is the smallest share of the bucket acme-data with the consumer.
func specWith(id share.ExternalID) share.Spec {
	return share.Spec{
		Owner: share.Account{ID: ownerID, Partition: "aws"}, Name: "etl", Bucket: "acme-data", Path: share.DefaultRolePath,
		Consumer: share.Consumer{AccountID: consumerID}, Access: []share.Word{share.Read},
		ExternalIDs: []share.ExternalID{id}, MaxSessionDuration: share.DefaultMaxSessionDuration,
	}
}

func createRole(t *testing.T, admin *Account, name, trust string) {
	t.Helper()
	if _, err := admin.iam.CreateRole(background(), &iam.CreateRoleInput{RoleName: &name, AssumeRolePolicyDocument: &trust}); err != nil {
		t.Fatal(err)
	}
}

func putInline(t *testing.T, admin *Account, role, document string) {
	t.Helper()
	if _, err := admin.iam.PutRolePolicy(background(), &iam.PutRolePolicyInput{
		RoleName: &role, PolicyName: aws.String("test"), PolicyDocument: &document,
	}); err != nil {
		t.Fatal(err)
	}
}

// attach attaches a managed policy, which the provider itself never does.
func attach(t *testing.T, sim *awssim.Server, key awssim.Credentials, role, policy string) {
	t.Helper()
	client := iam.New(iam.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(sim.URL()),
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
	})
	if _, err := client.AttachRolePolicy(background(), &iam.AttachRolePolicyInput{RoleName: &role, PolicyArn: &policy}); err != nil {
		t.Fatal(err)
	}
}
