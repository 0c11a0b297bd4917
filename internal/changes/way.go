package changes

import (
	"fmt"
	"slices"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file is about the note on a role that its share has, or is to get, another way to the bucket.

// noteWay notes the way that the share is to get on the role that is there, before anything of it is made, and gives what
// is observed then. The state tells nothing of it while the change is under way. A share that was direct before needs no
// note, because its state tells to look for a role.
func noteWay(prior share.Spec, desired share.Desired, observed share.Observed) ([]Change, share.Observed) {
	role, way := observed.Role, desired.Spec.Way()
	changes := prior.Way() != way && !prior.IsDirect() || desired.Spec.UsesAccessPoint()
	if role == nil || !changes || slices.Contains(role.NotedWays(), way) {
		return nil, observed
	}
	note := share.NoteWays(append(role.NotedWays(), way)...)
	noting := Change{Verb: Update, Part: Tags, Desired: desired, Sentence: fmt.Sprintf("get %q, which notes that the share is to have the way %s", share.ViaTag, way)}
	noting.Desired.Role.Tags = map[string]string{share.ViaTag: note}
	noted := *role
	noted.Settings.Tags = withTag(role.Settings.Tags, note)
	observed.Role = &noted
	return []Change{noting}, observed
}

func withTag(tags map[string]string, note string) map[string]string {
	all := map[string]string{share.ViaTag: note}
	for key, value := range tags {
		if key != share.ViaTag {
			all[key] = value
		}
	}
	return all
}
