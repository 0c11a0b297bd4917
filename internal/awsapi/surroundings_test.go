package awsapi

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	controltypes "github.com/aws/aws-sdk-go-v2/service/s3control/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// lookerAt reaches the owner as a role that may do only the actions listed; all of them when there is none.
func lookerAt(t *testing.T, sim *awssim.Server, owner *awssim.Account, actions string) *Cloud {
	t.Helper()
	owner.AddRole("/", "looker", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":[`+actions+`],"Resource":"*"}]}`)
	return NewCloud(mustConnect(t, connectionTo(sim.URL(), keysOf(owner.RoleSession("looker", "s1")))), nil, (&pauses{}).pause)
}

func plainSpec(t *testing.T) share.Spec {
	t.Helper()
	return desiredNamed(t, "etl").Spec
}

func TestSettingsAroundAShare(t *testing.T) {
	t.Parallel()
	sim, owner, _ := newSimulator(t)
	spec := plainSpec(t)
	key := owner.AddKey(awssim.KeyOptions{Region: "eu-west-1"})
	owner.AddBucket("acme-data", awssim.BucketOptions{Region: "eu-west-1"})
	admin := mustConnect(t, connectionTo(sim.URL(), keysOf(owner.AdminKey())))
	cloud := NewCloud(admin, nil, (&pauses{}).pause)

	region, err := cloud.FindBucketRegion(background(), spec)
	if err != nil || region != "eu-west-1" {
		t.Errorf("the bucket is in %q, %v", region, err)
	}
	encryption, err := cloud.FindBucketEncryption(background(), spec)
	if err != nil || encryption != (Encryption{}) {
		t.Errorf("a new bucket encrypts with %+v, %v", encryption, err)
	}
	block, err := cloud.FindBucketBlock(background(), spec)
	if err != nil || block != (BlockPublicAccess{Policies: true, Outsiders: true}) {
		t.Errorf("a new bucket blocks %+v, %v", block, err)
	}
	if block, err = cloud.FindAccountBlock(background(), spec); err != nil || block != (BlockPublicAccess{}) {
		t.Errorf("a new account blocks %+v, %v", block, err)
	}
	if enforced, err := cloud.OwnerEnforced(background(), spec); err != nil || !enforced {
		t.Errorf("a new bucket enforces its owner: %v, %v", enforced, err)
	}
	if versions, err := cloud.HasVersions(background(), spec); err != nil || versions {
		t.Errorf("a new bucket has versions: %v, %v", versions, err)
	}

	changeSettings(t, admin, key)
	blockPolicies(t, sim, owner.AdminKey())
	if encryption, err = cloud.FindBucketEncryption(background(), spec); err != nil || encryption != (Encryption{WithKMS: true, Key: key, BucketKey: true}) {
		t.Errorf("the bucket encrypts with %+v, %v", encryption, err)
	}
	if block, err = cloud.FindBucketBlock(background(), spec); err != nil || block != (BlockPublicAccess{}) {
		t.Errorf("the bucket blocks %+v, %v", block, err)
	}
	if block, err = cloud.FindAccountBlock(background(), spec); err != nil || block != (BlockPublicAccess{Policies: true}) {
		t.Errorf("the account blocks %+v, %v", block, err)
	}
	if enforced, err := cloud.OwnerEnforced(background(), spec); err != nil || enforced {
		t.Errorf("the bucket enforces its owner: %v, %v", enforced, err)
	}
	if versions, err := cloud.HasVersions(background(), spec); err != nil || !versions {
		t.Errorf("the bucket has versions: %v, %v", versions, err)
	}
}

// changeSettings turns every setting of the bucket round.
func changeSettings(t *testing.T, admin *Account, key string) {
	t.Helper()
	client, bucket := admin.S3For("eu-west-1"), aws.String("acme-data")
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := client.PutBucketEncryption(background(), &s3.PutBucketEncryptionInput{
		Bucket: bucket, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{Rules: []types.ServerSideEncryptionRule{{
			BucketKeyEnabled: aws.Bool(true),
			ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{
				SSEAlgorithm: types.ServerSideEncryptionAwsKms, KMSMasterKeyID: &key,
			},
		}}},
	})
	must(err)
	_, err = client.DeletePublicAccessBlock(background(), &s3.DeletePublicAccessBlockInput{Bucket: bucket})
	must(err)
	_, err = client.DeleteBucketOwnershipControls(background(), &s3.DeleteBucketOwnershipControlsInput{Bucket: bucket})
	must(err)
	_, err = client.PutBucketVersioning(background(), &s3.PutBucketVersioningInput{
		Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusSuspended},
	})
	must(err)
}

