// This file answers the calls on the settings of a bucket: Block Public Access, ownership, versioning, encryption.
package s3sim

import (
	"encoding/xml"
	"net/http"
	"slices"
)

var settingOperations = map[string]operation{
	"GetPublicAccessBlock":          getPublicAccessBlock,
	"PutPublicAccessBlock":          putPublicAccessBlock,
	"DeletePublicAccessBlock":       deletePublicAccessBlock,
	"GetBucketOwnershipControls":    getOwnershipControls,
	"PutBucketOwnershipControls":    putOwnershipControls,
	"DeleteBucketOwnershipControls": deleteOwnershipControls,
	"GetBucketVersioning":           getVersioning,
	"PutBucketVersioning":           putVersioning,
	"GetBucketEncryption":           getEncryption,
	"PutBucketEncryption":           putEncryption,
	"DeleteBucketEncryption":        deleteEncryption,
}

type publicAccessBlockShape struct {
	XMLName xml.Name `xml:"PublicAccessBlockConfiguration"`
	PublicAccessBlock
}

func getPublicAccessBlock(r *request) (*answer, error) {
	if err := r.mayBucket("s3:GetBucketPublicAccessBlock"); err != nil {
		return nil, err
	}
	if r.bucket.block == nil {
		return nil, newFault("NoSuchPublicAccessBlockConfiguration", http.StatusNotFound,
			"The public access block configuration was not found").about("BucketName", r.name)
	}
	return ok(publicAccessBlockShape{PublicAccessBlock: *r.bucket.block}), nil
}

func putPublicAccessBlock(r *request) (*answer, error) {
	if err := r.mayBucket("s3:PutBucketPublicAccessBlock"); err != nil {
		return nil, err
	}
	var shape publicAccessBlockShape
	if err := r.readXML(&shape); err != nil {
		return nil, err
	}
	r.bucket.block = &shape.PublicAccessBlock
	return &answer{}, nil
}

func deletePublicAccessBlock(r *request) (*answer, error) {
	if err := r.mayBucket("s3:PutBucketPublicAccessBlock"); err != nil {
		return nil, err
	}
	r.bucket.block = nil
	return noContent(), nil
}

func knownOwnership(o Ownership) bool {
	return slices.Contains([]Ownership{BucketOwnerEnforced, BucketOwnerPreferred, ObjectWriter}, o)
}

type ownershipShape struct {
	XMLName xml.Name             `xml:"OwnershipControls"`
	Rules   []ownershipRuleShape `xml:"Rule"`
}

type ownershipRuleShape struct{ ObjectOwnership Ownership }

func getOwnershipControls(r *request) (*answer, error) {
	if err := r.mayBucket("s3:GetBucketOwnershipControls"); err != nil {
		return nil, err
	}
	if r.bucket.ownership == "" {
		return nil, newFault("OwnershipControlsNotFoundError", http.StatusNotFound,
			"The bucket ownership controls were not found").about("BucketName", r.name)
	}
	return ok(ownershipShape{Rules: []ownershipRuleShape{{r.bucket.ownership}}}), nil
}

func putOwnershipControls(r *request) (*answer, error) {
	if err := r.mayBucket("s3:PutBucketOwnershipControls"); err != nil {
		return nil, err
	}
	var shape ownershipShape
	if err := r.readXML(&shape); err != nil {
		return nil, err
	}
	if len(shape.Rules) != 1 || !knownOwnership(shape.Rules[0].ObjectOwnership) {
		return nil, malformedXML()
	}
	r.bucket.ownership = shape.Rules[0].ObjectOwnership
	return &answer{}, nil
}

func deleteOwnershipControls(r *request) (*answer, error) {
	if err := r.mayBucket("s3:PutBucketOwnershipControls"); err != nil {
		return nil, err
	}
	r.bucket.ownership = ""
	return noContent(), nil
}

type versioningShape struct {
	XMLName   xml.Name   `xml:"VersioningConfiguration"`
	Status    Versioning `xml:",omitempty"`
	MfaDelete string     `xml:",omitempty"`
}

func getVersioning(r *request) (*answer, error) {
	if err := r.mayBucket("s3:GetBucketVersioning"); err != nil {
		return nil, err
	}
	return ok(versioningShape{Status: r.bucket.versioning}), nil
}

func putVersioning(r *request) (*answer, error) {
	if err := r.mayBucket("s3:PutBucketVersioning"); err != nil {
		return nil, err
	}
	var shape versioningShape
	if err := r.readXML(&shape); err != nil {
		return nil, err
	}
	if shape.MfaDelete == "Enabled" {
		return nil, notImplemented("the simulator knows no MFA delete")
	}
	if shape.Status != VersioningEnabled && shape.Status != VersioningSuspended {
		return nil, newFault("IllegalVersioningConfigurationException", http.StatusBadRequest,
			"The Versioning element must be specified")
	}
	r.bucket.versioning = shape.Status
	return &answer{}, nil
}

// encryptionRule is the default encryption of a bucket.
type encryptionRule struct {
	Algorithm string
	KeyID     string
	BucketKey bool
}

type encryptionShape struct {
	XMLName xml.Name              `xml:"ServerSideEncryptionConfiguration"`
	Rules   []encryptionRuleShape `xml:"Rule"`
}

type encryptionRuleShape struct {
	Default struct {
		SSEAlgorithm   string
		KMSMasterKeyID string `xml:",omitempty"`
	} `xml:"ApplyServerSideEncryptionByDefault"`
	BucketKeyEnabled bool
}

// getEncryption shows SSE-S3 where nothing was configured: since January 2023 every bucket has it.
func getEncryption(r *request) (*answer, error) {
	if err := r.mayBucket("s3:GetEncryptionConfiguration"); err != nil {
		return nil, err
	}
	rule := encryptionRuleShape{BucketKeyEnabled: r.bucket.encryption.BucketKey}
	rule.Default.SSEAlgorithm, rule.Default.KMSMasterKeyID = r.bucket.encryption.Algorithm, r.bucket.encryption.KeyID
	return ok(encryptionShape{Rules: []encryptionRuleShape{rule}}), nil
}

func putEncryption(r *request) (*answer, error) {
	if err := r.mayBucket("s3:PutEncryptionConfiguration"); err != nil {
		return nil, err
	}
	var shape encryptionShape
	if err := r.readXML(&shape); err != nil {
		return nil, err
	}
	if len(shape.Rules) != 1 {
		return nil, malformedXML()
	}
	rule := shape.Rules[0]
	if !slices.Contains([]string{"AES256", "aws:kms", "aws:kms:dsse"}, rule.Default.SSEAlgorithm) {
		return nil, malformedXML()
	}
	if rule.Default.SSEAlgorithm == "AES256" && rule.Default.KMSMasterKeyID != "" {
		return nil, invalidArgument("ApplyServerSideEncryptionByDefault", rule.Default.KMSMasterKeyID,
			"a KMSMasterKeyID is not applicable if the default sse algorithm is not aws:kms or aws:kms:dsse")
	}
	r.bucket.encryption = encryptionRule{rule.Default.SSEAlgorithm, rule.Default.KMSMasterKeyID, rule.BucketKeyEnabled}
	return &answer{}, nil
}

func deleteEncryption(r *request) (*answer, error) {
	if err := r.mayBucket("s3:PutEncryptionConfiguration"); err != nil {
		return nil, err
	}
	r.bucket.encryption = encryptionRule{Algorithm: "AES256"}
	return noContent(), nil
}
