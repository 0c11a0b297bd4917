package acctest

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/plancheck"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// What is written differently and means the same is no drift.
func TestDifferencesWithoutMeaning(t *testing.T) {
	RequireCLI(t)
	for name, change := range map[string]func(ctx context.Context, w *World) error{
		"lists for scalars, an account ID for its root": trust(
			`{"Sid":"Consumer","Effect":"Allow","Principal":{"AWS":["222222222222"]},"Action":["sts:AssumeRole"],"Condition":{"ArnLike":{"AWS:principalarn":["arn:aws:iam::222222222222:role/etl"]},"StringEquals":{"sts:externalid":["%[2]s"]}}}`),
		"case of actions, order of members": permissions(
			`{"Statement":[{"Action":["S3:GETOBJECT"],"Sid":"Objects","Resource":["arn:aws:s3:::acme-data/reports/*"],"Effect":"Allow"}],"Version":"2012-10-17"}`),
		"a tag key in other case": func(ctx context.Context, w *World) error {
			_, err := w.IAM(w.SetupKey).TagRole(ctx, &iam.TagRoleInput{RoleName: theRole, Tags: []types.Tag{{Key: aws.String("TEAM"), Value: aws.String("data")}}})
			return err
		},
		"white space": bucketPolicy(func(text string) string { return strings.ReplaceAll(text, `,"`, ",\n \"") }),
		"a use of the role": func(ctx context.Context, w *World) error {
			id, err := w.externalID(ctx)
			if err != nil {
				return err
			}
			_, err = w.Assume(ctx, w.Consumer.RoleSession("other", "i-1"), roleARN, id)
			if Code(err) == "AccessDenied" {
				return nil // only etl may; the attempt is in the role's history all the same
			}
			return err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			config := w.Provider() + Share(OnlyEtl, `prefixes = ["reports/"]`, `tags = { Team = "data" }`)
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
				{Config: config},
				{
					PreConfig: func() {
						if err := change(t.Context(), w); err != nil {
							t.Fatalf("changing by hand: %v", err)
						}
					},
					Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
				},
			}})
		})
	}
}

// A principal that was deleted shows as its unique ID: whoever takes its name is refused until the next apply.
func TestPinnedPrincipalIsRepaired(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	config := w.Provider() + Share(`consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:role/etl"], pin_principals = true }`)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config},
		{
			PreConfig: func() {
				if _, err := w.IAM(w.ConsumerKey).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("etl")}); err != nil {
					t.Fatal(err)
				}
				w.Consumer.AddRole("/", "etl", mayAssumeAnything)
				_, id := w.identity(t)
				if _, err := w.Assume(t.Context(), w.Consumer.RoleSession("etl", "i-1"), roleARN, id); Code(err) != "AccessDenied" {
					t.Errorf("the role made again is let in before the apply: %v", err)
				}
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply: []plancheck.PlanCheck{
					plancheck.ExpectResourceAction(address, plancheck.ResourceActionUpdate), driftSays("trust policy: names AROA"),
				},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
		},
		{PreConfig: func() {
			_, id := w.identity(t)
			if _, err := w.Assume(t.Context(), w.Consumer.RoleSession("etl", "i-1"), roleARN, id); err != nil {
				t.Errorf("the role made again is refused after the apply: %v", err)
			}
		}, RefreshState: true},
	}})
}

// A refresh alone shows drift and repairs nothing.
func TestRefreshOnlyRepairsNothing(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	config := w.Provider() + Share(OnlyEtl)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config},
		{
			PreConfig: func() {
				if err := permissions(everything)(t.Context(), w); err != nil {
					t.Fatal(err)
				}
				w.Sim.ResetCalls()
			},
			RefreshState: true, ExpectNonEmptyPlan: true,
			RefreshPlanChecks: resource.RefreshPlanChecks{PostRefresh: []plancheck.PlanCheck{driftSays("permissions policy: also allows")}},
		},
		{PreConfig: func() {
			if writes := w.writes(); len(writes) > 0 {
				t.Errorf("the refresh wrote: %v", writes)
			}
		}, Config: config, ConfigPlanChecks: nothingLeft},
	}})
}

// With exclusive = false what others put on the role stays, and is no drift.
func TestNotExclusive(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	config := w.Provider() + Share(OnlyEtl, `exclusive = false`)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config},
		{
			PreConfig: func() {
				if err := drifts["another inline policy"].change(t.Context(), w); err != nil {
					t.Fatal(err)
				}
				w.Sim.ResetCalls()
			},
			Config: config, ConfigPlanChecks: resource.ConfigPlanChecks{PreApply: []plancheck.PlanCheck{plancheck.ExpectEmptyPlan()}},
		},
		{PreConfig: func() {
			if writes := w.writes(); len(writes) > 0 {
				t.Errorf("the apply wrote: %v", writes)
			}
		}, Config: w.Provider() + Share(OnlyEtl), ConfigPlanChecks: nothingLeft},
	}})
	w.mustBeEmpty(t)
}

// One boundary in place of another is told by both names, and exchanged back.
func TestAnotherBoundaryIsRepaired(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	const want, other = "arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", "arn:aws:iam::aws:policy/AdministratorAccess"
	config := w.Provider() + Share(OnlyEtl, `permissions_boundary = "`+want+`"`)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config},
		{
			PreConfig: func() {
				if _, err := w.IAM(w.SetupKey).PutRolePermissionsBoundary(t.Context(), &iam.PutRolePermissionsBoundaryInput{
					RoleName: theRole, PermissionsBoundary: aws.String(other),
				}); err != nil {
					t.Fatal(err)
				}
				w.Sim.ResetCalls()
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{driftSays("permissions boundary: is " + other + " instead of " + want)},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
		},
		{PreConfig: func() {
			if writes := w.writes(); !slices.Equal(writes, []string{"PutRolePermissionsBoundary"}) {
				t.Errorf("the repair wrote %v", writes)
			}
		}, RefreshState: true},
	}})
}

// A pinned user that was deleted shows as AIDA…, as a role shows as AROA….
func TestPinnedUserIsRepaired(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddUser("/", "ann", mayAssumeAnything)
	config := w.Provider() + Share(`consumer = { account_id = "222222222222", principals = ["arn:aws:iam::222222222222:user/ann"], pin_principals = true }`)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{
		{Config: config},
		{
			PreConfig: func() {
				client, name := w.IAM(w.ConsumerKey), aws.String("ann")
				if _, err := client.DeleteUserPolicy(t.Context(), &iam.DeleteUserPolicyInput{UserName: name, PolicyName: aws.String("setup-1")}); err != nil {
					t.Fatal(err)
				}
				if _, err := client.DeleteUser(t.Context(), &iam.DeleteUserInput{UserName: name}); err != nil {
					t.Fatal(err)
				}
				w.Consumer.AddUser("/", "ann", mayAssumeAnything)
			},
			Config: config,
			ConfigPlanChecks: resource.ConfigPlanChecks{
				PreApply:             []plancheck.PlanCheck{driftSays("trust policy: names AIDA")},
				PostApplyPostRefresh: nothingLeft.PostApplyPostRefresh,
			},
		},
		{PreConfig: func() {
			_, id := w.identity(t)
			if _, err := w.Assume(t.Context(), w.Consumer.UserKey("ann"), roleARN, id); err != nil {
				t.Errorf("the user made again is refused after the apply: %v", err)
			}
		}, RefreshState: true},
	}})
}
