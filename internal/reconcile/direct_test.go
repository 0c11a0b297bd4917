package reconcile_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// someKey stands for the key of the world that a journey goes through, see placed.
const someKey share.KeyARN = "arn:aws:kms:eu-central-1:111111111111:key/00000000-0000-0000-0000-000000000000"

func (w *world) placed(spec share.Spec) share.Spec {
	if slices.Contains(spec.KMSKeys, someKey) {
		spec.KMSKeys = []share.KeyARN{w.key}
	}
	return spec
}

// direct is etlReports without a role.
func direct() share.Spec {
	spec := etlReports()
	spec.Via, spec.KMSKeys, spec.KMSAccess = share.ViaDirect, []share.KeyARN{someKey}, share.KeyPolicies
	spec.Description, spec.Tags = "", nil
	return spec
}

func directJourneys() []journey {
	base, role, wider, granted := direct(), etlReports(), direct(), direct()
	wider.Access, wider.Prefixes = []share.Word{share.Read, share.Write}, nil
	wider.Consumer.AttachToRoles = []string{"loader"}
	granted.KMSAccess = share.KeyGrants
	role.KMSKeys = []share.KeyARN{someKey}
	return []journey{
		{name: "create a direct share", to: &base},
		{name: "destroy a direct share", from: &base},
		{name: "update a direct share", from: &base, to: &wider},
		{name: "update from key policies to grants", from: &base, to: &granted},
		{name: "destroy a direct share with grants", from: &granted},
		{name: "update from a role to direct", from: &role, to: &base},
		{name: "update from direct to a role", from: &base, to: &role},
	}
}

func (w *world) kms() *kms.Client { return kms.NewFromConfig(w.config(w.ownerKey)) }

// mustHaveKey fails unless the key has what a share in that form wants of it, and all else that it had.
func (w *world) mustHaveKey(t *testing.T, spec share.Spec) {
	t.Helper()
	if w.key == "" {
		return
	}
	desired, named := share.Render(w.placed(spec)), direct()
	answer, err := w.kms().GetKeyPolicy(t.Context(), &kms.GetKeyPolicyInput{KeyId: aws.String(string(w.key))})
	if err != nil {
		t.Fatalf("reading the key policy: %v", err)
	}
	document := policyOf(t, aws.ToString(answer.Policy))
	ours := share.Key{Policy: document}.Statements(named)
	if len(ours) != len(desired.KeyStatements) || len(document.Statements()) != 1+len(ours) {
		t.Errorf("the key policy is %s, want %d statements of the share", document.JSON(), len(desired.KeyStatements))
	}
	grants, err := w.kms().ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: aws.String(string(w.key))})
	if err != nil {
		t.Fatalf("listing grants: %v", err)
	}
	if len(grants.Grants) != len(desired.KeyGrants) {
		t.Errorf("the key has %d grants, want %d", len(grants.Grants), len(desired.KeyGrants))
	}
}

// TestDirectSharesOfOthers meets what has the share's name already.
func TestDirectSharesOfOthers(t *testing.T) {
	t.Parallel()
	narrower := direct()
	narrower.Prefixes = []share.Prefix{"reports/2026/"}
	for situation, c := range map[string]struct {
		meet  func(*testing.T, *world)
		taken bool
	}{
		"nothing":             {func(*testing.T, *world) {}, false},
		"exactly its own":     {func(t *testing.T, w *world) { w.mustApply(t, direct()) }, false},
		"a narrower share":    {func(t *testing.T, w *world) { w.mustApply(t, narrower) }, true},
		"a share with a role": {func(t *testing.T, w *world) { w.mustApply(t, etlReports()) }, true},
		"a role that is nobody's share": {func(t *testing.T, w *world) {
			w.owner.AddRole("/", "etl-reports")
		}, false},
		"a policy of its name on the consumer's role": {func(t *testing.T, w *world) {
			_, err := w.consumerIAM().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
				RoleName: aws.String("etl"), PolicyName: aws.String(direct().ConsumerPolicyName()),
				PolicyDocument: aws.String(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:ListAllMyBuckets","Resource":"*"}]}`),
			})
			if err != nil {
				t.Fatal(err)
			}
		}, true},
	} {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			w := newWalkWorld(t)
			c.meet(t, w)
			w.sim.ResetCalls()
			outcome, err := w.start(t).Create(t.Context(), w.placed(direct()))
			var conflict *reconcile.ConflictError
			var policy *reconcile.TakenPolicyError
			if taken := errors.As(err, &conflict) || errors.As(err, &policy); taken != c.taken || err != nil && !c.taken {
				t.Fatalf("got %v", err)
			}
			if outcome.Begun == c.taken {
				t.Errorf("begun is %t", outcome.Begun)
			}
			if !c.taken {
				mustMatch(t, w.start(t), outcome)
				w.mustHaveKey(t, direct())
				return
			}
			for _, call := range w.sim.Calls() {
				if slices.Contains([]string{"PutBucketPolicy", "PutRolePolicy", "PutKeyPolicy", "DeleteBucketPolicy"}, call.Operation) {
					t.Errorf("%s was called for a share of somebody else's", call.Name())
				}
			}
		})
	}
}

func (w *world) mustApply(t *testing.T, spec share.Spec) kept {
	t.Helper()
	k, err := w.apply(t.Context(), t, kept{}, spec)
	if err != nil {
		t.Fatalf("applying: %v", err)
	}
	return k
}

// mustDestroy takes a share away and wants nothing of it to be left.
func (w *world) mustDestroy(t *testing.T, k kept) {
	t.Helper()
	if _, err := w.destroy(t.Context(), t, k); err != nil {
		t.Fatalf("destroying: %v", err)
	}
	w.mustHoldNothing(t, journey{}, w.othersStatements(t, nil))
}

func TestDriftOfDirectKeys(t *testing.T) {
	t.Parallel()
	w := newWalkWorld(t)
	k := w.mustApply(t, direct())
	_, err := w.kms().PutKeyPolicy(t.Context(), &kms.PutKeyPolicyInput{
		KeyId: aws.String(string(w.key)), Policy: aws.String(`{"Version":"2012-10-17","Statement":[` +
			`{"Sid":"Enable IAM policies","Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:root"},"Action":"kms:*","Resource":"*"}]}`),
	})
	if err != nil {
		t.Fatal(err)
	}
	_, drift, err := k.refresh(t.Context(), w.start(t))
	if err != nil || len(drift) != 1 || drift[0].Part != changes.KeyStatement {
		t.Fatalf("drift is %q, %v", changes.Sentences(drift), err)
	}
	if _, err := w.apply(t.Context(), t, k, direct()); err != nil {
		t.Fatal(err)
	}
	w.mustHaveKey(t, direct())
}
