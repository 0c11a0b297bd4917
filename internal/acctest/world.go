// Package acctest drives the provider by the real terraform CLI against the simulator: the contract of
// crossaccount_s3_share as its users meet it.
package acctest

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider"
)

// Accounts and bucket of every World.
const (
	OwnerID    = "111111111111"
	ConsumerID = "222222222222"
	OtherID    = "333333333333"
	Bucket     = "acme-data"
	Region     = "eu-central-1"
)

// World is an owner with a bucket, a consumer with roles etl and other, and a third account, each test its own.
type World struct {
	Sim                    *awssim.Server
	Owner, Consumer, Other *awssim.Account
	// OwnerKey and ConsumerKey belong to administrators; the provider runs with them. SetupKey is the test's own in the
	// owner account.
	OwnerKey, ConsumerKey, SetupKey awssim.Credentials
}

// NewWorld starts a simulator that ends with the test.
func NewWorld(t testing.TB, options awssim.Options) *World {
	t.Helper()
	w := &World{Sim: awssim.Start(options)}
	t.Cleanup(w.Sim.Close)
	w.Owner = w.Sim.AddAccount(OwnerID)
	w.Consumer = w.Sim.AddAccount(ConsumerID)
	w.Other = w.Sim.AddAccount(OtherID)
	w.OwnerKey, w.ConsumerKey, w.SetupKey = w.Owner.AdminKey(), w.Consumer.AdminKey(), w.Owner.AdminKey()
	w.Consumer.AddRole("/", "etl")
	w.Consumer.AddRole("/team/", "other", mayAssumeAnything)
	w.Other.AddRole("/", "etl", mayAssumeAnything)
	w.Owner.AddBucket(Bucket, awssim.BucketOptions{Region: Region})
	return w
}

const mayAssumeAnything = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"*"}]}`

// Factories serve the provider in the test's own process.
func Factories() map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"crossaccount": serve(provider.New("test")()),
	}
}

// FactoriesAt serve a provider that goes by another clock.
func FactoriesAt(now func() time.Time) map[string]func() (tfprotov6.ProviderServer, error) {
	return map[string]func() (tfprotov6.ProviderServer, error){
		"crossaccount": serve(provider.NewAt("test", now)()),
	}
}

// serve serves a provider as the program does.
func serve(served framework.Provider) func() (tfprotov6.ProviderServer, error) {
	return func() (tfprotov6.ProviderServer, error) { return provider.NewServer(served), nil }
}

// Provider is the provider block with the owner's credentials and more attributes, such as those of Consumer.
func (w *World) Provider(more ...string) string {
	return fmt.Sprintf("provider \"crossaccount\" {\n%s%s\n}\n", w.connection(w.OwnerKey), strings.Join(more, "\n"))
}

// ConsumerConnection is the attribute consumer of the provider.
func (w *World) ConsumerConnection() string {
	return fmt.Sprintf("  consumer = {\n%s  }\n", w.connection(w.ConsumerKey))
}

func (w *World) connection(key awssim.Credentials) string {
	return fmt.Sprintf(`  region            = %q
  access_key        = %q
  secret_key        = %q
  s3_use_path_style = true
  max_retries       = 3
  endpoints         = { iam = %[4]q, sts = %[4]q, s3 = %[4]q, s3control = %[4]q, kms = %[4]q, accessanalyzer = %[4]q }
`, Region, key.AccessKeyID, key.SecretAccessKey, w.Sim.URL())
}

// Share is a crossaccount_s3_share named test, with more arguments.
func Share(more ...string) string {
	return fmt.Sprintf(`resource "crossaccount_s3_share" "test" {
  name   = "etl-reports"
  bucket = %q
%s
}
`, Bucket, strings.Join(more, "\n"))
}

// WholeAccount is the smallest consumer.
const WholeAccount = `  consumer = { account_id = "` + ConsumerID + `" }`

// OnlyEtl narrows the consumer to its role etl.
const OnlyEtl = `  consumer = {
    account_id = "` + ConsumerID + `"
    principals = ["arn:aws:iam::` + ConsumerID + `:role/etl"]
  }`

// RequireCLI skips without a terraform CLI, saying why.
func RequireCLI(t testing.TB) {
	t.Helper()
	if os.Getenv("TF_ACC") == "" {
		t.Skip("TF_ACC is not set: acceptance tests drive the real terraform CLI; make test sets it")
	}
}
