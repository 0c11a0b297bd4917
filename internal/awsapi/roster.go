package awsapi

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file lets many shares refresh from one sweep of the account instead of four reads each.

// roster decides how the roles of shares are read in this process and keeps what a sweep found until it is asked for.
// Terraform does not tell how many shares there are, so the first role is read alone, unless another read is under way at
// the same time; all others take part in the sweep, and so does the first if one begins while its role is read. What this
// process has written is not read from it any more.
type roster struct {
	mu sync.Mutex
	// expected counts reads that were announced, whether they have begun or not.
	expected int
	// first names the role that was looked for first, empty before.
	first string
	// closed tells that no sweep is to be made: it is turned off, or AWS refused it.
	closed bool
	// written are the roles that this process changed: a sweep may be older than the change.
	written map[string]bool
	found   *known[*sweep]
	// listed has the unique IDs of roles by their names, for each path.
	listed map[share.Path]*known[map[string]string]
}

func newRoster() *roster {
	return &roster{written: map[string]bool{}, found: newKnown[*sweep](), listed: map[share.Path]*known[map[string]string]{}}
}

// sweep is what one sweep found of roles with the tag of this provider. Documents are parsed when a share asks for its own.
type sweep struct {
	mu    sync.Mutex
	roles map[string]sweptRole
}

// sweptRole is a role as the two lists of IAM tell of it.
type sweptRole struct {
	detail types.RoleDetail
	// What the details lack; the rest of the list is the same once more and not kept.
	description string
	session     time.Duration
}

// ExpectRead announces that a role will be read by RefreshRole. Whoever announces before waiting for anything else lets
// reads that begin at the same time know of one another.
func (c *Cloud) ExpectRead() {
	c.roster.mu.Lock()
	defer c.roster.mu.Unlock()
	c.roster.expected++
}

// WithoutSweep reads each role on its own, however many there are.
func (c *Cloud) WithoutSweep() *Cloud {
	c.roster.close()
	return c
}

// RefreshRole reads the role of a share with all that hangs on it, as ObserveRole does, and from one sweep of the account
// when this process reads many. The sweep costs a call for each thousand roles of the account and one for each thousand
// roles under the path of the shares. It is used once for a share: whoever asks again gets a fresh answer.
func (c *Cloud) RefreshRole(ctx context.Context, spec share.Spec) (share.Observed, error) {
	name := string(spec.Name)
	observe := func() (share.Observed, error) { return c.ObserveRole(ctx, spec) }
	if !c.roster.inCompany(name, 0) {
		role, err := c.FindRole(ctx, spec)
		if err != nil || role == nil {
			return share.Observed{}, err
		}
		observe = func() (share.Observed, error) { return c.observeOn(ctx, spec, role) }
		if !c.roster.inCompany(name, 0) {
			return observe()
		}
	}
	found, err := c.roster.found.get(ctx, func() (*sweep, bool, error) {
		found, err := c.sweepShares(ctx)
		if err == nil || ctx.Err() != nil {
			return found, true, err
		}
		// Without permission, and whatever else went wrong, single reads go on; they tell of what stops them, too.
		c.roster.close()
		return &sweep{}, true, nil
	})
	if err != nil {
		return share.Observed{}, err
	}
	if observed, ok := found.take(name); ok && !c.roster.hasWritten(name) {
		return observed, c.confirm(ctx, spec, observed.Role, nil)
	}
	return observe()
}

// inCompany tells whether a role is looked for together with others: not when this process looks for the first one and no
// more than it are under way, and not when it has written to that role.
func (r *roster) inCompany(name string, underWay int) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.first == "" {
		r.first = name
	}
	alone := r.first == name && max(r.expected, underWay) <= 1
	return !alone && !r.closed && !r.written[name]
}

func (r *roster) close() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed = true
}

func (r *roster) hasWritten(name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.written[name]
}

