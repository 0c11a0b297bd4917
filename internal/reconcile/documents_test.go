package reconcile

import (
	"context"
	"errors"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// counted answers with what is there and counts how often it is asked.
type counted struct {
	Surroundings
	boundary *share.NamedPolicy
	asked    int
}

func (c *counted) FindBoundary(context.Context, string) (*share.NamedPolicy, error) {
	c.asked++
	return c.boundary, nil
}

func (c *counted) FindKeyPolicy(_ context.Context, key share.KeyARN) (share.Key, error) {
	c.asked++
	return share.Key{ARN: key}, nil
}

func TestBoundaryIsReadOnceItIsThere(t *testing.T) {
	t.Parallel()
	const arn = "arn:aws:iam::111111111111:policy/edge"
	around := &counted{}
	p := NewPreflight(around)
	for range 2 {
		var missing *MissingPolicyError
		if _, err := p.Boundary(t.Context(), arn); !errors.As(err, &missing) || missing.ARN != arn {
			t.Errorf("a boundary that is not there gives %v", err)
		}
	}
	around.boundary = &share.NamedPolicy{Name: arn, Document: policy.New()}
	for range 2 {
		if found, err := p.Boundary(t.Context(), arn); err != nil || found.Name != arn {
			t.Errorf("got %+v, %v", found, err)
		}
	}
	if around.asked != 3 {
		t.Errorf("asked %d times", around.asked)
	}
}

func TestKeyPoliciesThatARefreshReadAreNotReadAgain(t *testing.T) {
	t.Parallel()
	around := &counted{}
	p := NewPreflight(around)
	document := policy.New(policy.Statement{Sid: "Owner", Effect: policy.Allow, Action: policy.Values{"kms:*"}, Resource: policy.Values{"*"}})
	p.NoteKeys([]share.Key{{ARN: "read", Policy: document}, {ARN: "missing", Missing: true}, {ARN: "unread"}})
	for arn, asked := range map[share.KeyARN]int{"read": 0, "missing": 0, "unread": 1} {
		around.asked = 0
		for range 2 {
			if found, err := p.KeyPolicy(t.Context(), arn); err != nil || found.ARN != arn || found.Missing != (arn == "missing") {
				t.Errorf("%s: got %+v, %v", arn, found, err)
			}
		}
		if around.asked != asked {
			t.Errorf("%s: asked %d times, want %d", arn, around.asked, asked)
		}
	}
}
