package reconcile

import (
	"context"
	"fmt"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about shares whose role reaches the bucket through an access point of its own, and not by its name.

// pointDoor lets in by the role, for calls that name the access point.
type pointDoor struct{ roleDoor }

func (d pointDoor) open(ctx context.Context, t *trial) (bool, error) {
	open, err := d.roleDoor.open(ctx, t)
	if err != nil || !open {
		return open, err
	}
	found, err := t.cloud.ObserveAccessPoint(ctx, t.spec)
	if err == nil && (found.State != share.PointFound || found.Alias == "") {
		err = fmt.Errorf("looking up access point %s: S3 knows no such access point, or no alias of it", t.spec.AccessPointName())
	}
	if err != nil {
		return false, err
	}
	shut := t.way
	t.shut, t.way.Alias = &shut, found.Alias
	t.unwritten = t.lacksStatements(ctx)
	return true, nil
}
