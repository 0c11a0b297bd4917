package awsapi

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// meeting is an owner with a role that a consumer may assume under an external ID for an hour.
func meeting(t *testing.T) (sim *awssim.Server, owner, consumer *Account) {
	t.Helper()
	sim = awssim.Start(awssim.Options{})
	t.Cleanup(sim.Close)
	connect := func(side Side, id string) *Account {
		key := sim.AddAccount(id).AdminKey()
		connection := connectionTo(sim.URL(), Keys{AccessKey: key.AccessKeyID, SecretKey: Secret(key.SecretAccessKey)})
		connection.Side = side
		return mustConnect(t, connection)
	}
	owner, consumer = connect(OwnerSide, ownerID), connect(ConsumerSide, consumerID)
	createRole(t, owner, "etl", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"`+consumerID+`"},"Action":"sts:AssumeRole",`+
		`"Condition":{"StringEquals":{"sts:ExternalId":"Example-One"}}}]}`)
	return sim, owner, consumer
}

func mustID(t *testing.T, text string) share.ExternalID {
	t.Helper()
	id, err := share.ParseExternalID(text)
	if err != nil {
		t.Fatal(err)
	}
	return id
}

const etlRole = "arn:aws:iam::" + ownerID + ":role/etl"

func TestAssumeAsConsumer(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := meeting(t)
	session, err := NewCloud(owner, consumer, Sleep).AssumeAsConsumer(background(), share.Assumption{
		RoleARN: etlRole, ExternalID: mustID(t, "Example-One"), SessionName: "night-run", Duration: 15 * time.Minute,
	})
	if err != nil {
		t.Fatal(err)
	}
	if session.ARN != "arn:aws:sts::"+ownerID+":assumed-role/etl/night-run" {
		t.Errorf("the session is %s", session.ARN)
	}
	if left := time.Until(session.Expires); left > 15*time.Minute || left < 14*time.Minute {
		t.Errorf("the session ends in %s", left)
	}
	keys := connectionTo(sim.URL(), session.Keys)
	identity, err := mustConnect(t, keys).Identity(background())
	if err != nil || identity.ARN != session.ARN {
		t.Errorf("the keys are those of %s, %v", identity.ARN, err)
	}
	for _, secret := range []string{string(session.Keys.SecretKey), string(session.Keys.Token)} {
		if secret == "" || strings.Contains(fmt.Sprintf("%v %+v %#v", session, session, session), secret) {
			t.Error("a session prints its secrets")
		}
	}
}

// Without credentials of a consumer, the provider's own ones are those of the consumer.
func TestAssumeAsConsumerByTheOnlyCredentials(t *testing.T) {
	t.Parallel()
	_, owner, consumer := meeting(t)
	wanted := share.Assumption{RoleARN: etlRole, ExternalID: mustID(t, "Example-One")}
	session, err := NewCloud(consumer, nil, Sleep).AssumeAsConsumer(background(), wanted)
	if err != nil || session.ARN != "arn:aws:sts::"+ownerID+":assumed-role/etl/"+sessionName {
		t.Errorf("the consumer alone: got %s, %v", session.ARN, err)
	}
	if _, err := NewCloud(owner, nil, Sleep).AssumeAsConsumer(background(), wanted); !IsDenied(err) {
		t.Errorf("the owner is not the consumer of its share: got %v", err)
	}
}

func TestAssumeAsConsumerRefused(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := meeting(t)
	good := mustID(t, "Example-One")
	for name, c := range map[string]struct {
		wanted share.Assumption
		kind   func(error) bool // which is none of the others
	}{
		"another external ID":   {share.Assumption{RoleARN: etlRole, ExternalID: mustID(t, "Example-Two")}, IsDenied},
		"no external ID":        {share.Assumption{RoleARN: etlRole}, IsDenied},
		"no such role":          {share.Assumption{RoleARN: etlRole + "2", ExternalID: good}, IsDenied},
		"longer than the role":  {share.Assumption{RoleARN: etlRole, ExternalID: good, Duration: 2 * time.Hour}, IsSessionTooLong},
		"a policy that is none": {share.Assumption{RoleARN: etlRole, ExternalID: good, Policy: `{"Version":"2012-10-17"}`}, isMalformed},
	} {
		sim.ResetCalls()
		_, err := NewCloud(owner, consumer, Sleep).AssumeAsConsumer(background(), c.wanted)
		var call *CallError
		if !errors.As(err, &call) || !c.kind(err) || call.Call() != "sts:AssumeRole" || call.Side() != ConsumerSide || call.AccountID() != consumerID ||
			count(IsDenied(err), IsSessionTooLong(err), isMalformed(err)) != 1 {
			t.Errorf("%s: got %v", name, err)
		}
		tries := 0
		for _, called := range sim.Calls() {
			if called.Operation == "AssumeRole" {
				tries++
			}
		}
		if tries != 1 {
			t.Errorf("%s: tried %d times", name, tries)
		}
	}
}

func count(told ...bool) (n int) {
	for _, one := range told {
		if one {
			n++
		}
	}
	return n
}

// STS repeats what it finds malformed.
func TestAssumeAsConsumerHidesTheExternalID(t *testing.T) {
	t.Parallel()
	sim, owner, consumer := meeting(t)
	sim.Inject(awssim.Fault{Operation: "AssumeRole", Times: awssim.Always, Error: &awssim.Error{
		Code: "ValidationError", Status: 400, Message: "Value 'Example-One' at 'externalId' failed to satisfy constraint",
	}})
	cloud := NewCloud(owner, consumer, Sleep)
	_, err := cloud.AssumeAsConsumer(background(), share.Assumption{RoleARN: etlRole, ExternalID: mustID(t, "Example-One")})
	var call *CallError
	if !errors.As(err, &call) || strings.Contains(err.Error()+call.Words(), "Example-One") || !strings.Contains(call.Words(), masked) {
		t.Errorf("got %v", err)
	}
	// The twin: nothing is masked where nothing was given.
	_, err = cloud.AssumeAsConsumer(background(), share.Assumption{RoleARN: etlRole})
	if err == nil || !strings.Contains(err.Error(), "Value 'Example-One' at") {
		t.Errorf("got %v", err)
	}
}

// An account that the connection was told not to touch is not used to get elsewhere.
func TestAssumeAsConsumerKeepsToItsAccount(t *testing.T) {
	t.Parallel()
	_, owner, consumer := meeting(t)
	consumer.forbidden = []string{consumerID}
	_, err := NewCloud(owner, consumer, Sleep).AssumeAsConsumer(background(), share.Assumption{RoleARN: etlRole, ExternalID: mustID(t, "Example-One")})
	if refused := (*AccountRefusedError)(nil); !errors.As(err, &refused) {
		t.Errorf("got %v", err)
	}
}
