// This file holds the constraints of STS's API model.
package stssim

import (
	"regexp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

const (
	namePattern       = `[\w+=,.@-]*`
	externalIDPattern = `[\w+=,.@:\/-]*`
	tagKeyPattern     = `[\p{L}\p{Z}\p{N}_.:/=+\-@]+`
	tagValuePattern   = `[\p{L}\p{Z}\p{N}_.:/=+\-@]*`
	keyPattern        = `[\w]*`
)

var (
	names       = regexp.MustCompile(`^[\w+=,.@-]*$`)
	externalIDs = regexp.MustCompile(`^[\w+=,.@:/-]*$`)
	tagKeys     = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$`)
	tagValues   = regexp.MustCompile(`^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$`)
)

var (
	roleARN         = query.Rule{Field: "roleArn", Min: 20, Max: 2048}
	roleSessionName = query.Rule{Field: "roleSessionName", Min: 2, Max: 64, Pattern: names, Shown: namePattern}
	externalID      = query.Rule{Field: "externalId", Min: 2, Max: 1224, Pattern: externalIDs, Shown: externalIDPattern}
	sourceIdentity  = query.Rule{Field: "sourceIdentity", Min: 2, Max: 64, Pattern: names, Shown: namePattern}
	sessionPolicy   = query.Rule{Field: "policy", Min: 1, Max: 2048}
	duration        = query.Rule{Field: "durationSeconds", Min: 900, Max: 43200}
	tagKey          = query.Rule{Min: 1, Max: 128, Pattern: tagKeys, Shown: tagKeyPattern}
	tagValue        = query.Rule{Max: 256, Pattern: tagValues, Shown: tagValuePattern}
	accessKeyID     = query.Rule{Field: "accessKeyId", Min: 16, Max: 128, Pattern: regexp.MustCompile(`^\w*$`), Shown: keyPattern}
)

const (
	maxTags          = 50
	maxPolicyARNs    = 10
	defaultDuration  = 3600
	maxChainDuration = 3600
)
