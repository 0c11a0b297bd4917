package awsapi

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// ObserveForImport reads what shares of ours do not have but a share made by hand may: the documents of other inline
// policies and of managed policies; and the roles of the consumer that carry the consumer policy. What the caller may
// not read is left out.
func (c *Cloud) ObserveForImport(ctx context.Context, spec share.Spec, observed share.Observed) (share.Observed, error) {
	role := string(spec.Name)
	observed.Inline = slices.Clone(observed.Inline)
	for i, inline := range observed.Inline {
		if inline.Name == share.PermissionsPolicyName || inline.Name == share.RevocationPolicyName {
			continue
		}
		document, err := c.owner.findInlinePolicy(ctx, role, inline.Name)
		if err != nil && !IsDenied(err) {
			return observed, err
		}
		if document != nil {
			observed.Inline[i].Document = *document
		}
	}
	for _, arn := range observed.Attached {
		document, err := c.owner.findManagedPolicy(ctx, arn)
		if err != nil && !IsDenied(err) {
			return observed, err
		}
		if document != nil {
			observed.AttachedDocuments = append(observed.AttachedDocuments, share.NamedPolicy{Name: arn, Document: *document})
		}
	}
	if c.consumer == nil {
		return observed, nil
	}
	roles, err := c.consumer.findRolesWith(ctx, spec.ConsumerPolicyName())
	if err != nil && !IsDenied(err) {
		return observed, err
	}
	observed.Consumer, err = c.ObserveConsumer(ctx, spec, roles)
	return observed, err
}

// findManagedPolicy reads the version of a managed policy that is in force; nil when there is none.
func (a *Account) findManagedPolicy(ctx context.Context, arn string) (*policy.Document, error) {
	found, err := a.iam.GetPolicy(ctx, &iam.GetPolicyInput{PolicyArn: &arn})
	if IsAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, a.failing("iam:GetPolicy", err)
	}
	version, err := a.iam.GetPolicyVersion(ctx, &iam.GetPolicyVersionInput{PolicyArn: &arn, VersionId: found.Policy.DefaultVersionId})
	if IsAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, a.failing("iam:GetPolicyVersion", err)
	}
	document, err := readDocument(aws.ToString(version.PolicyVersion.Document))
	if err != nil {
		return nil, fmt.Errorf("reading managed policy %s: %w", arn, err)
	}
	return &document, nil
}

// findRolesWith names the roles of the account that have an inline policy of that name, by one paged sweep.
func (a *Account) findRolesWith(ctx context.Context, inline string) ([]string, error) {
	var roles []string
	err := a.eachDetail(ctx, []types.EntityType{types.EntityTypeRole}, func(page detailPage) error {
		for _, role := range page.RoleDetailList {
			if slices.ContainsFunc(role.RolePolicyList, func(p types.PolicyDetail) bool { return aws.ToString(p.PolicyName) == inline }) {
				roles = append(roles, aws.ToString(role.RoleName))
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(roles)
	return roles, nil
}
