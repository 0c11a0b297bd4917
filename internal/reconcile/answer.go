package reconcile

import (
	"errors"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
)

// Meaning is what an answer of AWS means for a share, as far as it can be told.
type Meaning string

// The meanings that call for different words.
const (
	Unexplained         Meaning = ""
	Denied              Meaning = "denied"
	PublicPolicyBlocked Meaning = "public policy blocked"
	BucketMissing       Meaning = "bucket missing"
	UnknownPrincipal    Meaning = "unknown principal"
	QuotaReached        Meaning = "quota reached"
	Absent              Meaning = "absent"
	SessionTooLong      Meaning = "session too long"
)

// Answer is what AWS said to a call that failed.
type Answer struct {
	// Call is the action as IAM names it, iam:CreateRole.
	Call string
	// AccountID is the account that was called, empty when it could not be told.
	AccountID string
	// Code is AWS's error code, empty when no answer came.
	Code string
	// Words are AWS's words, or what the network said.
	Words string
	// RequestID is the ID to give AWS support, empty when no answer came.
	RequestID string
	Meaning   Meaning
}

// AnswerOf finds the answer of AWS in an error; ok is false when no call is to blame.
func AnswerOf(err error) (answer Answer, ok bool) {
	var call *awsapi.CallError
	if !errors.As(err, &call) {
		return Answer{}, false
	}
	return Answer{
		Call: call.Call(), AccountID: call.AccountID(), Code: call.Code(), Words: call.Words(), RequestID: call.RequestID(),
		Meaning: meaningOf(call),
	}, true
}

// IsDenied tells that AWS refused a call because the credentials may not make it.
func IsDenied(err error) bool { return awsapi.IsDenied(err) }

func meaningOf(err error) Meaning {
	switch {
	case awsapi.IsPublicPolicyBlocked(err):
		return PublicPolicyBlocked
	case awsapi.IsDenied(err):
		return Denied
	case awsapi.IsBucketMissing(err):
		return BucketMissing
	case awsapi.IsInvalidPrincipal(err):
		return UnknownPrincipal
	case awsapi.IsQuotaReached(err):
		return QuotaReached
	case awsapi.IsAbsent(err):
		return Absent
	case awsapi.IsSessionTooLong(err):
		return SessionTooLong
	}
	return Unexplained
}
