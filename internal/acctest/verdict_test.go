package acctest

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/knownvalue"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"
	"github.com/hashicorp/terraform-plugin-testing/statecheck"
	"github.com/hashicorp/terraform-plugin-testing/tfjsonpath"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// denyAll is a Deny of somebody else's on the whole bucket, with a condition.
func denyAll(sid, condition string) string {
	return `{"Version":"2012-10-17","Statement":[{"Sid":"` + sid + `","Effect":"Deny","Principal":"*","Action":"s3:*",` +
		`"Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"],"Condition":` + condition + `}]}`
}

// Each Deny stands beside its harmless twin. The owner's own calls go through all of them.
func TestPlanTellsWhatWillNotWork(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	mirror, cli := built(t)
	const ours, admins = `"arn:aws:iam::111111111111:role/crossaccount/etl-reports"`, `"arn:aws:iam::111111111111:user/*","arn:aws:iam::111111111111:root"`
	const refused = `bucket policy statement "BreakGlass" refuses s3:GetObject for sessions of this role`
	tests := map[string]struct {
		policy, more string
		says, not    []string
		fails        bool
	}{
		"a list of roles without the share's": {
			policy: denyAll("BreakGlass", `{"ArnNotLike":{"aws:PrincipalArn":[`+admins+`]}}`),
			says:   []string{"Warning: Share acme-data/etl-reports will not give all that it promises", refused, "cannot read s3://acme-data/*"},
		},
		"a list of roles with the share's": {
			policy: denyAll("BreakGlass", `{"ArnNotLike":{"aws:PrincipalArn":[`+admins+`,`+ours+`]}}`),
			not:    []string{"Warning", "BreakGlass"},
		},
		"enforced, a list of roles without the share's": {
			policy: denyAll("BreakGlass", `{"ArnNotLike":{"aws:PrincipalArn":[`+admins+`]}}`), more: `  enforce_verdict = true`,
			says:  []string{"Error: Share acme-data/etl-reports will not give all that it promises", refused, "Nothing was changed"},
			fails: true,
		},
		"enforced, a list of roles with the share's": {
			policy: denyAll("BreakGlass", `{"ArnNotLike":{"aws:PrincipalArn":[`+admins+`,`+ours+`]}}`), more: `  enforce_verdict = true`,
			not: []string{"Warning", "Error", "BreakGlass"},
		},
		"only sessions through one endpoint": {
			policy: denyAll("DenyOutsideVpc", `{"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"},"ArnNotLike":{"aws:PrincipalArn":[`+admins+`]}}`),
			more:   `  enforce_verdict = true`,
			says: []string{"Warning: Share acme-data/etl-reports works under conditions that others set",
				`bucket policy statement "DenyOutsideVpc" refuses s3:GetObject for sessions of this role unless aws:SourceVpce is vpce-1a2b3c4d`},
		},
		"only sessions through one endpoint, and the share is for another": {
			policy: denyAll("DenyOutsideVpc", `{"StringNotEquals":{"aws:SourceVpce":"vpce-1a2b3c4d"},"ArnNotLike":{"aws:PrincipalArn":[`+admins+`]}}`),
			more:   `  perimeter = { source_vpce_ids = ["vpce-5e6f7a8b"] }`,
			says:   []string{"will not give all that it promises", "no call of s3:GetObject meets all of these conditions together"},
		},
		"only over TLS, as every SDK calls": {
			policy: denyAll("TLSOnly", `{"Bool":{"aws:SecureTransport":"false"},"ArnNotLike":{"aws:PrincipalArn":[`+admins+`]}}`),
			not:    []string{"Warning", "TLSOnly"},
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.PutBucketPolicy(t, test.policy)
			in := emptyWorkspace(t, mirror, cli)
			mustWrite(t, in, "main.tf", required+w.Provider()+Share(OnlyEtl, test.more))
			mustRun(t, in, "init")
			result, err := in.Terraform(t.Context(), nil, "apply", "-auto-approve", "-no-color")
			if err != nil {
				t.Fatal(err)
			}
			said := unwrapped(result.Stdout + result.Stderr)
			for _, sentence := range test.says {
				if !strings.Contains(said, sentence) {
					t.Errorf("it does not say %q:\n%s", sentence, said)
				}
			}
			for _, word := range test.not {
				if strings.Contains(said, word) {
					t.Errorf("it says %q:\n%s", word, said)
				}
			}
			if made := len(w.Owner.RoleNames()); (result.Code != 0) != test.fails || (made == 0) != test.fails {
				t.Errorf("terraform ended with %d and %d roles were made:\n%s", result.Code, made, said)
			}
			if test.fails && len(w.writes()) > 0 {
				t.Errorf("something was written: %v", w.writes())
			}
		})
	}
}

