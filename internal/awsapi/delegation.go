package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"

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
// the same path. The role that was found the last time is looked at first, so that a list is made only when that one has gone.
func (c *Cloud) isShared(ctx context.Context, spec share.Spec) (bool, error) {
	if spec.UsesAccessPoint() {
		return c.hasAccessPoints(ctx, spec)
	}
	last := c.sharing.of(spec.Bucket)
	if name := last.peek(); name != nil && !c.roster.hasWritten(*name) {
		if needs, err := c.needsCommon(ctx, *name, spec); needs || err != nil {
			return needs, err
		}
	}
	listed, err := c.listRoles(ctx, spec.Path)
	if err != nil {
		return false, err
	}
	var others []string
	for _, role := range listed {
		if aws.ToString(role.Path) == string(spec.Path) {
			others = append(others, aws.ToString(role.RoleName))
		}
	}
	for _, name := range c.roster.writtenLast(others) {
		needs, err := c.needsCommon(ctx, name, spec)
		if needs {
			last.put(name)
		}
		if needs || err != nil {
			return needs, err
		}
	}
	return false, nil
}

// needsCommon tells that a role is that of another share under the path and on the bucket of this one.
func (c *Cloud) needsCommon(ctx context.Context, name string, spec share.Spec) (bool, error) {
	if name == string(spec.Name) {
		return false, nil
	}
	role, err := c.owner.findRole(ctx, name)
	return role != nil && role.Path == spec.Path && role.MadeFor(spec.Bucket), err
}
