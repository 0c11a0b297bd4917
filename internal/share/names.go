package share

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Account is one AWS account in its partition.
type Account struct {
	ID        string
	Partition string
}

// String gives the account the way a sentence names it.
func (a Account) String() string { return "account " + a.ID }

var (
	accountIDPattern = newPattern(`^[0-9]{12}$`)
	roleNamePattern  = newPattern(`^[\w+=,.@-]{1,64}$`)
	rolePathPattern  = newPattern(`^(/|/[\x21-\x7E]+/)$`)
	wildcardPattern  = newPattern(`[*?]|\$\{`)
	bucketPattern    = newPattern(`^[A-Za-z0-9][A-Za-z0-9._-]{1,253}[A-Za-z0-9]$`)
)

// ParseAccountID accepts an AWS account ID: exactly 12 digits, leading zeros included.
func ParseAccountID(text string) (string, error) {
	if !accountIDPattern.MatchString(text) {
		return "", fmt.Errorf("%q is not an AWS account ID: it has exactly 12 digits, kept as a string so that leading zeros survive", text)
	}
	return text, nil
}

// Name is the name of a share, which is the name of its role: 1 to 64 of the characters that IAM allows in a
// RoleName (API reference of CreateRole).
type Name string

// ParseName accepts the name of a share.
func ParseName(text string) (Name, error) {
	if !roleNamePattern.MatchString(text) {
		return "", fmt.Errorf("%q cannot name a role: IAM allows 1 to 64 letters, digits and _+=,.@-", text)
	}
	return Name(text), nil
}

// Path is the IAM path of a role; it begins and ends with a slash and cannot be changed after creation.
type Path string

// ParsePath accepts an IAM path of at most 512 characters, without * ? ${: the path is part of the ARN by which policies
// name the role, where they would match more than the role.
func ParsePath(text string) (Path, error) {
	if len(text) > 512 || !rolePathPattern.MatchString(text) {
		return "", fmt.Errorf("%q is not an IAM path: it begins and ends with a slash, has at most 512 printable characters and no spaces", text)
	}
	if wildcardPattern.MatchString(text) {
		return "", fmt.Errorf("path %q has * or ? or ${ in it, which policies that name the role's ARN read as a wildcard or a variable", text)
	}
	return Path(text), nil
}

// Bucket is the name of a general purpose S3 bucket.
type Bucket string

// ParseBucket accepts the name of a general purpose bucket. Names of before 2018 in us-east-1 may have capitals,
// underscores and up to 255 characters, so those pass too.
func ParseBucket(text string) (Bucket, error) {
	switch {
	case strings.HasPrefix(text, "arn:"):
		name := text[strings.LastIndex(text, ":")+1:]
		return "", fmt.Errorf("%q is an ARN: give the bucket's name alone, %q", text, name)
	case strings.HasSuffix(text, "--x-s3"):
		return "", fmt.Errorf("%q is a directory bucket: its only bucket policy action is s3express:CreateSession, and its policy cannot be shared this way", text)
	case strings.HasSuffix(text, "-s3alias"), strings.HasSuffix(text, "--ol-s3"):
		return "", fmt.Errorf("%q is the alias of an access point, not a bucket: an alias cannot stand in a policy", text)
	case !bucketPattern.MatchString(text), strings.Contains(text, ".."):
		return "", fmt.Errorf("%q cannot name a bucket: S3 allows 3 to 63 lower-case letters, digits, dots and hyphens (older buckets also capitals and underscores)", text)
	}
	return Bucket(text), nil
}

// ID is the identity of a share as users write it in imports: <bucket>/<name>.
func (s Spec) ID() string { return string(s.Bucket) + "/" + string(s.Name) }

// ParseID splits the import ID <bucket>/<name>.
func ParseID(text string) (Bucket, Name, error) {
	bucketText, nameText, found := strings.Cut(text, "/")
	if !found {
		return "", "", fmt.Errorf("%q is not the ID of a share: it is written <bucket>/<name>, for example acme-data/etl-reports", text)
	}
	bucket, err := ParseBucket(bucketText)
	if err != nil {
		return "", "", err
	}
	name, err := ParseName(nameText)
	if err != nil {
		return "", "", err
	}
	return bucket, name, nil
}

// RoleARN is the ARN of the share's role, known before the role exists.
func (s Spec) RoleARN() string {
	return fmt.Sprintf("arn:%s:iam::%s:role%s%s", s.Owner.Partition, s.Owner.ID, s.Path, s.Name)
}

// BucketARN is the ARN of the shared bucket.
func (s Spec) BucketARN() string { return fmt.Sprintf("arn:%s:s3:::%s", s.Owner.Partition, s.Bucket) }

// Names that the provider writes into accounts. They never change: shares of the past are found by them.
const (
	// PermissionsPolicyName names the inline policy on the share's role.
	PermissionsPolicyName = "crossaccount"
	// OwnershipTag marks a role that this provider made; its value is the bucket of the share.
	OwnershipTag = "crossaccount:bucket"

	sidPrefix = "Crossaccount"
	// readableInSid keeps every Sid at 64 characters or less; the longest Sid that S3 takes is not published.
	readableInSid = 16
)

// ConsumerPolicyName names the inline policy on roles of the consumer. It has the owner's account in it, because
// two owners may share under the same name with one consumer role.
func (s Spec) ConsumerPolicyName() string {
	return fmt.Sprintf("crossaccount-%s-%s", s.Owner.ID, s.Name)
}

// SidBase begins the Sid of each of the share's statements in the bucket policy. It has only letters and digits
// (IAM User Guide, "IAM JSON policy elements: Sid"); the hash keeps names apart that differ in other characters.
func SidBase(name Name) string {
	readable := strings.Map(func(r rune) rune {
		if r < 128 && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z') {
			return r
		}
		return -1
	}, string(name))
	if len(readable) > readableInSid {
		readable = readable[:readableInSid]
	}
	sum := sha256.Sum256([]byte(name))
	return sidPrefix + readable + hex.EncodeToString(sum[:6])
}

// OwnsSid tells whether a statement of the bucket policy belongs to the share of that name. The whole Sid counts: the
// readable part of another share's Sid may itself look like this share's base and purpose.
func OwnsSid(name Name, sid string) bool {
	ending, found := strings.CutPrefix(sid, SidBase(name))
	return found && (slices.Contains(sidEndings, ending) || slices.Contains(slices.Collect(maps.Values(directEndings)), ending))
}
