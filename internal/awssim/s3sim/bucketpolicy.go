// This file answers the calls on bucket policies.
package s3sim

import (
	"encoding/xml"
	"fmt"
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

var policyOperations = map[string]operation{
	"GetBucketPolicy":       getBucketPolicy,
	"PutBucketPolicy":       putBucketPolicy,
	"DeleteBucketPolicy":    deleteBucketPolicy,
	"GetBucketPolicyStatus": getBucketPolicyStatus,
}

// mayPolicy judges a call on the policy itself. The root user of the bucket's account may always make it, whatever the
// policy says; a caller of another account may never, which it learns as 405 when policies allow it (S3 API Reference,
// "PutBucketPolicy").
func (r *request) mayPolicy(action string) error {
	c := r.call.Caller
	if c != nil && c.Account == r.bucket.owner && c.User == nil && c.Session == nil {
		r.call.Resource = r.bucket.arn()
		return nil
	}
	if err := r.mayBucket(action); err != nil {
		return err
	}
	if c == nil || c.Account != r.bucket.owner {
		return methodNotAllowed(r)
	}
	return nil
}

func (r *request) noSuchBucketPolicy() *fault {
	return newFault("NoSuchBucketPolicy", http.StatusNotFound, "The bucket policy does not exist").about("BucketName", r.name)
}

func getBucketPolicy(r *request) (*answer, error) {
	if err := r.mayPolicy("s3:GetBucketPolicy"); err != nil {
		return nil, err
	}
	document := r.bucket.policy()
	if document == nil {
		return nil, r.noSuchBucketPolicy()
	}
	return (&answer{body: []byte(r.show(*document))}).with("Content-Type", "application/json"), nil
}

func putBucketPolicy(r *request) (*answer, error) {
	if err := r.mayPolicy("s3:PutBucketPolicy"); err != nil {
		return nil, err
	}
	document, err := r.store(r.bucket.scope(), string(r.body))
	if err != nil {
		return nil, err
	}
	if r.bucket.countedBlock().BlockPublicPolicy && isPublic(&document) {
		f := accessDenied()
		f.message = fmt.Sprintf("User: %s is not authorized to perform: s3:PutBucketPolicy on resource: %q because public policies "+
			"are blocked by the BlockPublicPolicy block public access setting.", r.call.Caller.ARN(), r.bucket.arn())
		return nil, f
	}
	r.bucket.write(&document)
	return noContent(), nil
}

// isPublic tells whether S3 takes a policy for public.
func isPublic(document *policy.Document) bool { return document != nil && len(document.Public()) > 0 }

// deleteBucketPolicy succeeds also where there is no policy.
func deleteBucketPolicy(r *request) (*answer, error) {
	if err := r.mayPolicy("s3:DeleteBucketPolicy"); err != nil {
		return nil, err
	}
	r.bucket.write(nil)
	return noContent(), nil
}

func getBucketPolicyStatus(r *request) (*answer, error) {
	if err := r.mayBucket("s3:GetBucketPolicyStatus"); err != nil {
		return nil, err
	}
	document := r.bucket.policy()
	if document == nil {
		return nil, r.noSuchBucketPolicy()
	}
	return ok(struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ PolicyStatus"`
		IsPublic bool
	}{IsPublic: isPublic(document)}), nil
}
