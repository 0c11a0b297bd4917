// This file answers the calls that list and abort uploads in parts.
package s3sim

import (
	"encoding/xml"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// mayTend judges an action on an upload. Whoever started it needs no permission for it, though a statement can deny it
// (S3 User Guide, "Multipart upload API and permissions").
func (r *request) mayTend(action string) (*upload, error) {
	err := r.mayObject(action, r.here(nil))
	var f *fault
	unallowed := errors.As(err, &f) && f.unallowed
	u := r.bucket.uploads[r.query.Get("uploadId")]
	own := u != nil && r.call.Caller != nil && u.initiator == r.call.Caller.ARN()
	if err != nil && (!own || !unallowed) {
		return nil, err
	}
	return r.upload()
}

func abortUpload(r *request) (*answer, error) {
	u, err := r.mayTend("s3:AbortMultipartUpload")
	if err != nil {
		return nil, err
	}
	delete(r.bucket.uploads, u.id)
	return noContent(), nil
}

type partShape struct {
	PartNumber   int
	LastModified string
	ETag         string
	Size         int
}

func listParts(r *request) (*answer, error) {
	u, err := r.mayTend("s3:ListMultipartUploadParts")
	if err != nil {
		return nil, err
	}
	if err := r.decrypt(u.creation.encryption); err != nil {
		return nil, err
	}
	result := struct {
		XMLName              xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListPartsResult"`
		Bucket, Key          string
		UploadID             string `xml:"UploadId"`
		Owner                ownerShape
		StorageClass         string
		PartNumberMarker     int
		NextPartNumberMarker int `xml:",omitempty"`
		MaxParts             int
		IsTruncated          bool
		Parts                []partShape `xml:"Part"`
	}{Bucket: r.name, Key: r.key, UploadID: u.id, Owner: ownerShape{canonicalID(u.creation.owner)}, StorageClass: "STANDARD"}
	l, err := r.listing("max-parts", "")
	if err != nil {
		return nil, err
	}
	result.MaxParts = l.max
	result.PartNumberMarker, _ = strconv.Atoi(r.query.Get("part-number-marker")) // 0 where there is none
	for _, number := range slices.Sorted(maps.Keys(u.parts)) {
		if number <= result.PartNumberMarker {
			continue
		}
		if len(result.Parts) == l.max {
			result.IsTruncated = l.max > 0
			break
		}
		p := u.parts[number]
		result.Parts = append(result.Parts, partShape{number, xmlTime(p.modified), quoted(p.etag), len(p.body)})
		result.NextPartNumberMarker = number
	}
	return ok(result), nil
}

type uploadShape struct {
	Key          string
	UploadID     string `xml:"UploadId"`
	Owner        ownerShape
	StorageClass string
	Initiated    string
}

func listUploads(r *request) (*answer, error) {
	if err := r.mayBucket("s3:ListBucketMultipartUploads"); err != nil {
		return nil, err
	}
	l, err := r.listing("max-uploads", "")
	if err != nil {
		return nil, err
	}
	if l.delimiter != "" {
		return nil, notImplemented("the simulator lists uploads without a delimiter only")
	}
	result := struct {
		XMLName            xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListMultipartUploadsResult"`
		Bucket             string
		KeyMarker          string
		UploadIDMarker     string `xml:"UploadIdMarker"`
		NextKeyMarker      string `xml:",omitempty"`
		NextUploadIDMarker string `xml:"NextUploadIdMarker,omitempty"`
		Prefix             string
		MaxUploads         int
		IsTruncated        bool
		Uploads            []uploadShape `xml:"Upload"`
	}{
		Bucket: r.name, KeyMarker: r.query.Get("key-marker"), UploadIDMarker: r.query.Get("upload-id-marker"),
		Prefix: l.text(l.prefix), MaxUploads: l.max,
	}
	for _, u := range r.pendingUploads(l) {
		if len(result.Uploads) == l.max {
			result.IsTruncated = l.max > 0
			break
		}
		result.Uploads = append(result.Uploads, uploadShape{
			l.text(u.key), u.id, ownerShape{canonicalID(u.creation.owner)}, "STANDARD", xmlTime(u.started),
		})
		result.NextKeyMarker, result.NextUploadIDMarker = l.text(u.key), u.id
	}
	return ok(result), nil
}

// pendingUploads gives those with the prefix after the two markers, ordered by key and ID.
func (r *request) pendingUploads(l listing) []*upload {
	key, id := r.query.Get("key-marker"), r.query.Get("upload-id-marker")
	pending := slices.DeleteFunc(directory.Sorted(r.bucket.uploads), func(u *upload) bool {
		passed := u.key < key || u.key == key && (id == "" || u.id <= id)
		return key != "" && passed || !strings.HasPrefix(u.key, l.prefix)
	})
	slices.SortStableFunc(pending, func(a, b *upload) int { return strings.Compare(a.key, b.key) })
	return pending
}
