package reconcile_test

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file lists what can go wrong with one call of AWS.

// blow is one way in which a call goes wrong.
type blow struct {
	name string
	// heals tells that the run must not even notice.
	heals bool
	// fault makes what strikes a call; giveUp ends the run's context, as a time-out of the operation does.
	fault func(call awssim.Call, giveUp func()) awssim.Fault
}

// plain is a blow that is the same for every call.
func plain(f awssim.Fault) func(awssim.Call, func()) awssim.Fault {
	return func(awssim.Call, func()) awssim.Fault { return f }
}

// blows are the ways, each for one call unless its name says otherwise.
var blows = []blow{
	{"throttled 8 times", true, func(call awssim.Call, _ func()) awssim.Fault {
		return awssim.Fault{Times: 8, Error: throttling(call)}
	}},
	{"500", true, func(call awssim.Call, _ func()) awssim.Fault {
		return awssim.Fault{Error: internalError(call)}
	}},
	{"503", true, plain(awssim.Fault{Error: &awssim.Error{
		Code: "ServiceUnavailable", Status: http.StatusServiceUnavailable, Message: "Service is unable to handle request.",
	}})},
	{"no connection", true, plain(awssim.Fault{DropBefore: true})},
	{"the answer is lost", true, plain(awssim.Fault{DropAfter: true})},
	{"the answer is cut", true, plain(awssim.Fault{Truncate: true})},
	{"denied", false, plain(awssim.Fault{Error: denied()})},
	{"no connection from here on", false, plain(awssim.Fault{Times: awssim.Always, DropBefore: true})},
	{"answers are lost from here on", false, plain(awssim.Fault{Times: awssim.Always, DropAfter: true})},
	{"answers are cut from here on", false, plain(awssim.Fault{Times: awssim.Always, Truncate: true})},
	{"503 from here on", false, plain(awssim.Fault{Times: awssim.Always, Error: awssim.SlowDown()})},
	{"time is up before AWS acts", false, func(_ awssim.Call, giveUp func()) awssim.Fault {
		return awssim.Fault{Before: giveUp, DropBefore: true}
	}},
	{"time is up after AWS acted", false, func(_ awssim.Call, giveUp func()) awssim.Fault {
		return awssim.Fault{After: giveUp, DropAfter: true}
	}},
}

func denied() *awssim.Error {
	return &awssim.Error{
		Code: "AccessDenied", Status: http.StatusForbidden, Message: "User: arn:aws:iam::111111111111:user/ci is not authorized to perform this",
	}
}

func throttling(call awssim.Call) *awssim.Error {
	if call.Service == "s3" {
		return awssim.SlowDown()
	}
	return awssim.Throttling()
}

func internalError(call awssim.Call) *awssim.Error {
	if call.Service == "iam" {
		return awssim.ServiceFailure()
	}
	return &awssim.Error{Code: "InternalError", Status: http.StatusInternalServerError, Message: "We encountered an internal error. Please try again."}
}
