package reconcile_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// desk is a process of the provider with both halves, and what it waited for.
type desk struct {
	shares   *reconcile.Reconciler
	exchange *reconcile.Exchange
	waited   []time.Duration
	// onPause runs in place of waiting.
	onPause func(times int)
}

func (w *world) desk(t *testing.T) *desk {
	t.Helper()
	d := &desk{}
	cloud := awsapi.NewCloud(w.connect(t, awsapi.OwnerSide, w.ownerKey), w.connect(t, awsapi.ConsumerSide, w.consumer), d.pause)
	d.shares = reconcile.New(cloud, time.Now)
	d.exchange = reconcile.NewExchange(cloud, d.shares)
	return d
}

func (d *desk) pause(ctx context.Context, duration time.Duration) error {
	d.waited = append(d.waited, duration)
	if d.onPause != nil {
		d.onPause(len(d.waited))
	}
	return ctx.Err()
}

func (d *desk) sum() (all time.Duration) {
	for _, one := range d.waited {
		all += one
	}
	return all
}

const etlRole = "arn:aws:iam::" + ownerID + ":role/crossaccount/etl-reports"

func created(t *testing.T, w *world, spec share.Spec) reconcile.Outcome {
	t.Helper()
	outcome, err := w.start(t).Create(t.Context(), spec)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func externalID(t *testing.T, text string) share.ExternalID {
	t.Helper()
	id, err := share.ParseExternalID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

func TestExternalIDsOfAShare(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outcome := created(t, w, etlReports())
	for name, wanted := range map[string]reconcile.Wanted{
		"by its names": {Name: "etl-reports", Bucket: bucket},
		"by its ARN":   {Name: "etl-reports", ARN: etlRole},
	} {
		d := w.desk(t)
		handed, pending, err := d.exchange.ExternalIDs(t.Context(), wanted)
		if err != nil || pending || handed.RoleARN != etlRole || handed.Newest != outcome.Spec.ExternalIDs[0] || !handed.Previous.IsZero() || len(d.waited) > 0 {
			t.Errorf("%s: got %+v, %v, %v after %v", name, handed, pending, err, d.waited)
		}
	}
}

func TestExternalIDsWhileBothAreAccepted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := etlReports()
	spec.ExternalIDs = []share.ExternalID{externalID(t, "Example-New"), externalID(t, "Example-Old")}
	created(t, w, spec)
	handed, _, err := w.desk(t).exchange.ExternalIDs(t.Context(), reconcile.Wanted{Name: "etl-reports", Bucket: bucket})
	if err != nil || handed.Newest.Reveal() != "Example-New" || handed.Previous.Reveal() != "Example-Old" {
		t.Errorf("got %q and %q, %v", handed.Newest.Reveal(), handed.Previous.Reveal(), err)
	}
}

func TestExternalIDsOfAnotherRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created(t, w, etlReports())
	for name, c := range map[string]struct {
		wanted reconcile.Wanted
		found  string
	}{
		"no such role":     {reconcile.Wanted{Name: "nobody", Bucket: bucket}, ""},
		"another bucket's": {reconcile.Wanted{Name: "etl-reports", Bucket: "acme-more"}, etlRole},
		"another path":     {reconcile.Wanted{Name: "etl-reports", ARN: "arn:aws:iam::" + ownerID + ":role/etl-reports"}, etlRole},
		"another account":  {reconcile.Wanted{Name: "etl-reports", ARN: "arn:aws:iam::" + consumerID + ":role/crossaccount/etl-reports"}, etlRole},
	} {
		d := w.desk(t)
		handed, pending, err := d.exchange.ExternalIDs(t.Context(), c.wanted)
		var absent *reconcile.AbsentRoleError
		if !errors.As(err, &absent) || pending || !handed.Newest.IsZero() || len(d.waited) > 0 {
			t.Errorf("%s: got %+v, %v, %v after %v", name, handed, pending, err, d.waited)
			continue
		}
		if found := absent.Found; (found == nil) != (c.found == "") || found != nil && found.ARN != c.found {
			t.Errorf("%s: found %v", name, found)
		}
	}
}

// A role that was made by hand is read like any other, and what cannot be handed over is an error.
func TestExternalIDsOfARoleMadeByHand(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		condition, newest, words string
	}{
		"with an ID":    {`,"Condition":{"StringEquals":{"sts:ExternalId":"Example-One"}}`, "Example-One", ""},
		"without an ID": {``, "", "accepts no external ID"},
		"with three":    {`,"Condition":{"StringEquals":{"sts:ExternalId":["a1","b2","c3"]}}`, "", "accepts 3 external IDs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"` + consumerID + `"},"Action":"sts:AssumeRole"` + c.condition + `}]}`
			if _, err := w.iam().CreateRole(t.Context(), &iam.CreateRoleInput{RoleName: aws.String("by-hand"), AssumeRolePolicyDocument: &trust}); err != nil {
				t.Fatal(err)
			}
			handed, _, err := w.desk(t).exchange.ExternalIDs(t.Context(), reconcile.Wanted{Name: "by-hand", Bucket: bucket})
			if handed.Newest.Reveal() != c.newest {
				t.Errorf("got %q", handed.Newest.Reveal())
			}
			var unfit *reconcile.UnfitRoleError
			if c.words == "" && err != nil || c.words != "" && (!errors.As(err, &unfit) || !strings.Contains(err.Error(), c.words)) {
				t.Errorf("error is %v, want …%s…", err, c.words)
			}
			if err != nil && strings.Contains(err.Error(), "b2") {
				t.Errorf("the error shows an external ID: %v", err)
			}
		})
	}
}

