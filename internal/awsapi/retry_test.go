package awsapi

import (
	"errors"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/smithy-go"
)

var unknownPrincipal = &smithy.GenericAPIError{
	Code: "MalformedPolicyDocument", Message: `Invalid principal in policy: "AWS":"arn:aws:iam::222222222222:role/new"`,
}

func TestOnlyWhatCanHealIsRetried(t *testing.T) {
	t.Parallel()
	answered := func(code, message string) error { return &smithy.GenericAPIError{Code: code, Message: message} }
	tests := map[string]struct {
		err  error
		want bool
	}{
		"IAM throttles":                      {answered("Throttling", "Rate exceeded"), true},
		"S3 is busy":                         {answered("SlowDown", "Please reduce your request rate."), true},
		"somebody else changes the role":     {answered("ConcurrentModification", ""), true},
		"somebody else changes the bucket":   {answered("OperationAborted", "A conflicting conditional operation"), true},
		"the name was deleted a moment ago":  {answered("EntityTemporarilyUnmodifiable", ""), true},
		"the principal may be young, IAM":    {unknownPrincipal, true},
		"the principal may be young, S3":     {answered("MalformedPolicy", "Invalid principal in policy"), true},
		"the document is malformed, IAM":     {answered("MalformedPolicyDocument", "Syntax errors in policy."), false},
		"the document is malformed, S3":      {answered("MalformedPolicy", "Policy has invalid resource"), false},
		"a quota of IAM is reached":          {answered("LimitExceeded", "Cannot exceed quota for ACLSizePerRole: 2048"), false},
		"the caller may not":                 {answered("AccessDenied", "not authorized"), false},
		"the role exists":                    {answered("EntityAlreadyExists", "Role with name x already exists."), false},
		"the network is gone":                {&smithy.OperationError{Err: &smithy.SerializationError{Err: errors.New("x")}}, false},
		"the words are those of another API": {answered("ValidationError", "Invalid principal in policy"), false},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			for _, mode := range []aws.RetryMode{aws.RetryModeStandard, aws.RetryModeAdaptive} {
				if got := newRetryer(3, mode, nil).IsErrorRetryable(test.err); got != test.want {
					t.Errorf("mode %s: retried is %t, want %t", mode, got, test.want)
				}
			}
		})
	}
}

func TestAnUnknownPrincipalIsWaitedForAboutTwoMinutes(t *testing.T) {
	t.Parallel()
	r, waited, attempts := newRetryer(1000, aws.RetryModeStandard, nil), time.Duration(0), 0
	for attempt := 1; ; attempt++ {
		delay, err := r.RetryDelay(attempt, unknownPrincipal)
		if err != nil {
			if !errors.Is(err, unknownPrincipal) {
				t.Errorf("it ends with %v, want AWS's answer", err)
			}
			break
		}
		waited, attempts = waited+delay, attempt
	}
	if waited > principalPatience || waited < principalPatience-longestPrincipalGap {
		t.Errorf("waited %s in %d attempts, want nearly %s", waited, attempts, principalPatience)
	}
}

func TestAttemptsAreThoseOfTheNearestWord(t *testing.T) {
	three, never := 3, 0
	tests := map[string]struct {
		given       *int
		environment string
		want        int
	}{
		"nothing is said":                 {nil, "", DefaultMaxAttempts},
		"the environment says so":         {nil, "4", 4},
		"max_retries wins":                {&three, "7", 4},
		"no retry is a number of retries": {&never, "7", 1},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Setenv("AWS_MAX_ATTEMPTS", test.environment)
			server := newBucketServer(t, "")
			server.script = answerTo("", http.StatusServiceUnavailable, "SlowDown")
			connection := connectionTo(server.url, testKeys)
			connection.MaxRetries = test.given
			account := mustConnect(t, connection)
			_, err := bucketCalls{account: account, bucket: "acme-data", owner: "111111111111"}.find(background())
			if code(err) != "SlowDown" || len(server.calls) != test.want {
				t.Errorf("%d attempts, want %d; error %v", len(server.calls), test.want, err)
			}
		})
	}
}

// The SDK's own bucket of retry tokens would run out here: it has room for 100 retries.
func TestRetriesOfOneCallDoNotUseUpThoseOfOthers(t *testing.T) {
	t.Parallel()
	server := newBucketServer(t, "")
	server.script = func(_ string, nth int, w http.ResponseWriter) bool {
		if busy := nth%5 != 0; busy {
			refuse(w, http.StatusServiceUnavailable, "SlowDown", "Please reduce your request rate.")
			return true
		}
		return false
	}
	account := mustConnect(t, connectionTo(server.url, testKeys))
	for i := range 40 {
		if _, err := (bucketCalls{account: account, bucket: "acme-data", owner: "111111111111"}).find(background()); err != nil {
			t.Fatalf("call %d: %v", i+1, err)
		}
	}
}
