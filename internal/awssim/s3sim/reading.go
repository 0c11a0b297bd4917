// This file answers the calls that read one object.
package s3sim

import (
	"encoding/xml"
	"net/http"
	"strconv"
	"strings"
)

var readOperations = map[string]operation{
	"GetObject":           getObject,
	"HeadObject":          getObject,
	"GetObjectAttributes": getObjectAttributes,
}

// readable finds the version that a call names and judges the action on it: plain without version ID, of the version
// with one. A missing object is 404 only for those who may list the bucket, 403 for others (S3 API Reference,
// "GetObject").
func (r *request) readable(action string) (*version, error) {
	id := r.query.Get("versionId")
	if r.query.Has("versionId") && id == "" {
		return nil, invalidArgument("versionId", "", "Version id cannot be the empty string")
	}
	v := r.bucket.find(r.key, id)
	if err := r.mayObject(versioned(action, id), r.here(v)); err != nil {
		return nil, err
	}
	if v != nil && !v.marker {
		return v, nil
	}
	return nil, r.missing(v, id)
}

// versioned names the action for a call with a version ID: s3:GetObject becomes s3:GetObjectVersion.
func versioned(action, id string) string {
	if id == "" {
		return action
	}
	return strings.Replace(action, "Object", "ObjectVersion", 1)
}

// missing words the absence of an object; marker is the delete marker in its place, nil where there is none.
func (r *request) missing(marker *version, id string) error {
	if err := r.mayBucket("s3:ListBucket"); err != nil {
		return err
	}
	f := noSuchKey(r.key)
	switch {
	case marker != nil && id != "":
		f = methodNotAllowed(r)
	case marker == nil && id != "":
		f = noSuchVersion(r.key, id)
	}
	if marker != nil {
		f.header.Set("X-Amz-Delete-Marker", "true")
		f.header.Set("X-Amz-Version-Id", marker.id)
	}
	return f
}

func getObject(r *request) (*answer, error) {
	v, err := r.readable("s3:GetObject")
	if err != nil {
		return nil, err
	}
	if err := r.decryptFor(v); err != nil {
		return nil, err
	}
	if unchanged, err := r.conditions(v); unchanged != nil || err != nil {
		return unchanged, err
	}
	a := &answer{header: v.headers.Clone(), body: v.body}
	r.describe(a, v)
	if r.header.Get("Range") != "" {
		if err := a.cut(r.header.Get("Range")); err != nil {
			return nil, err
		}
	} else if strings.EqualFold(r.header.Get("X-Amz-Checksum-Mode"), "ENABLED") && len(v.parts) == 0 {
		a.with("X-Amz-Checksum-Crc32", checksum("crc32", v.body)).with("X-Amz-Checksum-Type", "FULL_OBJECT")
	}
	return a.with("Content-Length", strconv.Itoa(len(a.body))), nil
}

// decryptFor opens a version for its reader. HeadObject opens it only to give its checksum (S3 API Reference, "HeadObject").
func (r *request) decryptFor(v *version) error {
	if r.call.Operation == "HeadObject" && !strings.EqualFold(r.header.Get("X-Amz-Checksum-Mode"), "ENABLED") {
		return nil
	}
	return r.decrypt(v.encryption)
}

// describe adds the headers that say what a version is.
func (r *request) describe(a *answer, v *version) {
	a.with("ETag", quoted(v.etag)).with("Last-Modified", v.modified.UTC().Format(http.TimeFormat)).with("Accept-Ranges", "bytes")
	a.with("X-Amz-Version-Id", r.bucket.versionHeader(v.id))
	a.showEncryption(v.encryption)
	if len(v.tags) > 0 {
		a.with("X-Amz-Tagging-Count", strconv.Itoa(len(v.tags)))
	}
	if len(v.parts) > 0 && r.query.Has("partNumber") {
		a.with("X-Amz-Mp-Parts-Count", strconv.Itoa(len(v.parts)))
	}
}

func quoted(etag string) string { return `"` + etag + `"` }

func sameETag(header, etag string) bool { return header == "*" || strings.Trim(header, `"`) == etag }

// conditions answers If-Match and If-None-Match.
func (r *request) conditions(v *version) (*answer, error) {
	if want := r.header.Get("If-Match"); want != "" && !sameETag(want, v.etag) {
		return nil, preconditionFailed("If-Match")
	}
	if known := r.header.Get("If-None-Match"); known != "" && sameETag(known, v.etag) {
		return (&answer{status: http.StatusNotModified}).with("ETag", quoted(v.etag)), nil
	}
	return nil, nil //nolint:nilnil // nothing stands in the way
}

// cut leaves the bytes of one range, bytes=FIRST-LAST, bytes=FIRST- or bytes=-COUNT.
func (a *answer) cut(header string) error {
	size := len(a.body)
	unsatisfiable := newFault("InvalidRange", http.StatusRequestedRangeNotSatisfiable, "The requested range is not satisfiable").
		about("RangeRequested", header).about("ActualObjectSize", strconv.Itoa(size))
	first, last, found := strings.Cut(strings.TrimPrefix(header, "bytes="), "-")
	from, fromErr := strconv.Atoi(first)
	to, toErr := strconv.Atoi(last)
	switch {
	case !found || fromErr != nil && first != "" || toErr != nil && last != "" || first == "" && last == "":
		return nil // S3 answers the whole object to a header that it does not understand
	case first == "":
		from, to = max(size-to, 0), size-1
	case last == "" || to >= size:
		to = size - 1
	}
	if from > to || from >= size {
		return unsatisfiable
	}
	a.with("Content-Range", "bytes "+strconv.Itoa(from)+"-"+strconv.Itoa(to)+"/"+strconv.Itoa(size))
	a.status, a.body = http.StatusPartialContent, a.body[from:to+1]
	return nil
}

// getObjectAttributes needs the permission to read the object beside its own (S3 API Reference).
func getObjectAttributes(r *request) (*answer, error) {
	v, err := r.readable("s3:GetObject")
	if err != nil {
		return nil, err
	}
	if err := r.mayObject(versioned("s3:GetObjectAttributes", r.query.Get("versionId")), r.here(v)); err != nil {
		return nil, err
	}
	asked := strings.Join(r.header.Values("X-Amz-Object-Attributes"), ",")
	if asked == "" {
		return nil, invalidRequest("The x-amz-object-attributes header specifying the attributes to be retrieved is either missing or empty")
	}
	shape := struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ GetObjectAttributesResponse"`
		ETag         string   `xml:",omitempty"`
		StorageClass string   `xml:",omitempty"`
		ObjectSize   *int     `xml:",omitempty"`
		PartsCount   *int     `xml:"ObjectParts>PartsCount,omitempty"`
	}{}
	for attribute := range strings.SplitSeq(asked, ",") {
		switch strings.TrimSpace(attribute) {
		case "ETag":
			shape.ETag = v.etag
		case "StorageClass":
			shape.StorageClass = v.storageClass()
		case "ObjectSize":
			size := len(v.body)
			shape.ObjectSize = &size
		case "ObjectParts":
			if parts := len(v.parts); parts > 0 {
				shape.PartsCount = &parts
			}
		case "Checksum":
		default:
			return nil, invalidArgument("x-amz-object-attributes", attribute, "Invalid attribute name specified.")
		}
	}
	a := ok(shape)
	return a.with("Last-Modified", v.modified.UTC().Format(http.TimeFormat)).with("X-Amz-Version-Id", r.bucket.versionHeader(v.id)), nil
}
