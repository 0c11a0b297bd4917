package awsapi

// This file reads and writes access points of the owner's account, in the region of the bucket.

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// AccessPoint is an access point as S3 Control shows it.
type AccessPoint struct {
	ARN    string
	Alias  string // stands for the bucket in calls, not in policies
	Bucket share.Bucket
	// VPC is the network that calls have to come from, "" for the Internet.
	VPC string
	// Block is fixed when the access point is created.
	Block BlockPublicAccess
}

// pointCalls are the calls on one access point.
type pointCalls struct {
	client  *controlCalls
	account *Account
	owner   *string
	name    *string
}

func (c *Cloud) point(spec share.Spec, name string) pointCalls {
	region := spec.Region
	if region == "" {
		region = c.owner.regionOf(spec.Bucket)
	}
	return pointCalls{
		client: c.owner.control.in(region), account: c.owner, owner: aws.String(spec.Owner.ID), name: &name,
	}
}

// FindAccessPoint reads an access point; nil when there is none.
func (c *Cloud) FindAccessPoint(ctx context.Context, spec share.Spec, name string) (*AccessPoint, error) {
	p := c.point(spec, name)
	answer, err := p.client.GetAccessPoint(ctx, &s3control.GetAccessPointInput{AccountId: p.owner, Name: p.name})
	if IsAbsent(err) {
		return nil, nil //nolint:nilnil // absence is a value
	}
	if err != nil {
		return nil, p.account.failing("s3:GetAccessPoint", err)
	}
	found := &AccessPoint{
		ARN: aws.ToString(answer.AccessPointArn), Alias: aws.ToString(answer.Alias), Bucket: share.Bucket(aws.ToString(answer.Bucket)),
	}
	if answer.VpcConfiguration != nil {
		found.VPC = aws.ToString(answer.VpcConfiguration.VpcId)
	}
	if block := answer.PublicAccessBlockConfiguration; block != nil {
		found.Block = BlockPublicAccess{Policies: aws.ToBool(block.BlockPublicPolicy), Outsiders: aws.ToBool(block.RestrictPublicBuckets)}
	}
	return found, nil
}

// CreateAccessPoint makes an access point of the bucket of the share, open to the Internet and closed to the public. One
// of that name is an error, see IsTaken.
func (c *Cloud) CreateAccessPoint(ctx context.Context, spec share.Spec, name string) error {
	p, yes := c.point(spec, name), aws.Bool(true)
	_, err := p.client.CreateAccessPoint(ctx, &s3control.CreateAccessPointInput{
		AccountId: p.owner, Name: p.name, Bucket: aws.String(string(spec.Bucket)), BucketAccountId: p.owner,
		PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{
			BlockPublicAcls: yes, BlockPublicPolicy: yes, IgnorePublicAcls: yes, RestrictPublicBuckets: yes,
		},
	})
	return p.account.failing("s3:CreateAccessPoint", err)
}

// ObserveAccessPoint reads the access point of a share with its policy.
func (c *Cloud) ObserveAccessPoint(ctx context.Context, spec share.Spec) (share.AccessPoint, error) {
	found, err := c.FindAccessPoint(ctx, spec, spec.AccessPointName())
	if err != nil || found == nil {
		return share.AccessPoint{State: share.PointMissing}, err
	}
	observed := share.AccessPoint{State: share.PointFound, Alias: found.Alias, Bucket: found.Bucket}
	observed.Policy, err = c.FindAccessPointPolicy(ctx, spec, spec.AccessPointName())
	return observed, err
}

// BucketRegion tells where a bucket is; S3 tells it while its policy is read. It is empty when there is no such bucket.
func (c *Cloud) BucketRegion(ctx context.Context, spec share.Spec) (string, error) {
	found, err := c.ObserveBucket(ctx, spec)
	if err != nil || found.State == share.BucketMissing {
		return "", err
	}
	return c.owner.regionOf(spec.Bucket), nil
}

