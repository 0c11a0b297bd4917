// This file answers the calls on buckets themselves.
package s3sim

import (
	"cmp"
	"encoding/xml"
	"net"
	"net/http"
	"regexp"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/sigv4"
)

var bucketOperations = map[string]operation{
	"CreateBucket":      createBucket,
	"DeleteBucket":      deleteBucket,
	"HeadBucket":        headBucket,
	"ListBuckets":       listBuckets,
	"GetBucketLocation": getBucketLocation,
}

// bucketName is the form of a bucket's name (S3 User Guide, "Bucket naming rules").
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func validBucketName(name string) bool {
	return bucketName.MatchString(name) && !strings.Contains(name, "..") && net.ParseIP(name) == nil &&
		!strings.HasPrefix(name, "xn--") && !strings.HasSuffix(name, aliasSuffix)
}

func createBucket(r *request) (*answer, error) {
	if r.call.Caller == nil {
		return nil, accessDenied()
	}
	if !validBucketName(r.name) {
		return nil, newFault("InvalidBucketName", http.StatusBadRequest, "The specified bucket is not valid.").about("BucketName", r.name)
	}
	region, err := r.wantedRegion()
	if err != nil {
		return nil, err
	}
	account := r.call.Caller.Account
	keys := r.keys("s3:CreateBucket")
	if region != "" {
		keys["s3:locationconstraint"] = []string{region}
	}
	if err := r.denied(r.dir.Authorize(r.call.Caller, directory.Request{
		Action: "s3:CreateBucket", Resource: "arn:" + account.Partition + ":s3:::" + r.name, ResourceAccount: account.ID, Keys: keys,
	})); err != nil {
		return nil, err
	}
	if acl := r.header.Get("X-Amz-Acl"); acl != "" && acl != "private" {
		return nil, notImplemented("the simulator makes only private buckets")
	}
	if b := r.buckets[r.name]; b != nil {
		return r.makeAgain(b)
	}
	ownership := Ownership(r.header.Get("X-Amz-Object-Ownership"))
	if ownership != "" && !knownOwnership(ownership) {
		return nil, invalidArgument("x-amz-object-ownership", string(ownership), "Invalid x-amz-object-ownership header.")
	}
	r.addBucket(account, r.name, BucketOptions{Region: region, Ownership: ownership})
	return (&answer{}).with("Location", "/"+r.name), nil
}

// makeAgain answers for a name in use. In us-east-1 its owner is told that the bucket was made (S3's API model, error
// BucketAlreadyOwnedByYou); the region is the one that the call is signed for.
func (r *request) makeAgain(b *Bucket) (*answer, error) {
	if b.owner == r.call.Caller.Account {
		signature, err := sigv4.Parse(r.call.Request)
		if err == nil && signature.Region == "us-east-1" && cmp.Or(b.region, "us-east-1") == "us-east-1" {
			return (&answer{}).with("Location", "/"+b.name), nil
		}
		return nil, newFault("BucketAlreadyOwnedByYou", http.StatusConflict,
			"Your previous request to create the named bucket succeeded and you already own it.").about("BucketName", b.name)
	}
	return nil, newFault("BucketAlreadyExists", http.StatusConflict, "The requested bucket name is not available. The bucket namespace is "+
		"shared by all users of the system. Please select a different name and try again.").about("BucketName", b.name)
}

// wantedRegion reads the location constraint, "" for a bucket that takes every region. A constraint is needed outside
// us-east-1 and must be the region that the call is signed for.
func (r *request) wantedRegion() (string, error) {
	var body struct {
		LocationConstraint string
	}
	if len(r.body) > 0 {
		if err := r.readXML(&body); err != nil {
			return "", err
		}
	}
	signature, err := sigv4.Parse(r.call.Request)
	if err != nil {
		return body.LocationConstraint, nil //nolint:nilerr // whether the signature holds is the server's matter
	}
	switch {
	case body.LocationConstraint == "" && signature.Region != "us-east-1":
		return "", newFault("IllegalLocationConstraintException", http.StatusBadRequest, "The unspecified location constraint is "+
			"incompatible for the region specific endpoint this request was sent to.")
	case body.LocationConstraint != "" && signature.Region != "us-east-1" && body.LocationConstraint != signature.Region:
		return "", newFault("IllegalLocationConstraintException", http.StatusBadRequest, "The "+body.LocationConstraint+
			" location constraint is incompatible for the region specific endpoint this request was sent to.")
	}
	return body.LocationConstraint, nil
}

func deleteBucket(r *request) (*answer, error) {
	if err := r.mayBucket("s3:DeleteBucket"); err != nil {
		return nil, err
	}
	if len(r.bucket.objects) > 0 || len(r.bucket.uploads) > 0 {
		words := "The bucket you tried to delete is not empty"
		if r.bucket.versioning != Unversioned {
			words += ". You must delete all versions in the bucket."
		}
		return nil, newFault("BucketNotEmpty", http.StatusConflict, words).about("BucketName", r.name)
	}
	if r.bucket.hasPoints() {
		return nil, newFault("BucketHasAccessPointsAttached", http.StatusConflict,
			"The bucket you tried to delete has S3 access points attached. Delete your access points to delete your bucket.").
			about("BucketName", r.name)
	}
	delete(r.buckets, r.name)
	return noContent(), nil
}

func headBucket(r *request) (*answer, error) {
	if err := r.mayBucket("s3:ListBucket"); err != nil {
		return nil, err
	}
	return (&answer{}).with("X-Amz-Bucket-Region", r.bucket.shownRegion()), nil
}

func (b *Bucket) shownRegion() string {
	if b.region == "" {
		return "us-east-1"
	}
	return b.region
}

// listedBucket and ownerShape are elements of answers.
type listedBucket struct {
	Name         string
	CreationDate string
	BucketRegion string `xml:",omitempty"`
}

type ownerShape struct{ ID string }

func listBuckets(r *request) (*answer, error) {
	if r.call.Caller == nil {
		return nil, accessDenied()
	}
	account := r.call.Caller.Account
	if err := r.denied(r.dir.Authorize(r.call.Caller, directory.Request{
		Action: "s3:ListAllMyBuckets", Resource: "*", ResourceAccount: account.ID, Keys: r.keys("s3:ListAllMyBuckets"),
	})); err != nil {
		return nil, err
	}
	var listed []listedBucket
	for _, b := range directory.Sorted(r.buckets) {
		if b.owner == account && strings.HasPrefix(b.name, r.query.Get("prefix")) {
			listed = append(listed, listedBucket{b.name, xmlTime(b.created), b.shownRegion()})
		}
	}
	return ok(struct {
		XMLName xml.Name       `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
		Owner   ownerShape     `xml:"Owner"`
		Buckets []listedBucket `xml:"Buckets>Bucket"`
	}{Owner: ownerShape{canonicalID(account)}, Buckets: listed}), nil
}

func getBucketLocation(r *request) (*answer, error) {
	if err := r.mayBucket("s3:GetBucketLocation"); err != nil {
		return nil, err
	}
	region := r.bucket.shownRegion()
	if region == "us-east-1" {
		region = "" // S3 API Reference: buckets of us-east-1 have an empty LocationConstraint
	}
	return ok(struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Region  string   `xml:",chardata"`
	}{Region: region}), nil
}
