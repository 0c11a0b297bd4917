package exposure_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/exposure"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// estate is an account with two shares, two roles made by hand and three that are no candidates.
func estate(t *testing.T) []exposure.Role {
	t.Helper()
	role := func(path, name, bucket, trust string, inline ...string) exposure.Role {
		tags := map[string]string{}
		if bucket != "" {
			tags[share.OwnershipTag] = bucket
		}
		return exposure.Role{Name: name, Parts: share.Observed{
			Role: &share.Role{
				ARN: "arn:aws:iam::111111111111:role" + path + name, Path: share.Path(path), Trust: document(t, trust),
				Settings: share.RoleSettings{Tags: tags},
			},
			Inline: []share.NamedPolicy{{Name: "its-own", Document: document(t, inline...)}},
		}}
	}
	toOther := trusts(aws("333333333333"), withID)
	return []exposure.Role{
		role("/", "own", "", trusts(aws("111111111111"), withID), readAll),
		role("/", "everything", "", toOther, `{"Effect":"Allow","Action":"s3:*","Resource":"*"}`),
		role("/team/", "hand", "", trusts(aws(etl), ``), readAll, `{"Effect":"Allow","Action":"s3:GetObject","Resource":["arn:aws:s3:::acme-more/x/*","arn:aws:s3:::acme-*/*"]}`),
		role("/", "elsewhere", "", toOther, `{"Effect":"Allow","Action":"ec2:*","Resource":"arn:aws:s3:::acme-data/*"}`),
		role("/", "none", "", toOther),
		role("/crossaccount/", "b-share", "acme-data", trusts(aws(etl), withID), readAll),
		role("/crossaccount/", "a-share", "acme-more", toOther),
	}
}

func TestFind(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		search exposure.Search
		want   []string
	}{
		"all shares":                        {exposure.Search{}, []string{"acme-data/b-share", "acme-more/a-share"}},
		"of one bucket":                     {exposure.Search{Bucket: "acme-more"}, []string{"acme-more/a-share"}},
		"of a bucket without shares":        {exposure.Search{Bucket: "acme-none"}, nil},
		"of one consumer":                   {exposure.Search{ConsumerID: "222222222222"}, []string{"acme-data/b-share"}},
		"under a path":                      {exposure.Search{RolePath: "/crossaccount/"}, []string{"acme-data/b-share", "acme-more/a-share"}},
		"under another path":                {exposure.Search{RolePath: "/team/"}, nil},
		"with candidates, by named buckets": {exposure.Search{Candidates: true}, []string{"acme-data/b-share", "acme-data/hand by hand", "acme-more/a-share", "acme-more/hand by hand"}},
		"with candidates of one bucket":     {exposure.Search{Candidates: true, Bucket: "acme-data"}, []string{"acme-data/b-share", "acme-data/everything by hand", "acme-data/hand by hand"}},
		"with candidates of one consumer":   {exposure.Search{Candidates: true, Bucket: "acme-data", ConsumerID: "333333333333"}, []string{"acme-data/everything by hand"}},
		"with candidates under a path":      {exposure.Search{Candidates: true, Bucket: "acme-data", RolePath: "/team/"}, []string{"acme-data/hand by hand"}},
		"with candidates that only the bucket policy lets in": {
			exposure.Search{Candidates: true, Bucket: "acme-data", ConsumerID: "333333333333", Policy: document(t,
				`{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111111111111:role/none"},"Action":"s3:GetObject",`+objects+`}`)},
			[]string{"acme-data/everything by hand", "acme-data/none by hand"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, one := range c.search.Find(owner, estate(t)) {
				line := string(one.Bucket) + "/" + one.Role.Name
				if one.ByHand {
					line += " by hand"
				}
				got = append(got, line)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("found differs (-want +got):\n%s", diff)
			}
		})
	}
}
