// This file puts a call before the judge: which resource an action is about, what condition keys it has, and what S3
// decides besides policies.
package s3sim

import (
	"errors"
	"maps"
	"net/http"
	"strconv"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/sigv4"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// mayBucket judges an action on the bucket of the call.
func (r *request) mayBucket(action string) error {
	b := r.bucket
	return r.judge(b, directory.Request{
		Action: action, Resource: b.arn(), ResourceAccount: b.owner.ID, Keys: r.keys(action), Policy: judged(b.policy()),
		Through: r.through(""),
	})
}

// target is an object that an action is about.
type target struct {
	bucket *Bucket
	key    string
	// version is the object as it is, nil for actions that S3 judges by the bucket alone: writing and deleting.
	version *version
	// keys are condition keys beyond those that the headers and parameters of the call give, for actions that have them.
	keys directory.Keys
}

// here is the object that the call names; v may be nil.
func (r *request) here(v *version) target { return target{bucket: r.bucket, key: r.key, version: v} }

// mayObject judges an action on an object. An object that another account owns is out of reach of the bucket policy
// but for its denials (S3 User Guide, "Bucket policies"); its owner's own policies open it, and those of the bucket's
// owner do when the writer granted it full control.
func (r *request) mayObject(action string, t target) error {
	b := t.bucket
	request := directory.Request{
		Action: action, Resource: b.arn() + "/" + t.key, ResourceAccount: b.owner.ID, Keys: r.keys(action),
		Policy: judged(b.policy()), Through: r.through(t.key),
	}
	if t.version != nil && t.version.owner != b.owner {
		if !t.version.openToBucketOwner || r.call.Caller == nil || r.call.Caller.Account != b.owner {
			request.ResourceAccount = t.version.owner.ID
		}
		request.Policy = judged(denials(b.policy()))
	}
	if t.version != nil && r.showsTags(action) {
		for _, tag := range t.version.tags {
			request.Keys["s3:ExistingObjectTag/"+tag.Key] = []string{tag.Value}
		}
	}
	for name, values := range t.keys {
		if knows(action, strings.TrimPrefix(name, "s3:")) {
			request.Keys[name] = values
		}
	}
	return r.judge(b, request)
}

// showsTags tells whether s3:ExistingObjectTag is there for an action. GetObjectAttributes and the reading side of
// CopyObject never have it, though policies may name it for them (observed on AWS).
func (r *request) showsTags(action string) bool {
	return knows(action, "ExistingObjectTag/") && r.call.Operation != "CopyObject" && !strings.HasSuffix(action, "Attributes")
}

func denials(document *policy.Document) *policy.Document {
	if document == nil {
		return nil
	}
	denying := document.Replace(func(s policy.Statement) bool { return s.Effect != policy.Deny })
	return &denying
}

// judge asks the directory, after RestrictPublicBuckets, which keeps everybody outside the owner's account out of a
// bucket with a public policy (S3 User Guide, "Blocking public access").
func (r *request) judge(b *Bucket, request directory.Request) error {
	if r.call.Resource == "" {
		r.call.Resource = request.Resource
	}
	outside := r.call.Caller == nil || r.call.Caller.Account != b.owner
	if outside && b.countedBlock().RestrictPublicBuckets && isPublic(b.policy()) {
		return accessDenied()
	}
	if p := r.point; p != nil && r.call.Caller.Account != p.Owner && p.IsPublic() && r.pointBlock(p).RestrictPublicBuckets {
		return accessDenied()
	}
	return r.denied(r.dir.Authorize(r.call.Caller, request))
}

// denied words a denial as S3 does: callers of other accounts learn the reason only inside one organization.
func (r *request) denied(err error) error {
	var denial *directory.Denial
	if !errors.As(err, &denial) {
		return err
	}
	f := accessDenied()
	f.unallowed = strings.HasPrefix(denial.Reason, "because no ")
	if !denial.CrossAccount || r.sameOrganization() {
		f.message = denial.Error()
	}
	return f
}

func (r *request) sameOrganization() bool {
	if r.bucket == nil || r.call.Caller == nil {
		return false
	}
	return r.bucket.owner.OrgID != "" && r.bucket.owner.OrgID == r.call.Caller.Account.OrgID
}

// keys gives the condition keys of S3 that the call carries for an action: those of every call, and those of the
// action that headers and query parameters of the same name give.
func (r *request) keys(action string) directory.Keys {
	keys := directory.Keys{}
	if r.bucket != nil {
		keys["s3:ResourceAccount"] = []string{r.bucket.owner.ID}
	}
	if r.point != nil {
		maps.Copy(keys, r.point.Keys())
	}
	if hash := r.header.Get("X-Amz-Content-Sha256"); hash != "" {
		keys["s3:x-amz-content-sha256"] = []string{hash}
	}
	if c := r.call.Caller; c != nil {
		keys["s3:signatureversion"] = []string{"AWS4-HMAC-SHA256"}
		keys["s3:authType"] = []string{"REST-HEADER"}
		if r.query.Has("X-Amz-Signature") {
			keys["s3:authType"] = []string{"REST-QUERY-STRING"}
		}
		if !c.Insecure && !c.Key.From().Insecure {
			keys["s3:TlsVersion"] = []string{"1.3"}
		}
	}
	for _, key := range actions[action].keys {
		if value, there := r.carried(key); there {
			keys["s3:"+key] = []string{value}
		}
	}
	return keys
}

// carried gives the value of a key that the call itself carries. A parameter that is there and empty is a key with an
// empty value: the S3 User Guide allows listing the top level by s3:prefix equal to "".
func (r *request) carried(key string) (value string, there bool) {
	switch key {
	case "prefix", "delimiter", "max-keys":
		return r.query.Get(key), r.query.Has(key)
	case "versionid":
		return r.query.Get("versionId"), r.query.Has("versionId")
	case "x-amz-copy-source":
		value = strings.TrimPrefix(r.header.Get(key), "/")
		return value, value != ""
	case "ObjectCreationOperation":
		// UploadPart and CreateMultipartUpload make no object yet.
		return strconv.FormatBool(!r.query.Has("uploads") && !r.query.Has("partNumber")), true
	}
	if strings.HasPrefix(key, "x-amz-") || strings.HasPrefix(key, "if-") {
		value = r.header.Get(key)
	}
	return value, value != ""
}

// checkRegion refuses a call that is signed for another region than the bucket's. GetBucketLocation is answered from
// us-east-1 for every bucket (S3 API Reference).
func (r *request) checkRegion() error {
	signature, err := sigv4.Parse(r.call.Request)
	if err == nil && r.point != nil && r.point.Region != signature.Region {
		return newFault("AuthorizationHeaderMalformed", http.StatusBadRequest, "The authorization header is malformed; the region '"+
			signature.Region+"' is wrong; expecting '"+r.point.Region+"'").about("Region", r.point.Region)
	}
	if err != nil || r.bucket.region == "" || signature.Region == r.bucket.region {
		return nil //nolint:nilerr // whether the signature holds is the server's matter
	}
	if r.call.Operation == "GetBucketLocation" && signature.Region == "us-east-1" {
		return nil
	}
	var f *fault
	if hostBucket(r.call.Request.Host) != "" {
		f = newFault("AuthorizationHeaderMalformed", http.StatusBadRequest, "The authorization header is malformed; the region '"+
			signature.Region+"' is wrong; expecting '"+r.bucket.region+"'").about("Region", r.bucket.region)
	} else {
		f = newFault("PermanentRedirect", http.StatusMovedPermanently, "The bucket you are attempting to access must be addressed "+
			"using the specified endpoint. Please send all future requests to this endpoint.").
			about("Endpoint", r.name+".s3."+r.bucket.region+".amazonaws.com").about("Bucket", r.name)
	}
	f.header.Set("X-Amz-Bucket-Region", r.bucket.region)
	return f
}
