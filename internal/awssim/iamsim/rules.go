// This file holds the constraints of IAM's API model, and the checks of whole
// lists of tags.
package iamsim

import (
	"fmt"
	"net/http"
	"regexp"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

const (
	namePattern        = `[\w+=,.@-]+`
	pathPattern        = `(\u002F)|(\u002F[\u0021-\u007E]+\u002F)`
	descriptionPattern = `[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*`
	documentPattern    = `[\u0009\u000A\u000D\u0020-\u00FF]+`
	prefixPattern      = `\u002F[\u0021-\u007F]*`
	tagKeyPattern      = `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`
	tagValuePattern    = `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`
)

var (
	names        = regexp.MustCompile(`^[\w+=,.@-]+$`)
	paths        = regexp.MustCompile(`^(/|/[\x21-\x7E]+/)$`)
	descriptions = regexp.MustCompile(`^[\t\n\r\x20-\x7E\x{A1}-\x{FF}]*$`)
	documents    = regexp.MustCompile(`^[\t\n\r\x20-\x{FF}]+$`)
	prefixes     = regexp.MustCompile(`^/[\x21-\x7F]*$`)
	tagKeys      = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$`)
	tagValues    = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
)

var (
	roleName    = query.Rule{Field: "roleName", Min: 1, Max: 64, Pattern: names, Shown: namePattern}
	userName    = query.Rule{Field: "userName", Min: 1, Max: 64, Pattern: names, Shown: namePattern}
	policyName  = query.Rule{Field: "policyName", Min: 1, Max: 128, Pattern: names, Shown: namePattern}
	profileName = query.Rule{Field: "instanceProfileName", Min: 1, Max: 128, Pattern: names, Shown: namePattern}
	pathRule    = query.Rule{Field: "path", Min: 1, Max: 512, Pattern: paths, Shown: pathPattern}
	description = query.Rule{Field: "description", Max: 1000, Pattern: descriptions, Shown: descriptionPattern}
	trustRule   = query.Rule{Field: "assumeRolePolicyDocument", Min: 1, Max: 131072, Pattern: documents, Shown: documentPattern}
	policyRule  = query.Rule{Field: "policyDocument", Min: 1, Max: 131072, Pattern: documents, Shown: documentPattern}
	arnRule     = query.Rule{Field: "policyArn", Min: 20, Max: 2048}
	boundaryArn = query.Rule{Field: "permissionsBoundary", Min: 20, Max: 2048}
	session     = query.Rule{Field: "maxSessionDuration", Min: 3600, Max: 43200}
)

const maxTags = 50

// checkTags checks the tags that a call sends.
func checkTags(check *query.Constraints, tags []query.Tag) error {
	seen := map[string]bool{}
	for i, t := range tags {
		at := fmt.Sprintf("tags.%d.member.", i+1)
		check.Text(query.Rule{Field: at + "key", Min: 1, Max: 128, Pattern: tagKeys, Shown: tagKeyPattern}, t.Key)
		check.Text(query.Rule{Field: at + "value", Max: 256, Pattern: tagValues, Shown: tagValuePattern}, t.Value)
		folded := strings.ToLower(t.Key)
		if seen[folded] {
			return query.Errorf("InvalidInput", http.StatusBadRequest, "Duplicate tag keys found. Please note that Tag keys are case insensitive.")
		}
		seen[folded] = true
		if strings.HasPrefix(folded, "aws:") {
			return query.Errorf("InvalidInput", http.StatusBadRequest, "Tag keys that start with 'aws:' are reserved for system use.")
		}
	}
	if len(tags) > maxTags {
		return limitExceeded("The number of tags has reached the maximum limit.")
	}
	return nil
}

// requestTags are the condition keys of the tags that a call sends.
func requestTags(tags []query.Tag) directory.Keys {
	keys := directory.Keys{}
	for _, t := range tags {
		keys["aws:RequestTag/"+t.Key] = []string{t.Value}
		keys["aws:TagKeys"] = append(keys["aws:TagKeys"], t.Key)
	}
	return keys
}

// resourceKeys are the condition keys of the role or user that a call touches.
func resourceKeys(e *directory.Entity) directory.Keys {
	keys := directory.Keys{}
	if e == nil {
		return keys
	}
	for _, t := range e.Tags {
		keys["aws:ResourceTag/"+t.Key] = []string{t.Value}
		keys["iam:ResourceTag/"+t.Key] = []string{t.Value}
	}
	if e.Boundary != nil {
		keys["iam:PermissionsBoundary"] = []string{e.Boundary.ARN}
	}
	return keys
}
