package reconcile

import (
	"context"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file tries to read objects: one of the share and one outside of it.

const readAction = "s3:GetObject"

// tryObjects reads an object of the share and one outside of it. Both must exist: S3 answers 403 for a key that does not
// exist, too, unless the caller may list.
func (t *trial) tryObjects(ctx context.Context) error {
	if !t.spec.Gives(share.Read) {
		return t.tryUngivenReading(ctx)
	}
	inside, err := t.keyInside(ctx)
	if awsapi.IsRefused(err) {
		t.add(Finding{Claim: ReadsInside, Verdict: NotShown, Obstacle: OwnerMayNotList, Err: err})
		return nil
	}
	if err != nil {
		return err
	}
	if inside == "" {
		t.add(Finding{Claim: ReadsInside, Verdict: NotShown, Obstacle: NoObject})
	} else if err := t.tryInside(ctx, inside); err != nil {
		return err
	}
	if len(t.spec.Prefixes) == 0 {
		return nil // there is no outside
	}
	outside, err := t.keyOutside(ctx)
	if err != nil {
		return err
	}
	return t.tryOutside(ctx, outside)
}

// tryUngivenReading reads an object of a share that gives no reading, preferably one under its prefixes.
func (t *trial) tryUngivenReading(ctx context.Context) error {
	key, err := t.keyInside(ctx)
	if err == nil && key == "" {
		key, err = t.keyOutside(ctx)
	}
	if awsapi.IsRefused(err) {
		t.add(Finding{Claim: StopsReading, Verdict: NotShown, Obstacle: OwnerMayNotList, Err: err})
		return nil
	}
	if err != nil {
		return err
	}
	return t.tryOutside(ctx, key)
}

// keyInside finds an object of the share; empty when there is none.
func (t *trial) keyInside(ctx context.Context) (string, error) {
	prefixes := t.spec.Prefixes
	if len(prefixes) == 0 {
		prefixes = []share.Prefix{""}
	}
	for _, prefix := range prefixes {
		if key, ok, err := t.cloud.FindKey(ctx, t.spec, string(prefix), ""); err != nil || ok {
			return key, err
		}
	}
	return "", nil
}

// keyOutside finds an object outside the share's prefixes; empty when there is none. It steps over one prefix at a time.
func (t *trial) keyOutside(ctx context.Context) (string, error) {
	after := ""
	for range len(t.spec.Prefixes) + 1 {
		key, ok, err := t.cloud.FindKey(ctx, t.spec, "", after)
		if err != nil || !ok {
			return "", err
		}
		if !t.spec.CoversKey(key) {
			return key, nil
		}
		after = t.spec.PastPrefix(key)
	}
	return "", nil
}

// tryInside asks for the head of an object, then for its first byte: the head tells nothing about the key that the object
// is encrypted with, and its refusal has no words.
func (t *trial) tryInside(ctx context.Context, key string) error {
	err := t.repeat(ctx, t.mayBeYoung, func() error {
		if err := t.cloud.HeadAs(ctx, t.way, key); err != nil && !awsapi.IsRefused(err) {
			return err
		}
		return t.cloud.FirstByteAs(ctx, t.way, key)
	})
	if awsapi.IsUnreadableByItself(err) {
		err = nil
	}
	if err := t.addGift(ctx, Finding{Claim: ReadsInside, Target: key, Err: err}, t.call(readAction, t.spec.ObjectARN(key))); err != nil || t.shut == nil {
		return err
	}
	err = t.repeat(ctx, isSuccess, func() error { return t.cloud.HeadAs(ctx, *t.shut, key) })
	return t.addStop(ctx, Finding{Claim: StopsReadingByName, Target: key, Err: err}, t.call(readAction, t.spec.ObjectARN(key)))
}

// tryOutside asks for the head of an object that the share does not let anybody read; the key is empty when there is none. A
// success may be an old answer: S3 takes up to a minute to refuse what policies allowed before.
func (t *trial) tryOutside(ctx context.Context, key string) error {
	if key == "" {
		t.add(Finding{Claim: StopsReading, Verdict: NotShown, Obstacle: NoObject})
		return nil
	}
	err := t.repeat(ctx, isSuccess, func() error { return t.cloud.HeadAs(ctx, t.way, key) })
	return t.addStop(ctx, Finding{Claim: StopsReading, Target: key, Err: err}, t.call(readAction, t.spec.ObjectARN(key)))
}
