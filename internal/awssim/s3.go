// This file plugs S3 into the server: it takes everything that is signed for s3.
package awssim

import (
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

// Bucket is a bucket as tests set it up and look at it.
type Bucket = s3sim.Bucket

// BucketOptions are the settings that a bucket starts with.
type BucketOptions = s3sim.BucketOptions

// PublicAccessBlock is Block Public Access of a bucket.
type PublicAccessBlock = s3sim.PublicAccessBlock

// S3 is the S3 of the server, for set-up beyond what its clients may do.
func (s *Server) S3() *s3sim.Service { return s.s3 }

// AddBucket makes a bucket of the account, without the checks of CreateBucket.
func (a *Account) AddBucket(name string, o BucketOptions) *Bucket {
	return a.server.s3.AddBucket(a.dir, name, o)
}

// AccessPointNames are the names of the account's access points in a region,
// sorted.
func (a *Account) AccessPointNames(region string) []string {
	a.server.dir.Lock()
	defer a.server.dir.Unlock()
	var names []string
	for _, p := range a.server.s3.PointsOf(a.dir.ID, region) {
		names = append(names, p.Name)
	}
	return names
}

func (in *incoming) routeS3() {
	operation, bucket, key := s3sim.Route(in.request)
	in.operation, in.resource = operation, bucket
	if key != "" {
		in.resource += "/" + key
	}
}

func (s *Server) runS3(w http.ResponseWriter, in *incoming) {
	s.s3.Serve(w, &s3sim.Call{Request: in.request, Body: in.body, Caller: in.caller, RequestID: in.requestID})
}
