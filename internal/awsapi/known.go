package awsapi

import (
	"context"
	"sync"
)

// known is a value that is asked for once and then kept until it is forgotten. Callers at the same time wait for one
// question, each no longer than its own context; an error is not kept, and the next caller asks again.
type known[T any] struct {
	// asking has room for the one caller that asks.
	asking chan struct{}

	mu    sync.Mutex
	value *T
	// age counts what was put or forgotten, so that an answer from before does not replace what is newer.
	age int
}

func newKnown[T any]() *known[T] { return &known[T]{asking: make(chan struct{}, 1)} }

// peek gives the value without asking; nil when it is not known.
func (k *known[T]) peek() *T {
	value, _ := k.look()
	return value
}

func (k *known[T]) look() (*T, int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.value, k.age
}

// get gives the value and asks for it when it is not known. keep tells whether an answer may be kept.
func (k *known[T]) get(ctx context.Context, ask func() (answer T, keep bool, err error)) (T, error) {
	if value := k.peek(); value != nil {
		return *value, nil
	}
	select {
	case k.asking <- struct{}{}:
	case <-ctx.Done():
		var none T
		return none, ctx.Err()
	}
	defer func() { <-k.asking }()
	value, age := k.look()
	if value != nil {
		return *value, nil
	}
	answer, keep, err := ask()
	if err == nil && keep {
		k.putIf(age, answer)
	}
	return answer, err
}

func (k *known[T]) putIf(age int, answer T) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.age == age {
		k.value = &answer
	}
}

// put replaces the value by what the caller knows better.
func (k *known[T]) put(answer T) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.value = &answer
	k.age++
}

// forget makes the next caller ask again.
func (k *known[T]) forget() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.value = nil
	k.age++
}
