package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

// prover is a process of the provider that tries shares, and what it waited for.
type prover struct {
	*reconcile.Prover
	desk
}

// prover connects as owner and as consumer; a key without an ID means that there are no credentials of a consumer.
func (w *world) prover(t *testing.T, owner, consumer awssim.Credentials) *prover {
	t.Helper()
	p := &prover{}
	var there *awsapi.Account
	if consumer.AccessKeyID != "" {
		there = w.connect(t, awsapi.ConsumerSide, consumer)
	}
	p.Prover = reconcile.NewProver(awsapi.NewCloud(w.connect(t, awsapi.OwnerSide, owner), there, p.pause), time.Now)
	return p
}

func (w *world) put(t *testing.T, keys ...string) {
	t.Helper()
	for _, key := range keys {
		if _, err := w.s3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: &key, Body: strings.NewReader("x")}); err != nil {
			t.Fatalf("putting %s: %v", key, err)
		}
	}
}

// told writes a proof in a form that tables can hold: claim, verdict, and what belongs to it.
func told(proof reconcile.Proof) []string {
	var lines []string
	for _, f := range proof.Findings {
		line := fmt.Sprintf("%s: %s", f.Claim, f.Verdict)
		if f.Target != "" {
			line += " at " + f.Target
		}
		if f.Obstacle != "" {
			line += ", " + string(f.Obstacle)
		}
		for _, cause := range f.Causes {
			line += ", " + string(cause)
		}
		if len(f.Others) > 0 {
			line += " (" + strings.Join(f.Others, ", ") + ")"
		}
		lines = append(lines, line)
	}
	return lines
}

const (
	entered     = "lets in: proved"
	asked       = "asks for the external ID: proved"
	read        = "reads inside: proved at reports/q1.csv"
	stopped     = "stops reading outside: proved at raw/x"
	listed      = "lists inside: proved at reports/"
	stoppedList = "stops listing outside: proved"
)

// situation is a share, what was done to it since, and how its proof has to end.
type situation struct {
	change func(*share.Spec)
	// since happens after the share was made; objects are there from before.
	since   func(t *testing.T, w *world)
	objects []string
	who     func(w *world) awssim.Credentials
	owner   func(w *world) awssim.Credentials
	want    []string
}

