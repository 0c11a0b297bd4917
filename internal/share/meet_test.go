package share_test

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy/verdict"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// This file holds what is said of two wanted forms of a share to what AWS would answer under each.

const consumerRole = "arn:aws:iam::222222222222:role/"

func withPrincipals(t *testing.T, names ...string) share.Spec {
	t.Helper()
	spec := example()
	for _, name := range names {
		spec.Consumer.Principals = append(spec.Consumer.Principals, principals(t, consumerRole+name)...)
	}
	return spec
}

func TestMeetOfPrincipals(t *testing.T) {
	t.Parallel()
	for situation, c := range map[string]struct {
		prior, next []string
		want        share.Relation
	}{
		"whole account both":              {nil, nil, share.Same},
		"the same in another order":       {[]string{"a", "b"}, []string{"b", "a"}, share.Same},
		"two patterns for the same":       {[]string{"a*"}, []string{"a**"}, share.Same},
		"one goes":                        {[]string{"a", "b"}, []string{"a"}, share.Narrower},
		"account to roles":                {nil, []string{"a"}, share.Narrower},
		"pattern to name":                 {[]string{"a*"}, []string{"ab"}, share.Narrower},
		"star to question mark":           {[]string{"a*c"}, []string{"a?c"}, share.Narrower},
		"one comes":                       {[]string{"a"}, []string{"a", "b"}, share.Wider},
		"roles to account":                {[]string{"a"}, nil, share.Wider},
		"question mark to star":           {[]string{"a?c"}, []string{"a*c"}, share.Wider},
		"name below a path":               {[]string{"team/etl"}, []string{"*"}, share.Wider},
		"one goes and one comes":          {[]string{"a", "b"}, []string{"b", "c"}, share.Crossing},
		"patterns that overlap":           {[]string{"a*"}, []string{"*b"}, share.Crossing},
		"patterns that overlap in a name": {[]string{"a?"}, []string{"?b"}, share.Crossing},
		"nobody stays":                    {[]string{"a"}, []string{"b"}, share.Unrelated},
		"patterns apart":                  {[]string{"a*"}, []string{"b*"}, share.Unrelated},
		"longer than the pattern":         {[]string{"a?"}, []string{"abc"}, share.Unrelated},
	} {
		if got := share.Meet(withPrincipals(t, c.prior...), withPrincipals(t, c.next...)); got != c.want {
			t.Errorf("%s: got %s, want %s", situation, got, c.want)
		}
	}
	other := example()
	other.Consumer.AccountID = "333333333333"
	if got := share.Meet(example(), other); got != share.Unrelated {
		t.Errorf("another account: %s", got)
	}
	role, user := example(), example()
	role.Consumer.Principals, user.Consumer.Principals = principals(t, consumerRole+"a"), principals(t, "arn:aws:iam::222222222222:user/a")
	if got := share.Meet(role, user); got != share.Unrelated {
		t.Errorf("role and user of one name: %s", got)
	}
}

func TestMeetOfPerimeters(t *testing.T) {
	t.Parallel()
	ips := func(ranges ...string) share.Perimeter { return share.Perimeter{SourceIPs: ranges} }
	both := func(ip, endpoint string) share.Perimeter {
		return share.Perimeter{SourceIPs: []string{ip}, SourceVPCEIDs: []string{endpoint}}
	}
	organization := func(id string) share.Perimeter { return share.Perimeter{PrincipalOrgID: id} }
	endpoint := share.Perimeter{SourceVPCEIDs: []string{"vpce-1a2b3c4d"}}
	for situation, c := range map[string]struct {
		prior, next share.Perimeter
		want        share.Relation
	}{
		"organization added":                {organization(""), organization("o-a1b2c3d4e5"), share.Narrower},
		"organization left":                 {organization("o-a1b2c3d4e5"), organization(""), share.Wider},
		"another organization":              {organization("o-a1b2c3d4e5"), organization("o-zzzzzzzzzz"), share.Unrelated},
		"addresses added":                   {ips(), ips("192.0.2.0/24"), share.Narrower},
		"addresses left":                    {ips("192.0.2.0/24"), ips(), share.Wider},
		"range grows":                       {ips("192.0.2.0/25"), ips("192.0.2.0/24"), share.Wider},
		"address in the range":              {ips("192.0.2.0/24"), ips("192.0.2.7"), share.Narrower},
		"address or its range of one":       {ips("192.0.2.7"), ips("192.0.2.7/32"), share.Same},
		"ranges apart":                      {ips("192.0.2.0/25"), ips("192.0.2.128/25"), share.Unrelated},
		"ranges shift":                      {ips("192.0.2.0/25", "198.51.100.0/24"), ips("198.51.100.0/24", "203.0.113.0/24"), share.Crossing},
		"versions of IP":                    {ips("192.0.2.0/24"), ips("2001:db8::/32"), share.Unrelated},
		"endpoints do not limit AssumeRole": {endpoint, share.Perimeter{}, share.Same},
		"endpoints with addresses do":       {ips("192.0.2.0/24"), both("192.0.2.0/24", "vpce-1a2b3c4d"), share.Wider},
		"endpoints to addresses":            {endpoint, ips("192.0.2.0/24"), share.Narrower},
		"only endpoints in common":          {both("192.0.2.1", "vpce-1a2b3c4d"), both("192.0.2.2", "vpce-1a2b3c4d"), share.Unrelated},
		"another endpoint":                  {both("192.0.2.1", "vpce-1a2b3c4d"), both("192.0.2.1", "vpce-5a6b7c8d"), share.Crossing},
		"one dimension wider, one narrower": {share.Perimeter{PrincipalOrgID: "o-a1b2c3d4e5"}, ips("192.0.2.0/24"), share.Crossing},
	} {
		prior, next := example(), example()
		prior.Perimeter, next.Perimeter = c.prior, c.next
		if got := share.Meet(prior, next); got != c.want {
			t.Errorf("%s: got %s, want %s", situation, got, c.want)
		}
	}
}

