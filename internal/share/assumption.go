package share

import "time"

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
