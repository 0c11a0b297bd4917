package reconcile_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// AWS tells its own hosts late of what was written. Nobody here waits: a clock moves by what the provider would wait.

// lags are the ways in which news is late.
var lags = map[string]func(w *world, lag time.Duration){
	"a role to other hosts of IAM":         func(w *world, lag time.Duration) { w.sim.SetRoleLag(lag) },
	"a principal to policies that name it": func(w *world, lag time.Duration) { w.sim.SetPrincipalLag(lag) },
	"a role to STS":                        func(w *world, lag time.Duration) { w.sim.SetAssumeLag(lag) },
	"a bucket policy to its readers":       func(w *world, lag time.Duration) { w.sim.S3().SetPolicyLag(lag) },
	"everything": func(w *world, lag time.Duration) {
		w.sim.SetRoleLag(lag)
		w.sim.SetPrincipalLag(lag)
		w.sim.SetAssumeLag(lag)
		w.sim.S3().SetPolicyLag(lag)
	},
}

func TestLivesGoOnWhileNewsIsLate(t *testing.T) {
	t.Parallel()
	for name, set := range lags {
		for _, seconds := range []int{1, 7, 15, 30} {
			t.Run(fmt.Sprintf("%s, %d s", name, seconds), func(t *testing.T) {
				t.Parallel()
				l := lateLife{world: newWorldAt(t, awssim.NewClock(time.Now()))}
				l.account.AddRole("/", "loader")
				l.putPolicy(t, foreign)
				l.clock.Advance(time.Minute)
				set(l.world, time.Duration(seconds)*time.Second)
				l.live(t)
			})
		}
	}
}

// longest bounds what one run of terraform may wait: two principals and a policy of 30 s each, met by delays that double.
const longest = 4 * time.Minute

// lateLife is a share that lives where news is late.
type lateLife struct {
	*world
	kept
}

func (l *lateLife) live(t *testing.T) {
	t.Helper()
	theirs := l.othersStatements(t, nil)
	l.makeConsumerRole(t, "young")
	pinned := etlReports()
	pinned.Consumer.Principals = []share.Principal{principal(t, "222222222222:role/young")}
	pinned.Consumer.Trust = share.TrustPinned
	l.become(t, "create", pinned)
	l.prove(t)
	next := etlReports()
	next.Access, next.Description = []share.Word{share.Read, share.Write}, "changed"
	next.Consumer.AttachToRoles = []string{"loader"}
	l.become(t, "update", next)
	if err := deleteRole(t.Context(), l.world); err != nil {
		t.Fatalf("deleting the role by hand: %v", err)
	}
	l.become(t, "repair", next)
	l.within(t, "destroy", func() (err error) {
		l.kept, err = l.destroy(t.Context(), t, l.kept)
		return err
	})
	l.clock.Advance(time.Minute)
	l.mustHoldNothing(t, journey{}, theirs)
}

// become makes one apply, and looks whether it arrived once the news is out.
func (l *lateLife) become(t *testing.T, what string, wanted share.Spec) {
	t.Helper()
	l.within(t, what, func() (err error) {
		l.kept, err = l.apply(t.Context(), t, l.kept, wanted)
		return err
	})
	l.clock.Advance(time.Minute)
	l.mustHaveArrived(t, journey{to: &wanted}, l.kept)
}

func (l *lateLife) within(t *testing.T, what string, run func() error) {
	t.Helper()
	began := l.clock.Now()
	if err := run(); err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	if took := l.clock.Now().Sub(began); took > longest {
		t.Errorf("%s waited %s", what, took)
	}
}

// prove tries the share as its consumer, with keys of the role that was made a moment ago.
func (l *lateLife) prove(t *testing.T) {
	t.Helper()
	key := l.account.RoleSession("young", "i-1")
	cloud := awsapi.NewCloud(l.connect(t, awsapi.OwnerSide, l.ownerKey), l.connect(t, awsapi.ConsumerSide, key), l.pause)
	proof, err := reconcile.NewProver(cloud, l.now).Prove(t.Context(), l.spec)
	if err != nil {
		t.Fatalf("proving: %v", err)
	}
	if !proof.Holds() {
		t.Errorf("the share does not work: %v", proof.Findings)
	}
}

func (l *lateLife) makeConsumerRole(t *testing.T, name string) {
	t.Helper()
	_, err := l.consumerIAM().CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: &name, AssumeRolePolicyDocument: aws.String(trusting(`{"Effect":"Allow","Principal":{"AWS":"222222222222"},"Action":"sts:AssumeRole"}`)),
	})
	if err != nil {
		t.Fatalf("making role %s: %v", name, err)
	}
	_, err = l.consumerIAM().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("all"), PolicyDocument: aws.String(everything)})
	for tries := 0; awsapi.IsAbsent(err) && tries < 60; tries++ {
		l.clock.Advance(time.Second)
		_, err = l.consumerIAM().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{RoleName: &name, PolicyName: aws.String("all"), PolicyDocument: aws.String(everything)})
	}
	if err != nil {
		t.Fatalf("giving role %s its policy: %v", name, err)
	}
}
