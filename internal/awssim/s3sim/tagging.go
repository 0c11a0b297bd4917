// This file answers the calls on the tags of objects.
package s3sim

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

var tagOperations = map[string]operation{
	"GetObjectTagging":    getObjectTagging,
	"PutObjectTagging":    putObjectTagging,
	"DeleteObjectTagging": deleteObjectTagging,
}

// Limits of the tags of an object (S3 User Guide, "Categorizing your storage using tags").
const (
	maxTags      = 10
	maxTagKey    = 128
	maxTagValue  = 256
	reservedTags = "aws:"
)

func checkTags(tags []directory.Tag) error {
	if len(tags) > maxTags {
		return newFault("BadRequest", http.StatusBadRequest, "Object tags cannot be greater than 10")
	}
	for i, tag := range tags {
		n := len([]rune(tag.Key))
		switch {
		case n == 0, n > maxTagKey, strings.HasPrefix(tag.Key, reservedTags):
			return newFault("InvalidTag", http.StatusBadRequest, "The TagKey you have provided is invalid")
		case len([]rune(tag.Value)) > maxTagValue:
			return newFault("InvalidTag", http.StatusBadRequest, "The TagValue you have provided is invalid")
		}
		for _, earlier := range tags[:i] {
			if earlier.Key == tag.Key {
				return newFault("InvalidTag", http.StatusBadRequest, "Cannot provide multiple Tags with the same key")
			}
		}
	}
	return nil
}

// headerTags reads x-amz-tagging, which is encoded as a query string.
func headerTags(header http.Header) ([]directory.Tag, error) {
	invalid := invalidArgument("x-amz-tagging", header.Get("X-Amz-Tagging"),
		"The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.")
	values, err := url.ParseQuery(header.Get("X-Amz-Tagging"))
	if err != nil {
		return nil, invalid
	}
	tags := map[string]string{}
	for key, all := range values {
		if len(all) > 1 {
			return nil, invalid
		}
		tags[key] = all[0]
	}
	sorted := directory.Sorted(tagMap(tags))
	return sorted, checkTags(sorted)
}

// requestTagKeys are the condition keys that tags of a request give.
func requestTagKeys(tags []directory.Tag) directory.Keys {
	keys := directory.Keys{}
	for _, tag := range tags {
		keys["s3:RequestObjectTag/"+tag.Key] = []string{tag.Value}
		keys["s3:RequestObjectTagKeys"] = append(keys["s3:RequestObjectTagKeys"], tag.Key)
	}
	return keys
}

type taggingShape struct {
	XMLName xml.Name        `xml:"Tagging"`
	Tags    []directory.Tag `xml:"TagSet>Tag"`
}

func getObjectTagging(r *request) (*answer, error) {
	v, err := r.readable("s3:GetObjectTagging")
	if err != nil {
		return nil, err
	}
	return ok(struct {
		XMLName xml.Name        `xml:"http://s3.amazonaws.com/doc/2006-03-01/ Tagging"`
		Tags    []directory.Tag `xml:"TagSet>Tag"`
	}{Tags: v.tags}).with("X-Amz-Version-Id", r.bucket.versionHeader(v.id)), nil
}

func putObjectTagging(r *request) (*answer, error) {
	var shape taggingShape
	if err := r.readXML(&shape); err != nil {
		return nil, err
	}
	v, err := r.retaggable("s3:PutObjectTagging", requestTagKeys(shape.Tags))
	if err != nil {
		return nil, err
	}
	if err := checkTags(shape.Tags); err != nil {
		return nil, err
	}
	v.tags = slices.SortedFunc(slices.Values(shape.Tags), func(a, b directory.Tag) int { return strings.Compare(a.Key, b.Key) })
	return (&answer{}).with("X-Amz-Version-Id", r.bucket.versionHeader(v.id)), nil
}

func deleteObjectTagging(r *request) (*answer, error) {
	v, err := r.retaggable("s3:DeleteObjectTagging", nil)
	if err != nil {
		return nil, err
	}
	v.tags = nil
	return noContent().with("X-Amz-Version-Id", r.bucket.versionHeader(v.id)), nil
}

// retaggable finds the version whose tags a call changes and judges the change.
func (r *request) retaggable(action string, keys directory.Keys) (*version, error) {
	id := r.query.Get("versionId")
	v := r.bucket.find(r.key, id)
	t := r.here(v)
	t.keys = keys
	if err := r.mayObject(versioned(action, id), t); err != nil {
		return nil, err
	}
	if v == nil || v.marker {
		return nil, r.missing(v, id)
	}
	return v, nil
}