// pointRounds is how often the policy of an access point is written that was made a moment ago and may not be known yet.
const pointRounds = 5

// applyAccessPoint carries out a change of the share's access point. One of its name is its own: the name has the bucket and
// the share in it.
func (c *Cloud) applyAccessPoint(ctx context.Context, change changes.Change) (Result, error) {
	spec := change.Desired.Spec
	name := spec.AccessPointName()
	switch {
	case change.Part == changes.AccessPointPolicy:
		return Result{}, c.putPointPolicy(ctx, change.Desired)
	case change.Verb == changes.Delete:
		return Result{}, c.DeleteAccessPoint(ctx, spec, name)
	}
	err := c.CreateAccessPoint(ctx, spec, name)
	if !IsTaken(err) {
		return Result{}, err
	}
	if found, again := c.FindAccessPoint(ctx, spec, name); again == nil && found != nil && found.Bucket == spec.Bucket {
		return Result{}, nil
	}
	return Result{}, err
}

func (c *Cloud) putPointPolicy(ctx context.Context, desired share.Desired) error {
	for round := 1; ; round++ {
		err := c.PutAccessPointPolicy(ctx, desired.Spec, desired.Spec.AccessPointName(), desired.AccessPoint)
		if !IsAbsent(err) || round == pointRounds {
			return err
		}
		if err := c.pause(ctx, firstPause<<(round-1)); err != nil {
			return err
		}
	}
}

// hasAccessPoints tells that shares other than this one have access points of its bucket.
func (c *Cloud) hasAccessPoints(ctx context.Context, spec share.Spec) (bool, error) {
	p := c.point(spec, spec.AccessPointName())
	pages := s3control.NewListAccessPointsPaginator(p.client.AccessPoints, &s3control.ListAccessPointsInput{
		AccountId: p.owner, Bucket: aws.String(string(spec.Bucket)),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return false, p.account.failing("s3:ListAccessPoints", err)
		}
		for _, point := range page.AccessPointList {
			if name := aws.ToString(point.Name); strings.HasPrefix(name, share.AccessPointPrefix) && name != spec.AccessPointName() {
				return true, nil
			}
		}
	}
	return false, nil
}

// DeleteAccessPoint deletes an access point with its policy; one that is not there any more is no error.
func (c *Cloud) DeleteAccessPoint(ctx context.Context, spec share.Spec, name string) error {
	p := c.point(spec, name)
	_, err := p.client.DeleteAccessPoint(ctx, &s3control.DeleteAccessPointInput{AccountId: p.owner, Name: p.name})
	return p.account.unlessAbsent("s3:DeleteAccessPoint", err)
}

// FindAccessPointPolicy reads the policy of an access point; nil when it has none, or is not there itself.
func (c *Cloud) FindAccessPointPolicy(ctx context.Context, spec share.Spec, name string) (*policy.Document, error) {
	p := c.point(spec, name)
	answer, err := p.client.GetAccessPointPolicy(ctx, &s3control.GetAccessPointPolicyInput{AccountId: p.owner, Name: p.name})
	if IsAbsent(err) {
		return nil, nil //nolint:nilnil // absence is a value
	}
	if err != nil {
		return nil, p.account.failing("s3:GetAccessPointPolicy", err)
	}
	document, err := policy.Parse(aws.ToString(answer.Policy))
	if err != nil {
		return nil, fmt.Errorf("reading the policy of access point %s: %w", name, err)
	}
	return &document, nil
}

// PutAccessPointPolicy writes the whole policy of an access point, which is the share's alone.
func (c *Cloud) PutAccessPointPolicy(ctx context.Context, spec share.Spec, name string, document policy.Document) error {
	p := c.point(spec, name)
	_, err := p.client.PutAccessPointPolicy(ctx, &s3control.PutAccessPointPolicyInput{
		AccountId: p.owner, Name: p.name, Policy: aws.String(document.JSON()),
	})
	return p.account.failing("s3:PutAccessPointPolicy", err)
}
