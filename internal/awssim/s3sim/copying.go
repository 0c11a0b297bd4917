// This file answers CopyObject and finds the source of a copy.
package s3sim

import (
	"encoding/xml"
	"net/url"
	"strings"
)

// source finds the object that x-amz-copy-source names and judges its reading.
func (r *request) source() (target, error) {
	path, version, _ := strings.Cut(strings.TrimPrefix(r.header.Get("X-Amz-Copy-Source"), "/"), "?versionId=")
	path, err := url.PathUnescape(path)
	name, key, found := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if err != nil || !found || key == "" {
		return target{}, invalidArgument("x-amz-copy-source", r.header.Get("X-Amz-Copy-Source"),
			"Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	bucket := r.buckets[name]
	if bucket == nil {
		return target{}, noSuchBucket(name)
	}
	if want := r.header.Get("X-Amz-Source-Expected-Bucket-Owner"); want != "" && want != bucket.owner.ID {
		return target{}, accessDenied()
	}
	from := *r
	from.bucket, from.name, from.key = bucket, name, key
	from.query = url.Values{}
	if version != "" {
		from.query.Set("versionId", version)
	}
	v, err := from.readable("s3:GetObject")
	if err != nil {
		return target{}, err
	}
	if err := from.decrypt(v.encryption); err != nil {
		return target{}, err
	}
	t := from.here(v)
	if r.call.Operation == "CopyObject" && len(v.tags) > 0 && r.header.Get("X-Amz-Tagging-Directive") != "REPLACE" {
		err = from.mayObject(versioned("s3:GetObjectTagging", version), t)
	}
	return t, err
}

func copyObject(r *request) (*answer, error) {
	from, err := r.source()
	if err != nil {
		return nil, err
	}
	tags := from.version.tags
	if r.header.Get("X-Amz-Tagging-Directive") == "REPLACE" {
		if tags, err = headerTags(r.header); err != nil {
			return nil, err
		}
	}
	c, err := r.create(tags)
	if err != nil {
		return nil, err
	}
	if err := r.checkExisting(); err != nil {
		return nil, err
	}
	replace := r.header.Get("X-Amz-Metadata-Directive") == "REPLACE"
	if from.bucket == r.bucket && from.key == r.key && !replace && r.header.Get("X-Amz-Storage-Class")+r.header.Get("X-Amz-Server-Side-Encryption") == "" {
		return nil, invalidRequest("This copy request is illegal because it is trying to copy an object to itself without changing " +
			"the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	described := from.version.headers
	if replace {
		described = r.header
	}
	v := newVersion(c.owner, from.version.body, described)
	c.describe(v)
	r.bucket.add(r.key, v)
	return ok(struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CopyObjectResult"`
		ETag         string
		LastModified string
	}{ETag: quoted(v.etag), LastModified: xmlTime(v.modified)}).
		with("X-Amz-Version-Id", r.bucket.versionHeader(v.id)).showEncryption(v.encryption), nil
}
