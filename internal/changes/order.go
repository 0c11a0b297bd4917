package changes

import (
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// Plan lists what leads from observed to desired in an order in which nobody gains access that neither prior nor
// desired gives, and nobody who has access in both is refused on the way. prior is the share as it was wanted before.
//
// Trust policy and permissions policy are each replaced in one call, so only changes of both need care. Between the
// two writes, the principals of one share meet the permissions of another:
//
//   - principals only go: trust first;
//   - principals only come: permissions first;
//   - some go and some come: trust is first narrowed to those who stay;
//   - nobody stays: the permissions are taken away until the trust policy is the new one.
func Plan(prior share.Spec, desired share.Desired, observed share.Observed) []Change {
	all := slices.DeleteFunc(Diff(desired, observed), func(c Change) bool { return c.Verb == Report })
	trust := slices.IndexFunc(all, func(c Change) bool { return c.Part == TrustPolicy })
	permissions := slices.IndexFunc(all, func(c Change) bool { return c.Part == PermissionsPolicy })
	if trust < 0 || permissions < 0 {
		return all
	}
	steps := between(prior, all[trust], all[permissions])
	rest := slices.DeleteFunc(all, func(c Change) bool { return c.Part == TrustPolicy || c.Part == PermissionsPolicy })
	// The boundary limits what comes after it, so it goes first; the rest is not about who may do what.
	boundary := slices.IndexFunc(rest, func(c Change) bool { return c.Part != Boundary })
	if boundary < 0 {
		boundary = len(rest)
	}
	return slices.Insert(rest, boundary, steps...)
}

// between orders a change of the trust policy and one of the permissions policy.
func between(prior share.Spec, trust, permissions Change) []Change {
	trustFirst := []Change{trust, permissions}
	permissionsFirst := []Change{permissions, trust}
	meet, relation := share.Meet(prior.Consumer, trust.Desired.Spec.Consumer)
	switch relation {
	case share.Same:
		// Only drift is repaired, or an ID changes: close what is open before anything else.
		if trust.Widens {
			return trustFirst
		}
		return permissionsFirst
	case share.Narrower:
		return trustFirst
	case share.Wider:
		if trust.Widens {
			// The observed trust policy is open for others than prior's: nothing may be widened before it is closed.
			return []Change{narrowed(trust, prior.Consumer), permissions, trust}
		}
		return permissionsFirst
	case share.Crossing:
		return []Change{narrowed(trust, meet), permissions, trust}
	}
	if permissions.Verb == Create {
		return trustFirst
	}
	pause := permissions
	pause.Verb, pause.Sentence = Delete, "is taken away while the consumer changes"
	permissions.Verb = Create
	return []Change{pause, trust, permissions}
}

// narrowed gives the change of the trust policy for a smaller set of principals.
func narrowed(trust Change, consumer share.Consumer) Change {
	spec := trust.Desired.Spec
	spec.Consumer = consumer
	trust.Desired.Trust = share.Render(spec).Trust
	return trust
}

// Removal lists how to take a share away: our statements first, the consumer's policies, then the role.
func Removal(desired share.Desired, observed share.Observed) []Change {
	d := differ{desired: desired, observed: observed}
	name := desired.Spec.Name
	if desired.Spec.BucketPolicyMode != share.OutputOnly && len(observed.Statements(name)) > 0 {
		d.add(Change{Verb: Delete, Part: BucketStatement, Sentence: "goes with the share"})
	}
	for _, consumer := range observed.Consumer {
		if consumer.Document != nil {
			d.add(Change{Verb: Delete, Part: ConsumerPolicy, Target: consumer.RoleName, Sentence: "goes with the share"})
		}
	}
	if observed.Role == nil {
		return d.changes
	}
	d.diffStrangers(Delete)
	if observed.Permissions() != nil {
		d.add(Change{Verb: Delete, Part: PermissionsPolicy, Sentence: "goes with the share"})
	}
	d.add(Change{Verb: Delete, Part: Role, Sentence: "goes with the share"})
	return d.changes
}
