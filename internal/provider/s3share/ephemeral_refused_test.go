package s3share_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/ephemeral"
	"github.com/hashicorp/terraform-plugin-framework/tfsdk"
	"github.com/hashicorp/terraform-plugin-go/tftypes"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider/s3share"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
)

const (
	ownerID    = "111111111111"
	consumerID = "222222222222"
	role       = "arn:aws:iam::" + ownerID + ":role/etl"
)

// data is what a provider hands out that has the consumer's credentials alone and never waits.
func data(t *testing.T) *s3share.ProviderData {
	t.Helper()
	sim := awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	sim.AddAccount(ownerID)
	key := sim.AddAccount(consumerID).AdminKey()
	account, err := awsapi.Connect(t.Context(), awsapi.Connection{
		Side: awsapi.ConsumerSide, Region: "eu-central-1", Endpoints: awsapi.Endpoints{IAM: sim.URL(), STS: sim.URL()},
		Keys: awsapi.Keys{AccessKey: key.AccessKeyID, SecretKey: awsapi.Secret(key.SecretAccessKey)},
	})
	if err != nil {
		t.Fatal(err)
	}
	cloud := awsapi.NewCloud(account, nil, func(ctx context.Context, _ time.Duration) error { return ctx.Err() })
	return &s3share.ProviderData{Exchange: reconcile.NewExchange(cloud, reconcile.New(cloud, time.Now))}
}

// open opens the ephemeral resource with some arguments.
func open(t *testing.T, resource ephemeral.EphemeralResource, arguments map[string]string) ephemeral.OpenResponse {
	t.Helper()
	var schema ephemeral.SchemaResponse
	resource.Schema(t.Context(), ephemeral.SchemaRequest{}, &schema)
	kind, ok := schema.Schema.Type().TerraformType(t.Context()).(tftypes.Object)
	if !ok {
		t.Fatal("the schema is no object")
	}
	values := map[string]tftypes.Value{}
	for name, attribute := range kind.AttributeTypes {
		values[name] = tftypes.NewValue(attribute, nil)
		if text, given := arguments[name]; given {
			values[name] = tftypes.NewValue(attribute, text)
		}
	}
	raw := tftypes.NewValue(kind, values)
	response := ephemeral.OpenResponse{Result: tfsdk.EphemeralResultData{Schema: schema.Schema, Raw: raw}}
	resource.Open(t.Context(), ephemeral.OpenRequest{Config: tfsdk.Config{Schema: schema.Schema, Raw: raw}}, &response)
	return response
}

// AWS does not say why it refuses a role, so the error lists what there is to look at; which one depends on whether an
// external ID was given.
func TestRefusalNamesLikelyCauses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		arguments map[string]string
		says      []string
		not       string
	}{
		"with an external ID": {
			map[string]string{"role_arn": role, "external_id": "Example-Wrong"},
			[]string{"with an external ID. AWS refused it 8 times within 60 seconds", "the external ID is not one that the role accepts now"},
			"none is given in external_id",
		},
		"without an external ID": {
			map[string]string{"role_arn": role},
			[]string{"without an external ID. AWS refused it 8 times within 60 seconds", "the role asks for an external ID, and none is given in external_id"},
			"is not one that the role accepts now",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			resource := s3share.NewEphemeralCredentials()
			configurable, ok := resource.(ephemeral.EphemeralResourceWithConfigure)
			if !ok {
				t.Fatal("it takes no provider data")
			}
			configurable.Configure(t.Context(), ephemeral.ConfigureRequest{ProviderData: data(t)}, &ephemeral.ConfigureResponse{})
			response := open(t, resource, c.arguments)
			if len(response.Diagnostics) != 1 {
				t.Fatalf("got %v", response.Diagnostics)
			}
			said := response.Diagnostics[0]
			if want := "There are no credentials of " + role; said.Summary() != want {
				t.Errorf("the summary is %q, want %q", said.Summary(), want)
			}
			for _, words := range append(c.says, "with credentials of account "+consumerID, "consumer_policy",
				"AWS said AccessDenied: User: arn:aws:iam::"+consumerID+":user/admin is not authorized to perform: sts:AssumeRole", "request ID") {
				if !strings.Contains(said.Detail(), words) {
					t.Errorf("the detail lacks %q:\n%s", words, said.Detail())
				}
			}
			if strings.Contains(said.Detail(), c.not) || strings.Contains(said.Detail(), "Example-Wrong") {
				t.Errorf("the detail says too much:\n%s", said.Detail())
			}
		})
	}
}
