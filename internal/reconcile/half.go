package reconcile

import (
	"context"
	"fmt"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awsapi"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/changes"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// ConsumerAccount is what Halves need of AWS.
type ConsumerAccount interface {
	Consumer(ctx context.Context) (account share.Account, ok bool, err error)
	ObserveConsumer(ctx context.Context, spec share.Spec, roles []string) ([]share.ConsumerPolicy, error)
	ObserveForImport(ctx context.Context, spec share.Spec, observed share.Observed) (share.Observed, error)
	Apply(ctx context.Context, change changes.Change) (awsapi.Result, error)
}

// Halves carries out the lives of consumers' halves: the policies on roles of the consumer account that let them assume
// the role of a share that somebody else owns. A half is a spec that has the role's account, path and name, the consumer
// account, the roles to attach to and, where it is tried, the external ID.
type Halves struct {
	cloud  ConsumerAccount
	ledger *halfLedger
}

// NewHalves makes Halves.
func NewHalves(cloud ConsumerAccount) *Halves {
	return &Halves{cloud: cloud, ledger: newHalfLedger()}
}

// Account asks AWS whose credentials reach the consumer.
func (h *Halves) Account(ctx context.Context) (share.Account, error) {
	account, ok, err := h.cloud.Consumer(ctx)
	if err == nil && !ok {
		err = ErrNoConsumer
	}
	return account, err
}

// Read tells how the policies on the consumer's roles differ from the half.
func (h *Halves) Read(ctx context.Context, half share.Spec) ([]changes.Change, error) {
	observed, err := h.cloud.ObserveConsumer(ctx, half, half.Consumer.AttachToRoles)
	if err != nil {
		return nil, err
	}
	return changes.DiffHalf(share.Render(half), observed), nil
}

// TakenPolicyError tells that a role has a policy of the half's name already, with another content.
type TakenPolicyError struct {
	Role, Policy string
}

// Error implements error.
func (e *TakenPolicyError) Error() string {
	return fmt.Sprintf("role %s has an inline policy %s already, with another content", e.Role, e.Policy)
}

// Foresee finds, without writing, what would stop roles from getting the policy: a policy of its name with another content
// on a role that does not have it from a half of the state. One with the same content is taken as the half's own.
func (h *Halves) Foresee(ctx context.Context, next share.Spec) error {
	_, err := h.observe(ctx, h.ledger.known(next), next, next.Consumer.AttachToRoles)
	return err
}

// observe reads the policies on roles that have the policy or are to get it.
func (h *Halves) observe(ctx context.Context, prior, next share.Spec, roles []string) ([]share.ConsumerPolicy, error) {
	observed, err := h.cloud.ObserveConsumer(ctx, next, roles)
	if err != nil {
		return nil, err
	}
	for _, policy := range changes.DiffHalf(share.Render(next), observed) {
		if policy.Verb == changes.Update && !slices.Contains(prior.Consumer.AttachToRoles, policy.Target) {
			return observed, &TakenPolicyError{Role: policy.Target, Policy: next.ConsumerPolicyName()}
		}
	}
	return observed, nil
}

// Apply makes the policies what next says; prior is the half as the state knows it, without roles when it is new. A role that
// leaves the half keeps the policy when this process has written it for another half.
func (h *Halves) Apply(ctx context.Context, prior, next share.Spec) error {
	if len(prior.Consumer.AttachToRoles)+len(next.Consumer.AttachToRoles) == 0 {
		return nil
	}
	over, err := h.ledger.begin(ctx, next)
	if err != nil {
		return err
	}
	defer over()
	roles := slices.Concat(h.ledger.keep(prior).Consumer.AttachToRoles, next.Consumer.AttachToRoles)
	slices.Sort(roles)
	observed, err := h.observe(ctx, prior, next, slices.Compact(roles))
	if err != nil {
		return err
	}
	h.ledger.write(next)
	return h.carryOut(ctx, changes.PlanHalf(share.Render(next), observed))
}

// Delete takes the policies away, but for those that this process has written for another half. What is not there, and roles
// that are gone, are success.
func (h *Halves) Delete(ctx context.Context, half share.Spec) error {
	over, err := h.ledger.begin(ctx, half)
	if err != nil {
		return err
	}
	defer over()
	half = h.ledger.keep(half)
	observed, err := h.cloud.ObserveConsumer(ctx, half, half.Consumer.AttachToRoles)
	if err != nil {
		return err
	}
	return h.carryOut(ctx, changes.RemoveHalf(share.Render(half), observed))
}

// Find names the roles of the consumer that have the policy, for an import; none where the credentials may not look.
func (h *Halves) Find(ctx context.Context, half share.Spec) ([]string, error) {
	observed, err := h.cloud.ObserveForImport(ctx, half, share.Observed{})
	if err != nil {
		return nil, err
	}
	var roles []string
	for _, policy := range observed.Consumer {
		if policy.Document != nil {
			roles = append(roles, policy.RoleName)
		}
	}
	return roles, nil
}

func (h *Halves) carryOut(ctx context.Context, steps []changes.Change) error {
	for i, step := range steps {
		if _, err := h.cloud.Apply(ctx, step); err != nil {
			return &StepError{Done: steps[:i], Failed: step, Left: steps[i+1:], Err: err}
		}
	}
	return nil
}
