package reconcile_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file walks over all changes of the way to the bucket, stops each at each of its calls, and then goes on, turns
// back, or destroys the share.

// form is a way to the bucket with a mode of the bucket policy.
type form struct {
	name string
	spec share.Spec
}

// forms are the ways; those of output_only are walked apart, because there somebody else opens the bucket.
func forms(mode share.BucketPolicyMode) []form {
	role, point, without := etlReports(), etlReports(), direct()
	role.KMSKeys, point.KMSKeys = []share.KeyARN{someKey}, []share.KeyARN{someKey}
	point.Via, point.Region = share.ViaAccessPoint, region
	all := []form{{"role", role}, {"access point", point}, {"direct", without}}
	for i := range all {
		if mode != share.Delegated || !all[i].spec.IsDirect() {
			all[i].spec.BucketPolicyMode = mode
		}
	}
	return all
}

// switching is one change of the way.
type switching struct {
	from, to form
}

func (s switching) name() string {
	return fmt.Sprintf("from %s, %s, to %s, %s", s.from.name, s.from.spec.BucketPolicyMode, s.to.name, s.to.spec.BucketPolicyMode)
}

func switchings() []switching {
	var all []switching
	for _, mode := range []share.BucketPolicyMode{share.OwnStatements, share.Delegated, share.OutputOnly} {
		for _, from := range forms(mode) {
			for _, to := range forms(mode) {
				if from.name != to.name {
					all = append(all, switching{from, to})
				}
			}
		}
	}
	return all
}

// ends are what follows a change that was stopped.
var ends = []string{"again", "back", "destroyed"}

// Whatever stops a change of the way, at whichever call: nothing is left that the next run does not find, and nobody
// who has access before and after is refused on the way.
func TestEverySwitchStoppedAtEveryCall(t *testing.T) {
	t.Parallel()
	for number, s := range switchings() {
		t.Run(s.name(), func(t *testing.T) {
			t.Parallel()
			for nth, call := range s.calls(t) {
				for which, how := range stops {
					for last, end := range ends {
						if !wrote(call) && (how.killed || !*whole) {
							continue // who is killed at a read has come as far as by the write before it
						}
						if !*whole && !s.isSample(number+nth, which, last) {
							continue
						}
						t.Run(fmt.Sprintf("call %d, %s, %s, %s", nth+1, call.Name(), how.name, end), func(t *testing.T) {
							t.Parallel()
							halted{switching: s, at: nth + 1, how: how, end: end}.run(t)
						})
					}
				}
			}
		})
	}
}

// isSample chooses one stop and one end for each call, and fewer calls in the modes that are not everybody's.
func (s switching) isSample(at, which, last int) bool {
	return (at+which)%len(stops) == 0 && (at/len(stops)+last)%len(ends) == 0 && (s.to.spec.BucketPolicyMode == share.OwnStatements || at%4 == 0)
}

// calls makes the change with nothing in its way and gives its calls.
func (s switching) calls(t *testing.T) []awssim.Call {
	t.Helper()
	w := newSwitchWorld(t)
	k := w.mustApply(t, s.from.spec)
	through, g := w.gated(t)
	g.look = w.mustReach(t, s.from, s.to)
	after, err := through.apply(t.Context(), t, k, s.to.spec)
	if err != nil {
		t.Fatalf("with nothing in its way: %v", err)
	}
	w.mustHaveArrived(t, journey{to: &s.to.spec}, after)
	w.mustDestroy(t, after)
	return g.arrived
}

// halted is a change that was stopped, and what came after it.
type halted struct {
	switching
	at  int
	how stop
	end string
}

func (s halted) run(t *testing.T) {
	t.Helper()
	w := newSwitchWorld(t)
	before := w.mustApply(t, s.from.spec)
	theirs := w.othersStatements(t, &s.from.spec)
	through, g := w.gated(t)
	g.look = w.mustReach(t, s.from, s.to)
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	g.at, g.how, g.giveUp = s.at, s.how, giveUp
	struck, err := through.apply(ctx, t, before, s.to.spec)
	if s.how.killed {
		struck = before
	} else if err == nil {
		t.Fatal("the change was not stopped")
	}
	g.mu.Lock()
	g.over, g.at = false, 0
	g.mu.Unlock()
	switch s.end {
	case "again":
		struck = through.mustGetTo(t, struck, s.to.spec)
		w.mustHaveArrived(t, journey{to: &s.to.spec}, struck)
	case "back":
		struck = through.mustGetTo(t, struck, s.from.spec)
		w.mustHaveArrived(t, journey{to: &s.from.spec}, struck)
	}
	g.look = nil
	if s.end != "destroyed" {
		w.mustHoldNothingOfOthers(t, struck.spec)
	}
	if _, err := through.destroy(t.Context(), t, struck); err != nil {
		t.Fatalf("destroying: %v", err)
	}
	w.mustHoldNothing(t, journey{}, theirs)
}

