package awsapi

// This file makes the clients of services whose resources are in one region, beside S3.

import (
	"context"
	"net"
	"net/url"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	smithyendpoints "github.com/aws/smithy-go/endpoints"
)

// regional keeps one client for each region.
type regional[C any] struct {
	newClient func(region string) *C

	mu      sync.Mutex
	clients map[string]*C
}

func newRegional[C any](newClient func(region string) *C) *regional[C] {
	return &regional[C]{newClient: newClient, clients: map[string]*C{}}
}

func (r *regional[C]) in(region string) *C {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.clients[region] == nil {
		r.clients[region] = r.newClient(region)
	}
	return r.clients[region]
}

func (c Connection) newKMS(loaded aws.Config) *regional[kmsCalls] {
	return newRegional(func(region string) *kmsCalls {
		return newKMSCalls(kms.NewFromConfig(loaded, func(o *kms.Options) {
			o.BaseEndpoint, o.Region = override(o.BaseEndpoint, c.Endpoints.KMS), region
		}))
	})
}

func (c Connection) newS3Control(loaded aws.Config) *regional[controlCalls] {
	return newRegional(func(region string) *controlCalls {
		return newControlCalls(s3control.NewFromConfig(loaded, func(o *s3control.Options) {
			o.BaseEndpoint, o.Region = override(o.BaseEndpoint, c.Endpoints.S3Control), region
			o.EndpointResolverV2 = hostsWithoutNames{s3control.NewDefaultEndpointResolverV2()}
		}))
	})
}

// hostsWithoutNames leaves the account's ID out of the host where the endpoint is an address or the local machine: S3
// Control puts it before the host's name, which names nothing there. The header x-amz-account-id says it in any case.
type hostsWithoutNames struct{ standard s3control.EndpointResolverV2 }

// ResolveEndpoint implements s3control.EndpointResolverV2.
func (h hostsWithoutNames) ResolveEndpoint(ctx context.Context, p s3control.EndpointParameters) (smithyendpoints.Endpoint, error) {
	if p.Endpoint != nil {
		target, err := url.Parse(*p.Endpoint)
		if err == nil && (target.Hostname() == "localhost" || net.ParseIP(target.Hostname()) != nil) {
			p.RequiresAccountId = aws.Bool(false)
		}
	}
	return h.standard.ResolveEndpoint(ctx, p)
}
