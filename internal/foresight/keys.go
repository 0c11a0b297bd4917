package foresight

import (
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/s3action"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
)

// This file tells what is known of the condition keys of a call that nobody has made yet (IAM User Guide, "AWS global
// condition context keys"; Service Authorization Reference, "Actions, resources, and condition keys for S3").

// clients are keys that every call through an SDK of today has: TLS, and a signature of version 4.
func clients() verdict.Keys {
	return verdict.Keys{
		"aws:SecureTransport": {"true"}, "aws:ViaAWSService": {"false"}, "s3:signatureversion": {"AWS4-HMAC-SHA256"},
	}
}

// ofCaller are keys that the judge derives from the caller.
var ofCaller = []string{"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:principalisawsservice", "aws:userid"}

// byServices are keys that only calls have which a service of AWS makes or hands on.
var byServices = []string{
	"aws:calledvia", "aws:calledviafirst", "aws:calledvialast", "aws:sourcearn", "aws:sourceaccount", "aws:sourceorgid", "aws:sourceorgpaths",
	"aws:principalservicename", "aws:principalservicenameslist",
}

// byKind are keys of which a session of a role that was assumed across accounts has none.
var byKind = []string{"aws:username", "aws:federatedprovider"}

// ofAccessPoints are keys that only calls through an access point have.
var ofAccessPoints = []string{"s3:dataaccesspointaccount", "s3:dataaccesspointarn", "s3:accesspointnetworkorigin"}

// lacks tells that a call of that action has no such key. The key is in lower case.
func lacks(action, key string) bool {
	if slices.Contains(byServices, key) || slices.Contains(ofAccessPoints, key) {
		return true
	}
	name, ofS3 := strings.CutPrefix(key, "s3:")
	known, isKnown := s3action.Named(action)
	return ofS3 && !(isKnown && known.Takes(name))
}

// timesAt are the keys that follow from the time.
func timesAt(now time.Time) verdict.Keys {
	if now.IsZero() {
		return verdict.Keys{}
	}
	at := now.UTC().Format(time.RFC3339)
	soon := now.Add(time.Minute).UTC().Format(time.RFC3339) // sessions that are still to begin
	return verdict.Keys{"aws:CurrentTime": {at}, "aws:EpochTime": {at}, "aws:TokenIssueTime": {soon}}
}

// Keys of the network: a call has either an address, or an endpoint and what belongs to it (IAM User Guide, ibid.,
// aws:SourceIp and aws:SourceVpce).
const sourceIP = "aws:sourceip"

var ofEndpoints = []string{
	"aws:sourcevpce", "aws:sourcevpc", "aws:vpcsourceip", "aws:sourcevpcarn", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
}

// tlsVersion is a key that has few values: AWS takes TLS 1.2 at least (AWS Security Blog, "TLS 1.2 required for AWS
// endpoints").
const tlsVersion = "s3:tlsversion"

var tlsVersions = []string{"1.2", "1.3"}
