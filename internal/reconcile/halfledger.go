package reconcile

import (
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// halfLedger is what this process knows of halves. A half that takes the place of another, or stands beside it, has policies
// of the same name, so that they are known by that. Terraform applies each half once in a process, so that what is written
// already when a half's turn comes is another half's.
type halfLedger struct {
	mu sync.Mutex
	// turns have room for the one half that works on policies of a name.
	turns map[string]chan struct{}
	// inState are the roles that halves of the state have, written those for which this process has written the policy, by
	// the names of the policies.
	inState, written map[string][]string
	// unfinished are the halves of the state that are the rest of a create that failed, left those that a create is to go on
	// with.
	unfinished []share.Spec
	left       []leftHalf
}

// leftHalf is the rest of a create that failed, and the half that the create makes which goes on with it.
type leftHalf struct{ rest, next share.Spec }

func newHalfLedger() *halfLedger {
	return &halfLedger{turns: map[string]chan struct{}{}, inState: map[string][]string{}, written: map[string][]string{}}
}

// begin waits until no other half works on policies of this name. Without that, a half that is deleted could take away what
// another, applied at the same time, has found in place.
func (l *halfLedger) begin(ctx context.Context, half share.Spec) (over func(), err error) {
	turn := l.turn(half.ConsumerPolicyName())
	select {
	case turn <- struct{}{}:
		return func() { <-turn }, nil
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for another half with the policy %s: %w", half.ConsumerPolicyName(), ctx.Err())
	}
}

func (l *halfLedger) turn(name string) chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.turns[name] == nil {
		l.turns[name] = make(chan struct{}, 1)
	}
	return l.turns[name]
}

// MarkInState notes a half as the state has it: its policies are its own, whatever they say.
func (h *Halves) MarkInState(half share.Spec) {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	add(h.ledger.inState, half)
}

// MarkUnfinished notes that the state has the half as the rest of a create that failed.
func (h *Halves) MarkUnfinished(half share.Spec) {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	h.ledger.unfinished = append(h.ledger.unfinished, half)
}

// IsUnfinished tells whether the half goes on with one for which MarkUnfinished was called.
func (h *Halves) IsUnfinished(half share.Spec) bool {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	return slices.ContainsFunc(h.ledger.unfinished, func(rest share.Spec) bool { return goesOn(rest, half) })
}

// goesOn tells that a half of the same share has a role in common with the rest of another: one that has none stands beside it.
func goesOn(rest, next share.Spec) bool {
	return rest.RoleARN() == next.RoleARN() && slices.ContainsFunc(rest.Consumer.AttachToRoles, func(role string) bool {
		return slices.Contains(next.Consumer.AttachToRoles, role)
	})
}

// LeavesTo tells that an unfinished half is left as it is, because a create of next follows that goes on with it. Where that
// came first, or has no role of the rest, the rest is to be deleted.
func (h *Halves) LeavesTo(rest, next share.Spec) bool {
	isWritten := len(h.ledger.keep(next).Consumer.AttachToRoles) == 0
	if isWritten || !goesOn(rest, next) {
		return false
	}
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	h.ledger.left = append(h.ledger.left, leftHalf{rest: rest, next: next})
	return true
}

// isTo tells that it is left to a create of the half, which has just the planned roles.
func (l leftHalf) isTo(next share.Spec) bool {
	return l.next.RoleARN() == next.RoleARN() && slices.Equal(l.next.Consumer.AttachToRoles, next.Consumer.AttachToRoles)
}

// IsLeftTo tells whether TakeOver has a rest for a create of the half.
func (h *Halves) IsLeftTo(next share.Spec) bool {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	return slices.ContainsFunc(h.ledger.left, func(left leftHalf) bool { return left.isTo(next) })
}

// TakeOver gives the half from which a create sets out: once the one that was left to it, else one without roles.
func (h *Halves) TakeOver(next share.Spec) share.Spec {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	rest := next.Detached()
	h.ledger.left = slices.DeleteFunc(h.ledger.left, func(left leftHalf) bool {
		if left.isTo(next) {
			rest.Consumer.AttachToRoles = append(rest.Consumer.AttachToRoles, left.rest.Consumer.AttachToRoles...)
		}
		return left.isTo(next)
	})
	return rest
}

// known gives the roles that have policies of this name from a half of the state.
func (l *halfLedger) known(half share.Spec) share.Spec {
	l.mu.Lock()
	defer l.mu.Unlock()
	half.Consumer.AttachToRoles = slices.Clone(l.inState[half.ConsumerPolicyName()])
	return half
}

func (l *halfLedger) write(half share.Spec) {
	l.mu.Lock()
	defer l.mu.Unlock()
	add(l.written, half)
}

// keep gives a half without the roles whose policy is another half's by now.
func (l *halfLedger) keep(half share.Spec) share.Spec {
	l.mu.Lock()
	defer l.mu.Unlock()
	written := l.written[half.ConsumerPolicyName()]
	half.Consumer.AttachToRoles = slices.DeleteFunc(slices.Clone(half.Consumer.AttachToRoles), func(role string) bool { return slices.Contains(written, role) })
	return half
}

// add notes the roles of a half beside those of others.
func add(rolesByPolicy map[string][]string, half share.Spec) {
	name := half.ConsumerPolicyName()
	rolesByPolicy[name] = append(rolesByPolicy[name], half.Consumer.AttachToRoles...)
}
