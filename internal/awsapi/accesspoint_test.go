package awsapi

import (
	"context"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3control"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

func TestLifeOfAnAccessPoint(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := newSimulator(t)
	owner.AddBucket("acme-data", awssim.BucketOptions{Region: "eu-west-1"})
	consumer.AddRole("/", "etl")
	cloud, spec := newCloud(t, sim, owner), plainSpec(t)
	if region, err := cloud.FindBucketRegion(background(), spec); err != nil || region != "eu-west-1" {
		t.Fatalf("the bucket is in %s, %v", region, err)
	}
	if found, err := cloud.FindAccessPoint(background(), spec, "etl-reports"); found != nil || err != nil {
		t.Fatalf("found %+v, %v", found, err)
	}
	if err := cloud.CreateAccessPoint(background(), spec, "etl-reports"); err != nil {
		t.Fatal(err)
	}
	if err := cloud.CreateAccessPoint(background(), spec, "etl-reports"); !IsTaken(err) {
		t.Errorf("made twice: %v", err)
	}
	found, err := cloud.FindAccessPoint(background(), spec, "etl-reports")
	if err != nil || found == nil {
		t.Fatalf("found %+v, %v", found, err)
	}
	want := AccessPoint{
		ARN: "arn:aws:s3:eu-west-1:" + ownerID + ":accesspoint/etl-reports", Alias: found.Alias, Bucket: "acme-data",
		Block: BlockPublicAccess{Policies: true, Outsiders: true},
	}
	if *found != want || found.Alias == "" {
		t.Errorf("found %+v", found)
	}
	checkPolicyOf(t, cloud, found.ARN)
	for range 2 {
		if err := cloud.DeleteAccessPoint(background(), spec, "etl-reports"); err != nil {
			t.Errorf("deleting: %v", err)
		}
	}
	if found, err := cloud.FindAccessPointPolicy(background(), spec, "etl-reports"); found != nil || err != nil {
		t.Errorf("left: %+v, %v", found, err)
	}
}

func checkPolicyOf(t *testing.T, cloud *Cloud, arn string) {
	t.Helper()
	spec := plainSpec(t)
	if found, err := cloud.FindAccessPointPolicy(background(), spec, "etl-reports"); found != nil || err != nil {
		t.Errorf("a new access point has the policy %+v, %v", found, err)
	}
	document := func(principal string) policy.Document {
		return policy.New(policy.Statement{
			Sid: "read", Effect: policy.Allow, Principal: &policy.Principal{AWS: policy.Values{principal}},
			Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{arn + "/object/*"},
		})
	}
	if err := cloud.PutAccessPointPolicy(background(), spec, "etl-reports", document(consumerRole)); err != nil {
		t.Fatal(err)
	}
	if err := cloud.PutAccessPointPolicy(background(), spec, "etl-reports", document("*")); !IsPublicPolicyBlocked(err) {
		t.Errorf("a public policy gives %v", err)
	}
	if err := cloud.PutAccessPointPolicy(background(), spec, "etl-reports", document(consumerRole+"-none")); !IsInvalidPrincipal(err) {
		t.Errorf("a principal that is not there gives %v", err)
	}
	found, err := cloud.FindAccessPointPolicy(background(), spec, "etl-reports")
	if err != nil || found == nil || !found.Equal(document(consumerRole)) {
		t.Errorf("the policy is %+v, %v", found, err)
	}
}

// The account's ID goes before the host's name where that can be, and nowhere else.
func TestHostOfS3Control(t *testing.T) {
	t.Parallel()
	cases := map[string]struct{ endpoint, host string }{
		"an address":      {"http://127.0.0.1:4566", "127.0.0.1:4566"},
		"an IPv6 address": {"http://[::1]:4566", "[::1]:4566"},
		"this machine":    {"http://localhost:4566", "localhost:4566"},
		"a name":          {"https://control.example.com", ownerID + ".control.example.com"},
		"AWS's own":       {"", ownerID + ".s3-control.eu-west-1.amazonaws.com"},
	}
	for situation, test := range cases {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			parameters := s3control.EndpointParameters{
				Region: aws.String("eu-west-1"), AccountId: aws.String(ownerID), RequiresAccountId: aws.Bool(true), AccessPointName: aws.String("etl"),
			}
			if test.endpoint != "" {
				parameters.Endpoint = aws.String(test.endpoint)
			}
			found, err := hostsWithoutNames{s3control.NewDefaultEndpointResolverV2()}.ResolveEndpoint(context.Background(), parameters)
			if err != nil || found.URI.Host != test.host {
				t.Errorf("the host is %s, %v", found.URI.Host, err)
			}
		})
	}
}
