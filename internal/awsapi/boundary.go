package awsapi

import (
	"context"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// FindBoundary reads the policy that is the permissions boundary of a role: a customer's or one of AWS's own. It is nil when
// there is no such policy. The version that is in force costs a second call.
func (c *Cloud) FindBoundary(ctx context.Context, arn string) (*share.NamedPolicy, error) {
	document, err := c.owner.findManagedPolicy(ctx, arn)
	if err != nil || document == nil {
		return nil, err
	}
	return &share.NamedPolicy{Name: arn, Document: *document}, nil
}
