package acctest

import (
	"regexp"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

const oneShare = "data.crossaccount_s3_share.one"

func TestShareDataSource(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
		Config: w.Provider(w.ConsumerConnection()) + Share(`  consumer = {
    account_id      = "222222222222"
    principals      = ["arn:aws:iam::222222222222:role/etl"]
    attach_to_roles = ["etl"]
  }`, `  access = ["read", "list"]`, `  prefixes = ["reports/"]`) + `
data "crossaccount_s3_share" "one" {
  bucket = crossaccount_s3_share.test.bucket
  name   = crossaccount_s3_share.test.name
}

output "same_id" {
  value = nonsensitive(data.crossaccount_s3_share.one.external_id == crossaccount_s3_share.test.external_id)
}
`,
		ConfigPlanChecks: nothingLeft,
		Check:            resource.TestCheckOutput("same_id", "true"),
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("role_arn"), knownvalue.StringExact(roleARN)),
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("access"), knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("list"), knownvalue.StringExact("read")})),
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("consumer").AtMapKey("attach_to_roles"), knownvalue.SetExact([]knownvalue.Check{knownvalue.StringExact("etl")})),
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("drift"), knownvalue.ListSizeExact(0)),
			statecheck.ExpectKnownValue(oneShare, tfjsonpath.New("hashicorp_aws_config"), knownvalue.StringRegexp(regexp.MustCompile(`(?s)import \{.*resource "aws_iam_role" "etl-reports".*"sts:ExternalId": "\$\{var\.external_id\}".*removed \{`))),
			statecheck.ExpectSensitiveValue(oneShare, tfjsonpath.New("external_id")),
		},
	}}})
}

func TestShareDataSourceOfNothing(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
		Config: w.Provider() + `data "crossaccount_s3_share" "one" {
  bucket = "acme-data"
  name   = "nobody"
}`,
		ExpectError: words("Account 111111111111 has no role named nobody"),
	}}})
}

// Who can reach the bucket is told with its findings; a share that narrows its consumer has none.
func TestBucketAccess(t *testing.T) {
	RequireCLI(t)
	for name, way := range map[string]string{"through the role": "", "through an access point": viaPoint} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mustTellWhoReaches(t, way)
		})
	}
}

func mustTellWhoReaches(t *testing.T, way string) {
	t.Helper()
	w := NewWorld(t, awssim.Options{})
	w.PutBucketPolicy(t, `{"Version":"2012-10-17","Statement":[{"Sid":"Vendor","Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/vendor/*"},`+denyInsecure+`]}`)
	w.openRole(t)
	entry := func(i int, attribute string) tfjsonpath.Path {
		return tfjsonpath.New("entries").AtSliceIndex(i).AtMapKey(attribute)
	}
	const access = "data.crossaccount_s3_bucket_access.all"
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
		Config: w.Provider() + Share(OnlyEtl, way, `  prefixes = ["reports/"]`) + `
data "crossaccount_s3_bucket_access" "all" {
  bucket = crossaccount_s3_share.test.bucket
}
`,
		ConfigStateChecks: []statecheck.StateCheck{
			statecheck.ExpectKnownValue(access, tfjsonpath.New("complete"), knownvalue.Bool(true)),
			statecheck.ExpectKnownValue(access, tfjsonpath.New("entries"), knownvalue.ListSizeExact(3)),
			statecheck.ExpectKnownValue(access, entry(0, "via"), knownvalue.StringExact("share")),
			statecheck.ExpectKnownValue(access, entry(0, "findings"), knownvalue.ListSizeExact(0)),
			statecheck.ExpectKnownValue(access, entry(0, "sentence"), knownvalue.StringRegexp(regexp.MustCompile(`^arn:aws:iam::222222222222:role/etl may read s3://acme-data/reports/\* through `+roleARN+`$`))),
			statecheck.ExpectKnownValue(access, entry(1, "via"), knownvalue.StringExact("role")),
			statecheck.ExpectKnownValue(access, entry(1, "role_arn"), knownvalue.StringExact("arn:aws:iam::111111111111:role/open")),
			statecheck.ExpectKnownValue(access, entry(1, "findings").AtSliceIndex(0).AtMapKey("sentence"), knownvalue.StringRegexp(regexp.MustCompile(`whole account 222222222222`))),
			statecheck.ExpectKnownValue(access, entry(2, "via"), knownvalue.StringExact("bucket policy")),
			statecheck.ExpectKnownValue(access, entry(2, "account_id"), knownvalue.StringExact(OtherID)),
		},
	}}})
}

