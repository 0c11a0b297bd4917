package awsapi

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// findRole reads a role; nil when there is none.
func (a *Account) findRole(ctx context.Context, name string) (*share.Role, error) {
	answer, err := a.iam.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if IsAbsent(err) {
		return nil, nil
	}
	if err != nil {
		return nil, a.failing("iam:GetRole", err)
	}
	found, err := readRole(answer.Role)
	if err == nil && !strings.HasPrefix(found.ARN, "arn:") {
		found.ARN, err = a.roleARN(ctx, *found, name)
	}
	return found, err
}

// roleARN builds the ARN of a role, in whose place GetRole may show the unique ID for a while after CreateRole.
func (a *Account) roleARN(ctx context.Context, role share.Role, name string) (string, error) {
	identity, err := a.Identity(ctx)
	owner := share.Account{ID: identity.AccountID, Partition: identity.Partition}
	return share.Spec{Owner: owner, Path: role.Path, Name: share.Name(name)}.RoleARN(), err
}

// readRole turns IAM's answer into a share's role.
func readRole(role *types.Role) (*share.Role, error) {
	trust, err := readDocument(aws.ToString(role.AssumeRolePolicyDocument))
	if err != nil {
		return nil, fmt.Errorf("reading the trust policy of role %s: %w", aws.ToString(role.RoleName), err)
	}
	found := &share.Role{
		ARN:      aws.ToString(role.Arn),
		UniqueID: aws.ToString(role.RoleId),
		Path:     share.Path(aws.ToString(role.Path)),
		Trust:    trust,
		Created:  aws.ToTime(role.CreateDate),
		Settings: share.RoleSettings{
			MaxSessionDuration: length(role.MaxSessionDuration),
			Description:        aws.ToString(role.Description),
			Tags:               readTags(role.Tags),
		},
	}
	if role.RoleLastUsed != nil {
		found.LastUsed = aws.ToTime(role.RoleLastUsed.LastUsedDate)
	}
	if role.PermissionsBoundary != nil {
		found.Settings.PermissionsBoundary = aws.ToString(role.PermissionsBoundary.PermissionsBoundaryArn)
	}
	return found, nil
}

// readDocument decodes a policy document of IAM, which is percent-encoded by RFC 3986 (API reference of GetRole). A plus
// sign is itself there, so it is not a query that is decoded.
func readDocument(encoded string) (policy.Document, error) {
	text, err := url.PathUnescape(encoded)
	if err != nil {
		return policy.Document{}, fmt.Errorf("decoding a policy document: %w", err)
	}
	return policy.Parse(text)
}

func readTags(tags []types.Tag) map[string]string {
	found := make(map[string]string, len(tags))
	for _, tag := range tags {
		found[aws.ToString(tag.Key)] = aws.ToString(tag.Value)
	}
	return found
}

func writeTags(tags map[string]string) []types.Tag {
	written := make([]types.Tag, 0, len(tags))
	for key, value := range tags {
		written = append(written, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	slices.SortFunc(written, func(x, y types.Tag) int { return strings.Compare(*x.Key, *y.Key) })
	return written
}

// createRole makes the role with its trust policy, boundary and tags in one call.
func (a *Account) createRole(ctx context.Context, desired share.Desired) (*share.Role, error) {
	spec := desired.Spec
	input := &iam.CreateRoleInput{
		RoleName:                 aws.String(string(spec.Name)),
		Path:                     aws.String(string(spec.Path)),
		AssumeRolePolicyDocument: aws.String(desired.Trust.JSON()),
		MaxSessionDuration:       seconds(desired.Role.MaxSessionDuration),
		Tags:                     writeTags(desired.Role.Tags),
	}
	if desired.Role.Description != "" {
		input.Description = aws.String(desired.Role.Description)
	}
	if desired.Role.PermissionsBoundary != "" {
		input.PermissionsBoundary = aws.String(desired.Role.PermissionsBoundary)
	}
	answer, err := a.iam.CreateRole(ctx, input)
	if err != nil {
		return nil, hiding(a.failing("iam:CreateRole", err), spec.ExternalIDs)
	}
	return &share.Role{
		ARN: spec.RoleARN(), UniqueID: aws.ToString(answer.Role.RoleId), Path: spec.Path,
		Settings: desired.Role, Trust: desired.Trust,
	}, nil
}

// length reads what seconds wrote.
func length(seconds *int32) time.Duration { return time.Duration(aws.ToInt32(seconds)) * time.Second }

func seconds(duration time.Duration) *int32 {
	return aws.Int32(int32(duration / time.Second)) //nolint:gosec // a session is twelve hours at most
}

func (a *Account) putTrustPolicy(ctx context.Context, desired share.Desired) error {
	_, err := a.iam.UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{
		RoleName: aws.String(string(desired.Spec.Name)), PolicyDocument: aws.String(desired.Trust.JSON()),
	})
	return hiding(a.failing("iam:UpdateAssumeRolePolicy", err), desired.Spec.ExternalIDs)
}

func (a *Account) putSettings(ctx context.Context, desired share.Desired) error {
	_, err := a.iam.UpdateRole(ctx, &iam.UpdateRoleInput{
		RoleName:           aws.String(string(desired.Spec.Name)),
		Description:        aws.String(desired.Role.Description),
		MaxSessionDuration: seconds(desired.Role.MaxSessionDuration),
	})
	return a.failing("iam:UpdateRole", err)
}

func (a *Account) putBoundary(ctx context.Context, desired share.Desired) error {
	_, err := a.iam.PutBoundary(ctx, &iam.PutRolePermissionsBoundaryInput{
		RoleName: aws.String(string(desired.Spec.Name)), PermissionsBoundary: aws.String(desired.Role.PermissionsBoundary),
	})
	return a.failing("iam:PutRolePermissionsBoundary", err)
}

func (a *Account) deleteBoundary(ctx context.Context, name share.Name) error {
	_, err := a.iam.DeleteBoundary(ctx, &iam.DeleteRolePermissionsBoundaryInput{RoleName: aws.String(string(name))})
	return a.unlessAbsent("iam:DeleteRolePermissionsBoundary", err)
}

// putTags takes tags off first: keys differ from those to come by more than case, so none that stays is lost.
func (a *Account) putTags(ctx context.Context, desired share.Desired, remove []string) error {
	name := aws.String(string(desired.Spec.Name))
	if len(remove) > 0 {
		if _, err := a.iam.UntagRole(ctx, &iam.UntagRoleInput{RoleName: name, TagKeys: remove}); err != nil {
			return a.failing("iam:UntagRole", err)
		}
	}
	_, err := a.iam.TagRole(ctx, &iam.TagRoleInput{RoleName: name, Tags: writeTags(desired.Role.Tags)})
	return a.failing("iam:TagRole", err)
}

func (a *Account) deleteRole(ctx context.Context, name share.Name) error {
	_, err := a.iam.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: aws.String(string(name))})
	return a.unlessAbsent("iam:DeleteRole", err)
}

// unlessAbsent takes the absence of what was to be deleted as success.
func (a *Account) unlessAbsent(call string, err error) error {
	if IsAbsent(err) {
		return nil
	}
	return a.failing(call, err)
}
