package awsapi

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

func TestBucketOfSomebodyElse(t *testing.T) {
	t.Parallel()
	const may = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::` + ownerID + `:root"},` +
		`"Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-data"}]}`
	cases := map[string]struct {
		// whose account has the bucket, consumerID for another one, "" for nobody.
		whose, policy, permitted string
		foreign                  bool
	}{
		"another account's, into which one may look":    {consumerID, may, `"s3:ListBucket"`, true},
		"another account's, into which nobody may look": {consumerID, "", `"s3:ListBucket"`, false},
		"one's own": {ownerID, "", `"s3:ListBucket"`, false},
		"one's own, into which the caller may not look": {ownerID, "", `"iam:GetRole"`, false},
		"nobody's": {"", "", `"s3:ListBucket"`, false},
		"another account's that the caller may not list": {consumerID, may, `"iam:GetRole"`, false},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sim, owner, consumer := newSimulator(t)
			if account := map[string]*awssim.Account{ownerID: owner, consumerID: consumer}[test.whose]; account != nil {
				account.AddBucket("acme-data", awssim.BucketOptions{Region: "eu-west-1"})
				if test.policy != "" {
					admin := mustConnect(t, connectionTo(sim.URL(), keysOf(account.AdminKey())))
					_, err := admin.S3For("eu-west-1").PutBucketPolicy(background(), &s3.PutBucketPolicyInput{
						Bucket: aws.String("acme-data"), Policy: &test.policy,
					})
					if err != nil {
						t.Fatal(err)
					}
				}
			}
			foreign, err := lookerAt(t, sim, owner, test.permitted).IsForeign(background(), plainSpec(t))
			if err != nil || foreign != test.foreign {
				t.Errorf("got %v, %v", foreign, err)
			}
		})
	}
}
