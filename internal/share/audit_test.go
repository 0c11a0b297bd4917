package share_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

const auditedRole = "arn:aws:iam::111111111111:role/crossaccount/etl-reports"

func TestAuditEventPattern(t *testing.T) {
	t.Parallel()
	const want = `{"source":["aws.sts"],"detail-type":["AWS API Call via CloudTrail"],"detail":{"eventSource":["sts.amazonaws.com"],` +
		`"eventName":["AssumeRole"],"requestParameters":{"roleArn":["` + auditedRole + `"]}}}`
	if got := share.AuditEventPattern(auditedRole); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

// A pattern of EventBridge matches an event when each of its fields has one of the listed values (EventBridge User
// Guide, "Amazon EventBridge event patterns"); fields that the pattern does not name do not count.
func matches(pattern, event any) bool {
	switch pattern := pattern.(type) {
	case []any:
		return slices.Contains(pattern, event)
	case map[string]any:
		fields, ok := event.(map[string]any)
		for name, wanted := range pattern {
			ok = ok && matches(wanted, fields[name])
		}
		return ok
	}
	return false
}

func TestAuditEventPatternMatchesTheRoleAlone(t *testing.T) {
	t.Parallel()
	// The owner's copy of an event, as CloudTrail writes it.
	const event = `{"source":"aws.sts","detail-type":"AWS API Call via CloudTrail","account":"111111111111","detail":{
		"eventSource":"sts.amazonaws.com","eventName":"NAME","readOnly":true,
		"userIdentity":{"type":"AWSAccount","principalId":"AROAEXAMPLE:run","accountId":"222222222222"},
		"requestParameters":{"roleArn":"ROLE","roleSessionName":"run","durationSeconds":3600}}}`
	for name, c := range map[string]struct {
		role, call, happened string
		want                 bool
	}{
		"the role":                     {auditedRole, "AssumeRole", auditedRole, true},
		"a path with every character":  {`arn:aws:iam::111111111111:role/a'&<>"\b/etl`, "AssumeRole", `arn:aws:iam::111111111111:role/a'&<>"\b/etl`, true},
		"another role":                 {auditedRole, "AssumeRole", auditedRole + "2", false},
		"the same name elsewhere":      {auditedRole, "AssumeRole", "arn:aws:iam::111111111111:role/etl-reports", false},
		"another call about that role": {auditedRole, "AssumeRoleWithSAML", auditedRole, false},
	} {
		happened, err := json.Marshal(c.happened)
		if err != nil {
			t.Fatal(err)
		}
		text := strings.NewReplacer("NAME", c.call, `"ROLE"`, string(happened)).Replace(event)
		if got := matches(decoded(t, share.AuditEventPattern(c.role)), decoded(t, text)); got != c.want {
			t.Errorf("%s: matches is %v", name, got)
		}
	}
}

func decoded(t *testing.T, text string) any {
	t.Helper()
	var value any
	if err := json.Unmarshal([]byte(text), &value); err != nil {
		t.Fatalf("reading %s: %v", text, err)
	}
	return value
}

func TestAuditQuery(t *testing.T) {
	t.Parallel()
	const want = `SELECT eventTime, userIdentity.accountId, userIdentity.principalId, userIdentity.arn,
  element_at(requestParameters, 'roleSessionName') AS roleSessionName,
  sourceIPAddress, userAgent, awsRegion, errorCode, sharedEventId
FROM EVENT_DATA_STORE_ID
WHERE eventSource = 'sts.amazonaws.com' AND eventName = 'AssumeRole'
  AND element_at(requestParameters, 'roleArn') = 'arn:aws:iam::111111111111:role/crossaccount/etl-reports'
ORDER BY eventTime DESC`
	if got := share.AuditQuery(auditedRole); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// An apostrophe is a character that IAM allows in paths; it must not end the text.
func TestAuditQueryQuotesTheRole(t *testing.T) {
	t.Parallel()
	got := share.AuditQuery("arn:aws:iam::111111111111:role/o'neil/etl' OR '1'='1")
	if want := "= 'arn:aws:iam::111111111111:role/o''neil/etl'' OR ''1''=''1'\n"; !strings.Contains(got, want) {
		t.Errorf("got\n%s\nwant …%s…", got, want)
	}
	if strings.Contains(strings.ToLower(got), "externalid") {
		t.Error("the query shows external IDs")
	}
}
