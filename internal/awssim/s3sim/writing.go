// This file answers the calls that write objects.
package s3sim

import (
	"net/http"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

var writeOperations = map[string]operation{
	"PutObject":     putObject,
	"CopyObject":    copyObject,
	"DeleteObject":  deleteObject,
	"DeleteObjects": deleteObjects,
}

// creation is a new object as the headers of a call describe it.
type creation struct {
	owner      *directory.Account
	open       bool // to the bucket's owner
	tags       []directory.Tag
	encryption encryption
}

// create judges the writing of an object with the headers of the call: s3:PutObject, and one action more for an ACL or
// tags (S3 API Reference, "PutObject").
func (r *request) create(tags []directory.Tag) (creation, error) {
	c := creation{tags: tags}
	at := r.here(nil)
	at.keys = requestTagKeys(tags)
	needed := []string{"s3:PutObject"}
	acl := r.header.Get("X-Amz-Acl")
	if acl != "" {
		needed = append(needed, "s3:PutObjectAcl")
	}
	if len(tags) > 0 {
		needed = append(needed, "s3:PutObjectTagging")
	}
	for _, action := range needed {
		if err := r.mayObject(action, at); err != nil {
			return c, err
		}
	}
	if err := r.checkUnknown(); err != nil {
		return c, err
	}
	if err := r.checkACL(acl); err != nil {
		return c, err
	}
	c.owner, c.open = r.objectOwner(acl)
	var err error
	c.encryption, err = r.encrypted()
	return c, err
}

// checkUnknown refuses what the simulator could not keep or judge.
func (r *request) checkUnknown() error {
	for name := range r.header {
		lower := strings.ToLower(name)
		if strings.HasPrefix(lower, "x-amz-object-lock-") || strings.HasPrefix(lower, "x-amz-server-side-encryption-customer-") {
			return notImplemented("the simulator does not know the header %s", lower)
		}
	}
	return nil
}

// checkACL refuses ACLs where the bucket's owner owns everything (S3 User Guide, "Controlling ownership of objects").
func (r *request) checkACL(acl string) error {
	granting := slices.ContainsFunc([]string{"Full-Control", "Read", "Read-Acp", "Write-Acp"}, func(right string) bool {
		return r.header.Get("X-Amz-Grant-"+right) != ""
	})
	if r.bucket.ownership == BucketOwnerEnforced {
		if granting || acl != "" && acl != "bucket-owner-full-control" {
			return newFault("AccessControlListNotSupported", http.StatusBadRequest, "The bucket does not allow ACLs")
		}
		return nil
	}
	if granting || acl != "" && acl != "private" && acl != "bucket-owner-full-control" {
		return notImplemented("the simulator knows the ACLs private and bucket-owner-full-control only")
	}
	return nil
}

// objectOwner says who owns what the call writes, and whether the bucket's owner gets full control.
func (r *request) objectOwner(acl string) (owner *directory.Account, open bool) {
	open = acl == "bucket-owner-full-control"
	switch {
	case r.call.Caller == nil, r.bucket.ownership == BucketOwnerEnforced, r.bucket.ownership == BucketOwnerPreferred && open:
		return r.bucket.owner, true
	}
	return r.call.Caller.Account, open
}

func putObject(r *request) (*answer, error) {
	tags, err := headerTags(r.header)
	if err != nil {
		return nil, err
	}
	c, err := r.create(tags)
	if err != nil {
		return nil, err
	}
	if err := r.checkExisting(); err != nil {
		return nil, err
	}
	v := newVersion(c.owner, r.body, r.header)
	c.describe(v)
	r.bucket.add(r.key, v)
	a := (&answer{}).with("ETag", quoted(v.etag)).with("X-Amz-Version-Id", r.bucket.versionHeader(v.id))
	for name := range algorithms {
		a.with("X-Amz-Checksum-"+name, r.header.Get("X-Amz-Checksum-"+name))
	}
	return a.showEncryption(v.encryption), nil
}

// describe gives a version what the call said of it.
func (c creation) describe(v *version) {
	v.tags, v.openToBucketOwner, v.encryption = c.tags, c.open, c.encryption
}

// checkExisting answers the conditional writes If-None-Match: * and If-Match.
func (r *request) checkExisting() error {
	v := r.bucket.newest(r.key)
	exists := v != nil && !v.marker
	if known := r.header.Get("If-None-Match"); known != "" {
		if known != "*" {
			return notImplemented("If-None-Match of a write takes * only")
		}
		if exists {
			return preconditionFailed("If-None-Match")
		}
	}
	if want := r.header.Get("If-Match"); want != "" {
		if !exists {
			return noSuchKey(r.key)
		}
		if !sameETag(want, v.etag) {
			return preconditionFailed("If-Match")
		}
	}
	return nil
}
