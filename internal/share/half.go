package share

import (
	"fmt"
)

// This file is about the consumer's half of a share of which nothing but the role's ARN is known.

var (
	anyRoleARN = newPattern(`^arn:([a-z0-9-]+):iam::([0-9]{12}):role(/|/[\x21-\x7E]+/)([^/]+)$`)
	anyARN     = newPattern(`^arn:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:([0-9]{12})?:[^ ]+[^ /]$`)
)

// ParseShareRole reads the owner account, the path and the name of a share out of the ARN of its role. All else of the spec
// stays empty.
func ParseShareRole(text string) (Spec, error) {
	if match := sessionARN.FindStringSubmatch(text); match != nil {
		return Spec{}, fmt.Errorf("%q is a session of a role: give the role itself, arn:%s:iam::%s:role/%s, with its path between role/ and the name if it has one",
			text, match[1], match[2], match[3])
	}
	match := anyRoleARN.FindStringSubmatch(text)
	if match == nil {
		if anyARN.MatchString(text) {
			return Spec{}, fmt.Errorf("%q is the ARN of something else than a role: the owner of the bucket hands out role_arn, arn:aws:iam::<account ID>:role/<path>/<name>", text)
		}
		return Spec{}, fmt.Errorf("%q is not the ARN of a role, arn:aws:iam::<account ID>:role/<path>/<name>", text)
	}
	path, err := ParsePath(match[3])
	if err != nil {
		return Spec{}, fmt.Errorf("%q names a role that no policy can name alone: %w", text, err)
	}
	name, err := ParseName(match[4])
	if err != nil {
		return Spec{}, fmt.Errorf("%q names no role: %w", text, err)
	}
	return Spec{Owner: Account{Partition: match[1], ID: match[2]}, Path: path, Name: name}, nil
}

// CheckHalf tells what is wrong with the consumer's half of a share beside the account that it is to live in.
func (s Spec) CheckHalf(consumer Account) error {
	switch {
	case consumer.ID == s.Owner.ID:
		return fmt.Errorf("the credentials are of account %s, which has the role: the consumer's half is for another account. "+
			"Give the provider credentials of the consumer account, at the top or in its consumer attribute", consumer.ID)
	case consumer.Partition != s.Owner.Partition:
		return fmt.Errorf("the credentials are of account %s in partition %s, the role is in %s: AWS has no access across partitions",
			consumer.ID, consumer.Partition, s.Owner.Partition)
	}
	return nil
}

// Detached is the half without any roles.
func (s Spec) Detached() Spec {
	s.Consumer.AttachToRoles = nil
	return s
}
