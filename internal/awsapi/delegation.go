package awsapi

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// withoutNeeded leaves out edits that would take statements away which other shares on the bucket need. One look serves
// all edits of a round. Somebody who makes a share at this moment may lose the statements: they only delegate, so that
// nobody is refused, and the next plan shows that they are missing.
func (c *Cloud) withoutNeeded(ctx context.Context, edits []edit) ([]edit, error) {
	needed := map[string]bool{}
	var kept []edit
	for _, one := range edits {
		if !one.releases() {
			kept = append(kept, one)
			continue
		}
		what := string(one.spec.Path) + " " + string(one.spec.Via)
		if _, asked := needed[what]; !asked {
			var err error
			if needed[what], err = c.isShared(ctx, one.spec); err != nil {
				return nil, err
			}
		}
		if !needed[what] {
			kept = append(kept, one)
		}
	}
	return kept, nil
}

// isShared tells that another share needs what is common: one with an access point of the bucket, or one whose role is under
// the same path.
func (c *Cloud) isShared(ctx context.Context, spec share.Spec) (bool, error) {
	if spec.UsesAccessPoint() {
		return c.hasAccessPoints(ctx, spec)
	}
	listed, err := c.listRoles(ctx, spec.Path)
	if err != nil {
		return false, err
	}
	others := slices.DeleteFunc(listed, func(role types.Role) bool {
		return aws.ToString(role.Path) != string(spec.Path) || aws.ToString(role.RoleName) == string(spec.Name)
	})
	for _, other := range others {
		role, err := c.owner.findRole(ctx, aws.ToString(other.RoleName))
		if err != nil {
			return false, err
		}
		if role != nil && role.MadeFor(spec.Bucket) {
			return true, nil
		}
	}
	return false, nil
}
