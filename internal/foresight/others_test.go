package foresight_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/foresight"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// What other shares have on the bucket changes nothing in a forecast; what refuses everybody is found among it, by the
// name that people find it by.
func TestOtherSharesOnTheBucketSayNothing(t *testing.T) {
	t.Parallel()
	var others []policy.Statement
	for i := range 30 {
		other := plain()
		other.Name = share.Name(fmt.Sprintf("other-%d", i))
		others = append(others, share.Render(other).Shown()...)
	}
	deny := policy.Statement{
		Effect: policy.Deny, Principal: &policy.Principal{Any: true}, Action: policy.Values{"s3:GetObject"}, Resource: policy.Values{"arn:aws:s3:::acme-data/*"},
	}
	direct := plain()
	direct.Via = share.ViaDirect
	for name, spec := range map[string]share.Spec{"through a role": plain(), "direct": direct} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			foresee := func(statements ...policy.Statement) []string {
				return foresight.Foresee(foresight.Situation{
					Desired: share.Render(spec), Bucket: share.BucketPolicy{State: share.BucketHasPolicy, Document: policy.New(statements...)},
				}).Sentences()
			}
			if alone, among := foresee(), foresee(others...); !slices.Equal(alone, among) {
				t.Errorf("alone %q, among others %q", alone, among)
			}
			refused := strings.Join(foresee(slices.Concat(others, []policy.Statement{deny}, others)...), "\n")
			if place := fmt.Sprintf("bucket policy statement %d refuses s3:GetObject", len(others)+1); !strings.Contains(refused, place) {
				t.Errorf("%q is not in %q", place, refused)
			}
		})
	}
}
