package awsapi

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/iam"
)

// This file lists the calls of IAM that the provider makes. They are held one by one, and the SDK's client, which has 180
// of them, is turned into no interface and is a field of nothing that is: go-plugin reaches methods by reflection, so that
// the linker keeps all methods of every type that may be behind an interface, five megabytes of code in this case.

// call is one operation of a service: its client's method.
type call[In, Out, Options any] func(context.Context, *In, ...func(*Options)) (*Out, error)

// iamCall is one operation of IAM.
type iamCall[In, Out any] = call[In, Out, iam.Options]

// iamCalls are the operations of IAM by their names.
type iamCalls struct {
	GetRole              iamCall[iam.GetRoleInput, iam.GetRoleOutput]
	GetRolePolicy        iamCall[iam.GetRolePolicyInput, iam.GetRolePolicyOutput]
	ListRolePolicies     listRolePolicies
	ListAttachedPolicies listAttachedPolicies
	GetPolicy            iamCall[iam.GetPolicyInput, iam.GetPolicyOutput]
	GetPolicyVersion     iamCall[iam.GetPolicyVersionInput, iam.GetPolicyVersionOutput]
	ListRoles            listRoles
	GetDetails           getDetails

	CreateRole             iamCall[iam.CreateRoleInput, iam.CreateRoleOutput]
	UpdateRole             iamCall[iam.UpdateRoleInput, iam.UpdateRoleOutput]
	UpdateAssumeRolePolicy iamCall[iam.UpdateAssumeRolePolicyInput, iam.UpdateAssumeRolePolicyOutput]
	PutBoundary            iamCall[iam.PutRolePermissionsBoundaryInput, iam.PutRolePermissionsBoundaryOutput]
	DeleteBoundary         iamCall[iam.DeleteRolePermissionsBoundaryInput, iam.DeleteRolePermissionsBoundaryOutput]
	TagRole                iamCall[iam.TagRoleInput, iam.TagRoleOutput]
	UntagRole              iamCall[iam.UntagRoleInput, iam.UntagRoleOutput]
	PutRolePolicy          iamCall[iam.PutRolePolicyInput, iam.PutRolePolicyOutput]
	DeleteRolePolicy       iamCall[iam.DeleteRolePolicyInput, iam.DeleteRolePolicyOutput]
	DetachRolePolicy       iamCall[iam.DetachRolePolicyInput, iam.DetachRolePolicyOutput]
	DeleteRole             iamCall[iam.DeleteRoleInput, iam.DeleteRoleOutput]
}

func newIAMCalls(client *iam.Client) iamCalls {
	return iamCalls{
		GetRole: client.GetRole, GetRolePolicy: client.GetRolePolicy,
		ListRolePolicies: client.ListRolePolicies, ListAttachedPolicies: client.ListAttachedRolePolicies,
		GetPolicy: client.GetPolicy, GetPolicyVersion: client.GetPolicyVersion,
		ListRoles: client.ListRoles, GetDetails: client.GetAccountAuthorizationDetails,

		CreateRole: client.CreateRole, UpdateRole: client.UpdateRole, UpdateAssumeRolePolicy: client.UpdateAssumeRolePolicy,
		PutBoundary: client.PutRolePermissionsBoundary, DeleteBoundary: client.DeleteRolePermissionsBoundary,
		TagRole: client.TagRole, UntagRole: client.UntagRole,
		PutRolePolicy: client.PutRolePolicy, DeleteRolePolicy: client.DeleteRolePolicy, DetachRolePolicy: client.DetachRolePolicy,
		DeleteRole: client.DeleteRole,
	}
}

// What the SDK's paginators ask of a client, each of one operation.
type (
	listRolePolicies     iamCall[iam.ListRolePoliciesInput, iam.ListRolePoliciesOutput]
	listAttachedPolicies iamCall[iam.ListAttachedRolePoliciesInput, iam.ListAttachedRolePoliciesOutput]
	listRoles            iamCall[iam.ListRolesInput, iam.ListRolesOutput]
	getDetails           iamCall[iam.GetAccountAuthorizationDetailsInput, iam.GetAccountAuthorizationDetailsOutput]
)

// ListRolePolicies implements iam.ListRolePoliciesAPIClient.
func (c listRolePolicies) ListRolePolicies(
	ctx context.Context, in *iam.ListRolePoliciesInput, options ...func(*iam.Options),
) (*iam.ListRolePoliciesOutput, error) {
	return c(ctx, in, options...)
}

// ListAttachedRolePolicies implements iam.ListAttachedRolePoliciesAPIClient.
func (c listAttachedPolicies) ListAttachedRolePolicies(
	ctx context.Context, in *iam.ListAttachedRolePoliciesInput, options ...func(*iam.Options),
) (*iam.ListAttachedRolePoliciesOutput, error) {
	return c(ctx, in, options...)
}

// ListRoles implements iam.ListRolesAPIClient.
func (c listRoles) ListRoles(
	ctx context.Context, in *iam.ListRolesInput, options ...func(*iam.Options),
) (*iam.ListRolesOutput, error) {
	return c(ctx, in, options...)
}

// GetAccountAuthorizationDetails implements iam.GetAccountAuthorizationDetailsAPIClient.
func (c getDetails) GetAccountAuthorizationDetails(
	ctx context.Context, in *iam.GetAccountAuthorizationDetailsInput, options ...func(*iam.Options),
) (*iam.GetAccountAuthorizationDetailsOutput, error) {
	return c(ctx, in, options...)
}
