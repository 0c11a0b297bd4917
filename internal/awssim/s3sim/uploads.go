// This file answers the calls on uploads in parts (S3 User Guide, "Uploading and copying objects using multipart
// upload").
package s3sim

import (
	"cmp"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

var uploadOperations = map[string]operation{
	"CreateMultipartUpload":   createUpload,
	"UploadPart":              uploadPart,
	"UploadPartCopy":          uploadPartCopy,
	"CompleteMultipartUpload": completeUpload,
	"AbortMultipartUpload":    abortUpload,
	"ListParts":               listParts,
	"ListMultipartUploads":    listUploads,
}

// minPartSize is the least size of every part but the last.
const minPartSize = 5 << 20

// upload is an upload in parts that is neither completed nor aborted.
type upload struct {
	id, key   string
	initiator string // its caller's ARN
	started   time.Time
	creation  creation
	header    http.Header
	parts     map[int]part
}

type part struct {
	body     []byte
	etag     string
	modified time.Time
}

func createUpload(r *request) (*answer, error) {
	tags, err := headerTags(r.header)
	if err != nil {
		return nil, err
	}
	c, err := r.create(tags)
	if err != nil {
		return nil, err
	}
	u := &upload{
		id: r.dir.NewID("") + r.dir.NewID(""), key: r.key, initiator: r.call.Caller.ARN(), started: r.dir.Now(), creation: c,
		header: r.header.Clone(), parts: map[int]part{},
	}
	r.bucket.uploads[u.id] = u
	return ok(struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadID string `xml:"UploadId"`
	}{Bucket: r.name, Key: r.key, UploadID: u.id}).showEncryption(c.encryption), nil
}

// upload finds the upload that a call names, after the action was judged.
func (r *request) upload() (*upload, error) {
	id := r.query.Get("uploadId")
	u := r.bucket.uploads[id]
	if u == nil || u.key != r.key {
		return nil, noSuchUpload(id)
	}
	return u, nil
}

func (r *request) mayPart() (*upload, int, error) {
	if err := r.mayObject("s3:PutObject", r.here(nil)); err != nil {
		return nil, 0, err
	}
	number, err := strconv.Atoi(r.query.Get("partNumber"))
	if err != nil || number < 1 || number > 10000 {
		return nil, 0, invalidArgument("partNumber", r.query.Get("partNumber"),
			"Part number must be an integer between 1 and 10000, inclusive")
	}
	u, err := r.opened()
	return u, number, err
}

// opened finds the upload that a call names, and opens it for the caller: an upload in parts needs kms:Decrypt beside
// kms:GenerateDataKey, since S3 reads the encrypted parts before it completes the upload (S3 User Guide, "Multipart upload
// API and permissions").
func (r *request) opened() (*upload, error) {
	u, err := r.upload()
	if err != nil {
		return nil, err
	}
	return u, r.decrypt(u.creation.encryption)
}

func (r *request) newPart(body []byte) part {
	return part{body: slices.Clone(body), etag: hex.EncodeToString(md5Sum(body)), modified: r.dir.Now()}
}

func uploadPart(r *request) (*answer, error) {
	u, number, err := r.mayPart()
	if err != nil {
		return nil, err
	}
	p := r.newPart(r.body)
	u.parts[number] = p
	return (&answer{}).with("ETag", quoted(p.etag)).showEncryption(u.creation.encryption), nil
}

func uploadPartCopy(r *request) (*answer, error) {
	from, err := r.source()
	if err != nil {
		return nil, err
	}
	u, number, err := r.mayPart()
	if err != nil {
		return nil, err
	}
	cut := &answer{body: from.version.body}
	if bytes := r.header.Get("X-Amz-Copy-Source-Range"); bytes != "" {
		if err := cut.cut(bytes); err != nil {
			return nil, err
		}
	}
	p := r.newPart(cut.body)
	u.parts[number] = p
	return ok(struct {
		XMLName      xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CopyPartResult"`
		ETag         string
		LastModified string
	}{ETag: quoted(p.etag), LastModified: xmlTime(p.modified)}).showEncryption(u.creation.encryption), nil
}

type completedPart struct {
	PartNumber int
	ETag       string
}

func completeUpload(r *request) (*answer, error) {
	if err := r.mayObject("s3:PutObject", r.here(nil)); err != nil {
		return nil, err
	}
	u, err := r.opened()
	if err != nil {
		return nil, err
	}
	var body struct {
		Parts []completedPart `xml:"Part"`
	}
	if err := r.readXML(&body); err != nil {
		return nil, err
	}
	if err := r.checkExisting(); err != nil {
		return nil, err
	}
	v, err := u.assemble(body.Parts)
	if err != nil {
		return nil, err
	}
	r.bucket.add(r.key, v)
	delete(r.bucket.uploads, u.id)
	return ok(struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
		Location string
		Bucket   string
		Key      string
		ETag     string
	}{Location: "/" + r.name + "/" + r.key, Bucket: r.name, Key: r.key, ETag: quoted(v.etag)}).
		with("X-Amz-Version-Id", r.bucket.versionHeader(v.id)).showEncryption(v.encryption), nil
}

// assemble joins parts into an object. Its ETag is the MD5 of the MD5s of its parts, with their number.
func (u *upload) assemble(listed []completedPart) (*version, error) {
	if len(listed) == 0 {
		return nil, malformedXML()
	}
	if !slices.IsSortedFunc(listed, func(a, b completedPart) int { return cmp.Compare(a.PartNumber, b.PartNumber) }) {
		return nil, newFault("InvalidPartOrder", http.StatusBadRequest, "The list of parts was not in ascending order. "+
			"Parts must be ordered by part number.")
	}
	var body, sums []byte
	var sizes []int
	for i, l := range listed {
		p, exists := u.parts[l.PartNumber]
		if !exists || strings.Trim(l.ETag, `"`) != p.etag {
			return nil, newFault("InvalidPart", http.StatusBadRequest, "One or more of the specified parts could not be found. "+
				"The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.")
		}
		if i < len(listed)-1 && len(p.body) < minPartSize {
			return nil, newFault("EntityTooSmall", http.StatusBadRequest, "Your proposed upload is smaller than the minimum allowed size")
		}
		body, sums, sizes = append(body, p.body...), append(sums, md5Sum(p.body)...), append(sizes, len(p.body))
	}
	v := newVersion(u.creation.owner, body, u.header)
	v.etag, v.parts = fmt.Sprintf("%x-%d", md5Sum(sums), len(listed)), sizes
	u.creation.describe(v)
	return v, nil
}