// spaces of requests that tell specs apart.
var (
	callers       = []string{consumerRole + "a", consumerRole + "ab", consumerRole + "abc", consumerRole + "b", consumerRole + "team/ab", "arn:aws:iam::333333333333:role/a"}
	organizations = []string{"o-a1b2c3d4e5", "o-zzzzzzzzzz"}
	networks      = []verdict.Keys{
		{"aws:SourceIp": {"192.0.2.1"}}, {"aws:SourceIp": {"192.0.2.200"}}, {"aws:SourceIp": {"203.0.113.9"}}, {"aws:SourceVpce": {"vpce-1a2b3c4d"}}, {"aws:SourceVpce": {"vpce-5a6b7c8d"}},
	}
	objects = []string{"a/x", "a/b/x", "ab/x", "c"}
)

func anyMeeting() *rapid.Generator[share.Spec] {
	return rapid.Custom(func(t *rapid.T) share.Spec {
		spec := example()
		spec.Access = rapid.SliceOfNDistinct(rapid.SampledFrom([]share.Word{share.Read, share.List, share.Write}), 1, 3, rapid.ID).Draw(t, "access")
		spec.Prefixes = rapid.SampledFrom([][]share.Prefix{nil, {"a/"}, {"a/b/"}, {"a/b/", "ab/"}, {"a/", "c"}}).Draw(t, "prefixes")
		for _, name := range rapid.SliceOfN(rapid.SampledFrom([]string{"a", "ab", "a*", "*b", "a?c", "?b", "b", "team/*"}), 0, 2).Draw(t, "principals") {
			spec.Consumer.Principals = append(spec.Consumer.Principals, principals(t, consumerRole+name)...)
		}
		spec.Perimeter = share.Perimeter{
			PrincipalOrgID: rapid.SampledFrom([]string{"", "o-a1b2c3d4e5", "o-zzzzzzzzzz"}).Draw(t, "organization"),
			SourceIPs:      rapid.SampledFrom([][]string{nil, nil, {"192.0.2.0/24"}, {"192.0.2.0/25", "203.0.113.9"}}).Draw(t, "addresses"),
			SourceVPCEIDs:  rapid.SampledFrom([][]string{nil, nil, {"vpce-1a2b3c4d"}, {"vpce-5a6b7c8d"}}).Draw(t, "endpoints"),
		}
		if rapid.Bool().Draw(t, "expires") {
			spec.ExpiresAt = time.Date(rapid.IntRange(2026, 2029).Draw(t, "year"), 1, 1, 0, 0, 0, 0, time.UTC)
		}
		return spec
	})
}

// assumers lists the requests of AssumeRole that a trust policy allows, with the external ID of example.
func assumers(t *rapid.T, trust policy.Document) map[string]bool {
	allowed := map[string]bool{}
	everything := policy.New(policy.Statement{Effect: policy.Allow, Action: policy.Values{"*"}, Resource: policy.Values{"*"}})
	for _, caller := range callers {
		account := strings.Split(caller, ":")[4]
		name := caller[strings.LastIndex(caller, "/")+1:]
		for _, organization := range organizations {
			for i, network := range networks {
				keys := verdict.Keys{"sts:ExternalId": {"example-external-id"}, "aws:PrincipalOrgID": {organization}, "aws:CurrentTime": {"2025-06-01T00:00:00Z"}}
				for key, values := range network {
					keys[key] = values
				}
				v, err := verdict.Judge(verdict.Request{
					Principal: verdict.Principal{Kind: verdict.RoleSession, Account: account, ARN: caller, SessionARN: "arn:aws:sts::" + account + ":assumed-role/" + name + "/s", UniqueID: "AROAEXAMPLEOFACALLER1"},
					Action:    "sts:AssumeRole", Resource: "arn:aws:iam::111111111111:role/crossaccount/etl", ResourceAccount: "111111111111", Keys: keys,
				}, verdict.Policies{Identity: []verdict.Policy{{Name: "all", Document: everything}}, Resource: &verdict.Policy{Name: "trust policy", Document: trust}, ResourceMustAllow: true})
				if err != nil {
					t.Fatal(err)
				}
				if v.Outcome == verdict.Allowed {
					allowed[caller+" "+organization+" "+string(rune('0'+i))] = true
				}
			}
		}
	}
	return allowed
}

