package reconcile_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// soak is how long TestSoak runs; make soak gives half an hour.
var soak = flag.Duration("soak", 2*time.Second, "how long to lead random lives")

const (
	soakShares  = 100
	soakBuckets = 10
	soakWorkers = 4
	// soakSteps are the runs of each worker before everything is looked over.
	soakSteps = 50
)

// A hundred shares are led through random lives, with faults and edits by hand, in one process. Nothing is lost, nothing
// is left, and neither memory nor goroutines grow.
func TestSoak(t *testing.T) {
	t.Parallel()
	s := newSoaking(t)
	end := time.Now().Add(*soak)
	var first, last usage
	began, rounds := time.Now(), 0
	for ; time.Now().Before(end) || rounds < 1; rounds++ {
		s.round(t, uint64(rounds))
		if last = measure(); rounds < 4 {
			first = last
		}
		if rounds%10 == 9 {
			t.Logf("after %s, %d runs: %s", time.Since(began).Round(time.Second), s.runs, last)
		}
	}
	t.Logf("%d runs in %d rounds, %d of them failed on a fault; at first %s, in the end %s", s.runs, rounds, s.failed, first, last)
	if last.goroutines > first.goroutines+50 || last.heap > first.heap*3/2+16<<20 {
		t.Errorf("the process grows: %s became %s", first, last)
	}
}

// usage is what the process takes.
type usage struct {
	goroutines int
	heap       uint64
}

func (u usage) String() string {
	return fmt.Sprintf("%d goroutines and %d KiB of heap", u.goroutines, u.heap>>10)
}

func measure() usage {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return usage{runtime.NumGoroutine(), m.HeapAlloc}
}

// soaking is a world with many shares.
type soaking struct {
	*world
	shares []*soaked
	// buckets let one worker at a time at each bucket: what processes do to each other there is another test's.
	buckets [soakBuckets]sync.Mutex
	// owners and consumers are the connections of the workers, each with keys of its own.
	owners, consumers []*awsapi.Account
	keys              []awssim.Credentials
	// hands are the clients of whoever edits by hand: each new client would keep connections of its own.
	hands struct {
		iam *iam.Client
		s3  *s3.Client
	}

	mu           sync.Mutex
	runs, failed int
}

// soaked is one share and what Terraform keeps of it.
type soaked struct {
	kept
	wanted *share.Spec
	number int
}

func newSoaking(t *testing.T) *soaking {
	t.Helper()
	s := &soaking{world: newWorld(t)}
	s.hands.iam, s.hands.s3 = s.iam(), s.s3()
	for i := range soakBuckets {
		s.owner.AddBucket(bucketOf(i), awssim.BucketOptions{Region: region})
	}
	for i := range soakShares {
		s.shares = append(s.shares, &soaked{number: i})
	}
	for range soakWorkers {
		owner, consumer := s.owner.AdminKey(), s.account.AdminKey()
		s.keys = append(s.keys, owner)
		s.owners = append(s.owners, s.connect(t, awsapi.OwnerSide, owner))
		s.consumers = append(s.consumers, s.connect(t, awsapi.ConsumerSide, consumer))
	}
	return s
}

func bucketOf(number int) string { return fmt.Sprintf("soak-%d", number%soakBuckets) }

// random is a share with some arguments of many.
func (s *soaked) random(r *rand.Rand) *share.Spec {
	if r.IntN(4) == 0 {
		return nil
	}
	spec := etlReports()
	spec.Name, spec.Bucket = share.Name(fmt.Sprintf("soak-%d", s.number)), share.Bucket(bucketOf(s.number))
	spec.Access = [][]share.Word{{share.Read}, {share.Read, share.List}, {share.Write}}[r.IntN(3)]
	spec.Prefixes = []share.Prefix{share.Prefix(fmt.Sprintf("p%d/", r.IntN(10)))}
	spec.Description = fmt.Sprintf("description %d", r.IntN(3))
	spec.MaxSessionDuration = time.Duration(1+r.IntN(3)) * time.Hour
	spec.Tags = map[string]string{"Number": fmt.Sprint(r.IntN(3))}
	if s.number >= 10 || r.IntN(2) == 0 {
		spec.Consumer.AttachToRoles = nil // the policies of a hundred shares do not fit on one role
	}
	return &spec
}

// process starts the provider anew, on the connections of a worker.
func (s *soaking) process(worker int) *reconcile.Reconciler {
	return reconcile.New(awsapi.NewCloud(s.owners[worker], s.consumers[worker], s.pause), s.now)
}

