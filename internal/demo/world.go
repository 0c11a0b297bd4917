package main

import (
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file sets up the two accounts as they are before anything is shared.

const (
	ownerID    = "111111111111"
	consumerID = "222222222222"
	region     = "eu-central-1"
	bucketName = "acme-data"

	sharedKey  = "reports/2026-q1.csv"
	privateKey = "payroll/2026-q1.csv"
)

// foreignPolicy is the bucket policy of before: both statements are other people's.
const foreignPolicy = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "DenyWithoutTLS",
      "Effect": "Deny",
      "Principal": "*",
      "Action": "s3:*",
      "Resource": ["arn:aws:s3:::acme-data", "arn:aws:s3:::acme-data/*"],
      "Condition": {"Bool": {"aws:SecureTransport": "false"}}
    },
    {
      "Sid": "AuditorReadsPayroll",
      "Effect": "Allow",
      "Principal": {"AWS": "arn:aws:iam::111111111111:role/auditor"},
      "Action": "s3:GetObject",
      "Resource": "arn:aws:s3:::acme-data/payroll/*"
    }
  ]
}
`

// mayAssumeAnything is what the consumer's administrator allows the role "other": only the owner's side can stop it.
const mayAssumeAnything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`

// world is a simulated AWS with both accounts.
type world struct {
	sim             *awssim.Server
	owner, consumer *awssim.Account
	bucket          *awssim.Bucket
	// ownerKey and consumerKey belong to administrators: Terraform runs with them.
	ownerKey, consumerKey awssim.Credentials
}

func newWorld() (*world, error) {
	w := &world{sim: awssim.Start(awssim.Options{})}
	w.owner, w.consumer = w.sim.AddAccount(ownerID), w.sim.AddAccount(consumerID)
	w.ownerKey, w.consumerKey = w.owner.AdminKey(), w.consumer.AdminKey()
	w.owner.AddRole("/", "auditor")
	w.consumer.AddRole("/", "etl")
	w.consumer.AddRole("/", "other", mayAssumeAnything)
	w.bucket = w.owner.AddBucket(bucketName, awssim.BucketOptions{})
	w.bucket.PutObject(sharedKey, "region,revenue\nnorth,1200\nsouth,950\n", nil)
	w.bucket.PutObject(privateKey, "name,salary\nann,5200\n", nil)
	if err := w.bucket.SetPolicy(foreignPolicy); err != nil {
		w.sim.Close()
		return nil, err
	}
	return w, nil
}

// environment is how the provider is told where AWS is and whose credentials count: by the variables and files that every
// AWS tool reads, so that the example is applied as it stands.
func (w *world) environment(configFile string) []string {
	return []string{
		"AWS_ENDPOINT_URL=" + w.sim.URL(), "AWS_REGION=" + region, "AWS_CONFIG_FILE=" + configFile,
		"AWS_ACCESS_KEY_ID=" + w.ownerKey.AccessKeyID, "AWS_SECRET_ACCESS_KEY=" + w.ownerKey.SecretAccessKey,
		"AWS_SHARED_CREDENTIALS_FILE=" + configFile + ".none",
	}
}

// profiles is the AWS config file with the consumer's credentials.
func (w *world) profiles() string {
	return fmt.Sprintf("[profile consumer]\nregion = %s\naws_access_key_id = %s\naws_secret_access_key = %s\n",
		region, w.consumerKey.AccessKeyID, w.consumerKey.SecretAccessKey)
}
