package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// This file shows the bucket policy and compares it with what it was.

// showPolicy shows the bucket policy, a line for each statement, and gives it.
func (t *teller) showPolicy() string {
	t.command("aws s3api get-bucket-policy --bucket " + bucketName + " --query Policy --output text | jq -c '.Statement[]'")
	text := t.bucket.Policy()
	document, err := policy.Parse(text)
	if err != nil {
		t.output(text)
		return text
	}
	var lines []string
	for _, statement := range document.Statements() {
		lines = append(lines, statement.JSON())
	}
	t.output(strings.Join(lines, "\n"))
	return text
}

// sameDocument tells that two policies mean the same.
func sameDocument(want, have string) error {
	wanted, err := policy.Parse(want)
	if err != nil {
		return err
	}
	had, err := policy.Parse(have)
	if err != nil {
		return err
	}
	if !wanted.Equal(had) {
		return errors.New("it is " + have)
	}
	return nil
}

// keeps tells that each statement of one policy is in another, to the byte as S3 shows them.
func keeps(before, after string) error {
	wanted, err := policy.Parse(before)
	if err != nil {
		return err
	}
	have, err := policy.Parse(after)
	if err != nil {
		return err
	}
	there := map[string]bool{}
	for _, statement := range have.Statements() {
		there[statement.JSON()] = true
	}
	for _, statement := range wanted.Statements() {
		if !there[statement.JSON()] {
			return fmt.Errorf("the statement %s is not in the policy", statement.Sid)
		}
	}
	return nil
}
