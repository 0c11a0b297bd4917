package share

import (
	"strings"
	"testing"
)

func TestPastes(t *testing.T) {
	t.Parallel()
	id, err := ParseExternalID("given-by-the-consumer")
	if err != nil {
		t.Fatal(err)
	}
	plain := Assumption{RoleARN: "arn:aws:iam::111111111111:role/crossaccount/etl-reports"}
	full := Assumption{RoleARN: "arn:aws:iam::111111111111:role/o'neill/etl-reports", ExternalID: id, SessionName: "nightly"}
	for name, c := range map[string]struct{ have, want string }{
		"the smallest profile": {plain.Profile(""), `[profile etl-reports]
role_arn = arn:aws:iam::111111111111:role/crossaccount/etl-reports
# the profile whose credentials may assume the role
source_profile = default
`},
		"a profile with everything": {full.Profile("eu-central-1"), `[profile etl-reports]
role_arn = arn:aws:iam::111111111111:role/o'neill/etl-reports
external_id = given-by-the-consumer
role_session_name = nightly
region = eu-central-1
# the profile whose credentials may assume the role
source_profile = default
`},
		"an environment with everything": {full.Environment("eu-central-1"), `session=$(aws sts assume-role \
  --role-arn 'arn:aws:iam::111111111111:role/o'\''neill/etl-reports' \
  --role-session-name 'nightly' \
  --external-id 'given-by-the-consumer' \
  --query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]' \
  --output text) &&
export AWS_ACCESS_KEY_ID=$(echo "$session" | cut -f1) AWS_SECRET_ACCESS_KEY=$(echo "$session" | cut -f2) \
  AWS_SESSION_TOKEN=$(echo "$session" | cut -f3)
export AWS_REGION='eu-central-1'
`},
	} {
		if c.have != c.want {
			t.Errorf("%s is\n%s\nwant\n%s", name, c.have, c.want)
		}
	}
	for part, there := range map[string]bool{
		`assume_role(RoleArn="arn:aws:iam::111111111111:role/o'neill/etl-reports", RoleSessionName="nightly", ExternalId="given-by-the-consumer")`: true,
		`region_name="eu-central-1")`: true,
	} {
		if strings.Contains(full.Boto3("eu-central-1"), part) != there {
			t.Errorf("the code has %s: %v", part, !there)
		}
	}
	for _, part := range []string{"ExternalId", "region_name", "external-id", "AWS_REGION"} {
		if strings.Contains(plain.Boto3("")+plain.Environment(""), part) {
			t.Errorf("without one, there is %s", part)
		}
	}
	if !strings.Contains(plain.Environment(""), "--role-session-name 'crossaccount'") {
		t.Error("a session without a name has none")
	}
}

func TestParseRegion(t *testing.T) {
	t.Parallel()
	for text, ok := range map[string]bool{
		"eu-central-1": true, "us-gov-west-1": true, "us-iso-east-1": true, "": false, "eu-central-1a": false, "Frankfurt": false, "x; rm": false,
	} {
		if _, err := ParseRegion(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}
