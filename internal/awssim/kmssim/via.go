// This file is how services use keys for their callers, and how tests set up keys.
package kmssim

import (
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
)

// KeyOptions are the settings that a key starts with.
type KeyOptions struct {
	Region string // us-east-1 when ""
	Policy string // the default policy when ""
	Alias  string // alias/name, none when ""
}

// AddKey makes a key, without the checks of CreateKey and without the one for
// lock-outs, and gives it. It panics when the policy is malformed or the alias is
// taken: that is a mistake in a test.
func (s *Service) AddKey(owner *directory.Account, o KeyOptions) *Key {
	s.dir.Lock()
	defer s.dir.Unlock()
	if o.Region == "" {
		o.Region = "us-east-1"
	}
	k := s.newKey(place{owner, o.Region})
	if o.Policy != "" {
		stored, err := s.store(k, o.Policy)
		if err != nil {
			panic(fmt.Sprintf("adding a key: %v", err))
		}
		k.policy = stored
	}
	if o.Alias != "" {
		full := arn(owner, o.Region, o.Alias)
		if s.aliases[full] != nil {
			panic("adding a key: there is an alias " + full)
		}
		s.aliases[full] = k
	}
	s.keys[k.ARN()] = k
	return k
}

// ManagedKey gives the key alias/aws/s3 of an account, and makes it at first. Its
// policy lets every principal of the account use it through S3, and nobody else
// (the policy of such keys, as AWS shows it). The lock must be held.
func (s *Service) ManagedKey(at place) *Key {
	alias := arn(at.account, at.region, "alias/aws/s3")
	if k := s.aliases[alias]; k != nil {
		return k
	}
	k := s.newKey(at)
	k.managed, k.description = true, "Default key that protects my S3 objects when no other key is defined"
	k.policy = `{"Version":"2012-10-17","Id":"auto-s3-2","Statement":[` +
		`{"Sid":"Allow access through S3 for all principals in the account that are authorized to use S3","Effect":"Allow",` +
		`"Principal":{"AWS":"*"},"Action":["kms:Encrypt","kms:Decrypt","kms:ReEncrypt*","kms:GenerateDataKey*","kms:DescribeKey"],` +
		`"Resource":"*","Condition":{"StringEquals":{"kms:CallerAccount":"` + at.account.ID + `","kms:ViaService":"` +
		viaS3(at.account.Partition, at.region) + `"}}},` +
		`{"Sid":"Allow direct access to key metadata to the account","Effect":"Allow","Principal":{"AWS":"` + at.account.RootARN() + `"},` +
		`"Action":["kms:Describe*","kms:Get*","kms:List*"],"Resource":"*"}]}`
	s.keys[k.ARN()], s.aliases[alias] = k, k
	return k
}

func viaS3(partition, region string) string {
	if partition == "aws-cn" {
		return "s3." + region + ".amazonaws.com.cn"
	}
	return "s3." + region + ".amazonaws.com"
}

// KeyOf gives the ARN of the key that an account calls so, "" being the AWS managed key; a name that is nobody's stays
// as it is. The lock must be held.
func (s *Service) KeyOf(account *directory.Account, region, name string) string {
	if name == "" {
		return s.ManagedKey(place{account, region}).ARN()
	}
	if n, err := s.find(place{account, region}, name); err == nil && n.key != nil {
		return n.key.ARN()
	}
	return name
}

// ObjectUse is what S3 wants of a key for a caller.
type ObjectUse struct {
	Caller    *directory.Caller // not nil: S3 refuses anonymous callers itself
	Operation string            // GenerateDataKey or Decrypt
	Region    string            // of the bucket
	// Key is the ARN or ID of a key or alias. "" is the AWS managed key of Owner.
	Key   string
	Owner *directory.Account // of the bucket
	// ARN is the encryption context aws:s3:arn: that of the object, or of the bucket for bucket keys.
	ARN string
}

// UseForObject judges the use of a key through S3 and gives the key's ARN. The
// lock must be held.
func (s *Service) UseForObject(o ObjectUse) (string, error) {
	at := place{o.Caller.Account, o.Region}
	if o.Key == "" {
		o.Key = s.ManagedKey(place{o.Owner, o.Region}).ARN()
	}
	k, err := s.may(o.Key, use{
		caller: o.Caller, operation: o.Operation, at: at, byCiphertext: o.Operation == "Decrypt",
		context: map[string]string{"aws:s3:arn": o.ARN}, via: viaS3(o.Owner.Partition, o.Region),
	})
	if err != nil {
		return "", err
	}
	return k.ARN(), k.checkState(enabled)
}
