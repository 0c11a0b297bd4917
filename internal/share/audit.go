package share

import (
	"bytes"
	"encoding/json"
	"strings"
)

// AuditEventPattern is an EventBridge pattern, as JSON, that matches each AssumeRole on the role. CloudTrail delivers such
// events to the bus of the account and region in which STS was called, the owner's among them, when a trail logs there.
func AuditEventPattern(roleARN string) string {
	type parameters struct {
		RoleARN []string `json:"roleArn"`
	}
	type detail struct {
		Source     []string   `json:"eventSource"`
		Name       []string   `json:"eventName"`
		Parameters parameters `json:"requestParameters"`
	}
	return compactJSON(struct {
		Source []string `json:"source"`
		Type   []string `json:"detail-type"`
		Detail detail   `json:"detail"`
	}{
		Source: []string{"aws.sts"},
		Type:   []string{"AWS API Call via CloudTrail"},
		Detail: detail{
			Source: []string{"sts.amazonaws.com"}, Name: []string{"AssumeRole"}, Parameters: parameters{RoleARN: []string{roleARN}},
		},
	})
}

// compactJSON writes a value that always can be written, and leaves & < > as they are.
func compactJSON(value any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(value); err != nil {
		panic(err) // only types that JSON does not know fail
	}
	return strings.TrimSpace(text.String())
}

// AuditStore stands in AuditQuery where the ID of the user's event data store belongs.
const AuditStore = "EVENT_DATA_STORE_ID"

// AuditQuery is a query in the SQL of CloudTrail Lake that lists who assumed the role, when and from where, the latest
// first. The owner's copy of such an event has no ARN of the caller, only account and principal ID (IAM User Guide,
// "Logging IAM and AWS STS API calls with CloudTrail"); sharedEventId finds the caller's own copy, which has. The external
// ID stands in the event, too, and is left out.
func AuditQuery(roleARN string) string {
	return strings.Join([]string{
		"SELECT eventTime, userIdentity.accountId, userIdentity.principalId, userIdentity.arn,",
		"  element_at(requestParameters, 'roleSessionName') AS roleSessionName,",
		"  sourceIPAddress, userAgent, awsRegion, errorCode, sharedEventId",
		"FROM " + AuditStore,
		"WHERE eventSource = 'sts.amazonaws.com' AND eventName = 'AssumeRole'",
		"  AND element_at(requestParameters, 'roleArn') = " + sqlText(roleARN),
		"ORDER BY eventTime DESC",
	}, "\n")
}

// sqlText quotes a text: the path of a role may have an apostrophe in it.
func sqlText(text string) string { return "'" + strings.ReplaceAll(text, "'", "''") + "'" }
