package reconcile

import "github.com/crossaccount/terraform-provider-crossaccount/internal/share"

// stage is how far this process has come with making a role.
type stage string

const (
	// announced: the plan says that it will be made.
	announced stage = "announced"
	// begun: writing has begun, so whoever looks for the role may look a moment too early.
	begun stage = "begun"
)

// AnnounceRole notes that the plan makes the share's role. Until writing begins, what needs the role has to wait instead
// of finding that there is none: Terraform plans ephemeral resources against the world as it is before the apply.
func (r *Reconciler) AnnounceRole(spec share.Spec) { r.setStage(spec.Name, announced) }

func (r *Reconciler) setStage(name share.Name, to stage) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.stages == nil {
		r.stages = map[share.Name]stage{}
	}
	r.stages[name] = to
}

func (r *Reconciler) isAnnounced(name share.Name) bool { return r.stageOf(name) == announced }
func (r *Reconciler) isBegun(name share.Name) bool     { return r.stageOf(name) == begun }

func (r *Reconciler) stageOf(name share.Name) stage {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stages[name]
}
