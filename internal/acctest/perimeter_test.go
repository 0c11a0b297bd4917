package acctest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file tests what limits a share beside who and what: networks, organizations, time, boundaries, session lengths.

// from makes calls with a key come from a network and gives the key.
func (w *World) from(key awssim.Credentials, network awssim.Network) awssim.Credentials {
	w.Sim.SetNetwork(key, network)
	return key
}

var (
	inside      = awssim.Network{SourceIP: "203.0.113.7"}
	outside     = awssim.Network{SourceIP: "198.51.100.7"}
	ourEndpoint = awssim.Network{SourceIP: "10.0.0.7", SourceVPCE: "vpce-0a1b2c3d"}
	another     = awssim.Network{SourceIP: "203.0.113.7", SourceVPCE: "vpce-0f0f0f0f"}
)

// networks are those that are let in.
type networks map[string]awssim.Network

func (n networks) code(name string) string {
	if _, admitted := n[name]; admitted {
		return in
	}
	return refused
}

// An endpoint for S3 never carries a call to STS, so endpoints alone do not limit AssumeRole.
func TestPerimeterOfNetworks(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "x", "x")
	everywhere := networks{"inside": inside, "outside": outside, "our endpoint": ourEndpoint, "another endpoint": another}
	shares := map[string]struct {
		perimeter string
		// assume and call list the networks that are let in.
		assume, call networks
	}{
		"ips":       {`source_ips = ["203.0.113.0/24"]`, networks{"inside": inside}, networks{"inside": inside}},
		"endpoints": {`source_vpce_ids = ["vpce-0a1b2c3d"]`, everywhere, networks{"our endpoint": ourEndpoint}},
		"either": {`source_ips = ["203.0.113.0/24"], source_vpce_ids = ["vpce-0a1b2c3d"]`,
			networks{"inside": inside, "our endpoint": ourEndpoint}, networks{"inside": inside, "our endpoint": ourEndpoint}},
		"neither": {"", everywhere, everywhere},
	}
	config := w.Provider()
	for name, share := range shares {
		config += named(name, name, "perimeter = { "+share.perimeter+" }")
	}
	w.applied(t, config, func(state *terraform.State) error {
		var wrong []error
		for name, share := range shares {
			made := theShare(state, name)
			for network, from := range everywhere {
				caller := w.from(w.Consumer.RoleSession("other", "i-1"), from)
				session, err := w.Assume(t.Context(), caller, made.role, made.id)
				wrong = append(wrong, about(name+", AssumeRole from "+network, mustBe(share.assume.code(network), err)))
				if err != nil {
					// What follows is about the call to S3: a session from where it is to be had, used elsewhere.
					session = w.from(w.admitted(t, made), from)
				}
				_, err = w.Get(t.Context(), session, "x")
				wrong = append(wrong, about(name+", GetObject from "+network, mustBe(share.call.code(network), err)))
			}
		}
		return errors.Join(wrong...)
	})
}

// admitted is a session of a share that was assumed from inside.
func (w *World) admitted(t *testing.T, share made) awssim.Credentials {
	t.Helper()
	session, err := w.Assume(t.Context(), w.from(w.Consumer.RoleSession("other", "i-1"), inside), share.role, share.id)
	if err != nil {
		t.Fatalf("assuming %s from inside: %v", share.role, err)
	}
	return session
}

func TestPerimeterOfOrganizations(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "x", "x")
	accounts := map[string]*awssim.Account{
		"member":    w.Sim.AddAccount("444444444444", awssim.InOrganization("o-a1b2c3d4e5")),
		"elsewhere": w.Sim.AddAccount("555555555555", awssim.InOrganization("o-z1z2z3z4z5")),
		"alone":     w.Other,
	}
	config := w.Provider()
	for name, account := range accounts {
		config += strings.Replace(named(name, name, `perimeter = { principal_org_id = "o-a1b2c3d4e5" }`), ConsumerID, account.ID(), 1)
	}
	w.applied(t, config, func(state *terraform.State) error {
		share := theShare(state, "member")
		session, err := w.Assume(t.Context(), accounts["member"].AdminKey(), share.role, share.id)
		if err != nil {
			return fmt.Errorf("a member of the organization: %w", err)
		}
		// The principal of the call is the owner's role, whose organization is none.
		_, err = w.Get(t.Context(), session, "x")
		return errors.Join(about("reading as a member", err),
			w.assumes(t, theShare(state, "elsewhere"), attempt{"a member of another organization", accounts["elsewhere"].AdminKey(), refused}),
			w.assumes(t, theShare(state, "alone"), attempt{"an account without an organization", accounts["alone"].AdminKey(), refused}),
		)
	})
}