func (w *world) mustGetTo(t *testing.T, k kept, spec share.Spec) kept {
	t.Helper()
	k, err := w.apply(t.Context(), t, k, spec)
	if err != nil {
		t.Fatalf("the next apply: %v", err)
	}
	return k
}

// mustHoldNothingOfOthers fails when something of a form is there that the share does not have.
func (w *world) mustHoldNothingOfOthers(t *testing.T, spec share.Spec) {
	t.Helper()
	if spec.UsesAccessPoint() {
		return
	}
	w.mustHaveNoPoint(t)
	for _, statement := range w.statements(t) {
		if isCommon(statement) && !spec.OwnsDelegation(statement) {
			t.Errorf("the bucket policy still has %s", statement.Sid)
		}
	}
}

// newSwitchWorld has an object of the share, encrypted with the key.
func newSwitchWorld(t *testing.T) *world {
	t.Helper()
	w := newWalkWorld(t)
	_, err := w.s3().PutObject(t.Context(), &s3.PutObjectInput{
		Bucket: aws.String(bucket), Key: aws.String("reports/x"), Body: bytes.NewReader([]byte("x")),
		ServerSideEncryption: types.ServerSideEncryptionAwsKms, SSEKMSKeyId: aws.String(string(w.key)),
	})
	if err != nil {
		t.Fatalf("putting an object: %v", err)
	}
	return w
}

// mustReach gives what looks, after a write, whether the consumer reaches the object in one of the ways.
func (w *world) mustReach(t *testing.T, from, to form) func(awssim.Call) {
	t.Helper()
	if slices.Contains([]share.BucketPolicyMode{from.spec.BucketPolicyMode, to.spec.BucketPolicyMode}, share.OutputOnly) {
		return nil
	}
	return func(call awssim.Call) {
		if open, err := w.open(t); len(open) == 0 {
			t.Errorf("after %s of %s the consumer is refused: %v", call.Name(), call.Resource, err)
		}
	}
}

// open tells by which ways the consumer reaches the object now, and what else it meets.
func (w *world) open(t *testing.T) (open []string, err error) {
	t.Helper()
	etl := w.account.RoleSession("etl", "i-1")
	try := func(way string, key awssim.Credentials, place string) {
		client := s3.NewFromConfig(w.config(key), func(o *s3.Options) { o.UsePathStyle = true })
		_, refused := client.GetObject(t.Context(), &s3.GetObjectInput{Bucket: &place, Key: aws.String("reports/x")})
		if refused == nil {
			open = append(open, way)
		}
		err = errors.Join(err, refused)
	}
	try("direct", etl, bucket)
	role := w.leftRole(t)
	if role == nil {
		return open, err
	}
	input := &sts.AssumeRoleInput{RoleArn: aws.String(etlReports().RoleARN()), RoleSessionName: aws.String("probe")}
	if ids := share.ExternalIDsOf(role.Trust); len(ids) > 0 {
		input.ExternalId = aws.String(ids[0].Reveal())
	}
	answer, refused := sts.NewFromConfig(w.config(etl)).AssumeRole(t.Context(), input)
	if refused != nil {
		return open, errors.Join(err, refused)
	}
	session := awssim.Credentials{
		AccessKeyID: *answer.Credentials.AccessKeyId, SecretAccessKey: *answer.Credentials.SecretAccessKey, SessionToken: *answer.Credentials.SessionToken,
	}
	try("role", session, bucket)
	if alias := w.alias(t); alias != "" {
		try("access point", session, alias)
	}
	return open, err
}

// alias is that of the share's access point, empty when there is none.
func (w *world) alias(t *testing.T) string {
	t.Helper()
	point := etlReports()
	point.Via, point.Region = share.ViaAccessPoint, region
	found, err := awsapi.NewCloud(w.connect(t, awsapi.OwnerSide, w.ownerKey), nil, w.pause).ObserveAccessPoint(t.Context(), point)
	if err != nil {
		t.Errorf("looking for the access point: %v", err)
	}
	return found.Alias
}