// writtenLast orders names of roles: those that this process changed, and perhaps removes, come last.
func (r *roster) writtenLast(names []string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	var untouched, written []string
	for _, name := range names {
		if r.written[name] {
			written = append(written, name)
		} else {
			untouched = append(untouched, name)
		}
	}
	return append(untouched, written...)
}

// wrote notes that a role is about to be changed by this process.
func (r *roster) wrote(name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.written[name] = true
}

// take gives what was found of a role; ok is false when it has to be read: it was made after the sweep, lost its tag, was
// asked for already or has a document that cannot be read.
func (s *sweep) take(name string) (observed share.Observed, ok bool) {
	s.mu.Lock()
	role, ok := s.roles[name]
	delete(s.roles, name)
	s.mu.Unlock()
	if !ok {
		return observed, false
	}
	read, err := readDetail(role.detail)
	if err != nil {
		return observed, false
	}
	settings := &read.Parts.Role.Settings
	settings.Description, settings.MaxSessionDuration = role.description, role.session
	return read.Parts, true
}

// sweepShares reads the roles that have the tag of this provider. Only they are kept, so that an account of thousands of
// other roles takes no memory.
func (c *Cloud) sweepShares(ctx context.Context) (*sweep, error) {
	found := &sweep{roles: map[string]sweptRole{}}
	var paths []string
	err := c.owner.eachDetail(ctx, []types.EntityType{types.EntityTypeRole}, func(page detailPage) error {
		for _, detail := range page.RoleDetailList {
			if slices.ContainsFunc(detail.Tags, func(t types.Tag) bool { return aws.ToString(t.Key) == share.OwnershipTag }) {
				found.roles[aws.ToString(detail.RoleName)] = sweptRole{detail: detail}
				paths = append(paths, aws.ToString(detail.Path))
			}
		}
		return nil
	})
	if err != nil || len(found.roles) == 0 {
		return found, err
	}
	listed, err := c.listRoles(ctx, share.Path(commonPath(paths)))
	if err != nil {
		return nil, err
	}
	complete := map[string]sweptRole{}
	for _, role := range listed {
		name := aws.ToString(role.RoleName)
		if swept, ok := found.roles[name]; ok && aws.ToString(swept.detail.RoleId) == aws.ToString(role.RoleId) {
			swept.description, swept.session = aws.ToString(role.Description), length(role.MaxSessionDuration)
			complete[name] = swept
		}
	}
	return &sweep{roles: complete}, nil
}

// HasRole tells that the account has the share's role with the unique ID that spec gives. One list of the roles under the
// path of the share serves all shares that are removed by this process. false means that nothing is known: the share is
// the only one, the caller may not list, or there is no such role.
func (c *Cloud) HasRole(ctx context.Context, spec share.Spec) (bool, error) {
	name := string(spec.Name)
	if spec.RoleUniqueID == "" || !c.roster.inCompany(name, c.commits.atOnce()) {
		return false, nil
	}
	found, err := c.roster.list(spec.Path).get(ctx, func() (map[string]string, bool, error) {
		roles, err := c.listRoles(ctx, spec.Path)
		if err != nil && ctx.Err() == nil {
			c.roster.close()
			err = nil
		}
		ids := map[string]string{}
		for _, role := range roles {
			ids[aws.ToString(role.RoleName)] = aws.ToString(role.RoleId)
		}
		return ids, true, err
	})
	return err == nil && found[name] == spec.RoleUniqueID, err
}

func (r *roster) list(under share.Path) *known[map[string]string] {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.listed[under] == nil {
		r.listed[under] = newKnown[map[string]string]()
	}
	return r.listed[under]
}

// commonPath is the longest path that all paths begin with.
func commonPath(paths []string) string {
	common := paths[0]
	for _, path := range paths[1:] {
		for !strings.HasPrefix(path, common) {
			common = common[:strings.LastIndexByte(strings.TrimSuffix(common, "/"), '/')+1]
		}
	}
	return common
}
