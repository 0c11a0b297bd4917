package share

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Assumption is one call of AssumeRole on the role of a share.
type Assumption struct {
	RoleARN string
	// ExternalID is left out of the call when it is zero.
	ExternalID ExternalID
	// SessionName is what the owner sees in CloudTrail; empty means the provider's own name.
	SessionName string
	// Duration of the session; zero means AWS's default of one hour.
	Duration time.Duration
	// Policy is a session policy as JSON, empty for none; it only narrows.
	Policy string
}

var sessionNamePattern = newPattern(`^[\w+=,.@-]{2,64}$`)

// ParseSessionName accepts a role session name or source identity (STS API reference, AssumeRole).
func ParseSessionName(text string) (string, error) {
	if !sessionNamePattern.MatchString(text) {
		return "", fmt.Errorf("%q cannot name a session: STS allows 2 to 64 letters, digits and _+=,.@-", text)
	}
	return text, nil
}

// ParseAssumedDuration accepts the duration of one session in seconds, 900 to 43200 (STS API reference, AssumeRole).
func ParseAssumedDuration(seconds int64) (time.Duration, error) {
	if seconds < 900 || seconds > int64(MaxSessionDuration/time.Second) {
		return 0, fmt.Errorf("a session of %d seconds is not possible: STS allows 900 (15 minutes) to 43200 (twelve hours)", seconds)
	}
	return time.Duration(seconds) * time.Second, nil
}

// maxSessionPolicy is how many characters a session policy may have as plain text (STS API reference, AssumeRole).
const maxSessionPolicy = 2048

// ParseSessionPolicy accepts a session policy: a JSON object of at most 2048 characters. What it says is for STS to judge.
func ParseSessionPolicy(text string) (string, error) {
	if length := utf8.RuneCountInString(text); length > maxSessionPolicy {
		return "", fmt.Errorf("the session policy has %d characters: STS allows %d", length, maxSessionPolicy)
	}
	if !json.Valid([]byte(text)) || !strings.HasPrefix(strings.TrimSpace(text), "{") {
		return "", fmt.Errorf("the session policy is not a JSON object, as jsonencode({ Version = \"2012-10-17\", Statement = [ … ] }) writes one")
	}
	return text, nil
}