// unwrapped undoes the line breaks and the margin of the CLI.
func unwrapped(said string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(said, "│", " ")), " ")
}

// The verdict follows the bucket policy, also when somebody else changes it, and is no change of the share.
func TestVerdictFollowsTheBucketPolicy(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	config := w.Provider() + Share(OnlyEtl, `  access = ["read", "list"]`)
	verdict := func(sentences ...string) statecheck.StateCheck {
		list := []knownvalue.Check{}
		for _, sentence := range append([]string{
			"role etl of account 222222222222 can assume the role with the external ID",
			"role etl of account 222222222222 needs consumer_policy for it, or another policy that allows sts:AssumeRole on " + roleARN,
		}, sentences...) {
			list = append(list, knownvalue.StringExact(sentence))
		}
		return statecheck.ExpectKnownValue(address, tfjsonpath.New("verdict"), knownvalue.ListExact(list))
	}
	resource.Test(t, resource.TestCase{
		ProtoV6ProviderFactories: Factories(),
		Steps: []resource.TestStep{
			{
				Config: config,
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply:             []plancheck.PlanCheck{plancheck.ExpectUnknownValue(address, tfjsonpath.New("verdict"))},
					PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh, PostApplyPreRefresh: nothingLeft.PostApplyPreRefresh,
				},
				ConfigStateChecks: []statecheck.StateCheck{verdict("sessions of the role can read and list s3://acme-data/*")},
			},
			{
				PreConfig: func() {
					before := strings.TrimSuffix(w.BucketPolicy(t), "]}")
					w.PutBucketPolicy(t, before+`,{"Sid":"NoLists","Effect":"Deny","Principal":{"AWS":"`+roleARN+`"},"Action":"s3:ListBucket","Resource":"arn:aws:s3:::acme-data"}]}`)
				},
				Config:           config,
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				ConfigStateChecks: []statecheck.StateCheck{verdict(
					"sessions of the role can read s3://acme-data/*", "sessions of the role cannot list s3://acme-data/*",
					`bucket policy statement "NoLists" refuses s3:ListBucket for sessions of this role`)},
			},
			{
				Config: w.Provider() + Share(OnlyEtl),
				ConfigPlanChecks: resource.ConfigPlanChecks{
					PreApply: []plancheck.PlanCheck{plancheck.ExpectUnknownValue(address, tfjsonpath.New("verdict"))},
				},
				ConfigStateChecks: []statecheck.StateCheck{verdict("sessions of the role can read s3://acme-data/*")},
			},
			{
				Config: w.Provider() + Share(OnlyEtl, `  description = "as before"`),
				ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate),
					plancheck.ExpectKnownValue(address, tfjsonpath.New("verdict"), knownvalue.ListSizeExact(3)),
				}},
			},
			{
				Config: w.Provider() + Share(OnlyEtl, `  bucket_policy_mode = "output_only"`),
				ConfigStateChecks: []statecheck.StateCheck{verdict("sessions of the role can read s3://acme-data/* under the conditions below",
					`the bucket policy is not read with bucket_policy_mode = "output_only": whether a statement in it refuses something is not known`)},
			},
		},
	})
}
