package awsapi

import (
	"context"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// needs counts operations of this process that rely on what shares have in common, by what that is.
type needs struct {
	mu     sync.Mutex
	counts map[string]int
}

// Need announces an operation that makes a share rely on what it has in common with others, before it looks whether that is
// there; done tells that it is over. Meanwhile nothing of it is taken away.
func (c *Cloud) Need(spec share.Spec) (done func()) {
	what := commonTo(spec)
	c.needs.add(what, 1)
	return sync.OnceFunc(func() { c.needs.add(what, -1) })
}

func (n *needs) add(what string, more int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.counts == nil {
		n.counts = map[string]int{}
	}
	n.counts[what] += more
}

func (n *needs) any(what string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.counts[what] > 0
}

// commonTo names what a share has in common with others: all with access points on its bucket, or all under its path there.
func commonTo(spec share.Spec) string {
	if spec.UsesAccessPoint() {
		return string(spec.Bucket) + " access points"
	}
	return string(spec.Bucket) + " " + string(spec.Path)
}

// withoutNeeded leaves out edits that would take statements away which other shares on the bucket need, or are about to need
// in this process. One look serves all edits of a round. Another process that makes a share at this moment may lose the
// statements; the next plan of that share shows that they are missing.
func (c *Cloud) withoutNeeded(ctx context.Context, edits []edit) ([]edit, error) {
	needed := map[string]bool{}
	var kept []edit
	for _, one := range edits {
		if !one.releases() {
			kept = append(kept, one)
			continue
		}
		what := commonTo(one.spec)
		if c.needs.any(what) {
			continue
		}
		if _, asked := needed[what]; !asked {
			var err error
			if needed[what], err = c.isShared(ctx, one.spec); err != nil {
				return nil, err
			}
		}
		if !needed[what] {
			kept = append(kept, one)
		}
	}
	return kept, nil
}

// isShared tells that another share needs what is common: one with an access point of the bucket, or one whose role is under
// the same path. The role that was found the last time is looked at first, so that a list is made only when that one has gone.
func (c *Cloud) isShared(ctx context.Context, spec share.Spec) (bool, error) {
	if spec.UsesAccessPoint() {
		return c.hasAccessPoints(ctx, spec)
	}
	last := c.sharing.of(spec.Bucket)
	if name := last.peek(); name != nil && !c.roster.hasWritten(*name) {
		if needs, err := c.needsCommon(ctx, *name, spec); needs || err != nil {
			return needs, err
		}
	}
	listed, err := c.listRoles(ctx, spec.Path)
	if err != nil {
		return false, err
	}
	var others []string
	for _, role := range listed {
		if aws.ToString(role.Path) == string(spec.Path) {
			others = append(others, aws.ToString(role.RoleName))
		}
	}
	for _, name := range c.roster.writtenLast(others) {
		needs, err := c.needsCommon(ctx, name, spec)
		if needs {
			last.put(name)
		}
		if needs || err != nil {
			return needs, err
		}
	}
	return false, nil
}

// needsCommon tells that a role is that of another share under the path and on the bucket of this one.
func (c *Cloud) needsCommon(ctx context.Context, name string, spec share.Spec) (bool, error) {
	if name == string(spec.Name) {
		return false, nil
	}
	role, err := c.owner.findRole(ctx, name)
	return role != nil && role.Path == spec.Path && role.MadeFor(spec.Bucket), err
}
