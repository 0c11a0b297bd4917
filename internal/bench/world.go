package main

import (
	"fmt"
	"os"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// This file sets up what is measured: a simulated AWS with buckets, and one configuration with shares on them.

const (
	ownerID    = "111111111111"
	consumerID = "222222222222"
)

// layout is how shares are put on buckets.
type layout struct {
	// mode is their bucket_policy_mode.
	mode      string
	perBucket int
}

var (
	// ownStatements keeps bucket policies below the 20 KB that S3 allows (S3 User Guide, "Bucket policies"): a share has about
	// 290 bytes in one.
	ownStatements = layout{mode: "statement", perBucket: 50}
	// delegated has all shares on one bucket, whose policy has one pair of statements for them.
	delegated = layout{mode: "delegated", perBucket: 1_000_000}
)

func (l layout) buckets(shares int) int { return pages(shares, l.perBucket) }

// newWorld starts a simulator with the buckets of the shares.
func (b bench) newWorld() (*awssim.Server, awssim.Credentials) {
	sim := awssim.Start(awssim.Options{CallLatency: b.latency})
	owner := sim.AddAccount(ownerID)
	for i := range b.layout.buckets(b.size) {
		owner.AddBucket(fmt.Sprintf("bench-%d", i), awssim.BucketOptions{})
	}
	sim.AddAccount(consumerID).AddRole("/", "etl")
	return sim, owner.AdminKey()
}

// newWorkspace makes the folder that terraform runs in.
func (b bench) newWorkspace(sim *awssim.Server, key awssim.Credentials) (*workspace.Workspace, error) {
	if err := os.MkdirAll(b.folder, 0o755); err != nil {
		return nil, fmt.Errorf("making a folder: %w", err)
	}
	terraform, err := workspace.New(b.mirror, b.cli, b.folder,
		"AWS_ENDPOINT_URL="+sim.URL(), "AWS_REGION=eu-central-1", "AWS_CONFIG_FILE="+os.DevNull, "AWS_SHARED_CREDENTIALS_FILE="+os.DevNull,
		"AWS_ACCESS_KEY_ID="+key.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+key.SecretAccessKey,
		fmt.Sprintf("TF_VAR_shares=%d", b.size), "TF_CLI_ARGS=-no-color")
	if err != nil {
		return nil, err
	}
	return terraform, terraform.Write("main.tf", b.configuration)
}
