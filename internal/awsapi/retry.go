package awsapi

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// DefaultMaxAttempts is how often a call is tried when max_retries is not given. IAM throttles by limits that it does
// not publish, so three attempts, the SDK's default, are too few for an apply of many shares.
const DefaultMaxAttempts = 10

// healing are error codes that the SDK gives up on and that pass by themselves: somebody else is changing the same
// role or bucket at this moment. Undeclared ConcurrentModification answers have been seen on most calls of IAM, so the
// code counts and not the call.
var healing = []string{"ConcurrentModification", "OperationAborted", "EntityTemporarilyUnmodifiable"}

// healingRetryer adds to the SDK's retryer what heals. A policy that is refused for anything else than a principal
// which may be young fails at once.
func healingRetryer(inner aws.Retryer) aws.Retryer {
	inner = retry.AddWithErrorCodes(inner, healing...)
	return &principalRetryer{inner}
}

// principalRetryer retries documents that name a principal AWS does not know yet: IAM is eventually consistent.
type principalRetryer struct{ aws.Retryer }

// IsErrorRetryable implements aws.Retryer.
func (r *principalRetryer) IsErrorRetryable(err error) bool {
	return isInvalidPrincipal(err) || r.Retryer.IsErrorRetryable(err)
}

// GetAttemptToken implements aws.RetryerV2.
func (r *principalRetryer) GetAttemptToken(ctx context.Context) (func(error) error, error) {
	if v2, ok := r.Retryer.(aws.RetryerV2); ok {
		return v2.GetAttemptToken(ctx)
	}
	return r.GetInitialToken(), nil
}

// Pause waits, or returns the context's error when that ends first. Tests inject one that does not wait.
type Pause func(ctx context.Context, duration time.Duration) error

// Sleep is the Pause of a real run.
func Sleep(ctx context.Context, duration time.Duration) error {
	timer := time.NewTimer(duration)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