// openRole is a role of the owner that the whole consumer account may assume, without an external ID.
func (w *World) openRole(t *testing.T) {
	t.Helper()
	client := w.IAM(w.SetupKey)
	trusts := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}`
	if _, err := client.CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("open"), AssumeRolePolicyDocument: &trusts}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: aws.String("open"), PolicyName: aws.String("read"), PolicyDocument: aws.String(readReports)}); err != nil {
		t.Fatal(err)
	}
}

// The list is asked for as terraform query asks, because not every CLI can.
func TestListOfShares(t *testing.T) {
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "reports/q1.csv", "q1")
	w.openRole(t)
	w.makeByHand(t, handMades["role with a managed policy, and no bucket statement"])
	if _, err := w.IAM(w.SetupKey).TagRole(t.Context(), &iam.TagRoleInput{RoleName: theRole, Tags: ownershipTag}); err != nil {
		t.Fatal(err)
	}
	p := w.speak(t, nil)
	const made = "etl-reports, for account 222222222222"
	for name, c := range map[string]struct {
		config map[string]tftypes.Value
		want   []string
	}{
		"all":                        {nil, []string{made}},
		"of the bucket":              {map[string]tftypes.Value{"bucket": text(Bucket)}, []string{made}},
		"of another bucket":          {map[string]tftypes.Value{"bucket": text("acme-more")}, nil},
		"of the consumer":            {map[string]tftypes.Value{"consumer_account_id": text(ConsumerID)}, []string{made}},
		"of another consumer":        {map[string]tftypes.Value{"consumer_account_id": text(OtherID)}, nil},
		"under a path":               {map[string]tftypes.Value{"role_path": text("/partners/")}, []string{made}},
		"under another path":         {map[string]tftypes.Value{"role_path": text("/crossaccount/")}, nil},
		"with those made by hand":    {map[string]tftypes.Value{"include_candidates": tftypes.NewValue(tftypes.Bool, true)}, []string{made, "open, for account 222222222222 (hand-made)"}},
		"without those made by hand": {map[string]tftypes.Value{"include_candidates": tftypes.NewValue(tftypes.Bool, false)}, []string{made}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var names []string
			for _, result := range p.list(t, c.config) {
				names = append(names, result.DisplayName)
				if result.Identity == nil || result.Resource == nil {
					t.Errorf("%s comes without identity or attributes", result.DisplayName)
				}
			}
			slices.Sort(names)
			if !slices.Equal(names, c.want) {
				t.Errorf("listed %v, want %v", names, c.want)
			}
		})
	}
}

// list asks for shares with their attributes.
func (p *protocol) list(t *testing.T, config map[string]tftypes.Value) []tfprotov6.ListResourceResult {
	t.Helper()
	results := p.ask(t, tfprotov6.ListResourceRequest{Config: p.listConfig(t, config), IncludeResource: true, Limit: 100})
	for _, result := range results {
		mustBeQuiet(t, nil, result.Diagnostics)
	}
	return results
}

func (p *protocol) listConfig(t *testing.T, given map[string]tftypes.Value) *tfprotov6.DynamicValue {
	t.Helper()
	return p.value(t, p.schema.ListResourceSchemas[typeName].ValueType(), given)
}

// ask lists shares, whatever the diagnostics.
func (p *protocol) ask(t *testing.T, request tfprotov6.ListResourceRequest) []tfprotov6.ListResourceResult {
	t.Helper()
	server, ok := p.server.(tfprotov6.ProviderServerWithListResource) //nolint:staticcheck // ProviderServer itself does not list yet
	if !ok {
		t.Fatal("the provider lists nothing")
	}
	request.TypeName = typeName
	stream, err := server.ListResource(t.Context(), &request)
	if err != nil {
		t.Fatal(err)
	}
	return slices.Collect(stream.Results)
}

// ownershipTag marks a role as made by the provider for the bucket.
var ownershipTag = []types.Tag{{Key: aws.String("crossaccount:bucket"), Value: aws.String(Bucket)}}
