package provider

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"weak"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type kept struct{}

// keeping serves as the framework does: it keeps a context of each request for good.
type keeping struct {
	complete
	contexts []context.Context
	cancels  []context.CancelFunc
	// meanwhile runs while a request is served.
	meanwhile func(context.Context)
}

func (k *keeping) ReadResource(ctx context.Context, _ *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	ctx, cancel := context.WithCancel(ctx)
	k.contexts, k.cancels = append(k.contexts, ctx), append(k.cancels, cancel)
	if k.meanwhile != nil {
		k.meanwhile(ctx)
	}
	return &tfprotov6.ReadResourceResponse{}, ctx.Err()
}

func TestServedRequestLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	framework := &keeping{}
	large := new([1 << 20]byte)
	left := weak.Make(large)
	ctx, done := context.WithCancel(context.WithValue(t.Context(), kept{}, large))
	framework.meanwhile = func(ctx context.Context) {
		if ctx.Value(kept{}) != large {
			t.Error("while it is served, a request does not see the values of its context")
		}
	}
	if _, err := (server{framework}).ReadResource(ctx, nil); err != nil {
		t.Fatal(err)
	}
	framework.meanwhile, large = nil, nil
	done()
	runtime.GC()
	if left.Value() != nil {
		t.Error("what the context of a request held is still there after it")
	}
	late := framework.contexts[0]
	if late.Err() == nil || late.Value(kept{}) != nil {
		t.Error("the context of a request goes on after it")
	}
	framework.cancels[0]() // as the framework does when Terraform is interrupted
}

func TestRunningRequestIsCancelled(t *testing.T) {
	t.Parallel()
	for name, cancelBy := range map[string]func(*keeping, context.CancelFunc){
		"by Terraform":     func(_ *keeping, cancel context.CancelFunc) { cancel() },
		"by the framework": func(k *keeping, _ context.CancelFunc) { k.cancels[0]() },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			framework := &keeping{}
			framework.meanwhile = func(ctx context.Context) {
				cancelBy(framework, cancel)
				<-ctx.Done()
			}
			if _, err := (server{framework}).ReadResource(ctx, nil); !errors.Is(err, context.Canceled) {
				t.Errorf("error is %v, want that it was cancelled", err)
			}
		})
	}
}

// Terraform finds out by the type of a server what it can ask it for.
func TestServerHidesNothingOfTheFramework(t *testing.T) {
	t.Parallel()
	served := NewServer(New("test")())
	if _, lends := served.(server); !lends {
		t.Error("the server keeps the contexts of requests")
	}
	if _, ok := served.(tfprotov6.ListResourceServer); !ok {
		t.Error("the server lists no resources")
	}
}
