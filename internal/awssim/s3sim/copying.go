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
	if err != nil {
		return target{}, noCopySource(r)
	}
	from := *r
	if err := from.enterSource(strings.TrimPrefix(path, "/")); err != nil {
		return target{}, err
	}
	if want := r.header.Get("X-Amz-Source-Expected-Bucket-Owner"); want != "" && want != from.bucket.owner.ID {
		return target{}, accessDenied()
	}
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

func noCopySource(r *request) *fault {
	return invalidArgument("x-amz-copy-source", r.header.Get("X-Amz-Copy-Source"),
		"Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
}

// enterSource finds bucket and key that a copy is from: BUCKET/KEY, ALIAS/KEY, or the ARN of an access point followed by
// /object/KEY (S3 API Reference, "CopyObject").
func (r *request) enterSource(path string) error {
	name, key, found := strings.Cut(path, "/")
	r.point, r.bucket, r.name, r.key = nil, r.buckets[name], name, key
	p, isAlias := r.pointByAlias(name), strings.HasSuffix(name, aliasSuffix)
	if fields := strings.SplitN(path, ":", 6); len(fields) == 6 && fields[2] == "s3" {
		point, rest, _ := strings.Cut(strings.TrimPrefix(fields[5], "accesspoint/"), "/object/")
		p, isAlias, found, r.key = r.points[PointID{fields[4], fields[3], point}], true, true, rest
	}
	switch {
	case !found || r.key == "":
		return noCopySource(r)
	case isAlias && p == nil:
		return noSuchPoint()
	case isAlias:
		return r.enterPoint(p)
	case r.bucket == nil:
		return noSuchBucket(name)
	}
	return nil
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
