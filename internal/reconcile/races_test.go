package reconcile_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Several runs of terraform and a script write one bucket policy at once. What somebody was told is written must be
// there, but for what S3 makes impossible to keep; that is found by the next plan and repaired by the next apply.
func TestRacesForOneBucketPolicy(t *testing.T) {
	t.Parallel()
	rounds := 40
	if *whole {
		rounds = 500
	}
	w := newWorld(t)
	w.putPolicy(t, foreign)
	theirs := w.othersStatements(t, nil)
	l := w.front(t)
	racers := w.racers(4)
	other := *w
	other.ownerKey = w.owner.AdminKey()
	script := &script{world: &other}
	random := rand.New(rand.NewPCG(1, 2))
	var gaps []time.Duration
	lost := 0
	for round := range rounds {
		var all sync.WaitGroup
		for _, r := range racers {
			r.choose(random)
			all.Go(func() { r.race(t) })
		}
		all.Go(func() { script.add(t, round) })
		all.Wait()
		entries := l.take()
		statements := w.statements(t)
		for _, r := range racers {
			gaps = append(gaps, windows(entries, r.ownerKey.AccessKeyID)...)
			if r.err == nil && !r.isWritten(statements) {
				lost++
				mustBeResidue(t, entries, r.ownerKey)
			}
		}
		if !script.isWritten(statements) {
			mustBeResidue(t, entries, script.ownerKey)
		}
		for _, text := range theirs {
			if !slices.ContainsFunc(statements, func(s policy.Statement) bool { return s.JSON() == text }) {
				t.Fatalf("round %d: a statement that nobody takes out is gone: %s", round, text)
			}
		}
	}
	for _, r := range racers {
		r.gone = false
		if r.race(t); r.err != nil {
			r.race(t)
		}
		if r.err != nil || !r.isWritten(w.statements(t)) {
			t.Errorf("one more apply does not repair share %s: %v", r.wanted.Name, r.err)
		}
	}
	for _, r := range racers {
		r.gone = true
		r.race(t)
	}
	if left := w.othersStatements(t, &racers[0].wanted); len(left) != len(theirs)+1 || len(w.statements(t)) != len(left) {
		t.Errorf("in the end the policy has other statements than somebody else's: %q", left)
	}
	slices.Sort(gaps)
	t.Logf("%d rounds: %d writes, %d lost after they were read back; from read to write %s in the middle, %s at most",
		rounds, len(gaps), lost, gaps[len(gaps)/2], gaps[len(gaps)-1])
}

func mustBeResidue(t *testing.T, entries []entry, key awssim.Credentials) {
	t.Helper()
	if !isResidue(entries, key.AccessKeyID) {
		t.Errorf("what %s was told is written is not there, and nobody read before its last call and wrote after it", key.AccessKeyID)
	}
}

// racer is one run of terraform after another, with its own state, keys and process.
type racer struct {
	*world
	state  kept
	wanted share.Spec
	// gone tells that the share is not wanted any more.
	gone bool
	err  error
}

func (w *world) racers(n int) []*racer {
	var all []*racer
	for i := range n {
		own := *w
		own.ownerKey = w.owner.AdminKey()
		wanted := etlReports()
		wanted.Name = share.Name(fmt.Sprintf("etl-%d", i))
		wanted.Consumer.AttachToRoles = nil
		all = append(all, &racer{world: &own, wanted: wanted})
	}
	return all
}

// choose decides what the next run wants.
func (r *racer) choose(random *rand.Rand) {
	r.gone = r.state.exists && r.err == nil && random.IntN(3) == 0
	r.wanted.Prefixes = []share.Prefix{share.Prefix(fmt.Sprintf("p%d/", random.IntN(1000)))}
}

func (r *racer) race(t *testing.T) {
	t.Helper()
	if r.gone {
		r.state, r.err = r.destroy(t.Context(), t, r.state)
		return
	}
	r.state, r.err = r.apply(t.Context(), t, r.state, r.wanted)
	// Statements of a share that is gone may have come back by a write that was older. Its next create is told so, and
	// that they are to be taken out.
	var conflict *reconcile.ConflictError
	if errors.As(r.err, &conflict) && conflict.Role == nil {
		r.edit(t, func(document policy.Document) policy.Document { return document.Replace(r.wanted.Owns) })
	}
}

// isWritten tells that the policy has the share's statements and no others of it.
func (r *racer) isWritten(statements []policy.Statement) bool {
	have := slices.DeleteFunc(slices.Clone(statements), func(s policy.Statement) bool { return !r.wanted.Owns(s) })
	if r.gone {
		return len(have) == 0
	}
	return policy.New(have...).Equal(policy.New(share.Render(r.state.spec).BucketStatements...))
}

// script is somebody else who adds a statement by reading, adding and writing, and takes 200 for an answer.
type script struct {
	*world
	added string
}

func (s *script) add(t *testing.T, round int) {
	t.Helper()
	added := policyOf(t, fmt.Sprintf(`{"Statement":[{"Sid":"Script%d","Effect":"Deny","Principal":"*","Action":"s3:DeleteObject","Resource":"arn:aws:s3:::acme-data/keep/*"}]}`, round))
	s.edit(t, func(document policy.Document) policy.Document {
		return document.Replace(func(old policy.Statement) bool { return strings.HasPrefix(old.Sid, "Script") }, added.Statements()...)
	})
	s.added = added.Statements()[0].Sid
}

// edit changes the bucket policy as a script does.
func (w *world) edit(t *testing.T, change func(policy.Document) policy.Document) {
	t.Helper()
	client := w.s3()
	answer, err := client.GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
	if err != nil {
		t.Errorf("a script reads the policy: %v", err)
		return
	}
	document := change(policyOf(t, aws.ToString(answer.Policy)))
	if _, err := client.PutBucketPolicy(t.Context(), &s3.PutBucketPolicyInput{Bucket: aws.String(bucket), Policy: aws.String(document.JSON())}); err != nil {
		t.Errorf("a script writes the policy: %v", err)
	}
}

func (s *script) isWritten(statements []policy.Statement) bool {
	return slices.ContainsFunc(statements, func(have policy.Statement) bool { return have.Sid == s.added })
}
