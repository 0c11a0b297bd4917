// This file keeps objects: versions of keys as the bucket's versioning makes them (S3 User Guide, "Using versioning in
// S3 buckets").
package s3sim

import (
	"encoding/hex"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// nullVersion is the ID of versions that were written while versioning was not enabled.
const nullVersion = "null"

// version is one version of an object, or a delete marker.
type version struct {
	id         string
	owner      *directory.Account
	body       []byte
	etag       string // without quotes
	modified   time.Time
	tags       []directory.Tag
	headers    http.Header // what GetObject answers besides: Content-Type, x-amz-meta-…
	parts      []int       // sizes, for objects uploaded in parts
	marker     bool        // a delete marker
	encryption encryption
	// openToBucketOwner tells that the writer granted the bucket's owner full control.
	openToBucketOwner bool
}

// keptHeaders are those of a PUT that S3 gives back.
var keptHeaders = []string{
	"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires",
	"X-Amz-Website-Redirect-Location", "X-Amz-Storage-Class",
}

func newVersion(owner *directory.Account, body []byte, header http.Header) *version {
	v := &version{owner: owner, body: slices.Clone(body), etag: hex.EncodeToString(md5Sum(body)), headers: http.Header{}}
	v.keep(header)
	return v
}

// keep takes over what describes the object.
func (v *version) keep(header http.Header) {
	v.headers.Set("Content-Type", "binary/octet-stream")
	for name, values := range header {
		if slices.Contains(keptHeaders, name) || strings.HasPrefix(name, "X-Amz-Meta-") {
			v.headers[name] = slices.Clone(values)
		}
	}
	// aws-chunked is how the body travelled, not what it is.
	encodings := slices.DeleteFunc(strings.Split(v.headers.Get("Content-Encoding"), ","), func(e string) bool {
		return strings.TrimSpace(e) == "aws-chunked"
	})
	v.headers.Del("Content-Encoding")
	if left := strings.TrimSpace(strings.Join(encodings, ",")); left != "" {
		v.headers.Set("Content-Encoding", left)
	}
}

// storageClass is STANDARD where nothing else was asked for; S3 leaves it out of headers then.
func (v *version) storageClass() string {
	if class := v.headers.Get("X-Amz-Storage-Class"); class != "" {
		return class
	}
	return "STANDARD"
}

// add makes v the newest version of a key.
func (b *Bucket) add(key string, v *version) {
	v.modified = b.service.dir.Now()
	versions := b.objects[key]
	if b.versioning == VersioningEnabled {
		v.id = b.service.dir.NewID("") + b.service.dir.NewID("")[:15]
	} else {
		v.id = nullVersion
		versions = slices.DeleteFunc(slices.Clone(versions), func(old *version) bool { return old.id == nullVersion })
	}
	b.objects[key] = append(slices.Clone(versions), v)
}

// remove deletes a key as a caller without version ID does; it gives the delete marker, nil where there is none.
func (b *Bucket) remove(key string, owner *directory.Account) *version {
	if b.versioning == Unversioned {
		delete(b.objects, key)
		return nil
	}
	v := &version{owner: owner, marker: true, headers: http.Header{}}
	b.add(key, v)
	return v
}

// removeVersion deletes one version for good and gives it, nil where there is none.
func (b *Bucket) removeVersion(key, id string) *version {
	versions := b.objects[key]
	at := slices.IndexFunc(versions, func(v *version) bool { return v.id == id })
	if at < 0 {
		return nil
	}
	gone := versions[at]
	if b.objects[key] = slices.Delete(slices.Clone(versions), at, at+1); len(b.objects[key]) == 0 {
		delete(b.objects, key)
	}
	return gone
}

// newest gives the newest version of a key, a delete marker too, nil where there is none.
func (b *Bucket) newest(key string) *version {
	if versions := b.objects[key]; len(versions) > 0 {
		return versions[len(versions)-1]
	}
	return nil
}

// find gives a version by its ID, the newest for "".
func (b *Bucket) find(key, id string) *version {
	if id == "" {
		return b.newest(key)
	}
	for _, v := range b.objects[key] {
		if v.id == id {
			return v
		}
	}
	return nil
}

// liveKeys are the keys whose newest version is no delete marker, in order.
func (b *Bucket) liveKeys() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(b.objects)), func(key string) bool { return b.newest(key).marker })
}

// versionHeader shows a version ID where the bucket has versions.
func (b *Bucket) versionHeader(id string) string {
	if b.versioning == Unversioned {
		return ""
	}
	return id
}

func tagMap(tags map[string]string) map[string]directory.Tag {
	pairs := make(map[string]directory.Tag, len(tags))
	for key, value := range tags {
		pairs[key] = directory.Tag{Key: key, Value: value}
	}
	return pairs
}
