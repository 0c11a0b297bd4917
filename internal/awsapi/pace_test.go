package awsapi

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// throttled and others are how calls end.
var (
	throttled = &smithy.GenericAPIError{Code: "Throttling", Message: "Rate exceeded"}
	refused   = &smithy.GenericAPIError{Code: "AccessDenied", Message: "not authorized"}
)

// stopped is a pacer with a clock that stands still until somebody waits or a test moves it.
func stopped() (*pacer, *time.Time) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	return newPacer(func() time.Time { return now }, func(_ context.Context, wait time.Duration) error {
		now = now.Add(wait)
		return nil
	}), &now
}

// mustWait takes turns and holds how long each waits after the one before.
func mustWait(t *testing.T, p *pacer, service string, want ...time.Duration) {
	t.Helper()
	before := p.now()
	for i, wait := range want {
		begin, err := p.turn(background(), service)
		if got := begin.Sub(before); (got-wait).Abs() > time.Millisecond || err != nil {
			t.Errorf("call %d waits %s, %v, want %s", i+1, got, err, wait)
		}
		before = begin
	}
}

func TestNothingIsSlowedBeforeAWSThrottles(t *testing.T) {
	t.Parallel()
	p, now := stopped()
	for _, err := range []error{nil, refused, context.Canceled} {
		p.learn("IAM", *now, err)
	}
	mustWait(t, p, "IAM", 0, 0, 0)
}

func TestCallsTakeTurnsOnceAWSThrottles(t *testing.T) {
	t.Parallel()
	const turn = 100 * time.Millisecond
	p, now := stopped()
	p.learn("IAM", *now, throttled)
	mustWait(t, p, "IAM", 0, turn, turn)
	mustWait(t, p, "S3", 0, 0) // another service has another limit
	*now = now.Add(time.Minute)
	mustWait(t, p, "IAM", 0, turn) // turns that nobody took are not saved up
}

func TestWhoGivesUpLeavesTheLine(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPacer(time.Now, Sleep)
		p.learn("IAM", time.Now(), throttled)
		begin := time.Now()
		var all sync.WaitGroup
		for i := range 4 {
			ctx, cancel := context.WithCancel(background())
			t.Cleanup(cancel)
			if i%2 == 1 {
				time.AfterFunc(50*time.Millisecond, cancel)
			}
			all.Go(func() {
				if _, err := p.turn(ctx, "IAM"); (err != nil) != (i%2 == 1) {
					t.Errorf("call %d: %v", i, err)
				}
			})
			synctest.Wait()
		}
		all.Wait()
		if took := time.Since(begin); took != 100*time.Millisecond {
			t.Errorf("two calls and two that gave up took %s", took)
		}
	})
}

func TestRateFollowsWhatAWSAnswers(t *testing.T) {
	t.Parallel()
	p, now := stopped()
	p.learn("IAM", *now, throttled)
	rate := func() float64 { return p.of("IAM").rate }
	// Calls that began before the first one was refused tell nothing new.
	for range 9 {
		p.learn("IAM", now.Add(-time.Second), throttled)
	}
	if rate() != firstRate {
		t.Errorf("ten calls at once made the rate %g", rate())
	}
	*now = now.Add(time.Second)
	p.learn("IAM", *now, throttled)
	if rate() != slowing*firstRate {
		t.Errorf("the rate is %g after another throttled call", rate())
	}
	for range 30 {
		p.learn("IAM", *now, nil)
	}
	if rate() <= firstRate {
		t.Errorf("the rate is %g after thirty calls that passed", rate())
	}
	for range 100 {
		*now = now.Add(time.Minute)
		p.learn("IAM", *now, throttled)
	}
	if rate() != slowestRate {
		t.Errorf("the rate fell to %g", rate())
	}
}

// direct sends requests to the simulator without a network, so that time can be that of testing/synctest.
type direct struct{ sim *awssim.Server }

// Do implements aws.HTTPClient.
func (d direct) Do(request *http.Request) (*http.Response, error) {
	var wire bytes.Buffer
	if err := request.Write(&wire); err != nil {
		return nil, err
	}
	received, err := http.ReadRequest(bufio.NewReader(&wire))
	if err != nil {
		return nil, err
	}
	received.RemoteAddr = "127.0.0.1:40000"
	recorder := httptest.NewRecorder()
	d.sim.ServeHTTP(recorder, received)
	return recorder.Result(), nil
}

