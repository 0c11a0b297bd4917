package acctest

import (
	"context"
	"errors"
	"os"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
)

// This file takes away what live tests that were stopped have left in both accounts.

// addSweepers makes go test ./internal/acctest -sweep=all sweep.
func addSweepers() {
	resource.AddTestSweepers("live", &resource.Sweeper{Name: "live", F: func(string) error {
		l := live{owner: os.Getenv(ownerProfile), consumer: os.Getenv(consumerProfile)}
		if l.owner == "" || l.consumer == "" {
			return errors.New(ownerProfile + " and " + consumerProfile + " do not name profiles of two AWS accounts")
		}
		return l.sweep(context.Background())
	}})
}

// sweep takes away everything that any live test made.
func (l live) sweep(ctx context.Context) error { return l.sweepNamed(ctx, livePrefix) }

// sweepNamed takes away roles of the live path and buckets whose names begin so.
func (l live) sweepNamed(ctx context.Context, prefix string) error {
	owner, err := l.config(ctx, l.owner)
	if err != nil {
		return err
	}
	consumer, err := l.config(ctx, l.consumer)
	if err != nil {
		return err
	}
	return errors.Join(sweepRoles(ctx, owner, prefix), sweepRoles(ctx, consumer, prefix), l.sweepBuckets(ctx, owner, prefix))
}

func sweepRoles(ctx context.Context, c aws.Config, prefix string) error {
	client := iam.NewFromConfig(c)
	pages := iam.NewListRolesPaginator(client, &iam.ListRolesInput{PathPrefix: aws.String(livePath)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, role := range page.Roles {
			if !strings.HasPrefix(*role.RoleName, prefix) {
				continue
			}
			if err := sweepRole(ctx, client, role.RoleName); err != nil {
				return err
			}
		}
	}
	return nil
}

func sweepRole(ctx context.Context, client *iam.Client, name *string) error {
	inline, err := client.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: name})
	if err != nil {
		return err
	}
	for _, policy := range inline.PolicyNames {
		if _, err := client.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: &policy}); err != nil {
			return err
		}
	}
	_, err = client.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: name})
	return err
}

func (l live) sweepBuckets(ctx context.Context, c aws.Config, prefix string) error {
	client := l.s3(c)
	listed, err := client.ListBuckets(ctx, &s3.ListBucketsInput{})
	if err != nil {
		return err
	}
	for _, bucket := range listed.Buckets {
		if !strings.HasPrefix(*bucket.Name, prefix) {
			continue
		}
		objects, err := client.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket.Name})
		if err != nil {
			return err
		}
		for _, object := range objects.Contents {
			if _, err := client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket.Name, Key: object.Key}); err != nil {
				return err
			}
		}
		if _, err := client.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket.Name}); err != nil {
			return err
		}
	}
	return nil
}
