package acctest

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// A role that somebody made by hand in the place of the share's is theirs until an apply takes it over: a destroy takes the
// share's statements away and leaves the role.
func TestDestroyLeavesTheRoleInPlaceOfTheShares(t *testing.T) {
	RequireCLI(t)
	for name, c := range map[string]struct {
		takenOver bool
		left      []string
	}{
		"before an apply": {false, []string{"etl-reports"}},
		"after an apply":  {true, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			config := w.Provider() + Share(WholeAccount)
			exchange := func() {
				w.mustDeleteTheRole(t)
				if _, err := w.IAM(w.SetupKey).CreateRole(contextOf(t), &iam.CreateRoleInput{
					RoleName: theRole, Path: aws.String("/crossaccount/"), AssumeRolePolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}]}`),
				}); err != nil {
					t.Error(err)
				}
			}
			steps := []resource.TestStep{{Config: config}}
			if c.takenOver {
				steps = append(steps, resource.TestStep{PreConfig: exchange, Config: config, ConfigPlanChecks: before(updates)})
			} else {
				steps = append(steps, resource.TestStep{PreConfig: exchange, RefreshState: true, ExpectNonEmptyPlan: true})
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: steps})
			if left := w.Owner.RoleNames(); !slices.Equal(left, c.left) {
				t.Errorf("the roles %q are left, want %q", left, c.left)
			}
			if policy := w.BucketPolicy(t); policy != "" {
				t.Errorf("the bucket policy is %s", policy)
			}
		})
	}
}
