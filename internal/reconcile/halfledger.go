package reconcile

import (
	"slices"
	"sync"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// halfLedger is what this process knows of halves, by the names of their policies, which are the same for a half that takes
// the place of another.
type halfLedger struct {
	mu sync.Mutex
	// inState are halves as the state has them, written those that this process has written.
	inState, written map[string]share.Spec
	// unfinished are the roles of the shares whose halves are the rest of a create that failed.
	unfinished []string
}

// MarkInState notes a half as the state has it: its policies are its own, whatever they say.
func (h *Halves) MarkInState(half share.Spec) {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	h.ledger.inState[half.ConsumerPolicyName()] = half
}

// MarkUnfinished notes that the state has the half as the rest of a create that failed: the next create goes on with it.
func (h *Halves) MarkUnfinished(half share.Spec) {
	h.MarkInState(half)
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

// LeavesTo tells that a half is left as it is, because a create follows that goes on with it. Where that came first, the half
// is to be deleted.
func (h *Halves) LeavesTo(half share.Spec) bool {
	h.ledger.mu.Lock()
	_, written := h.ledger.written[half.ConsumerPolicyName()]
	h.ledger.mu.Unlock()
	if !written {
		h.MarkUnfinished(half)
	}
	return !written
}

// Before gives the half from which a create sets out: the one of the state whose place it takes, else one without roles.
func (h *Halves) Before(next share.Spec) share.Spec {
	h.ledger.mu.Lock()
	defer h.ledger.mu.Unlock()
	if known, ok := h.ledger.inState[next.ConsumerPolicyName()]; ok {
		return known
	}
	return next.Detached()
}

func (l *halfLedger) write(half share.Spec) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.written[half.ConsumerPolicyName()] = half
}

// remove forgets a half and gives it without the roles whose policy is another half's by now.
func (l *halfLedger) remove(half share.Spec) share.Spec {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.inState, half.ConsumerPolicyName())
	written := l.written[half.ConsumerPolicyName()].Consumer.AttachToRoles
	half.Consumer.AttachToRoles = slices.DeleteFunc(slices.Clone(half.Consumer.AttachToRoles), func(role string) bool { return slices.Contains(written, role) })
	return half
}