func putInline(document string) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		if _, err := w.iam().PutRolePolicy(t.Context(), &iam.PutRolePolicyInput{
			RoleName: aws.String("etl-reports"), PolicyName: aws.String("extra"), PolicyDocument: &document,
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func putTrust(document string) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		if _, err := w.iam().UpdateAssumeRolePolicy(t.Context(), &iam.UpdateAssumeRolePolicyInput{
			RoleName: aws.String("etl-reports"), PolicyDocument: &document,
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func addStatement(statement string) func(t *testing.T, w *world) {
	return func(t *testing.T, w *world) {
		t.Helper()
		answer, err := w.s3().GetBucketPolicy(t.Context(), &s3.GetBucketPolicyInput{Bucket: aws.String(bucket)})
		if err != nil {
			t.Fatal(err)
		}
		w.putPolicy(t, strings.Replace(aws.ToString(answer.Policy), `"Statement":[`, `"Statement":[`+statement+`,`, 1))
	}
}

func session(role string) func(w *world) awssim.Credentials {
	return func(w *world) awssim.Credentials { return w.account.RoleSession(role, "i-1") }
}

const openTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::222222222222:root"},"Action":"sts:AssumeRole"}]}`

var situations = map[string]situation{
	"all is well": {want: []string{entered, asked, read, stopped, listed, stoppedList}},
	"a role with the consumer policy": {
		who: session("etl"), want: []string{entered, asked, read, stopped, listed, stoppedList},
	},
	"the whole bucket is shared": {
		change: func(s *share.Spec) { s.Prefixes = nil },
		want:   []string{entered, asked, "reads inside: proved at raw/x", "lists inside: proved"},
	},
	"reading alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Read} }, want: []string{entered, asked, read, stopped},
	},
	"listing alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.List} }, want: []string{entered, asked, listed, stoppedList},
	},
	"writing alone": {
		change: func(s *share.Spec) { s.Access = []share.Word{share.Write} },
		want:   []string{entered, asked, "reads inside: not shown, nothing to try"},
	},
	"there is no object in the share": {
		objects: []string{"raw/x", "reportz"},
		want:    []string{entered, asked, "reads inside: not shown, no object", stopped, listed, stoppedList},
	},
	"there is no object outside": {
		objects: []string{"reports/q1.csv", "reports/\U0010FFFF"},
		want:    []string{entered, asked, read, "stops reading outside: not shown, no object", listed, stoppedList},
	},
	"objects outside lie between prefixes": {
		change:  func(s *share.Spec) { s.Prefixes = []share.Prefix{"a/", "reports/"} },
		objects: []string{"a/1", "a/2", "reports/q1.csv", "reports/q2.csv", "zzz"},
		want: []string{
			entered, asked, "reads inside: proved at a/1", "stops reading outside: proved at zzz", "lists inside: proved at a/", stoppedList,
		},
	},
	"an empty object": {
		objects: []string{"raw/x"},
		since: func(t *testing.T, w *world) {
			t.Helper()
			if _, err := w.s3().PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String("reports/q1.csv")}); err != nil {
				t.Fatal(err)
			}
		},
		want: []string{entered, asked, read, stopped, listed, stoppedList},
	},
	"the owner may not list": {
		owner: func(w *world) awssim.Credentials {
			w.owner.AddUser("/", "limited", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":["iam:*","s3:GetBucketPolicy"],"Resource":"*"}]}`)
			return w.owner.UserKey("limited")
		},
		want: []string{entered, asked, "reads inside: not shown, the owner may not list", listed, stoppedList},
	},

	"the caller has no permission of its own": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, who: session("etl"),
		want: []string{"lets in: refuted, no permission, organization policy"},
	},
	"the caller's policy names another role": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, who: session("other"),
		want: []string{"lets in: refuted, no permission, organization policy"},
	},
	"the caller is a root user": {
		who: func(w *world) awssim.Credentials { return w.account.RootKey() }, want: []string{"lets in: refuted, root user"},
	},
	"the caller is of another account": {
		change: func(s *share.Spec) { s.Consumer.AttachToRoles = nil }, who: func(w *world) awssim.Credentials { return w.third },
		want: []string{"lets in: refuted, other account"},
	},
	"the caller is no principal": {
		change: func(s *share.Spec) { s.Consumer.Principals = principals("role/etl") }, want: []string{"lets in: refuted, not a principal"},
	},
	"the caller's path may be another": {
		change: func(s *share.Spec) { s.Consumer.Principals = principals("role/team/etl") }, who: session("etl"),
		want: []string{"lets in: refuted, path unknown, organization policy"},
	},
	"the caller is outside the organization and the network": {
		change: func(s *share.Spec) {
			s.Perimeter = share.Perimeter{PrincipalOrgID: "o-abcdefghij", SourceIPs: []string{"192.0.2.0/24"}}
		},
		want: []string{"lets in: refuted, no permission, outside the organization, outside the network, organization policy"},
	},
	"the share is over": {
		change: func(s *share.Spec) { s.ExpiresAt = time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC) }, want: []string{"lets in: refuted, expired"},
	},

	"the trust policy asks for no external ID": {
		since: putTrust(openTrust),
		want:  []string{entered, "asks for the external ID: refuted, open trust policy", read, stopped, listed, stoppedList},
	},
	"the trust policy lets in without the external ID alone": {
		since: putTrust(strings.Replace(openTrust, `"sts:AssumeRole"}`, `"sts:AssumeRole","Condition":{"Null":{"sts:ExternalId":"true"}}}`, 1)),
		want:  []string{"lets in: refuted, no permission, organization policy", "asks for the external ID: refuted, open trust policy"},
	},

	"somebody's policy on the role": {
		since: putInline(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:*","Resource":"*"}]}`),
		want: []string{
			entered, asked, read, "stops reading outside: refuted at raw/x, allowed by others (inline policy extra on the role)",
			listed, "stops listing outside: refuted, allowed by others (inline policy extra on the role)",
		},
	},
	"somebody's statement in the bucket policy": {
		since: addStatement(`{"Sid":"Both","Effect":"Allow","Principal":{"AWS":["arn:aws:iam::111111111111:role/crossaccount/etl-reports","arn:aws:iam::222222222222:role/etl"]},` +
			`"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/raw/*"}`),
		want: []string{
			entered, asked, read, "stops reading outside: refuted at raw/x, allowed by others (statement Both of the bucket policy)", listed, stoppedList,
		},
	},
	"somebody's Deny in the bucket policy": {
		since: addStatement(`{"Sid":"NoReports","Effect":"Deny","Principal":"*","Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/reports/*"}`),
		want: []string{
			entered, asked,
			"reads inside: refuted at reports/q1.csv, denied by others, key, foreign object, organization policy (statement NoReports of the bucket policy)",
			stopped, listed, stoppedList,
		},
	},
	"endpoints that this machine does not call through": {
		change: func(s *share.Spec) { s.Perimeter.SourceVPCEIDs = []string{"vpce-0123456789abcdef0"} },
		want: []string{
			entered, asked, "reads inside: refuted at reports/q1.csv, outside the network, key, foreign object, organization policy",
			stopped, "lists inside: refuted at reports/, outside the network, organization policy", stoppedList,
		},
	},
}