// What the plan will make is waited for, and nothing else: a role that nobody makes is an error at once.
func TestARoleThatIsAboutToBeMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.desk(t)
	wanted := reconcile.Wanted{Name: "etl-reports", Bucket: bucket}
	assumption := share.Assumption{RoleARN: etlRole, ExternalID: externalID(t, "Example-One")}
	d.shares.AnnounceRole(etlReports())
	if _, pending, err := d.exchange.ExternalIDs(t.Context(), wanted); !pending || err != nil {
		t.Errorf("external IDs at plan: pending %v, %v", pending, err)
	}
	if _, pending, err := d.exchange.Assume(t.Context(), assumption); !pending || err != nil {
		t.Errorf("session at plan: pending %v, %v", pending, err)
	}
	if _, pending, err := d.exchange.ExternalIDs(t.Context(), reconcile.Wanted{Name: "nobody", Bucket: bucket}); pending || err == nil {
		t.Errorf("another role: pending %v, %v", pending, err)
	}
	spec := etlReports()
	spec.ExternalIDs = []share.ExternalID{assumption.ExternalID}
	if _, err := d.shares.Create(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	if handed, pending, err := d.exchange.ExternalIDs(t.Context(), wanted); pending || err != nil || handed.Newest != assumption.ExternalID {
		t.Errorf("external IDs after: pending %v, %v", pending, err)
	}
	if _, pending, err := d.exchange.Assume(t.Context(), assumption); pending || err != nil {
		t.Errorf("session after: pending %v, %v", pending, err)
	}
}

// IAM shows a role that was just made to some of its readers later.
func TestExternalIDsOfARoleThatIAMDoesNotShowYet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.desk(t)
	if _, err := d.shares.Create(t.Context(), etlReports()); err != nil {
		t.Fatal(err)
	}
	w.sim.Inject(awssim.Fault{Operation: "GetRole", Times: 3, Error: &awssim.Error{Code: "NoSuchEntity", Status: 404, Message: "not yet"}})
	if _, _, err := d.exchange.ExternalIDs(t.Context(), reconcile.Wanted{Name: "etl-reports", Bucket: bucket}); err != nil {
		t.Error(err)
	}
	if want := []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}; !slices.Equal(d.waited, want) {
		t.Errorf("waited %v, want %v", d.waited, want)
	}
}

func TestAssumeWaitsForAYoungRole(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	spec := etlReports()
	spec.ExternalIDs = []share.ExternalID{externalID(t, "Example-One")}
	d := w.desk(t)
	d.onPause = func(times int) {
		if times == 3 {
			created(t, w, spec)
		}
	}
	session, pending, err := d.exchange.Assume(t.Context(), share.Assumption{RoleARN: etlRole, ExternalID: spec.ExternalIDs[0], SessionName: "run"})
	if err != nil || pending || session.ARN != "arn:aws:sts::"+ownerID+":assumed-role/etl-reports/run" {
		t.Errorf("got %s, %v, %v", session.ARN, pending, err)
	}
	if len(d.waited) != 3 {
		t.Errorf("waited %v", d.waited)
	}
}

func TestAssumeGivesUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	created(t, w, etlReports())
	d := w.desk(t)
	_, _, err := d.exchange.Assume(t.Context(), share.Assumption{RoleARN: etlRole, ExternalID: externalID(t, "Example-Wrong")})
	var refused *reconcile.RefusedError
	if !errors.As(err, &refused) || refused.Tries != 8 || refused.Waited != time.Minute || d.sum() != time.Minute || !awsapi.IsDenied(err) {
		t.Errorf("got %v after %v", err, d.waited)
	}
	if err != nil && strings.Contains(err.Error(), "Example-Wrong") {
		t.Errorf("the error shows the external ID: %v", err)
	}
}

func TestAssumeDoesNotWaitForWhatStays(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	outcome := created(t, w, etlReports())
	d := w.desk(t)
	wanted := share.Assumption{RoleARN: etlRole, ExternalID: outcome.Spec.ExternalIDs[0], Duration: 12 * time.Hour}
	_, _, err := d.exchange.Assume(t.Context(), wanted)
	if answer, ok := reconcile.AnswerOf(err); !ok || answer.Meaning != reconcile.SessionTooLong || len(d.waited) > 0 {
		t.Errorf("got %v after %v", err, d.waited)
	}
}

// An interrupt ends the waiting with the last answer.
func TestAssumeIsInterrupted(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	d := w.desk(t)
	ctx, cancel := context.WithCancel(t.Context())
	d.onPause = func(int) { cancel() }
	_, _, err := d.exchange.Assume(ctx, share.Assumption{RoleARN: etlRole, ExternalID: externalID(t, "Example-One")})
	if !awsapi.IsDenied(err) || len(d.waited) != 1 {
		t.Errorf("got %v after %v", err, d.waited)
	}
}
