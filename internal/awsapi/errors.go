package awsapi

import (
	"errors"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// CallError is what AWS answered to one call, with what a person needs to look it up.
type CallError struct {
	call    string
	account string
	side    Side
	secrets []string
	err     error
}

// failing wraps the error of a call; nil stays nil.
func (a *Account) failing(call string, err error) error {
	if err == nil {
		return nil
	}
	return &CallError{call: call, account: a.knownHome().ID, side: a.side, secrets: a.secrets, err: err}
}

// hiding keeps external IDs out of the text of an error: IAM repeats a document that it refuses by its form.
func hiding(err error, ids []share.ExternalID) error {
	var call *CallError
	if errors.As(err, &call) {
		call.secrets = slices.Clone(call.secrets)
		for _, id := range ids {
			call.secrets = append(call.secrets, id.Reveal())
		}
	}
	return err
}

// hide masks what no text may show.
func (e *CallError) hide(text string) string {
	for _, secret := range e.secrets {
		text = strings.ReplaceAll(text, secret, masked)
	}
	return text
}

// Call is the action as IAM names it, iam:CreateRole.
func (e *CallError) Call() string { return e.call }

// AccountID is the account that was called, empty when it could not be told.
func (e *CallError) AccountID() string { return e.account }

// Side tells whether the call went to the owner or the consumer.
func (e *CallError) Side() Side { return e.side }

// Code is AWS's error code, empty when no answer came.
func (e *CallError) Code() string { return code(e.err) }

// Words are AWS's words, or what the network said.
func (e *CallError) Words() string {
	var api smithy.APIError
	if errors.As(e.err, &api) {
		return e.hide(api.ErrorMessage())
	}
	return e.hide(e.err.Error())
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
func (e *CallError) Error() string {
	return fmt.Sprintf("calling %s: %s", e.call, e.hide(e.err.Error()))
}

// Unwrap gives the SDK's error.
func (e *CallError) Unwrap() error { return e.err }

func code(err error) string {
	var api smithy.APIError
	if errors.As(err, &api) {
		return api.ErrorCode()
	}
	return ""
}

// absent are the codes of what is not there. Those of S3 and S3 Control are not typed in the SDK; NotFoundException is
// KMS's.
var absent = []string{
	"NoSuchEntity", "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration", "OwnershipControlsNotFoundError",
	"ServerSideEncryptionConfigurationNotFoundError", "NoSuchAccessPoint", "NoSuchAccessPointPolicy", "NotFoundException",
}

// IsAbsent tells that what was asked for is not there.
func IsAbsent(err error) bool { return slices.Contains(absent, code(err)) }

// IsBucketMissing tells that there is no such bucket.
func IsBucketMissing(err error) bool { return code(err) == "NoSuchBucket" }

// IsUnanswered tells that AWS gave no answer that could be read: what the call was to do may be done or not.
func IsUnanswered(err error) bool {
	var call *CallError
	return errors.As(err, &call) && call.Code() == ""
}

// IsTaken tells that the name is in use.
func IsTaken(err error) bool {
	switch code(err) {
	case "EntityAlreadyExists", "AccessPointAlreadyOwnedByYou":
		return true
	}
	return false
}

// IsDeleteConflict tells that IAM does not delete something because something else hangs on it.
func IsDeleteConflict(err error) bool { return code(err) == "DeleteConflict" }

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
	case "MalformedPolicy", "MalformedPolicyDocument", "MalformedPolicyDocumentException", "PolicyTooLarge":
		return true
	}
	return false
}

// IsInvalidPrincipal tells that a policy or a grant names a principal that AWS does not know (yet). No service has a code
// of its own for it, so the text decides: of PutBucketPolicy, PutAccessPointPolicy and UpdateAssumeRolePolicy, of
// PutKeyPolicy, and of CreateGrant.
func IsInvalidPrincipal(err error) bool {
	return isMalformed(err) && saysAny(err, "Invalid principal in policy", "invalid principals") ||
		code(err) == "InvalidArnException" && saysAny(err, "does not refer to a valid principal")
}

// saysAny tells that AWS's words contain one of the texts.
func saysAny(err error, texts ...string) bool {
	var api smithy.APIError
	return errors.As(err, &api) && slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(api.ErrorMessage(), text) })
}

// IsQuotaReached tells that an account, a role or a bucket policy has as much as it may have. S3 has no code of its own
// for a bucket policy that is too large, so the text of PutBucketPolicy decides, too.
func IsQuotaReached(err error) bool {
	switch code(err) {
	case "LimitExceeded", "LimitExceededException", "PolicyTooLarge", "TooManyAccessPoints":
		return true
	}
	var api smithy.APIError
	return errors.As(err, &api) && isMalformed(err) && strings.Contains(api.ErrorMessage(), "exceeds the maximum allowed document size")
}

// IsSessionTooLong tells that a session was asked for that lasts longer than the role, or the chain of roles that leads to
// it, allows. STS has no code of its own for it, so the text of AssumeRole decides.
func IsSessionTooLong(err error) bool {
	var api smithy.APIError
	return errors.As(err, &api) && api.ErrorCode() == "ValidationError" && strings.Contains(api.ErrorMessage(), "requested DurationSeconds exceeds")
}

// expectedRegion is the region in S3's words about a signature for another one (PutBucketPolicy and all other calls).
var expectedRegion = regexp.MustCompile(`expecting '([a-z0-9-]+)'`)

// bucketRegion gives the region that S3 names when it was asked in the wrong one.
func bucketRegion(err error) string {
	var response *awshttp.ResponseError
	if !errors.As(err, &response) || response.Response == nil {
		return ""
	}
	misplaced := code(err) == "AuthorizationHeaderMalformed" || code(err) == "IllegalLocationConstraintException"
	switch response.HTTPStatusCode() {
	case http.StatusMovedPermanently, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		misplaced = true
	}
	if !misplaced {
		return ""
	}
	if named := response.Response.Header.Get("X-Amz-Bucket-Region"); named != "" {
		return named
	}
	var api smithy.APIError
	if errors.As(err, &api) {
		if found := expectedRegion.FindStringSubmatch(api.ErrorMessage()); found != nil {
			return found[1]
		}
	}
	return ""
}