// The clock is AWS's; the provider has the wall clock, by which the time is to come.
func TestExpiryEndsLiveSessions(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	clock := awssim.NewClock(time.Now())
	w := NewWorld(t, awssim.Options{Now: clock.Now})
	w.Put(t, "x", "x")
	ends := fmt.Sprintf("expires_at = %q", clock.Now().Add(30*time.Minute).UTC().Format(time.RFC3339))
	w.applied(t, w.Provider()+named("ending", "ending", ends)+named("endless", "endless", ""), func(state *terraform.State) error {
		ending, endless := theShare(state, "ending"), theShare(state, "endless")
		caller := w.Consumer.RoleSession("other", "i-1")
		session, other := w.session(t, ending), w.session(t, endless)
		_, before := w.Get(t.Context(), session, "x")
		clock.Advance(31 * time.Minute)
		_, after := w.Get(t.Context(), session, "x")
		_, twin := w.Get(t.Context(), other, "x")
		return errors.Join(
			about("reading before the end", before), about("reading after the end", mustBe(refused, after)), about("reading with a share that does not end", twin),
			w.assumes(t, ending, attempt{"AssumeRole after the end", caller, refused}), w.assumes(t, endless, attempt{"AssumeRole without an end", caller, in}),
		)
	})
}

func TestBoundaryCuts(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Put(t, "x", "x")
	boundary := func(name, action string) string {
		return fmt.Sprintf("access = [\"read\", \"list\"]\n  permissions_boundary = %q", w.Owner.AddPolicy("/", name,
			`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"`+action+`","Resource":"*"}]}`))
	}
	config := w.Provider() + named("narrow", "narrow", boundary("listing", "s3:List*")) + named("wide", "wide", boundary("s3", "s3:*"))
	w.applied(t, config, func(state *terraform.State) error {
		narrow, wide := w.session(t, theShare(state, "narrow")), w.session(t, theShare(state, "wide"))
		list := func(key awssim.Credentials) error {
			_, err := w.S3(key).ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: aws.String(Bucket)})
			return err
		}
		_, cut := w.Get(t.Context(), narrow, "x")
		_, read := w.Get(t.Context(), wide, "x")
		return errors.Join(about("what the boundary leaves out", mustBe(refused, cut)), about("what the boundary has", list(narrow)),
			about("reading under a boundary that allows it", read), about("listing under it", list(wide)))
	})
}

func TestMaxSessionDuration(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	w := NewWorld(t, awssim.Options{})
	w.Consumer.AddUser("/", "ann", mayAssumeAnything)
	w.applied(t, w.Provider()+named("long", "long", "max_session_duration = 7200")+named("plain", "plain", ""), func(state *terraform.State) error {
		// Only a user is not held to the hour of chained roles.
		user := w.Consumer.UserKey("ann")
		assume := func(share made, seconds int32) error {
			_, err := sts.NewFromConfig(w.config(user)).AssumeRole(t.Context(), &sts.AssumeRoleInput{
				RoleArn: &share.role, ExternalId: &share.id, RoleSessionName: aws.String("acctest"), DurationSeconds: &seconds,
			})
			return err
		}
		long, plain := theShare(state, "long"), theShare(state, "plain")
		return errors.Join(
			about("two hours of two", assume(long, 7200)), about("more than two hours of two", mustBe("ValidationError", assume(long, 7201))),
			about("one hour of one", assume(plain, 3600)), about("more than one hour of one", mustBe("ValidationError", assume(plain, 3601))),
		)
	})
}
