package share

import (
	"fmt"
	"slices"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// KeyARN is the ARN of a KMS key. Policies name keys by it alone: an alias in them stands for nothing.
type KeyARN string

var (
	keyPattern   = newPattern(`^arn:([a-z0-9-]+):kms:([a-z0-9-]+):([0-9]{12}):key/[A-Za-z0-9-]{1,128}$`)
	aliasPattern = newPattern(`^(arn:[a-z0-9-]+:kms:[a-z0-9-]+:[0-9]{12}:)?alias/`)
	keyIDPattern = newPattern(`^(mrk-)?[0-9a-f-]{32,36}$`)
)

// ParseKeyARN accepts the ARN of a KMS key.
func ParseKeyARN(text string) (KeyARN, error) {
	switch {
	case keyPattern.MatchString(text):
		return KeyARN(text), nil
	case aliasPattern.MatchString(text):
		return "", fmt.Errorf("%q is an alias, which stands for no key in a policy: give the key's ARN, arn:aws:kms:<region>:<account ID>:key/<key ID>", text)
	case keyIDPattern.MatchString(text):
		return "", fmt.Errorf("%q is the ID of a key: give its ARN, arn:aws:kms:<region>:<account ID>:key/%s", text, text)
	}
	return "", fmt.Errorf("%q is not the ARN of a KMS key, arn:aws:kms:<region>:<account ID>:key/<key ID>", text)
}

// IsKeyAlias tells that S3 or somebody names a key by an alias.
func IsKeyAlias(text string) bool { return aliasPattern.MatchString(text) }

// Partition is the partition of the key.
func (k KeyARN) Partition() string { return k.part(1) }

// Region is where the key is, which is where buckets encrypted with it are.
func (k KeyARN) Region() string { return k.part(2) }

// Account is the ID of the account that has the key.
func (k KeyARN) Account() string { return k.part(3) }

func (k KeyARN) part(n int) string {
	if match := keyPattern.FindStringSubmatch(string(k)); match != nil {
		return match[n]
	}
	return ""
}

// checkKeys refuses keys of which some cannot be those of one bucket: S3 uses keys of its own region alone (S3 User Guide,
// "Using server-side encryption with AWS KMS keys").
func (s Spec) checkKeys() error {
	for _, key := range s.KMSKeys {
		if first := s.KMSKeys[0]; key.Region() != first.Region() {
			return fmt.Errorf("key %s is in region %s and key %s in %s: a bucket only uses keys of its own region", first, first.Region(), key, key.Region())
		}
		if partition := s.Owner.Partition; partition != "" && key.Partition() != partition {
			return fmt.Errorf("key %s is in partition %s and the bucket in %s: AWS has no access across partitions", key, key.Partition(), partition)
		}
	}
	return nil
}

// keyActions are what S3 calls on the key in the caller's name: to read, to write, and to go on with a multipart upload,
// whose parts are decrypted (S3 User Guide, "Multipart upload API and permissions").
var keyActions = map[Word][]string{
	Read:         {"kms:Decrypt"},
	ReadVersions: {"kms:Decrypt"},
	Write:        {"kms:Decrypt", "kms:GenerateDataKey"},
}

const keysPurpose = "Keys"

// renderKeyUse lets the role use the keys through S3, for objects of the share. S3 names the object's ARN as encryption
// context, or, where the object was written with a bucket key, the bucket's (S3 User Guide, "Reducing the cost of SSE-KMS
// with Amazon S3 Bucket Keys"); buckets have both kinds side by side. The perimeter stands in the statements on S3: the
// calls to KMS are S3's own.
func (s Spec) renderKeyUse() []policy.Statement {
	actions := s.actions(keyActions)
	if len(s.KMSKeys) == 0 || len(actions) == 0 {
		return nil
	}
	conditions := policy.Condition{}
	restrict(conditions, "StringEquals", "kms:ViaService", ViaS3(s.KMSKeys[0]))
	restrict(conditions, "StringLike", "kms:EncryptionContext:aws:s3:arn", append(policy.Values{s.BucketARN()}, s.objectARNs()...)...)
	s.restrictTime(conditions)
	return []policy.Statement{{
		Sid: keysPurpose, Effect: policy.Allow, Action: actions, Resource: texts(s.KMSKeys), Condition: conditions,
	}}
}

// UsesKeys tells that something which the share gives needs the keys of encrypted objects.
func (s Spec) UsesKeys() bool { return len(s.actions(keyActions)) > 0 }

// ViaS3 is the value of kms:ViaService for S3 in the key's region (KMS Developer Guide, "kms:ViaService").
func ViaS3(key KeyARN) string {
	suffix := "amazonaws.com"
	if key.Partition() == "aws-cn" {
		suffix += ".cn"
	}
	return "s3." + key.Region() + "." + suffix
}

// recognizeKeys reads the keys that documents of the role let it use.
func recognizeKeys(statements []policy.Statement) []KeyARN {
	var keys []KeyARN
	for _, statement := range statements {
		aboutKeys := func(action string) bool { return strings.HasPrefix(strings.ToLower(action), "kms:") }
		if statement.Err() != nil || statement.Effect != policy.Allow || !slices.ContainsFunc(statement.Action, aboutKeys) {
			continue
		}
		for _, resource := range statement.Resource {
			if key, err := ParseKeyARN(resource); err == nil {
				keys = append(keys, key)
			}
		}
	}
	return sortKeys(keys)
}

func sortKeys(keys []KeyARN) []KeyARN {
	fresh := slices.Clone(keys)
	slices.Sort(fresh)
	return slices.Compact(fresh)
}

// meetKeys gives the keys of both.
func meetKeys(a, b []KeyARN) []KeyARN {
	return slices.DeleteFunc(slices.Clone(a), func(key KeyARN) bool { return !slices.Contains(b, key) })
}

func texts[T ~string](values []T) policy.Values {
	plain := make(policy.Values, 0, len(values))
	for _, value := range values {
		plain = append(plain, string(value))
	}
	return plain
}
