package changes

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about the consumer's half of a share that another configuration owns: the policies on the consumer's roles
// and nothing else.

// DiffHalf lists how the policies on the consumer's roles differ from what is desired.
func DiffHalf(desired share.Desired, observed []share.ConsumerPolicy) []Change {
	d := differ{desired: desired, observed: share.Observed{Consumer: observed}}
	d.diffConsumer()
	return d.changes
}

// PlanHalf lists what leads from observed to desired: roles get the policy before others lose it, so that work can move from
// one to the other without a gap.
func PlanHalf(desired share.Desired, observed []share.ConsumerPolicy) []Change {
	staying, leaving := part(DiffHalf(desired, observed), func(c Change) bool { return c.Verb == Delete })
	return slices.Concat(staying, leaving)
}

// RemoveHalf lists how to take the policies away.
func RemoveHalf(desired share.Desired, observed []share.ConsumerPolicy) []Change {
	desired.Spec.BucketPolicyMode = share.OutputOnly
	return Removal(desired, share.Observed{Consumer: observed})
}
