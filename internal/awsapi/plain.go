package awsapi

import (
	"context"
	"fmt"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"
)

// instanceMetadata is the one service that has no https: it is link-local and gives the machine its own credentials.
const instanceMetadata = "ec2imds"

// refusePlain stops every call of the SDK that would leave this machine unencrypted, whoever chose the endpoint.
func (c Connection) refusePlain(stack *middleware.Stack) error {
	if c.Insecure {
		return nil
	}
	return stack.Finalize.Add(middleware.FinalizeMiddlewareFunc("RefusePlainEndpoint", func(
		ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler,
	) (middleware.FinalizeOutput, middleware.Metadata, error) {
		service := awsmiddleware.GetServiceID(ctx)
		request, ok := in.Request.(*smithyhttp.Request)
		if ok && service != instanceMetadata {
			if err := checkPlain(request.URL); err != nil {
				return middleware.FinalizeOutput{}, middleware.Metadata{}, &PlainEndpointError{Service: service, Err: err}
			}
		}
		return next.HandleFinalize(ctx, in)
	}), middleware.After)
}

// PlainEndpointError tells that a call would have gone unencrypted beyond this machine, to an endpoint that the
// environment or a profile names.
type PlainEndpointError struct {
	Service string
	Err     error
}

// Error implements error.
func (e *PlainEndpointError) Error() string {
	return fmt.Sprintf("choosing the endpoint of %s: %s", e.Service, e.Err)
}

// Unwrap gives the reason.
func (e *PlainEndpointError) Unwrap() error { return e.Err }
