package awsapi

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// findInlinePolicy reads one inline policy of a role; nil when the policy or the role is not there.
func (a *Account) findInlinePolicy(ctx context.Context, role, name string) (*policy.Document, error) {
	answer, err := a.iam.GetRolePolicy(ctx, &iam.GetRolePolicyInput{RoleName: &role, PolicyName: &name})
	if IsAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, a.failing("iam:GetRolePolicy", err)
	}
	document, err := readDocument(aws.ToString(answer.PolicyDocument))
	if err != nil {
		return nil, fmt.Errorf("reading inline policy %s of role %s: %w", name, role, err)
	}
	return &document, nil
}

// findInlinePolicies reads the role's own inline policy, what revokes sessions, and the names of all others. The own one is
// hardly ever missing, so it is read beside the list; where the list does not name it, nobody needs leave to read it.
func (a *Account) findInlinePolicies(ctx context.Context, role string) ([]share.NamedPolicy, error) {
	var own *policy.Document
	var failed error
	var reading sync.WaitGroup
	reading.Go(func() { own, failed = a.findInlinePolicy(ctx, role, share.PermissionsPolicyName) })
	names, err := a.listInlinePolicies(ctx, role)
	reading.Wait()
	if err == nil && (slices.Contains(names, share.PermissionsPolicyName) || !IsDenied(failed)) {
		err = failed
	}
	if err != nil {
		return nil, err
	}
	var found []share.NamedPolicy
	for _, name := range names {
		document := own
		switch name {
		case share.PermissionsPolicyName:
		case share.RevocationPolicyName:
			if document, err = a.findInlinePolicy(ctx, role, name); err != nil {
				return nil, err
			}
		default:
			document = &policy.Document{}
		}
		if document != nil {
			found = append(found, share.NamedPolicy{Name: name, Document: *document})
		}
	}
	return found, nil
}

// listInlinePolicies gives the names of all inline policies of a role in order, none when there is no role.
func (a *Account) listInlinePolicies(ctx context.Context, role string) (names []string, err error) {
	pages := iam.NewListRolePoliciesPaginator(a.iam.ListRolePolicies, &iam.ListRolePoliciesInput{RoleName: &role})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if IsAbsent(err) {
			return nil, nil
		}
		if err != nil {
			return nil, a.failing("iam:ListRolePolicies", err)
		}
		names = append(names, page.PolicyNames...)
	}
	slices.Sort(names)
	return names, nil
}

// findAttachedPolicies reads the ARNs of the managed policies on a role.
func (a *Account) findAttachedPolicies(ctx context.Context, role string) ([]string, error) {
	pages := iam.NewListAttachedRolePoliciesPaginator(a.iam.ListAttachedPolicies, &iam.ListAttachedRolePoliciesInput{RoleName: &role})
	var found []string
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if IsAbsent(err) {
			return nil, nil
		}
		if err != nil {
			return nil, a.failing("iam:ListAttachedRolePolicies", err)
		}
		for _, attached := range page.AttachedPolicies {
			found = append(found, aws.ToString(attached.PolicyArn))
		}
	}
	slices.Sort(found)
	return found, nil
}

func (a *Account) putInlinePolicy(ctx context.Context, role string, inline share.NamedPolicy) error {
	_, err := a.iam.PutRolePolicy(ctx, &iam.PutRolePolicyInput{
		RoleName: &role, PolicyName: &inline.Name, PolicyDocument: aws.String(inline.Document.JSON()),
	})
	return a.failing("iam:PutRolePolicy", err)
}

func (a *Account) deleteInlinePolicy(ctx context.Context, role, name string) error {
	_, err := a.removeInlinePolicy(ctx, role, name)
	return err
}

// removeInlinePolicy deletes an inline policy and tells whether it was not there.
func (a *Account) removeInlinePolicy(ctx context.Context, role, name string) (absent bool, err error) {
	_, err = a.iam.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &role, PolicyName: &name})
	return IsAbsent(err), a.unlessAbsent("iam:DeleteRolePolicy", err)
}

func (a *Account) detachPolicy(ctx context.Context, role, arn string) error {
	_, err := a.iam.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &role, PolicyArn: &arn})
	return a.unlessAbsent("iam:DetachRolePolicy", err)
}

// findConsumerPolicy reads our policy on one role of the consumer. GetRolePolicy answers NoSuchEntity for a missing role
// as for a missing policy, so the role is asked for only when the difference matters: when nothing was found.
func (a *Account) findConsumerPolicy(ctx context.Context, role, name string) (share.ConsumerPolicy, error) {
	document, err := a.findInlinePolicy(ctx, role, name)
	if err != nil || document != nil {
		return share.ConsumerPolicy{RoleName: role, Document: document}, err
	}
	_, err = a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &role})
	if IsAbsent(err) {
		return share.ConsumerPolicy{RoleName: role, RoleMissing: true}, nil
	}
	// Without permission to read the role, nothing says that it is missing.
	if IsDenied(err) {
		return share.ConsumerPolicy{RoleName: role}, nil
	}
	return share.ConsumerPolicy{RoleName: role}, a.failing("iam:GetRole", err)
}
