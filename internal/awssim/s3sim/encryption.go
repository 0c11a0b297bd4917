// This file encrypts objects: with keys of S3 itself, which nobody needs a permission for, or with keys of KMS, which KMS
// judges for the caller (S3 User Guide, "Using server-side encryption with AWS KMS keys (SSE-KMS)").
package s3sim

import (
	"net/http"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/kmssim"
)

const (
	sseS3  = "AES256"
	sseKMS = "aws:kms"
)

// encryption is how an object is encrypted, and stays so.
type encryption struct {
	algorithm string
	key       string // ARN, for SSE-KMS only
	bucketKey bool   // a key of the bucket stands between the key and the object
}

// wantedEncryption reads from the headers, or else from the bucket's default, how a new object is to be encrypted. The
// key is as it was named there; "" is the AWS managed key.
func (r *request) wantedEncryption() (encryption, error) {
	algorithm, key := r.header.Get("X-Amz-Server-Side-Encryption"), r.header.Get("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id")
	byDefault := r.bucket.encryption
	e := encryption{algorithm, key, byDefault.BucketKey}
	if bucketKey := r.header.Get("X-Amz-Server-Side-Encryption-Bucket-Key-Enabled"); bucketKey != "" {
		e.bucketKey = strings.EqualFold(bucketKey, "true")
	}
	switch {
	case key != "" && algorithm != sseKMS && algorithm != "aws:kms:dsse":
		return e, invalidArgument("x-amz-server-side-encryption", algorithm, "Server Side Encryption with AWS KMS managed key requires "+
			"HTTP header x-amz-server-side-encryption : aws:kms")
	case algorithm == "":
		// A caller who asks for SSE-KMS without a key gets the AWS managed key, not the bucket's default key.
		e.algorithm, e.key = byDefault.Algorithm, byDefault.KeyID
	}
	switch {
	case r.header.Get("X-Amz-Server-Side-Encryption-Context") != "":
		return e, notImplemented("the simulator does not know an encryption context of the caller's")
	case e.algorithm == sseS3:
		return encryption{algorithm: sseS3}, nil
	case e.algorithm == sseKMS:
		return e, nil
	case e.algorithm == "aws:kms:dsse":
		return e, notImplemented("the simulator does not know dual-layer encryption")
	}
	return e, invalidArgument("x-amz-server-side-encryption", algorithm, "The encryption method specified is not supported")
}

// encrypted is how the call encrypts a new object, after KMS has given a data key for it.
func (r *request) encrypted() (encryption, error) {
	e, err := r.wantedEncryption()
	if err != nil || e.algorithm != sseKMS {
		return e, err
	}
	e.key, err = r.useKey("GenerateDataKey", e)
	return e, err
}

// decrypt lets KMS judge that the caller may open what is encrypted so.
func (r *request) decrypt(e encryption) error {
	if e.algorithm != sseKMS {
		return nil
	}
	_, err := r.useKey("Decrypt", e)
	return err
}

// useKey calls KMS for the caller. The encryption context is the ARN of the object, or of the bucket where a bucket key
// stands before it (S3 User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys"): the caller is still judged.
func (r *request) useKey(operation string, e encryption) (string, error) {
	if r.call.Caller == nil {
		return "", invalidArgument("Authorization", "null", "Requests specifying Server Side Encryption with AWS KMS managed keys "+
			"require AWS Signature Version 4.")
	}
	context := r.bucket.arn()
	if !e.bucketKey {
		context += "/" + r.key
	}
	arn, err := r.kms.UseForObject(kmssim.ObjectUse{
		Caller: r.call.Caller, Operation: operation, Region: r.bucket.shownRegion(), Key: e.key, Owner: r.bucket.owner, ARN: context,
	})
	if err == nil {
		return arn, nil
	}
	return "", refusedByKMS(err)
}

// refusedByKMS gives a refusal of KMS as S3 passes it on.
func refusedByKMS(err error) error {
	code, words := kmssim.Refusal(err)
	switch code {
	case "":
		return err
	case "AccessDeniedException":
		f := accessDenied()
		f.message = words
		return f
	}
	return newFault("KMS."+code, http.StatusBadRequest, words)
}

// showEncryption adds the headers that say how an object is encrypted.
func (a *answer) showEncryption(e encryption) *answer {
	a.with("X-Amz-Server-Side-Encryption", e.algorithm).with("X-Amz-Server-Side-Encryption-Aws-Kms-Key-Id", e.key)
	if e.bucketKey {
		a.with("X-Amz-Server-Side-Encryption-Bucket-Key-Enabled", "true")
	}
	return a
}

// setUpEncryption is the bucket's default for an object that a test puts there, which nobody judges. A key that does not
// exist is kept as it is.
func (b *Bucket) setUpEncryption() encryption {
	e := encryption{algorithm: b.encryption.Algorithm}
	if e.algorithm != sseKMS {
		return e
	}
	e.bucketKey = b.encryption.BucketKey
	e.key = b.service.kms.KeyOf(b.owner, b.shownRegion(), b.encryption.KeyID)
	return e
}
