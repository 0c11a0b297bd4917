package acctest

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file leads a share through a whole life without the CLI, so that it can be done once for each permission.

// life is a share, the world it lives in, and what was seen of it.
type life struct {
	*World
	limited *World
	outcome reconcile.Outcome
	seen    []string
}

// lifeWith leads a share through its life with these permissions and gives what was seen: the drift that was found, and
// the error with which it ended, if it did.
func lifeWith(t *testing.T, owner, consumer string) []string {
	t.Helper()
	l := &life{World: NewWorld(t, awssim.Options{})}
	l.limited = l.permitted(owner, consumer)
	if err := l.live(t); err != nil {
		return append(l.seen, err.Error())
	}
	return append(l.seen, fmt.Sprintf("left: %v %s", l.Owner.RoleNames(), l.BucketPolicy(t)))
}

func (l *life) live(t *testing.T) error {
	t.Helper()
	boundaries := []string{l.Owner.AddPolicy("/", "one", s3Only), l.Owner.AddPolicy("/", "two", s3Only)}
	spec := share.Spec{
		Owner: share.Account{ID: OwnerID, Partition: "aws"}, Name: "etl-reports", Bucket: Bucket, Path: share.DefaultRolePath,
		Consumer: share.Consumer{AccountID: ConsumerID, Trust: share.TrustAccount, AttachToRoles: []string{"etl"}},
		Access:   []share.Word{share.Read}, MaxSessionDuration: time.Hour, Tags: map[string]string{"Team": "data"},
		PermissionsBoundary: boundaries[0], BucketPolicyMode: share.OwnStatements, Exclusive: true,
	}
	keys, _, err := l.start(t).DefaultKeys(t.Context(), spec)
	if l.seen = append(l.seen, fmt.Sprintf("keys: %v", keys)); err != nil {
		l.seen = append(l.seen, "keys: "+refused) // a share does without, and warns
	}
	if _, err := reconcile.NewPreflight(l.cloud(t)).Boundary(t.Context(), spec.PermissionsBoundary); err != nil {
		l.seen = append(l.seen, "boundary: "+refused) // a share does without, and its verdict says so
	}
	if l.outcome, err = l.start(t).Create(t.Context(), spec); err != nil {
		return fmt.Errorf("creating: %w", err)
	}
	changed := l.outcome.Spec
	changed.Description, changed.Tags, changed.PermissionsBoundary = "changed", map[string]string{"Unit": "data"}, boundaries[1]
	id, err := share.ParseExternalID("given-by-the-consumer")
	if err != nil {
		return err
	}
	changed.ExternalIDs = []share.ExternalID{id}
	bare := changed
	bare.PermissionsBoundary = ""
	for _, step := range []struct {
		what   string
		byHand func(t testing.TB)
		next   share.Spec
	}{
		{"changing every part", func(testing.TB) {}, changed},
		{"taking the boundary off", func(testing.TB) {}, bare},
		{"taking off what is not the share's", l.addStrangers, bare},
		{"making a deleted role again", l.mustDeleteTheRole, bare},
	} {
		step.byHand(t)
		if err := l.update(t, step.next); err != nil {
			return fmt.Errorf("%s: %w", step.what, err)
		}
	}
	l.remove(t, "etl", "crossaccount-"+OwnerID+"-etl-reports")
	if err := l.look(t); err != nil {
		return err
	}
	l.Consumer.AddRole("/", "etl")
	if err := l.update(t, bare); err != nil {
		return fmt.Errorf("writing the consumer policy again: %w", err)
	}
	if _, err = l.start(t).Delete(t.Context(), reconcile.Prior{Spec: l.outcome.Spec, RoleUniqueID: l.outcome.RoleUniqueID}); err != nil {
		return about("destroying", err)
	}
	return l.liveDelegated(t, spec)
}

// liveDelegated makes and removes a share that would have its statements in common with others.
func (l *life) liveDelegated(t *testing.T, spec share.Spec) error {
	t.Helper()
	spec.BucketPolicyMode = share.Delegated
	made, err := l.start(t).Create(t.Context(), spec)
	if err != nil {
		return fmt.Errorf("creating a delegated share: %w", err)
	}
	_, err = l.start(t).Delete(t.Context(), reconcile.Prior{Spec: made.Spec, RoleUniqueID: made.RoleUniqueID})
	return about("destroying a delegated share", err)
}

// update reads the share and makes it what next says.
func (l *life) update(t *testing.T, next share.Spec) error {
	t.Helper()
	if err := l.look(t); err != nil {
		return err
	}
	outcome, err := l.start(t).Update(t.Context(), reconcile.Prior{Spec: l.outcome.Spec, RoleUniqueID: l.outcome.RoleUniqueID}, next)
	l.outcome = outcome
	return err
}

// look notes the drift of the share.
func (l *life) look(t *testing.T) error {
	t.Helper()
	desired := share.Render(l.outcome.Spec)
	desired.Spec.RoleUniqueID = l.outcome.RoleUniqueID
	reading, err := l.start(t).Read(t.Context(), desired)
	l.seen = append(l.seen, strings.Join(changes.Sentences(reading.Drift), "; "))
	return about("reading", err)
}

// start gives a reconciler as a fresh process of the provider has it.
func (l *life) start(t *testing.T) *reconcile.Reconciler {
	t.Helper()
	return reconcile.New(l.cloud(t), time.Now)
}

func (l *life) cloud(t *testing.T) *awsapi.Cloud {
	t.Helper()
	patient := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return awsapi.NewCloud(l.connect(t, awsapi.OwnerSide, l.limited.OwnerKey), l.connect(t, awsapi.ConsumerSide, l.limited.ConsumerKey), patient)
}

func (w *World) connect(t *testing.T, side awsapi.Side, key awssim.Credentials) *awsapi.Account {
	t.Helper()
	once, url := 0, w.Sim.URL()
	account, err := awsapi.Connect(t.Context(), awsapi.Connection{
		Side: side, Region: Region, S3UsePathStyle: true, MaxRetries: &once,
		Keys:      awsapi.Keys{AccessKey: key.AccessKeyID, SecretKey: awsapi.Secret(key.SecretAccessKey)},
		Endpoints: awsapi.Endpoints{IAM: url, S3: url, STS: url, S3Control: url, KMS: url},
	})
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	return account
}
