package awsapi

import (
	"context"
	"maps"
	"strings"
	"sync"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
)

// Tally counts the calls of accounts, repeated ones each time. The zero Tally is ready for use.
type Tally struct {
	mu    sync.Mutex
	calls map[string]int
}

// Calls gives how often each operation was called so far, by names such as iam:CreateRole.
func (t *Tally) Calls() map[string]int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return maps.Clone(t.calls)
}

// attach lets the tally see every attempt of a call.
func (t *Tally) attach(stack *middleware.Stack) error {
	if _, retries := stack.Finalize.Get("Retry"); !retries {
		return nil // presigned, not sent
	}
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("Count", t.attempt), "Retry", middleware.After)
}

func (t *Tally) attempt(
	ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
) (middleware.FinalizeOutput, middleware.Metadata, error) {
	name := strings.ReplaceAll(strings.ToLower(awsmiddleware.GetServiceID(ctx)), " ", "") + ":" + awsmiddleware.GetOperationName(ctx)
	t.mu.Lock()
	if t.calls == nil {
		t.calls = map[string]int{}
	}
	t.calls[name]++
	t.mu.Unlock()
	return next.HandleFinalize(ctx, in)
}
