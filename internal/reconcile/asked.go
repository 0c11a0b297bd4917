package reconcile

import (
	"context"
	"sync"
)

// asked keeps the answers to questions of one kind, so that each is asked once. Callers at the same time wait for one
// answer, each no longer than its own context. A refusal is an answer; any other error is not kept.
type asked[T any] struct {
	mu        sync.Mutex
	questions map[string]*oneQuestion[T]
}

type oneQuestion[T any] struct {
	// asking has room for the one caller that asks; who has it may use the rest.
	asking   chan struct{}
	answered bool
	answer   T
	err      error
}

func (a *asked[T]) get(ctx context.Context, about string, ask func() (T, error)) (T, error) {
	one := a.question(about)
	select {
	case one.asking <- struct{}{}:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	defer func() { <-one.asking }()
	if !one.answered {
		one.answer, one.err = ask()
		one.answered = one.err == nil || IsDenied(one.err)
	}
	return one.answer, one.err
}

// note keeps an answer that nobody had to ask for. Who has one already, or is about to get it, keeps to that.
func (a *asked[T]) note(about string, answer T) {
	one := a.question(about)
	select {
	case one.asking <- struct{}{}:
	default:
		return
	}
	defer func() { <-one.asking }()
	if !one.answered {
		one.answer, one.answered = answer, true
	}
}

func (a *asked[T]) question(about string) *oneQuestion[T] {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.questions == nil {
		a.questions = map[string]*oneQuestion[T]{}
	}
	if a.questions[about] == nil {
		a.questions[about] = &oneQuestion[T]{asking: make(chan struct{}, 1)}
	}
	return a.questions[about]
}
