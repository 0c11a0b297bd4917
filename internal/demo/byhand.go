package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// This file changes policies by hand, as somebody does in the console: take the JSON, edit it, save it.

type document struct {
	Version   string
	ID        string `json:"Id,omitempty"`
	Statement []map[string]any
}

// edited gives a document after a change of one of its statements, the first that is found.
func edited(text string, change func(statement map[string]any) (found bool)) (string, error) {
	var d document
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return "", fmt.Errorf("reading a policy: %w", err)
	}
	for _, statement := range d.Statement {
		if change(statement) {
			changed, err := json.Marshal(d)
			return string(changed), err
		}
	}
	return "", fmt.Errorf("changing a policy by hand: it has no statement to change: %s", text)
}

// dropExternalID takes the external ID condition out of the trust policy of a role.
func (c client) dropExternalID(ctx context.Context, role string) error {
	answer, err := c.iam().GetRole(ctx, &iam.GetRoleInput{RoleName: &role})
	if err != nil {
		return err
	}
	// IAM gives documents percent-encoded (API reference of GetRole).
	text, err := url.PathUnescape(aws.ToString(answer.Role.AssumeRolePolicyDocument))
	if err != nil {
		return err
	}
	changed, err := edited(text, func(statement map[string]any) bool {
		conditions, _ := statement["Condition"].(map[string]any)
		equals, _ := conditions["StringEquals"].(map[string]any)
		_, found := equals["sts:ExternalId"]
		if delete(equals, "sts:ExternalId"); len(equals) == 0 {
			delete(conditions, "StringEquals")
		}
		return found
	})
	if err != nil {
		return err
	}
	_, err = c.iam().UpdateAssumeRolePolicy(ctx, &iam.UpdateAssumeRolePolicyInput{RoleName: &role, PolicyDocument: &changed})
	return err
}

// openStatement lets a statement of the bucket policy hold for every object of the bucket.
func (c client) openStatement(ctx context.Context) error {
	answer, err := c.s3().GetBucketPolicy(ctx, &s3.GetBucketPolicyInput{Bucket: aws.String(bucketName)})
	if err != nil {
		return err
	}
	const narrow, wide = "arn:aws:s3:::" + bucketName + "/reports/*", "arn:aws:s3:::" + bucketName + "/*"
	changed, err := edited(aws.ToString(answer.Policy), func(statement map[string]any) bool {
		resource, err := json.Marshal(statement["Resource"])
		if err != nil || !strings.Contains(string(resource), `"`+narrow+`"`) {
			return false
		}
		statement["Resource"] = wide
		return true
	})
	if err != nil {
		return err
	}
	_, err = c.s3().PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: aws.String(bucketName), Policy: &changed})
	return err
}
