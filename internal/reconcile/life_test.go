package reconcile_test

import (
	"errors"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestWholeLife(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.putPolicy(t, foreign)
	made, err := w.start(t).Create(t.Context(), etlReports())
	if err != nil {
		t.Fatalf("creating: %v", err)
	}
	mustMatch(t, w.start(t), made)
	w.mustKeepForeign(t)

	next := made.Spec
	next.Access = []share.Word{share.Read, share.Write}
	next.Prefixes = []share.Prefix{"exports/"}
	next.Consumer.AttachToRoles = nil
	next.Description = "changed"
	changed, err := w.start(t).Update(t.Context(), reconcile.Prior{Spec: made.Spec, RoleUniqueID: made.RoleUniqueID}, next)
	if err != nil {
		t.Fatalf("updating: %v", err)
	}
	if changed.RoleUniqueID != made.RoleUniqueID {
		t.Error("the update replaced the role")
	}
	mustMatch(t, w.start(t), changed)
	w.mustKeepForeign(t)

	kept, err := w.start(t).Delete(t.Context(), reconcile.Prior{Spec: changed.Spec, RoleUniqueID: changed.RoleUniqueID})
	if err != nil || kept != nil {
		t.Fatalf("deleting: %v, kept %v", err, kept)
	}
	if have := w.statements(t); len(have) != 2 {
		t.Errorf("the bucket policy has %d statements after the share is gone, want the 2 of somebody else", len(have))
	}
	w.mustKeepForeign(t)
	_, err = w.iam().GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("etl-reports")})
	if !awsapi.IsAbsent(err) {
		t.Errorf("the role is still there: %v", err)
	}
	if _, err := w.start(t).Delete(t.Context(), reconcile.Prior{Spec: changed.Spec, RoleUniqueID: changed.RoleUniqueID}); err != nil {
		t.Errorf("deleting what is gone: %v", err)
	}
}

func TestBucketWithoutPolicyHasNoneAfterwards(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	made, err := w.start(t).Create(t.Context(), etlReports())
	if err != nil {
		t.Fatalf("creating: %v", err)
	}
	if len(w.statements(t)) != 2 {
		t.Fatalf("want the statements for objects and listing, have %v", w.statements(t))
	}
	if _, err := w.start(t).Delete(t.Context(), reconcile.Prior{Spec: made.Spec, RoleUniqueID: made.RoleUniqueID}); err != nil {
		t.Fatalf("deleting: %v", err)
	}
	if have := w.statements(t); have != nil {
		t.Errorf("the bucket has a policy now: %v", have)
	}
}

func TestCreateRefusesWhatItDidNotMake(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	trust := `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"111111111111"},"Action":"sts:AssumeRole"}]}`
	if _, err := w.iam().CreateRole(t.Context(), &iam.CreateRoleInput{
		RoleName: aws.String("ETL-reports"), AssumeRolePolicyDocument: &trust,
	}); err != nil {
		t.Fatalf("making somebody else's role: %v", err)
	}
	outcome, err := w.start(t).Create(t.Context(), etlReports())
	conflict := (*reconcile.ConflictError)(nil)
	if !errors.As(err, &conflict) || conflict.Role == nil || outcome.Begun {
		t.Fatalf("want a conflict over the role and nothing begun, have %v, begun %v", err, outcome.Begun)
	}
	if have := w.statements(t); have != nil {
		t.Errorf("the bucket policy was written all the same: %v", have)
	}
}

// What is declared otherwise is another share, also where the declaration has parts besides that are not there: they would be
// missing of a share that was left half-made, too.
func TestCreateRefusesAnotherShareOfThatName(t *testing.T) {
	t.Parallel()
	given, err := share.ParseExternalID("another-example-id")
	if err != nil {
		t.Fatal(err)
	}
	elsewhere := func(s *share.Spec) {
		s.Consumer.AccountID, s.Consumer.Principals, s.Consumer.AttachToRoles = "333333333333", nil, nil
	}
	for name, change := range map[string]func(*share.Spec){
		"other access": func(s *share.Spec) { s.Access = []share.Word{share.Write} },
		"other access, one role more": func(s *share.Spec) {
			s.Access, s.Consumer.AttachToRoles = []share.Word{share.Write}, []string{"etl", "batch"}
		},
		"another consumer":               elsewhere,
		"another consumer, delegated":    func(s *share.Spec) { elsewhere(s); s.BucketPolicyMode = share.Delegated },
		"another consumer, access point": func(s *share.Spec) { elsewhere(s); s.Via, s.Region = share.ViaAccessPoint, region },
		"another external ID, delegated": func(s *share.Spec) { s.ExternalIDs, s.BucketPolicyMode = []share.ExternalID{given}, share.Delegated },
		"a boundary, one role more": func(s *share.Spec) {
			s.PermissionsBoundary, s.Consumer.AttachToRoles = "arn:aws:iam::111111111111:policy/limit", []string{"etl", "batch"}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.account.AddRole("/", "batch")
			made, err := w.start(t).Create(t.Context(), etlReports())
			if err != nil {
				t.Fatalf("creating: %v", err)
			}
			other := etlReports()
			change(&other)
			begun, err := w.start(t).Create(t.Context(), other)
			conflict := (*reconcile.ConflictError)(nil)
			if !errors.As(err, &conflict) || !conflict.IsOther || begun.Begun {
				t.Errorf("want a conflict with another share and nothing begun, have %v, begun %v", err, begun.Begun)
			}
			mustMatch(t, w.start(t), made)
		})
	}
}

// A process that was killed after its last call, before Terraform kept the state, has made a share that is exactly what
// is wanted.
func TestCreateKeepsWhatAKilledRunMade(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first, err := w.start(t).Create(t.Context(), etlReports())
	if err != nil {
		t.Fatalf("creating: %v", err)
	}
	second, err := w.start(t).Create(t.Context(), etlReports())
	if err != nil {
		t.Fatalf("creating again: %v", err)
	}
	if first.RoleUniqueID != second.RoleUniqueID || first.Spec.ExternalIDs[0] != second.Spec.ExternalIDs[0] {
		t.Error("the role or the external ID is not the one of the first run")
	}
}

// A bucket that another resource of the same run made a moment ago may not be visible yet.
func TestCreateWaitsForAYoungBucket(t *testing.T) {
	t.Parallel()
	missing := &awssim.Error{Code: "NoSuchBucket", Status: 404, Message: "The specified bucket does not exist"}
	for name, c := range map[string]struct {
		times int
		found bool
	}{
		"it appears":      {times: 3, found: true},
		"it never exists": {times: awssim.Always, found: false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.sim.Inject(awssim.Fault{Operation: "GetBucketPolicy", Times: c.times, Error: missing})
			made, err := w.start(t).Create(t.Context(), etlReports())
			if c.found {
				if err != nil {
					t.Fatalf("creating: %v", err)
				}
				mustMatch(t, w.start(t), made)
				return
			}
			absent := (*reconcile.MissingBucketError)(nil)
			if !errors.As(err, &absent) || made.Begun {
				t.Fatalf("want a missing bucket and nothing begun, have %v, begun %v", err, made.Begun)
			}
			if _, err := w.iam().GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("etl-reports")}); !awsapi.IsAbsent(err) {
				t.Errorf("a role was made for a bucket that does not exist: %v", err)
			}
		})
	}
}
