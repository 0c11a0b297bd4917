package awsapi

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file reads all roles of the owner account at once.

// Sweep reads every role of the owner account with its policies, by one paged call. Documents of AWS's own managed
// policies are left out, since every account has hundreds of them: see ReadManagedPolicies. Descriptions and session lengths
// are not in the answer (API reference of GetAccountAuthorizationDetails, RoleDetail).
func (c *Cloud) Sweep(ctx context.Context) ([]exposure.Role, error) {
	var details []types.RoleDetail
	managed := map[string]policy.Document{}
	wanted := []types.EntityType{types.EntityTypeRole, types.EntityTypeLocalManagedPolicy}
	err := c.owner.eachDetail(ctx, wanted, func(page detailPage) error {
		details = append(details, page.RoleDetailList...)
		for _, found := range page.Policies {
			document, err := readDefaultVersion(found)
			if err != nil {
				return err
			}
			managed[aws.ToString(found.Arn)] = document
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	roles := make([]exposure.Role, 0, len(details))
	for _, detail := range details {
		role, err := readDetail(detail)
		if err != nil {
			return nil, err
		}
		fillManaged(&role, managed)
		roles = append(roles, role)
	}
	return roles, nil
}

// detailPage is one page of GetAccountAuthorizationDetails.
type detailPage = iam.GetAccountAuthorizationDetailsOutput

// eachDetail gives what the account has of some kinds, page by page.
func (a *Account) eachDetail(ctx context.Context, kinds []types.EntityType, take func(detailPage) error) error {
	pages := iam.NewGetAccountAuthorizationDetailsPaginator(a.iam.GetDetails, &iam.GetAccountAuthorizationDetailsInput{
		Filter: kinds, MaxItems: aws.Int32(1000),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return a.failing("iam:GetAccountAuthorizationDetails", err)
		}
		if err := take(*page); err != nil {
			return err
		}
	}
	return nil
}

func readDefaultVersion(found types.ManagedPolicyDetail) (policy.Document, error) {
	for _, version := range found.PolicyVersionList {
		if version.IsDefaultVersion {
			document, err := readDocument(aws.ToString(version.Document))
			if err != nil {
				return document, fmt.Errorf("reading managed policy %s: %w", aws.ToString(found.Arn), err)
			}
			return document, nil
		}
	}
	return policy.Document{}, fmt.Errorf("reading managed policy %s: none of its versions is the default one", aws.ToString(found.Arn))
}

func readDetail(detail types.RoleDetail) (exposure.Role, error) {
	name := aws.ToString(detail.RoleName)
	found, err := readRole(&types.Role{
		RoleName: detail.RoleName, Arn: detail.Arn, RoleId: detail.RoleId, Path: detail.Path, Tags: detail.Tags,
		AssumeRolePolicyDocument: detail.AssumeRolePolicyDocument, PermissionsBoundary: detail.PermissionsBoundary,
		CreateDate: detail.CreateDate, RoleLastUsed: detail.RoleLastUsed,
	})
	if err != nil {
		return exposure.Role{}, err
	}
	role := exposure.Role{Name: name, Parts: share.Observed{Role: found}}
	for _, inline := range detail.RolePolicyList {
		document, err := readDocument(aws.ToString(inline.PolicyDocument))
		if err != nil {
			return role, fmt.Errorf("reading inline policy %s of role %s: %w", aws.ToString(inline.PolicyName), name, err)
		}
		role.Parts.Inline = append(role.Parts.Inline, share.NamedPolicy{Name: aws.ToString(inline.PolicyName), Document: document})
	}
	slices.SortFunc(role.Parts.Inline, func(a, b share.NamedPolicy) int { return strings.Compare(a.Name, b.Name) })
	for _, attached := range detail.AttachedManagedPolicies {
		role.Parts.Attached = append(role.Parts.Attached, aws.ToString(attached.PolicyArn))
	}
	slices.Sort(role.Parts.Attached)
	return role, nil
}

// fillManaged gives a role the documents of its managed policies that are known.
func fillManaged(role *exposure.Role, managed map[string]policy.Document) {
	for _, arn := range role.Parts.Attached {
		if document, known := managed[arn]; known {
			role.Parts.AttachedDocuments = append(role.Parts.AttachedDocuments, share.NamedPolicy{Name: arn, Document: document})
		}
	}
	if document, known := managed[role.Parts.Role.Settings.PermissionsBoundary]; known {
		role.Boundary = &document
	}
}

// ReadManagedPolicies completes roles by the documents of managed policies that they lack, each read once. What the
// caller may not read stays unknown.
func (c *Cloud) ReadManagedPolicies(ctx context.Context, roles []exposure.Role) error {
	read := map[string]policy.Document{}
	asked := map[string]bool{}
	for i := range roles {
		role := &roles[i]
		missing := slices.DeleteFunc(slices.Concat(role.Parts.Attached, []string{role.Parts.Role.Settings.PermissionsBoundary}), func(arn string) bool {
			return arn == "" || slices.ContainsFunc(role.Parts.AttachedDocuments, func(n share.NamedPolicy) bool { return n.Name == arn }) ||
				arn == role.Parts.Role.Settings.PermissionsBoundary && role.Boundary != nil
		})
		for _, arn := range missing {
			if asked[arn] {
				continue
			}
			asked[arn] = true
			document, err := c.owner.findManagedPolicy(ctx, arn)
			if err != nil && !IsDenied(err) {
				return err
			}
			if document != nil {
				read[arn] = *document
			}
		}
		if len(missing) > 0 {
			fillManaged(role, read)
		}
	}
	return nil
}

func (c *Cloud) listRoles(ctx context.Context, under share.Path) ([]types.Role, error) {
	input := &iam.ListRolesInput{MaxItems: aws.Int32(1000)}
	if under != "" {
		input.PathPrefix = aws.String(string(under))
	}
	pages := iam.NewListRolesPaginator(c.owner.iam.ListRoles, input)
	var roles []types.Role
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, c.owner.failing("iam:ListRoles", err)
		}
		roles = append(roles, page.Roles...)
	}
	return roles, nil
}

// RolesUnder reads the roles under a path one by one, for callers who may not sweep. A role that the caller may not read
// is left out.
func (c *Cloud) RolesUnder(ctx context.Context, path share.Path) ([]exposure.Role, error) {
	listed, err := c.listRoles(ctx, path)
	if err != nil {
		return nil, err
	}
	var roles []exposure.Role
	for _, one := range listed {
		role, err := c.roleNamed(ctx, aws.ToString(one.RoleName))
		if IsDenied(err) || err == nil && role == nil {
			continue
		}
		if err != nil {
			return nil, err
		}
		roles = append(roles, *role)
	}
	return roles, nil
}

// roleNamed reads one role with the documents of its inline policies; nil when there is none.
func (c *Cloud) roleNamed(ctx context.Context, name string) (*exposure.Role, error) {
	parts, err := c.ObserveRole(ctx, share.Spec{Name: share.Name(name)})
	if err != nil || parts.Role == nil {
		return nil, err
	}
	for i, inline := range parts.Inline {
		if inline.Name == share.PermissionsPolicyName {
			continue // read already
		}
		document, err := c.owner.findInlinePolicy(ctx, name, inline.Name)
		if err != nil {
			return nil, err
		}
		if document != nil {
			parts.Inline[i].Document = *document
		}
	}
	return &exposure.Role{Name: name, Parts: parts}, nil
}
