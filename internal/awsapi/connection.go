package awsapi

import (
	"fmt"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Connection says how to reach one account. What is left empty is taken from the standard AWS environment variables
// and files.
type Connection struct {
	// Side is the account's part in a share, for sentences.
	Side Side
	// Version of the provider, for the user agent.
	Version string

	Region                 string
	Profile                string
	Keys                   Keys
	SharedConfigFiles      []string
	SharedCredentialsFiles []string

	// WebIdentity is assumed first, when given, and then each of AssumeRoles with the credentials of the one before.
	WebIdentity *WebIdentity
	AssumeRoles []AssumeRole

	AllowedAccountIDs   []string
	ForbiddenAccountIDs []string

	Endpoints            Endpoints
	S3UsePathStyle       bool
	UseFIPSEndpoint      *bool
	UseDualStackEndpoint *bool
	// MaxRetries is how often a call is repeated; nil means AWS_MAX_ATTEMPTS, max_attempts of the profile, or
	// DefaultMaxAttempts.
	MaxRetries *int
	RetryMode  RetryMode

	// CustomCABundle is the path of a PEM file.
	CustomCABundle string
	HTTPProxy      string
	// Insecure allows plain http to every endpoint and does not check certificates.
	Insecure bool

	// Tally counts the calls, when not nil.
	Tally *Tally

	// Delay is asked how long to really wait between two attempts of a call, when not nil. Tests let a clock of theirs pass
	// instead.
	Delay func(wanted time.Duration) time.Duration
}

// Side is the part that an account has in a share.
type Side string

// The two sides.
const (
	OwnerSide    Side = "owner"
	ConsumerSide Side = "consumer"
)

// Secret is text that no log and no error may show.
type Secret string

// masked stands where a secret was.
const masked = "(sensitive)"

// String implements fmt.Stringer.
func (Secret) String() string { return masked }

// GoString implements fmt.GoStringer.
func (Secret) GoString() string { return masked }

// Keys are static credentials; empty means the default chain of the SDK.
type Keys struct {
	AccessKey string
	SecretKey Secret
	Token     Secret
}

// AssumeRole is one role to assume on the way to the account.
type AssumeRole struct {
	RoleARN     string
	ExternalID  share.ExternalID
	SessionName string
	// Duration of the session; zero means AWS's default of one hour.
	Duration time.Duration
	// Policy is a session policy as JSON; it only narrows.
	Policy         string
	SourceIdentity string
	Tags           map[string]string
}

// WebIdentity is a role to assume with an OIDC token. RoleARN, SessionName and the token may come from
// AWS_ROLE_ARN, AWS_ROLE_SESSION_NAME and AWS_WEB_IDENTITY_TOKEN_FILE.
type WebIdentity struct {
	RoleARN     string
	SessionName string
	Duration    time.Duration
	Policy      string
	// Token wins over TokenFile.
	Token     Secret
	TokenFile string
}

// Endpoints replace the URLs that the SDK would choose.
type Endpoints struct {
	IAM       string
	S3        string
	S3Control string
	STS       string
	KMS       string
	// AccessAnalyzer is asked about documents where a share wants it.
	AccessAnalyzer string
}

// ConnectionError tells that an account cannot be reached the way a Connection says.
type ConnectionError struct {
	Side Side
	// Attribute is the provider's attribute that is wrong, written as in HCL; empty when it is the environment.
	Attribute string
	Err       error
}

// Error implements error.
func (e *ConnectionError) Error() string {
	if e.Attribute == "" {
		return fmt.Sprintf("connecting to the %s account: %s", e.Side, e.Err)
	}
	return fmt.Sprintf("connecting to the %s account: %s: %s", e.Side, e.Attribute, e.Err)
}

// Unwrap gives the reason.
func (e *ConnectionError) Unwrap() error { return e.Err }

func (c Connection) wrong(attribute, format string, arguments ...any) error {
	return &ConnectionError{Side: c.Side, Attribute: attribute, Err: fmt.Errorf(format, arguments...)}
}
