package awsapi

// This file holds the parsers of what a connection is told in text, so that what Terraform validates is what Connect
// accepts.

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
)

// RetryMode is a retry strategy of the SDK; empty means AWS_RETRY_MODE, retry_mode of the profile, or standard.
type RetryMode string

// ParseRetryMode accepts standard and adaptive.
func ParseRetryMode(text string) (RetryMode, error) {
	switch aws.RetryMode(text) {
	case aws.RetryModeStandard, aws.RetryModeAdaptive:
		return RetryMode(text), nil
	}
	return "", fmt.Errorf("%q is not a retry mode: use standard or adaptive", text)
}

var (
	roleARNPattern = regexp.MustCompile(`^arn:aws[a-z-]*:iam::[0-9]{12}:role/[\x21-\x7E]+$`)
	regionPattern  = regexp.MustCompile(`^[a-z]{2,}(-[a-z]+)+-[0-9]+$`)
)

// ParseRoleARN accepts the ARN of an IAM role.
func ParseRoleARN(text string) (string, error) {
	if !roleARNPattern.MatchString(text) {
		return "", fmt.Errorf("%q is not the ARN of a role, arn:aws:iam::<account ID>:role/<path and name>", text)
	}
	return text, nil
}

// ParseRegion accepts the form of a region code; which regions exist is for AWS to say.
func ParseRegion(text string) (string, error) {
	if !regionPattern.MatchString(text) {
		return "", fmt.Errorf("%q is not the code of an AWS region, for example eu-central-1", text)
	}
	return text, nil
}

// ParseDuration accepts a session duration as Go writes it, 15 minutes to 12 hours (STS API reference, AssumeRole).
func ParseDuration(text string) (time.Duration, error) {
	duration, err := time.ParseDuration(text)
	if err != nil {
		return 0, fmt.Errorf("%q is not a duration, for example 30m or 1h", text)
	}
	if duration < 15*time.Minute || duration > 12*time.Hour {
		return 0, fmt.Errorf("a session of %s is not possible: STS allows 15m to 12h", text)
	}
	return duration, nil
}

// ParseEndpoint accepts the URL of an endpoint: http or https with a host and no user, query or fragment.
func ParseEndpoint(text string) (string, error) {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Scheme != "http" && parsed.Scheme != "https" || parsed.Hostname() == "" {
		return "", fmt.Errorf("this is not the URL of an endpoint, for example https://sts.eu-central-1.amazonaws.com")
	}
	if parsed.User != nil || parsed.RawQuery != "" || parsed.Fragment != "" {
		return "", fmt.Errorf("the URL of an endpoint has no user, query or fragment")
	}
	return text, nil
}

// ParseProxy accepts the URL of a proxy; it may have user and password, so errors do not repeat it.
func ParseProxy(text string) (string, error) {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Hostname() == "" {
		return "", fmt.Errorf("this is not the URL of a proxy, for example http://proxy.example.com:3128")
	}
	switch parsed.Scheme {
	case "http", "https", "socks5", "socks5h":
		return text, nil
	}
	return "", fmt.Errorf("a proxy cannot be reached by %q: use http, https, socks5 or socks5h", parsed.Scheme)
}

// checkPlain refuses a URL that would carry signed requests and their answers in the clear beyond this machine.
func checkPlain(target *url.URL) error {
	if target.Scheme == "https" || isLoopback(target.Hostname()) {
		return nil
	}
	return fmt.Errorf("%s://%s is not encrypted and not on this machine: use https, or set insecure = true to allow it",
		target.Scheme, target.Host)
}

func isLoopback(host string) bool {
	host = strings.ToLower(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	address := net.ParseIP(host)
	return address != nil && address.IsLoopback()
}