func principals(texts ...string) []share.Principal {
	var all []share.Principal
	for _, text := range texts {
		principal, err := share.ParsePrincipal("arn:aws:iam::" + consumerID + ":" + text)
		if err != nil {
			panic(err)
		}
		all = append(all, principal)
	}
	return all
}

func TestProve(t *testing.T) {
	t.Parallel()
	for name, s := range situations {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.account.AddRole("/", "other", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole","Resource":"arn:aws:iam::111111111111:role/etl-reports"}]}`)
			w.putPolicy(t, foreign)
			if s.objects == nil {
				s.objects = []string{"raw/x", "reports/q1.csv"}
			}
			w.put(t, s.objects...)
			spec := etlReports()
			if s.change != nil {
				s.change(&spec)
			}
			spec = created(t, w, spec).Spec
			if s.since != nil {
				s.since(t, w)
			}
			owner, consumer := w.ownerKey, w.consumer
			if s.owner != nil {
				owner = s.owner(w)
			}
			if s.who != nil {
				consumer = s.who(w)
			}
			proof, err := w.prover(t, owner, consumer).Prove(t.Context(), spec)
			if err != nil {
				t.Fatalf("proving: %v", err)
			}
			if have := told(proof); !slices.Equal(have, s.want) {
				t.Errorf("the proof says\n  %s\nwant\n  %s", strings.Join(have, "\n  "), strings.Join(s.want, "\n  "))
			}
			if refuted := strings.Contains(strings.Join(s.want, "\n"), "refuted"); proof.Holds() == refuted {
				t.Errorf("the proof holds: %v", proof.Holds())
			}
			w.mustHide(t, spec, proof)
		})
	}
}

// mustHide fails when an error of a finding shows what nobody may read.
func (w *world) mustHide(t *testing.T, spec share.Spec, proof reconcile.Proof) {
	t.Helper()
	for _, finding := range proof.Findings {
		if finding.Err != nil && strings.Contains(finding.Err.Error(), spec.ExternalIDs[0].Reveal()) {
			t.Errorf("the error of %s shows the external ID", finding.Claim)
		}
	}
}

// A trust policy is the one of before for some seconds. A role that is not known yet is waited for; one that was open when it
// was asked is never waited into a proof.
func TestProveWhileChangesSpread(t *testing.T) {
	t.Parallel()
	refusal := &awssim.Error{Code: "AccessDenied", Status: 403, Message: "User: somebody is not authorized to perform: sts:AssumeRole"}
	for name, c := range map[string]struct {
		fault   awssim.Fault
		trust   string // that is in force until the first pause
		waited  []time.Duration
		want    []string
		refuted bool
	}{
		"the role is young": {
			fault: awssim.Fault{Operation: "AssumeRole", Error: refusal, Times: 3}, waited: seconds(1, 2, 4), want: []string{entered, asked, read},
		},
		"the permissions are young": {
			fault: awssim.Fault{Operation: "GetObject", Error: &awssim.Error{Code: "AccessDenied", Status: 403}, Times: 2}, waited: seconds(1, 2),
			want: []string{entered, asked, read},
		},
		"the trust policy of before was open": {
			trust: openTrust, waited: seconds(15), refuted: true, want: []string{entered, "asks for the external ID: refuted, old answer", read},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			w.putPolicy(t, foreign)
			w.put(t, "reports/q1.csv")
			spec := etlReports()
			spec.Access, spec.Prefixes = []share.Word{share.Read}, nil
			spec = created(t, w, spec).Spec
			p := w.prover(t, w.ownerKey, w.consumer)
			if c.trust != "" {
				putTrust(c.trust)(t, w)
				p.onPause = func(int) { putTrust(share.Render(spec).Trust.JSON())(t, w) }
			} else {
				w.sim.Inject(c.fault)
			}
			proof, err := p.Prove(t.Context(), spec)
			if err != nil {
				t.Fatal(err)
			}
			if have := told(proof); !slices.Equal(have, c.want) || proof.Holds() == c.refuted {
				t.Errorf("the proof says %q, want %q", have, c.want)
			}
			if !slices.Equal(p.waited, c.waited) {
				t.Errorf("it waited %v, want %v", p.waited, c.waited)
			}
		})
	}
}

