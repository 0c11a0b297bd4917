package awsapi

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
)

// CallError is what AWS answered to one call, with what a person needs to look it up.
type CallError struct {
	call    string
	account string
	err     error
}

// failing wraps the error of a call; nil stays nil.
func (a *Account) failing(call string, err error) error {
	if err == nil {
		return nil
	}
	return &CallError{call: call, account: a.knownID(), err: err}
}

// Call is the action as IAM names it, iam:CreateRole.
func (e *CallError) Call() string { return e.call }

// AccountID is the account that was called, empty when it could not be told.
func (e *CallError) AccountID() string { return e.account }

// Code is AWS's error code, empty when no answer came.
func (e *CallError) Code() string { return code(e.err) }

// Words are AWS's words, or what the network said.
func (e *CallError) Words() string {
	var api smithy.APIError
	if errors.As(e.err, &api) {
		return api.ErrorMessage()
	}
	return e.err.Error()
}

// RequestID is the ID to give AWS support, empty when no answer came.
func (e *CallError) RequestID() string {
	var response *awshttp.ResponseError
	if errors.As(e.err, &response) {
		return response.ServiceRequestID()
	}
	return ""
}

// Error implements error.
func (e *CallError) Error() string { return fmt.Sprintf("calling %s: %s", e.call, e.err) }

// Unwrap gives the SDK's error.
func (e *CallError) Unwrap() error { return e.err }

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// IsAbsent tells that what was asked for is not there. S3's codes are not typed in the SDK.
func IsAbsent(err error) bool {
	switch code(err) {
	case "NoSuchEntity", "NoSuchBucketPolicy":
		return true
	}
	return false
}

// IsBucketMissing tells that there is no such bucket.
func IsBucketMissing(err error) bool { return code(err) == "NoSuchBucket" }

// IsTaken tells that the name is in use.
func IsTaken(err error) bool { return code(err) == "EntityAlreadyExists" }

// IsDenied tells that the caller may not do this.
func IsDenied(err error) bool {
	switch code(err) {
	case "AccessDenied", "AccessDeniedException":
		return true
	}
	return false
}

// IsPublicPolicyBlocked tells that Block Public Access refused a bucket policy. The code is the one of a missing
// permission, so the text of PutBucketPolicy decides.
func IsPublicPolicyBlocked(err error) bool {
	var call *CallError
	return errors.As(err, &call) && IsDenied(err) && strings.Contains(call.Words(), "BlockPublicPolicy")
}

// isMalformed tells that a policy document was refused for what it says.
func isMalformed(err error) bool {
	switch code(err) {
	case "MalformedPolicy", "MalformedPolicyDocument", "PolicyTooLarge":
		return true
	}
	return false
}

// isInvalidPrincipal tells that a policy names a principal that AWS does not know (yet). IAM and S3 have no code of its
// own for it, so the text of PutBucketPolicy and UpdateAssumeRolePolicy decides.
func isInvalidPrincipal(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && isMalformed(err) && strings.Contains(api.ErrorMessage(), "Invalid principal in policy")
}

// bucketRegion gives the region that S3 names when it was asked in the wrong one.
func bucketRegion(err error) string {
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil {
		return ""
	}
	switch {
	case response.HTTPStatusCode() == http.StatusMovedPermanently, code(err) == "AuthorizationHeaderMalformed":
		return response.Response.Header.Get("X-Amz-Bucket-Region")
	}
	return ""
}
