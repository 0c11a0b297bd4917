package reconcile

import (
	"context"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
)

// This file is about shares without a role: the consumer calls S3 with its own credentials, and there is no door to try.

// directDoor lets the consumer's principals in themselves.
type directDoor struct{}

func (directDoor) open(ctx context.Context, t *trial) (bool, error) {
	t.visitor, t.way = t.proof.Caller, awsapi.Way{Spec: t.spec}
	t.unwritten = t.lacksStatements(ctx)
	return true, nil
}

// refusing: the owner's half is the bucket policy, and the consumer's is a policy of its own that the owner cannot see. In one
// organization AWS tells which of the two it was.
func (directDoor) refusing(t *trial, err error) (causes []Cause, certain bool) {
	if cause := t.strangeness(); cause != "" {
		return []Cause{cause}, true
	}
	if awsapi.IsUnallowedAtHome(err) {
		return []Cause{NoPermission}, true
	}
	causes = t.causesOfConsumer()
	if t.spec.Perimeter.PrincipalOrgID != "" {
		causes = append(causes, OutsideOrganization)
	}
	return causes, false
}