// round lets all workers work at once, and then makes everything as it is wanted and looks.
func (s *soaking) round(t *testing.T, seed uint64) {
	t.Helper()
	var all sync.WaitGroup
	for worker := range soakWorkers {
		all.Go(func() {
			r := rand.New(rand.NewPCG(seed, uint64(worker)))
			for range soakSteps {
				s.step(t, worker, r)
			}
		})
	}
	all.Wait()
	s.sim.ClearFaults()
	s.sim.ResetCalls()
	var roles []string
	for _, one := range s.shares {
		if err := s.run(t, one, 0); err != nil {
			t.Fatalf("share %d, with nothing in its way: %v", one.number, err)
		}
		if one.exists {
			roles = append(roles, string(one.spec.Name))
			s.mustBeAsWanted(t, one)
		}
	}
	slices.Sort(roles)
	if have := s.owner.RoleNames(); !slices.Equal(have, roles) {
		t.Fatalf("there are the roles %q, want %q", have, roles)
	}
}

// step is one run of terraform on a share, perhaps with a fault, perhaps after an edit by hand.
func (s *soaking) step(t *testing.T, worker int, r *rand.Rand) {
	t.Helper()
	one := s.shares[r.IntN(len(s.shares))]
	alone := &s.buckets[one.number%soakBuckets]
	alone.Lock()
	defer alone.Unlock()
	if one.exists && r.IntN(10) == 0 {
		s.editByHand(t, one, r)
	}
	if r.IntN(3) == 0 {
		b := blows[r.IntN(len(blows))]
		fault := b.fault(awssim.Call{Service: "iam"}, func() {})
		fault.AccessKeyID, fault.Nth, fault.Times = s.keys[worker].AccessKeyID, 1+r.IntN(12), min(fault.Times, 8)
		s.sim.Inject(fault)
	}
	one.wanted = one.random(r)
	err := s.run(t, one, worker)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.runs++
	if err != nil {
		s.failed++
	}
}

// run makes a share what is wanted.
func (s *soaking) run(t *testing.T, one *soaked, worker int) (err error) {
	t.Helper()
	ctx := t.Context()
	k, drift, err := one.refresh(ctx, s.process(worker))
	if err != nil {
		return err
	}
	one.kept = k
	switch {
	case one.wanted == nil && k.exists:
		if _, err = s.process(worker).Delete(ctx, k.prior()); err == nil {
			one.kept = kept{}
		}
	case one.wanted == nil || k.exists && !k.unfinished && len(drift) == 0 && k.isPlanned(*one.wanted):
	case !k.exists || k.unfinished:
		one.kept, err = k.create(ctx, s.process(worker), *one.wanted)
		var conflict *reconcile.ConflictError
		if errors.As(err, &conflict) && conflict.Role != nil {
			err = s.importAgain(ctx, one, worker)
		}
	default:
		one.kept, err = k.update(ctx, s.process(worker), *one.wanted)
	}
	return err
}

// importAgain does what the refusal of a share that exists already says: a create whose last answer was lost made it, the
// state does not know it, and other settings are wanted by now.
func (s *soaking) importAgain(ctx context.Context, one *soaked, worker int) error {
	named, observed, err := s.process(worker).ObserveForImport(ctx, share.Spec{
		Owner: one.wanted.Owner, Name: one.wanted.Name, Bucket: one.wanted.Bucket, Path: one.wanted.Path, BucketPolicyMode: share.OwnStatements,
	})
	if err != nil {
		return err
	}
	recognized, ok := share.Recognize(named, observed)
	if !ok {
		return errors.New("the share is not recognized as one")
	}
	one.kept = kept{exists: true, spec: recognized, roleID: observed.Role.UniqueID}
	one.kept, err = one.update(ctx, s.process(worker), *one.wanted)
	return err
}

func (s *soaking) mustBeAsWanted(t *testing.T, one *soaked) {
	t.Helper()
	k, drift, err := one.refresh(t.Context(), s.process(0))
	if err != nil || len(drift) > 0 || !k.exists || !k.isPlanned(*one.wanted) {
		t.Fatalf("share %d is not as wanted: %v, drift %v", one.number, err, drift)
	}
}

// editByHand takes a part of a share away or opens it.
func (s *soaking) editByHand(t *testing.T, one *soaked, r *rand.Rand) {
	t.Helper()
	name := aws.String(string(one.spec.Name))
	var err error
	switch r.IntN(3) {
	case 0:
		_, err = s.hands.iam.DeleteRolePolicy(t.Context(), &iam.DeleteRolePolicyInput{RoleName: name, PolicyName: aws.String(share.PermissionsPolicyName)})
	case 1:
		_, err = s.hands.iam.UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
			RoleName: name, PolicyDocument: aws.String(trusting(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}`)),
		})
	case 2:
		_, err = s.hands.s3.DeleteBucketPolicy(t.Context(), &s3.DeleteBucketPolicyInput{Bucket: aws.String(bucketOf(one.number))})
	}
	if err != nil && !awsapi.IsAbsent(err) {
		t.Errorf("editing share %d by hand: %v", one.number, err)
	}
}