func seconds(all ...int) (durations []time.Duration) {
	for _, one := range all {
		durations = append(durations, time.Duration(one)*time.Second)
	}
	return durations
}

func TestProveGivesUp(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.putPolicy(t, foreign)
	spec := created(t, w, etlReports()).Spec
	t.Run("after a minute", func(t *testing.T) {
		t.Parallel()
		p := w.prover(t, w.ownerKey, w.account.RoleSession("etl", "i-1"))
		strange := spec
		strange.Path = "/elsewhere/"
		if _, err := p.Prove(t.Context(), strange); err != nil {
			t.Fatal(err)
		}
		if p.sum() != time.Minute {
			t.Errorf("it waited %v, want a minute", p.sum())
		}
	})
	t.Run("without a consumer", func(t *testing.T) {
		t.Parallel()
		p := w.prover(t, w.ownerKey, awssim.Credentials{})
		if _, err := p.Prove(t.Context(), spec); !errors.Is(err, reconcile.ErrNoConsumer) {
			t.Errorf("it ended with %v", err)
		}
		if caller, err := p.Caller(t.Context()); caller != "" || err != nil {
			t.Errorf("the caller is %q, %v", caller, err)
		}
	})
	t.Run("when time is up", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancel(t.Context())
		p := w.prover(t, w.ownerKey, w.account.RoleSession("etl", "i-1"))
		p.onPause = func(int) { cancel() }
		strange := spec
		strange.Path = "/elsewhere/"
		if _, err := p.Prove(ctx, strange); !errors.Is(err, context.Canceled) {
			t.Errorf("it ended with %v", err)
		}
	})
}

// Whoever knows the consumer's half alone sees causes that the owner could exclude.
func TestProveHalf(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.putPolicy(t, foreign)
	spec := created(t, w, etlReports()).Spec
	half := func(id share.ExternalID, roles ...string) share.Spec {
		return share.Spec{
			Owner: spec.Owner, Path: spec.Path, Name: spec.Name, ExternalIDs: []share.ExternalID{id},
			Consumer: share.Consumer{AccountID: consumerID, AttachToRoles: roles},
		}
	}
	wrong, err := share.ParseExternalID("not-the-external-id")
	if err != nil {
		t.Fatal(err)
	}
	w.account.AddRole("/", "other")
	for name, c := range map[string]struct {
		half share.Spec
		who  func(w *world) awssim.Credentials
		want []string
	}{
		"it works":                     {half(spec.ExternalIDs[0], "etl"), session("etl"), []string{entered, asked}},
		"a wrong external ID":          {half(wrong, "etl"), session("etl"), []string{"lets in: refuted, wrong external ID, principals unknown, no such role, the owner's conditions, organization policy"}},
		"a role without the policy":    {half(spec.ExternalIDs[0], "etl"), session("other"), []string{"lets in: refuted, no permission, wrong external ID, principals unknown, no such role, the owner's conditions, organization policy"}},
		"the root user of the account": {half(spec.ExternalIDs[0]), func(w *world) awssim.Credentials { return w.account.RootKey() }, []string{"lets in: refuted, root user"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			proof, err := w.prover(t, w.ownerKey, c.who(w)).ProveHalf(t.Context(), c.half, "check")
			if err != nil {
				t.Fatal(err)
			}
			if have := told(proof); !slices.Equal(have, c.want) {
				t.Errorf("the proof says %q, want %q", have, c.want)
			}
			w.mustHide(t, c.half, proof)
		})
	}
}
