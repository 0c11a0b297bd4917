package reconcile

import (
	"slices"
	"sync"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// halfLedger is what this process knows of halves. A half that takes the place of another has policies of the same name, so
// that they are known by that.
type halfLedger struct {
	mu sync.Mutex
	// inState are halves as the state has them, written those that this process has written, by the names of their policies.
	inState, written map[string]share.Spec
	// left are halves that a create is to go on with, by the ARN of the share's role.
	left map[string]share.Spec
	// unfinished are the roles of the shares whose halves are the rest of a create that failed.
	unfinished []string
}

func newHalfLedger() *halfLedger {
	return &halfLedger{inState: map[string]share.Spec{}, written: map[string]share.Spec{}, left: map[string]share.Spec{}}
}

// MarkInState notes a half as the state has it: its policies are its own, whatever they say.
func (h *Halves) MarkInState(half share.Spec) {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	h.ledger.inState[half.ConsumerPolicyName()] = half
}

// MarkUnfinished notes that the state has the half as the rest of a create that failed.
func (h *Halves) MarkUnfinished(half share.Spec) {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	h.ledger.unfinished = append(h.ledger.unfinished, half.RoleARN())
}

// IsUnfinished tells whether MarkUnfinished was called for the half.
func (h *Halves) IsUnfinished(half share.Spec) bool {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	return slices.Contains(h.ledger.unfinished, half.RoleARN())
}

// LeavesTo tells that an unfinished half is left as it is, because a create follows that goes on with it. Where that came
// first, the half is to be deleted.
func (h *Halves) LeavesTo(half share.Spec) bool {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	if _, written := h.ledger.written[half.ConsumerPolicyName()]; written {
		return false
	}
	h.ledger.left[half.RoleARN()] = half
	return true
}

// TakeOver gives the half from which a create sets out: once the one that was left to it, else one without roles.
func (h *Halves) TakeOver(next share.Spec) share.Spec {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	if left, ok := h.ledger.left[next.RoleARN()]; ok {
		delete(h.ledger.left, next.RoleARN())
		return left
	}
	return next.Detached()
}

// known gives the half of the state that has policies of this name, else one without roles.
func (l *halfLedger) known(next share.Spec) share.Spec {
	l.mu.Lock()
	defer l.mu.Unlock()
	if half, ok := l.inState[next.ConsumerPolicyName()]; ok {
		return half
	}
	return next.Detached()
}

func (l *halfLedger) write(half share.Spec) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written[half.ConsumerPolicyName()] = half
}

// keep gives a half that is to be deleted without the roles whose policy is another half's by now.
func (l *halfLedger) keep(half share.Spec) share.Spec {
	l.mu.Lock()
	defer l.mu.Unlock()
	written := l.written[half.ConsumerPolicyName()].Consumer.AttachToRoles
	half.Consumer.AttachToRoles = slices.DeleteFunc(slices.Clone(half.Consumer.AttachToRoles), func(role string) bool { return slices.Contains(written, role) })
	return half
}
