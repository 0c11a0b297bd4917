package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
)

// This file lists the calls of KMS and S3 Control that the provider makes, held one by one for the reason that
// iamcalls.go gives.

type (
	kmsCall[In, Out any]     = call[In, Out, kms.Options]
	controlCall[In, Out any] = call[In, Out, s3control.Options]
)

// kmsCalls are the operations of KMS by their names.
type kmsCalls struct {
	DescribeKey  kmsCall[kms.DescribeKeyInput, kms.DescribeKeyOutput]
	GetKeyPolicy kmsCall[kms.GetKeyPolicyInput, kms.GetKeyPolicyOutput]
	PutKeyPolicy kmsCall[kms.PutKeyPolicyInput, kms.PutKeyPolicyOutput]
	Grants       listGrants
	CreateGrant  kmsCall[kms.CreateGrantInput, kms.CreateGrantOutput]
	RevokeGrant  kmsCall[kms.RevokeGrantInput, kms.RevokeGrantOutput]
}

func newKMSCalls(client *kms.Client) *kmsCalls {
	return &kmsCalls{
		DescribeKey: client.DescribeKey, GetKeyPolicy: client.GetKeyPolicy, PutKeyPolicy: client.PutKeyPolicy,
		Grants: client.ListGrants, CreateGrant: client.CreateGrant, RevokeGrant: client.RevokeGrant,
	}
}

// controlCalls are the operations of S3 Control by their names.
type controlCalls struct {
	GetPublicAccessBlock controlCall[s3control.GetPublicAccessBlockInput, s3control.GetPublicAccessBlockOutput]
	GetAccessPoint       controlCall[s3control.GetAccessPointInput, s3control.GetAccessPointOutput]
	AccessPoints         listAccessPoints
	CreateAccessPoint    controlCall[s3control.CreateAccessPointInput, s3control.CreateAccessPointOutput]
	DeleteAccessPoint    controlCall[s3control.DeleteAccessPointInput, s3control.DeleteAccessPointOutput]
	GetAccessPointPolicy controlCall[s3control.GetAccessPointPolicyInput, s3control.GetAccessPointPolicyOutput]
	PutAccessPointPolicy controlCall[s3control.PutAccessPointPolicyInput, s3control.PutAccessPointPolicyOutput]
}

func newControlCalls(client *s3control.Client) *controlCalls {
	return &controlCalls{
		GetPublicAccessBlock: client.GetPublicAccessBlock,
		GetAccessPoint:       client.GetAccessPoint, AccessPoints: client.ListAccessPoints,
		CreateAccessPoint: client.CreateAccessPoint, DeleteAccessPoint: client.DeleteAccessPoint,
		GetAccessPointPolicy: client.GetAccessPointPolicy, PutAccessPointPolicy: client.PutAccessPointPolicy,
	}
}

// What the SDK's paginators ask of a client, each of one operation.
type (
	listGrants       kmsCall[kms.ListGrantsInput, kms.ListGrantsOutput]
	listAccessPoints controlCall[s3control.ListAccessPointsInput, s3control.ListAccessPointsOutput]
)

// ListGrants implements kms.ListGrantsAPIClient.
func (c listGrants) ListGrants(ctx context.Context, in *kms.ListGrantsInput, options ...func(*kms.Options)) (*kms.ListGrantsOutput, error) {
	return c(ctx, in, options...)
}

// ListAccessPoints implements s3control.ListAccessPointsAPIClient.
func (c listAccessPoints) ListAccessPoints(
	ctx context.Context, in *s3control.ListAccessPointsInput, options ...func(*s3control.Options),
) (*s3control.ListAccessPointsOutput, error) {
	return c(ctx, in, options...)
}
