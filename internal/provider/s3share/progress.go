package s3share

import (
	"context"
	"fmt"
	"sync"

	"github.com/hashicorp/terraform-plugin-log/tflog"
)

// This file tells in the log how far a long run is.

// progressStep is after how many shares a line is written.
const progressStep = 50

// progress counts the shares that are done with. The zero progress is ready for use.
type progress struct {
	mu   sync.Mutex
	done map[deed]int
}

// deed is what was done to a share.
type deed string

const (
	created   deed = "created"
	refreshed deed = "refreshed"
	updated   deed = "updated"
	destroyed deed = "destroyed"
)

// count notes one more share, whatever came of it, and tells each time when a step is full.
func (p *progress) count(ctx context.Context, what deed) {
	p.mu.Lock()
	if p.done == nil {
		p.done = map[deed]int{}
	}
	p.done[what]++
	done := p.done[what]
	p.mu.Unlock()
	if done%progressStep == 0 {
		tflog.Info(ctx, fmt.Sprintf("%d shares %s", done, what))
	}
}