// blockPolicies turns the account's setting round, which the provider itself never does.
func blockPolicies(t *testing.T, sim *awssim.Server, key awssim.Credentials) {
	t.Helper()
	client := s3control.New(s3control.Options{
		Region: "eu-west-1", BaseEndpoint: aws.String(sim.URL()),
		Credentials:        credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
		EndpointResolverV2: hostsWithoutNames{s3control.NewDefaultEndpointResolverV2()},
	})
	if _, err := client.PutPublicAccessBlock(background(), &s3control.PutPublicAccessBlockInput{
		AccountId: aws.String(ownerID), PublicAccessBlockConfiguration: &controltypes.PublicAccessBlockConfiguration{BlockPublicPolicy: aws.Bool(true)},
	}); err != nil {
		t.Fatal(err)
	}
}

// Each read says which permission it lacks, and works with that one alone.
func TestSettingsThatMayNotBeRead(t *testing.T) {
	t.Parallel()
	reads := map[string]func(*Cloud, share.Spec) error{
		"s3:ListBucket": func(c *Cloud, spec share.Spec) error { _, err := c.FindBucketRegion(background(), spec); return err },
		"s3:GetEncryptionConfiguration": func(c *Cloud, spec share.Spec) error {
			_, err := c.FindBucketEncryption(background(), spec)
			return err
		},
		"s3:GetBucketPublicAccessBlock": func(c *Cloud, spec share.Spec) error { _, err := c.FindBucketBlock(background(), spec); return err },
		"s3:GetBucketPolicyStatus":      func(c *Cloud, spec share.Spec) error { _, err := c.IsBucketPublic(background(), spec); return err },
		"s3:GetAccountPublicAccessBlock": func(c *Cloud, spec share.Spec) error {
			_, err := c.FindAccountBlock(background(), spec)
			return err
		},
		"s3:GetBucketOwnershipControls": func(c *Cloud, spec share.Spec) error { _, err := c.OwnerEnforced(background(), spec); return err },
		"s3:GetBucketVersioning":        func(c *Cloud, spec share.Spec) error { _, err := c.HasVersions(background(), spec); return err },
		"access-analyzer:ValidatePolicy": func(c *Cloud, spec share.Spec) error {
			_, err := c.ValidatePolicy(background(), spec, PermissionsDocument, share.Render(spec).Permissions.JSON())
			return err
		},
		"access-analyzer:CheckNoPublicAccess": func(c *Cloud, spec share.Spec) error {
			_, err := c.CheckNoPublicAccess(background(), spec, TrustDocument, share.Render(spec).Trust.JSON())
			return err
		},
		"access-analyzer:CheckNoNewAccess": func(c *Cloud, spec share.Spec) error {
			permissions := share.Render(spec).Permissions.JSON()
			_, err := c.CheckNoNewAccess(background(), spec, PermissionsDocument, Documents{Existing: permissions, Next: permissions})
			return err
		},
		"s3:GetAccessPoint": func(c *Cloud, spec share.Spec) error {
			_, err := c.FindAccessPoint(background(), spec, "etl")
			return err
		},
		"s3:GetAccessPointPolicy": func(c *Cloud, spec share.Spec) error {
			_, err := c.FindAccessPointPolicy(background(), spec, "etl")
			return err
		},
	}
	for action, read := range reads {
		t.Run(action, func(t *testing.T) {
			t.Parallel()
			sim, owner := newWorld(t)
			spec := plainSpec(t)
			if err := read(lookerAt(t, sim, owner, `"`+action+`"`), spec); err != nil {
				t.Errorf("with %s alone: %v", action, err)
			}
			sim, owner = newWorld(t)
			err := read(lookerAt(t, sim, owner, `"iam:GetRole"`), spec)
			// An answer to HEAD has no body, and so no code.
			if denied := IsDenied(err) || action == "s3:ListBucket" && code(err) == "Forbidden"; !denied {
				t.Errorf("without %s: %v", action, err)
			}
		})
	}
}

func TestRegionOfABucketThatIsNotThere(t *testing.T) {
	t.Parallel()
	sim, owner, _ := newSimulator(t)
	region, err := newCloud(t, sim, owner).FindBucketRegion(background(), plainSpec(t))
	if err != nil || region != "" {
		t.Errorf("got %q, %v", region, err)
	}
}