// newPacedCloud reaches a simulator that answers after a latency on the clock of the test.
func newPacedCloud(t *testing.T, sim *awssim.Server) *Cloud {
	t.Helper()
	owner := sim.AddAccount(ownerID)
	sim.AddAccount(consumerID)
	for i := range 8 {
		owner.AddBucket(fmt.Sprintf("bucket-%d", i), awssim.BucketOptions{Region: "eu-central-1"})
	}
	connection := connectionTo(sim.URL(), keysOf(owner.AdminKey()))
	connection.Delay = nil
	loaded, err := connection.load(background())
	if err != nil {
		t.Fatal(err)
	}
	loaded.HTTPClient = direct{sim}
	return NewCloud(connection.account(loaded), nil, Sleep)
}

// createAll makes shares, so many at a time, as the provider does.
func createAll(t *testing.T, cloud *Cloud, count, parallelism int) {
	t.Helper()
	next := make(chan int)
	var workers sync.WaitGroup
	for range parallelism {
		workers.Go(func() {
			for i := range next {
				if err := createOne(t, cloud, i); err != nil {
					t.Errorf("share %d: %v", i, err)
				}
			}
		})
	}
	for i := range count {
		next <- i
	}
	close(next)
	workers.Wait()
}

func createOne(t *testing.T, cloud *Cloud, i int) error {
	t.Helper()
	defer cloud.Join()()
	spec := desiredNamed(t, share.Name(fmt.Sprintf("share-%d", i))).Spec
	spec.Bucket = share.Bucket(fmt.Sprintf("bucket-%d", i/50))
	desired := share.Render(spec)
	for _, part := range []changes.Part{changes.Role, changes.PermissionsPolicy, changes.BucketStatement} {
		if _, err := cloud.Apply(background(), changes.Change{Verb: changes.Create, Part: part, Desired: desired}); err != nil {
			return err
		}
	}
	return nil
}

// The ideal time is that of the limit alone: what goes beyond the burst, at the rate at which calls pass.
func TestManySharesUnderALimitOfIAM(t *testing.T) {
	t.Parallel()
	const latency = 50 * time.Millisecond
	for name, test := range map[string]struct {
		shares, parallelism int
		limit               awssim.Limit
		most                float64 // times the ideal
	}{
		"ten at a time":       {200, 10, awssim.Limit{PerSecond: 10, Burst: 20}, 1.15},
		"fifty at a time":     {200, 50, awssim.Limit{PerSecond: 10, Burst: 20}, 1.15},
		"a few":               {20, 10, awssim.Limit{PerSecond: 10, Burst: 20}, 1.5},
		"a slower account":    {100, 10, awssim.Limit{PerSecond: 3, Burst: 5}, 1.15},
		"a quicker account":   {400, 10, awssim.Limit{PerSecond: 40, Burst: 40}, 1.8},
		"no burst to save up": {100, 10, awssim.Limit{PerSecond: 10, Burst: 1}, 1.4},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The simulator listens outside of the bubble: who waits for the network stops the clock there.
			sim := awssim.Start(awssim.Options{CallLatency: latency})
			t.Cleanup(sim.Close)
			synctest.Test(t, func(t *testing.T) {
				cloud := newPacedCloud(t, sim)
				sim.Inject(awssim.Fault{Service: "iam", Writes: true, Limit: &test.limit})
				begin := time.Now()
				createAll(t, cloud, test.shares, test.parallelism)
				took := time.Since(begin)
				ideal := time.Duration(float64(2*test.shares-test.limit.Burst) / test.limit.PerSecond * float64(time.Second))
				if ratio := took.Seconds() / ideal.Seconds(); ratio > test.most || ratio < 1 {
					t.Errorf("%d shares took %s, %.2f times the ideal %s", test.shares, took, ratio, ideal)
				}
				refusals := 0
				for _, call := range sim.Calls() {
					if call.Code == "Throttling" {
						refusals++
					}
				}
				t.Logf("%s, %.2f times the ideal, %d calls were throttled", took, took.Seconds()/ideal.Seconds(), refusals)
				if refusals > test.parallelism+2*test.shares/5 {
					t.Errorf("%d calls were throttled for %d writes", refusals, 2*test.shares)
				}
			})
		})
	}
}
