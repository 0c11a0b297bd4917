package awsapi

import (
	"context"
	"sync"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go/middleware"
)

// This file slows the process as a whole when AWS throttles it. IAM refuses calls beyond a rate that it does not publish,
// for each account. If every call waited for itself, those that come later would go on running into the limit, and some
// would use up their attempts. So all calls of one service to one account take turns as soon as one was throttled.

const (
	// firstRate is the rate after the first throttled call, in calls a second; what has been observed of IAM's limits is of
	// this order.
	firstRate = 10
	// slowestRate bounds how slow throttled calls make the others.
	slowestRate = 0.2
	// slowing and quickening multiply the rate after a throttled and after any other call. Their balance is at about one
	// throttled call in twenty: that is the price of finding a limit that nobody tells. It need not be met exactly, because
	// what a slower second leaves unused is saved up by AWS for a quicker one, as in every token bucket.
	slowing    = 0.8
	quickening = 1.01
)

// pacer lets the calls of one account take turns, for each service.
type pacer struct {
	now   func() time.Time
	pause Pause

	mu       sync.Mutex
	services map[string]*pace
}

func newPacer(now func() time.Time, pause Pause) *pacer {
	return &pacer{now: now, pause: pause, services: map[string]*pace{}}
}

// pace is that of one service.
type pace struct {
	// line has room for the one call whose turn is next. The others stand behind it, in the order in which they came.
	line chan struct{}

	// rate is in calls a second, 0 as long as nothing was throttled.
	rate float64
	// last is when the last call had its turn.
	last time.Time
	// slowed is when the rate was last reduced: calls that began before tell nothing about it.
	slowed time.Time
}

func (p *pacer) of(service string) *pace {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.services[service] == nil {
		p.services[service] = &pace{line: make(chan struct{}, 1)}
	}
	return p.services[service]
}

// wait tells how long the call in front has to wait for its turn; 0 means that the turn is now, and is taken.
func (p *pacer) wait(s *pace) time.Duration {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.now()
	if s.rate > 0 {
		if wait := s.last.Add(time.Duration(float64(time.Second) / s.rate)).Sub(now); wait > 0 {
			return wait
		}
	}
	s.last = now
	return 0
}

// turn waits until a call may begin and gives the time at which it does. The rate may change meanwhile, and the turn with
// it.
func (p *pacer) turn(ctx context.Context, service string) (begin time.Time, err error) {
	s := p.of(service)
	select {
	case s.line <- struct{}{}:
	case <-ctx.Done():
		return begin, ctx.Err()
	}
	defer func() { <-s.line }()
	for wait := p.wait(s); wait > 0; wait = p.wait(s) {
		if err := p.pause(ctx, wait); err != nil {
			return begin, err
		}
	}
	return p.now(), nil
}

// learn takes in how a call ended.
func (p *pacer) learn(service string, begin time.Time, err error) {
	s := p.of(service)
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case !isThrottled(err):
		s.rate *= quickening // 0 stays 0
	case s.rate == 0:
		s.rate, s.slowed = firstRate, p.now()
	case !begin.Before(s.slowed):
		s.rate, s.slowed = max(slowing*s.rate, slowestRate), p.now()
	}
}

// isThrottled tells that AWS refused a call because there were too many.
func isThrottled(err error) bool {
	return retry.IsErrorThrottles(retry.DefaultThrottles).IsErrorThrottle(err).Bool()
}

// attach lets every attempt of a call take its turn.
func (p *pacer) attach(stack *middleware.Stack) error {
	if _, retries := stack.Finalize.Get("Retry"); !retries {
		return nil // presigned, not sent
	}
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("TakeTurns", p.attempt), "Retry", middleware.After)
}

func (p *pacer) attempt(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	service := awsmiddleware.GetServiceID(ctx)
	begin, err := p.turn(ctx, service)
	if err != nil {
		return middleware.FinalizeOutput{}, middleware.Metadata{}, err
	}
	out, metadata, err := next.HandleFinalize(ctx, in)
	p.learn(service, begin, err)
	return out, metadata, err
}