func within(inner, outer map[string]bool) bool {
	for request := range inner {
		if !outer[request] {
			return false
		}
	}
	return true
}

func both(a, b map[string]bool) map[string]bool {
	meet := map[string]bool{}
	for request := range a {
		if b[request] {
			meet[request] = true
		}
	}
	return meet
}

func TestMeetIsWhatAWSWouldAnswer(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prior, next := anyMeeting().Draw(t, "prior"), anyMeeting().Draw(t, "next")
		prior.ExpiresAt, next.ExpiresAt = time.Time{}, time.Time{}
		old, fresh := assumers(t, share.Render(prior).Trust), assumers(t, share.Render(next).Trust)
		relation := share.Meet(prior, next)
		holds := map[share.Relation]bool{
			share.Same:      within(old, fresh) && within(fresh, old),
			share.Narrower:  within(fresh, old),
			share.Wider:     within(old, fresh),
			share.Crossing:  true,
			share.Unrelated: len(both(old, fresh)) == 0 || onlyEndpointsMeet(prior, next),
		}
		if !holds[relation] {
			t.Fatalf("%s, but prior allows\n%v\nand next\n%v", relation, old, fresh)
		}
		if back := share.Meet(next, prior); mirrored[relation] != back {
			t.Fatalf("%s forth and %s back", relation, back)
		}
		if relation == share.Unrelated {
			return
		}
		if meet := assumers(t, next.TrustWithin(prior)); !within(meet, both(old, fresh)) || !within(both(old, fresh), meet) {
			t.Fatalf("%s: the narrowed trust policy allows\n%v\nwhere both allow\n%v", relation, meet, both(old, fresh))
		}
	})
}

func onlyEndpointsMeet(prior, next share.Spec) bool {
	return len(prior.Perimeter.SourceIPs) > 0 && len(next.Perimeter.SourceIPs) > 0 && len(prior.Perimeter.SourceVPCEIDs) > 0
}

var mirrored = map[share.Relation]share.Relation{
	share.Same: share.Same, share.Narrower: share.Wider, share.Wider: share.Narrower, share.Crossing: share.Crossing, share.Unrelated: share.Unrelated,
}

type fataler interface{ Fatal(...any) }

// calls lists the calls of the role that a permissions policy allows.
func calls(t fataler, permissions policy.Document) map[string]bool {
	allowed := map[string]bool{}
	role := verdict.Principal{
		Kind: verdict.RoleSession, Account: "111111111111", ARN: "arn:aws:iam::111111111111:role/crossaccount/etl",
		SessionARN: "arn:aws:sts::111111111111:assumed-role/etl/s", UniqueID: "AROAEXAMPLEOFTHEROLE1",
	}
	judge := func(action, resource string, keys verdict.Keys) {
		for i, network := range networks {
			for _, year := range []string{"2025", "2026", "2027", "2028"} {
				all := verdict.Keys{"aws:CurrentTime": {year + "-06-01T00:00:00Z"}}
				for _, some := range []verdict.Keys{network, keys} {
					for key, values := range some {
						all[key] = values
					}
				}
				v, err := verdict.Judge(verdict.Request{Principal: role, Action: action, Resource: resource, ResourceAccount: "111111111111", Keys: all},
					verdict.Policies{Identity: []verdict.Policy{{Name: "permissions policy", Document: permissions}}})
				if err != nil {
					t.Fatal(err)
				}
				if v.Outcome == verdict.Allowed {
					allowed[strings.Join([]string{action, resource, strings.Join(keys["s3:prefix"], ""), string(rune('0' + i)), year}, " ")] = true
				}
			}
		}
	}
	for _, object := range objects {
		judge("s3:GetObject", "arn:aws:s3:::acme-data/"+object, nil)
		judge("s3:PutObject", "arn:aws:s3:::acme-data/"+object, nil)
		judge("s3:ListBucket", "arn:aws:s3:::acme-data", verdict.Keys{"s3:prefix": {object}})
	}
	judge("s3:ListBucket", "arn:aws:s3:::acme-data", nil)
	judge("s3:DeleteObject", "arn:aws:s3:::acme-data/a/x", nil)
	return allowed
}

func TestPermissionsWithinIsWhatBothAllow(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		prior, next := anyMeeting().Draw(t, "prior"), anyMeeting().Draw(t, "next")
		old, fresh := calls(t, share.Render(prior).Permissions), calls(t, share.Render(next).Permissions)
		meet, ok := next.PermissionsWithin(prior)
		allowed := calls(t, meet)
		if want := both(old, fresh); !within(allowed, want) || !within(want, allowed) || !ok && len(want) > 0 {
			t.Fatalf("both allow\n%v\nbut the meet\n%v", want, allowed)
		}
		if !ok != meet.IsEmpty() {
			t.Fatalf("%t, but %s", ok, meet.JSON())
		}
	})
}
