package awsapi

import (
	"context"
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Session is a session of a share's role.
type Session struct {
	Keys Keys
	// ARN is the assumed-role ARN, as calls of the session are logged.
	ARN string
	// Expires is when AWS stops accepting the keys.
	Expires time.Time
}

// AssumeAsConsumer assumes a share's role with the consumer's credentials, or with the provider's own ones when it has
// none of the consumer. It tries once, apart from what every call repeats (throttling, lost connections): a refusal may
// mean that the role is young, and only the caller knows whether to wait for that. The error is a CallError that shows
// neither the external ID nor keys; IsDenied and IsSessionTooLong tell its kinds.
func (c *Cloud) AssumeAsConsumer(ctx context.Context, wanted share.Assumption) (Session, error) {
	account := c.assuming()
	// An account that the connection refuses is not used, not even to leave it.
	if _, err := account.Identity(ctx); err != nil {
		return Session{}, err
	}
	return account.assume(ctx, wanted)
}

func (a *Account) assume(ctx context.Context, wanted share.Assumption) (Session, error) {
	input := &sts.AssumeRoleInput{
		RoleArn:         aws.String(wanted.RoleARN),
		RoleSessionName: aws.String(firstOf(wanted.SessionName, sessionName)),
		ExternalId:      optional(wanted.ExternalID.Reveal()),
		Policy:          optional(wanted.Policy),
	}
	if wanted.Duration > 0 {
		input.DurationSeconds = seconds(wanted.Duration)
	}
	answer, err := a.sts.AssumeRole(ctx, input)
	if err == nil && (answer.Credentials == nil || answer.AssumedRoleUser == nil) {
		err = errors.New("the answer has no credentials")
	}
	if err != nil {
		err = a.failing("sts:AssumeRole", err)
		if !wanted.ExternalID.IsZero() {
			err = hiding(err, []share.ExternalID{wanted.ExternalID})
		}
		return Session{}, err
	}
	return Session{
		Keys: Keys{
			AccessKey: aws.ToString(answer.Credentials.AccessKeyId),
			SecretKey: Secret(aws.ToString(answer.Credentials.SecretAccessKey)),
			Token:     Secret(aws.ToString(answer.Credentials.SessionToken)),
		},
		ARN:     aws.ToString(answer.AssumedRoleUser.Arn),
		Expires: aws.ToTime(answer.Credentials.Expiration),
	}, nil
}

// Pause waits the way this process waits.
func (c *Cloud) Pause(ctx context.Context, duration time.Duration) error {
	return c.pause(ctx, duration)
}
