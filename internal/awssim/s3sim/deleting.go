// This file answers the calls that delete objects.
package s3sim

import (
	"encoding/xml"
	"errors"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// erase judges and carries out one deletion.
func (r *request) erase(key, id string) (*version, error) {
	action := "s3:DeleteObject"
	if id != "" {
		action = "s3:DeleteObjectVersion"
	}
	t := target{bucket: r.bucket, key: key}
	if id != "" {
		t.keys = directory.Keys{"s3:versionid": {id}}
	}
	if err := r.mayObject(action, t); err != nil {
		return nil, err
	}
	if id != "" {
		return r.bucket.removeVersion(key, id), nil
	}
	owner := r.bucket.owner
	if r.call.Caller != nil && r.bucket.ownership != BucketOwnerEnforced {
		owner = r.call.Caller.Account
	}
	return r.bucket.remove(key, owner), nil
}

func deleteObject(r *request) (*answer, error) {
	id := r.query.Get("versionId")
	gone, err := r.erase(r.key, id)
	if err != nil {
		return nil, err
	}
	a := noContent()
	if gone != nil {
		a.with("X-Amz-Version-Id", gone.id)
		if gone.marker {
			a.with("X-Amz-Delete-Marker", "true")
		}
	}
	return a, nil
}

type deletion struct {
	Key       string
	VersionID string `xml:"VersionId"`
}

type deleted struct {
	Key                   string
	VersionID             string `xml:"VersionId,omitempty"`
	DeleteMarker          bool   `xml:",omitempty"`
	DeleteMarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type undeleted struct {
	Key       string
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

// deleteObjects judges each key by itself; a refused key is part of the answer, not an error of the call.
func deleteObjects(r *request) (*answer, error) {
	if !r.declaresChecksum() {
		return nil, invalidRequest("Missing required header for this request: Content-MD5")
	}
	var body struct {
		Quiet   bool
		Objects []deletion `xml:"Object"`
	}
	if err := r.readXML(&body); err != nil {
		return nil, err
	}
	if len(body.Objects) == 0 || len(body.Objects) > 1000 {
		return nil, malformedXML()
	}
	result := struct {
		XMLName xml.Name    `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
		Deleted []deleted   `xml:"Deleted"`
		Errors  []undeleted `xml:"Error"`
	}{}
	for _, d := range body.Objects {
		gone, err := r.erase(d.Key, d.VersionID)
		var f *fault
		switch {
		case errors.As(err, &f):
			result.Errors = append(result.Errors, undeleted{d.Key, d.VersionID, f.code, f.message})
		case err != nil:
			return nil, err
		case !body.Quiet:
			result.Deleted = append(result.Deleted, reportDeleted(d, gone))
		}
	}
	return ok(result), nil
}

func reportDeleted(d deletion, gone *version) deleted {
	report := deleted{Key: d.Key, VersionID: d.VersionID}
	if gone != nil && gone.marker {
		report.DeleteMarker, report.DeleteMarkerVersionID = true, gone.id
	}
	return report
}

func (r *request) declaresChecksum() bool {
	if r.header.Get("Content-Md5") != "" {
		return true
	}
	for name := range algorithms {
		if r.header.Get("X-Amz-Checksum-"+name) != "" {
			return true
		}
	}
	return false
}
