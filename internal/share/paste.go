package share

import (
	"encoding/json"
	"fmt"
	"strings"
)

// This file writes what a consumer pastes to use a share.

// WithheldExternalID stands in such texts for an ID that they must not have.
func WithheldExternalID() ExternalID { return newExternalID("REPLACE_WITH_THE_EXTERNAL_ID") }

// pastedSession names sessions where AWS asks for a name and none is given.
const pastedSession = "crossaccount"

var regionPattern = newPattern(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)

// ParseRegion accepts the name of a region.
func ParseRegion(text string) (string, error) {
	if !regionPattern.MatchString(text) {
		return "", fmt.Errorf("%q is not the name of a region, such as eu-central-1", text)
	}
	return text, nil
}

// Profile gives a profile for ~/.aws/config, named like the share, that assumes the role by itself. region may be empty.
func (a Assumption) Profile(region string) string {
	lines := []string{
		fmt.Sprintf("[profile %s]", a.shareName()),
		"role_arn = " + a.RoleARN,
	}
	if !a.ExternalID.IsZero() {
		lines = append(lines, "external_id = "+a.ExternalID.Reveal())
	}
	if a.SessionName != "" {
		lines = append(lines, "role_session_name = "+a.SessionName)
	}
	if region != "" {
		lines = append(lines, "region = "+region)
	}
	return strings.Join(append(lines, "# the profile whose credentials may assume the role", "source_profile = default"), "\n") + "\n"
}

// Environment gives commands for a POSIX shell with the aws CLI, which put a session of the role into its environment.
func (a Assumption) Environment(region string) string {
	call := []string{"aws sts assume-role", "--role-arn " + shellQuoted(a.RoleARN), "--role-session-name " + shellQuoted(a.sessionName())}
	if !a.ExternalID.IsZero() {
		call = append(call, "--external-id "+shellQuoted(a.ExternalID.Reveal()))
	}
	call = append(call, "--query 'Credentials.[AccessKeyId,SecretAccessKey,SessionToken]'", "--output text")
	text := "session=$(" + strings.Join(call, " \\\n  ") + ") &&\n" +
		`export AWS_ACCESS_KEY_ID=$(echo "$session" | cut -f1) AWS_SECRET_ACCESS_KEY=$(echo "$session" | cut -f2) \` + "\n" +
		`  AWS_SESSION_TOKEN=$(echo "$session" | cut -f3)` + "\n"
	if region != "" {
		text += "export AWS_REGION=" + shellQuoted(region) + "\n"
	}
	return text
}

// Boto3 gives Python code that makes a session of boto3 which assumes the role again before its credentials end.
func (a Assumption) Boto3(region string) string {
	arguments := "RoleArn=" + pythonQuoted(a.RoleARN) + ", RoleSessionName=" + pythonQuoted(a.sessionName())
	if !a.ExternalID.IsZero() {
		arguments += ", ExternalId=" + pythonQuoted(a.ExternalID.Reveal())
	}
	session := "session = boto3.Session(botocore_session=core"
	if region != "" {
		session += ", region_name=" + pythonQuoted(region)
	}
	return `import boto3
import botocore.session
from botocore.credentials import RefreshableCredentials


def assume():
    keys = boto3.client("sts").assume_role(` + arguments + `)["Credentials"]
    return {
        "access_key": keys["AccessKeyId"],
        "secret_key": keys["SecretAccessKey"],
        "token": keys["SessionToken"],
        "expiry_time": keys["Expiration"].isoformat(),
    }


core = botocore.session.get_session()
core._credentials = RefreshableCredentials.create_from_metadata(metadata=assume(), refresh_using=assume, method="sts-assume-role")
` + session + ")\n"
}

func (a Assumption) sessionName() string {
	if a.SessionName == "" {
		return pastedSession
	}
	return a.SessionName
}

// shareName is the name of the role.
func (a Assumption) shareName() string { return a.RoleARN[strings.LastIndex(a.RoleARN, "/")+1:] }

// shellQuoted writes a text as one word for a POSIX shell.
func shellQuoted(text string) string { return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'" }

// pythonQuoted writes a text as a literal of Python. A string of JSON is one.
func pythonQuoted(text string) string {
	quoted, _ := json.Marshal(text) //nolint:errchkjson // a string always has a form in JSON
	return string(quoted)
}
