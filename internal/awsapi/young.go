package awsapi

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// This file is patient with roles that exist for a moment only: IAM is eventually consistent, and the host that answers
// the next call may not know of them yet (IAM User Guide, "Changes that I make are not always immediately visible").

// rolePatience bounds how long a call waits for a role that this process knows to be there, and youth how long after it
// was heard of that may be needed.
const (
	rolePatience = time.Minute
	youth        = 2 * time.Minute
)

// nursery knows the roles of an account that this process made, or was told to exist by the refusal to make them again.
type nursery struct {
	mu   sync.Mutex
	born map[string]time.Time
	wait func(ctx context.Context, delay time.Duration) error
}

func newNursery(delay func(time.Duration) time.Duration) *nursery {
	n := &nursery{born: map[string]time.Time{}, wait: Sleep}
	if delay != nil {
		n.wait = func(ctx context.Context, wanted time.Duration) error { return Sleep(ctx, delay(wanted)) }
	}
	return n
}

// attach lets the nursery see every call of a client, with its retries.
func (n *nursery) attach(stack *middleware.Stack) error {
	return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("YoungRoles", n.call), middleware.After)
}

func (n *nursery) call(
	ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
) (middleware.InitializeOutput, middleware.Metadata, error) {
	role := roleOf(in.Parameters)
	out, metadata, err := next.HandleInitialize(ctx, in)
	waited := time.Duration(0)
	for delay := time.Second; isRoleAbsent(err) && waited < rolePatience && n.isYoung(role); delay = min(2*delay, longestPrincipalGap) {
		if stop := n.wait(ctx, delay); stop != nil {
			return out, metadata, err
		}
		waited += delay
		out, metadata, err = next.HandleInitialize(ctx, in)
	}
	n.learn(in.Parameters, err)
	return out, metadata, err
}

// learn notes what a call tells of its role.
func (n *nursery) learn(parameters any, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch call := parameters.(type) {
	case *iam.CreateRoleInput:
		if err == nil || IsTaken(err) {
			n.born[aws.ToString(call.RoleName)] = time.Now()
		}
	case *iam.DeleteRoleInput:
		if err == nil || IsAbsent(err) {
			delete(n.born, aws.ToString(call.RoleName))
		}
	}
}

func (n *nursery) isYoung(role string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	born, known := n.born[role]
	return known && time.Since(born) < youth
}

// roleOf gives the role that a call names, empty when it names none. The SDK calls the field RoleName in every input.
func roleOf(parameters any) string {
	field := reflect.Indirect(reflect.ValueOf(parameters)).FieldByName("RoleName")
	if !field.IsValid() || field.Kind() != reflect.Pointer || field.IsNil() {
		return ""
	}
	return field.Elem().String()
}

// isRoleAbsent tells that a role is not there, and not only a policy of it. IAM has one code for both, so the text decides:
// "The role with name … cannot be found." (GetRole, PutRolePolicy and all other calls on a role).
func isRoleAbsent(err error) bool {
	var api smithy.APIError
	return IsAbsent(err) && errors.As(err, &api) && strings.Contains(api.ErrorMessage(), "role with name")
}
