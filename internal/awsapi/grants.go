package awsapi

// This file creates, lists and revokes grants of KMS keys.

import (
	"context"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Grant is a grant of a key. A grant never changes: what should be different is another grant.
type Grant struct {
	ID string // given by KMS
	// Name makes creating the same grant again give the first one (KMS API Reference, "CreateGrant").
	Name     string
	Grantee  string // ARN; the unique ID of a role or user that is gone
	Retiring string // ARN of who may retire it, "" for none
	// Operations are sorted: Decrypt, GenerateDataKey …
	Operations []string
	// ContextEquals is the encryption context that a request must have; nil for any.
	ContextEquals map[string]string
}

// FindGrants lists all grants of a key, in the order of KMS.
func (c *Cloud) FindGrants(ctx context.Context, key share.KeyARN) ([]Grant, error) {
	var found []Grant
	pages := kms.NewListGrantsPaginator(c.keyClient(key).Grants, &kms.ListGrantsInput{KeyId: aws.String(string(key)), Limit: aws.Int32(100)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, c.owner.failing("kms:ListGrants", err)
		}
		for _, entry := range page.Grants {
			found = append(found, readGrant(entry))
		}
	}
	return found, nil
}

func readGrant(entry types.GrantListEntry) Grant {
	grant := Grant{
		ID: aws.ToString(entry.GrantId), Name: aws.ToString(entry.Name), Grantee: aws.ToString(entry.GranteePrincipal),
		Retiring: aws.ToString(entry.RetiringPrincipal),
	}
	for _, operation := range entry.Operations {
		grant.Operations = append(grant.Operations, string(operation))
	}
	slices.Sort(grant.Operations)
	if entry.Constraints != nil && len(entry.Constraints.EncryptionContextEquals) > 0 {
		grant.ContextEquals = entry.Constraints.EncryptionContextEquals
	}
	return grant
}

// PutGrant creates a grant, or finds the same one by its name, and gives its ID. A grantee that was made a moment ago is
// waited for, as a principal of a policy is.
func (c *Cloud) PutGrant(ctx context.Context, key share.KeyARN, grant Grant) (id string, err error) {
	input := &kms.CreateGrantInput{
		KeyId: aws.String(string(key)), Name: aws.String(grant.Name), GranteePrincipal: aws.String(grant.Grantee),
	}
	for _, operation := range grant.Operations {
		input.Operations = append(input.Operations, types.GrantOperation(operation))
	}
	if grant.Retiring != "" {
		input.RetiringPrincipal = aws.String(grant.Retiring)
	}
	if grant.ContextEquals != nil {
		input.Constraints = &types.GrantConstraints{EncryptionContextEquals: grant.ContextEquals}
	}
	answer, err := c.keyClient(key).CreateGrant(ctx, input)
	if err != nil {
		return "", c.owner.failing("kms:CreateGrant", err)
	}
	return aws.ToString(answer.GrantId), nil
}

// DeleteGrant revokes a grant; one that is not there any more is no error.
func (c *Cloud) DeleteGrant(ctx context.Context, key share.KeyARN, id string) error {
	_, err := c.keyClient(key).RevokeGrant(ctx, &kms.RevokeGrantInput{KeyId: aws.String(string(key)), GrantId: aws.String(id)})
	return c.owner.unlessAbsent("kms:RevokeGrant", err)
}
