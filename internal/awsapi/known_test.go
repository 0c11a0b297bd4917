package awsapi

import (
	"context"
	"errors"
	"testing"
)

func TestKnownIsAskedOnceForAllWhoWait(t *testing.T) {
	t.Parallel()
	k, asked := newKnown[int](), make(chan struct{}, 8)
	release := make(chan struct{})
	ask := func() (int, bool, error) {
		asked <- struct{}{}
		<-release
		return 7, true, nil
	}
	got := make(chan int)
	for range 4 {
		go func() {
			value, _ := k.get(background(), ask)
			got <- value
		}()
	}
	<-asked
	close(release)
	for range 4 {
		if value := <-got; value != 7 {
			t.Errorf("got %d, want 7", value)
		}
	}
	if len(asked) != 0 {
		t.Errorf("asked %d times more than once", len(asked))
	}
}

func TestKnownKeepsNoErrorAndNothingThatItMayNot(t *testing.T) {
	t.Parallel()
	k, asked := newKnown[int](), 0
	answers := []struct {
		keep bool
		err  error
	}{{true, errors.New("no network")}, {false, nil}, {true, nil}}
	for _, answer := range append(answers, answers[2]) {
		_, err := k.get(background(), func() (int, bool, error) {
			asked++
			return asked, answer.keep, answer.err
		})
		if !errors.Is(err, answer.err) {
			t.Errorf("got the error %v, want %v", err, answer.err)
		}
	}
	if value := k.peek(); asked != 3 || value == nil || *value != 3 {
		t.Errorf("asked %d times, kept %v; want 3 and the third answer", asked, value)
	}
}

func TestKnownDoesNotKeepAnAnswerFromBeforeItWasForgotten(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		meanwhile func(k *known[string])
		want      string
	}{
		"forgotten": {func(k *known[string]) { k.forget() }, ""},
		"put":       {func(k *known[string]) { k.put("newer") }, "newer"},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			k := newKnown[string]()
			if _, err := k.get(background(), func() (string, bool, error) {
				test.meanwhile(k)
				return "old", true, nil
			}); err != nil {
				t.Fatal(err)
			}
			kept := ""
			if value := k.peek(); value != nil {
				kept = *value
			}
			if kept != test.want {
				t.Errorf("kept %q, want %q", kept, test.want)
			}
		})
	}
}

func TestKnownIsNotWaitedForLongerThanTheContext(t *testing.T) {
	t.Parallel()
	k := newKnown[int]()
	asking, release := make(chan struct{}), make(chan struct{})
	go func() {
		_, _ = k.get(background(), func() (int, bool, error) {
			close(asking)
			<-release
			return 1, true, nil
		})
	}()
	<-asking
	defer close(release)
	ctx, cancel := context.WithCancel(background())
	cancel()
	if _, err := k.get(ctx, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}
