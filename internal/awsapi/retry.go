package awsapi

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
)

// DefaultMaxAttempts is how often a call is tried when nothing says how often. IAM throttles by limits that it does
// not publish, so three attempts, the SDK's default, are too few for an apply of many shares.
const DefaultMaxAttempts = 10

// healing are error codes that the SDK gives up on and that pass by themselves: somebody else is changing the same
// role or bucket at this moment. Undeclared ConcurrentModification answers have been seen on most calls of IAM, so the
// code counts and not the call.
var healing = []string{"ConcurrentModification", "OperationAborted", "EntityTemporarilyUnmodifiable"}

// principalPatience bounds how long a principal that AWS does not know is waited for. IAM is eventually consistent
// without a bound (IAM User Guide, "Changes that I make are not always immediately visible"); a new principal has been
// seen to take about half a minute.
const (
	principalPatience   = 2 * time.Minute
	longestPrincipalGap = 15 * time.Second
)

// newRetryer makes the retryer of an account from what the environment and the profile say.
func (c Connection) newRetryer(attempts int, mode aws.RetryMode) *retryer {
	switch {
	case c.MaxRetries != nil:
		attempts = *c.MaxRetries + 1
	case attempts == 0:
		attempts = DefaultMaxAttempts
	}
	if c.RetryMode != "" {
		mode = aws.RetryMode(c.RetryMode)
	}
	return newRetryer(attempts, mode, c.Delay)
}

func newRetryer(attempts int, mode aws.RetryMode, delay func(time.Duration) time.Duration) *retryer {
	standard := func(o *retry.StandardOptions) {
		o.MaxAttempts = attempts
		// The SDK's bucket of retry tokens is shared by all calls of a client: an apply of many shares that IAM throttles
		// would empty it and fail calls that had not been tried again at all.
		o.RateLimiter = ratelimit.None
		o.Retryables = append(o.Retryables, retry.RetryableErrorCode{Codes: codes(healing)})
	}
	if mode == aws.RetryModeAdaptive {
		return &retryer{RetryerV2: retry.NewAdaptiveMode(func(o *retry.AdaptiveModeOptions) {
			o.StandardOptions = append(o.StandardOptions, standard)
		}), delay: delay}
	}
	return &retryer{RetryerV2: retry.NewStandard(standard), delay: delay}
}

func codes(names []string) map[string]struct{} {
	set := make(map[string]struct{}, len(names))
	for _, name := range names {
		set[name] = struct{}{}
	}
	return set
}

// retryer retries what heals, and documents that name a principal which may be young. A policy that is refused for
// anything else fails at once.
type retryer struct {
	aws.RetryerV2
	delay func(wanted time.Duration) time.Duration
}

// IsErrorRetryable implements aws.Retryer.
func (r *retryer) IsErrorRetryable(err error) bool {
	return IsInvalidPrincipal(err) || isCut(err) || r.RetryerV2.IsErrorRetryable(err)
}

// isCut tells that the connection ended within an answer. What the call was to do is done; that a repeated CreateRole is
// refused, its caller understands.
func isCut(err error) bool { return errors.Is(err, io.ErrUnexpectedEOF) }

// RetryDelay implements aws.Retryer.
func (r *retryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	wanted, err := r.wantedDelay(attempt, err)
	if err == nil && r.delay != nil {
		return r.delay(wanted), nil
	}
	return wanted, err
}

// wantedDelay is how long to wait. For a principal that AWS does not know the delays double up to 15 s, without
// jitter, so that their sum, and with it the patience, is known from the number of the attempt.
func (r *retryer) wantedDelay(attempt int, err error) (time.Duration, error) {
	if isThrottled(err) {
		if attempt <= 2 {
			return 0, nil // the call waits for its turn, see pacer
		}
		attempt -= 2
	}
	if !IsInvalidPrincipal(err) {
		return r.RetryerV2.RetryDelay(attempt, err)
	}
	delay, waited := time.Second, time.Duration(0)
	for range attempt - 1 {
		waited += delay
		delay = min(2*delay, longestPrincipalGap)
	}
	if waited+delay > principalPatience {
		return 0, err
	}
	return delay, nil
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
