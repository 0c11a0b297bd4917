package s3share

import (
	"strings"
	"testing"

	"github.com/hashicorp/terraform-plugin-framework/attr"
	"github.com/hashicorp/terraform-plugin-framework/types"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestEveryChangeOfTheExternalIDSaysWhoIsRefusedAndWhen(t *testing.T) {
	t.Parallel()
	consumer := func(account string) types.Object {
		return types.ObjectValueMust(map[string]attr.Type{"account_id": types.StringType}, map[string]attr.Value{"account_id": types.StringValue(account)})
	}
	two, three := types.Int64Value(2), types.Int64Value(3)
	given := types.StringValue("given-id")
	const week, day = 7, 1
	for name, c := range map[string]struct {
		config, state model
		overlap       int64
		lost          bool
		account       string
		want          string
	}{
		"by version": {
			config: model{ExternalIDVersion: three}, state: model{ExternalIDVersion: two}, overlap: week,
			want: "external_id_version is raised to 3. For 7 days after this apply, account 222222222222 may send the new ID or the one before; " +
				"the first apply after that refuses the one before. See to it that the consumer has switched by then.",
		},
		"by schedule": {
			state: model{attributes: attributes{ExternalIDCreatedAt: types.StringValue("2028-02-01T12:00:00Z")}}, overlap: day,
			want: "The one before dates from 2028-02-01T12:00:00Z and is due after 90 days. For 1 day after this apply, account 222222222222 may send",
		},
		"given, without an overlap": {
			config: model{attributes: attributes{ExternalID: given}},
			want:   "external_id gives it. overlap_days is 0: from this apply on, account 222222222222 is refused until it sends the new ID.",
		},
		"write-only": {
			config: model{ExternalIDWO: given, ExternalIDWOVersion: three}, state: model{ExternalIDWOVersion: two}, overlap: week,
			want: "external_id_wo_version is changed to 3. For 7 days",
		},
		"from the state to write-only": {
			config: model{ExternalIDWO: given, ExternalIDWOVersion: two}, overlap: week, want: "external_id_wo gives it. For 7 days",
		},
		"write-only no more": {state: model{ExternalIDWOVersion: two}, overlap: week, want: "external_id_wo was taken away, so one is drawn. For 7 days"},
		"for another account": {
			config: model{attributes: attributes{ExternalID: given}}, overlap: week, account: "333333333333",
			want: "external_id gives it. The one before is refused from this apply on, because the share goes to another account.",
		},
		"while the one before is lost": {
			config: model{ExternalIDWO: given, ExternalIDWOVersion: three}, state: model{ExternalIDWOVersion: two}, overlap: week, lost: true,
			want: "Somebody took the one before out of the role's trust policy, and it is nowhere else: account 222222222222 is refused until it sends the new ID.",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := planning{config: c.config, plan: c.config, state: &c.state, lost: c.lost}
			p.state.ID, p.state.Consumer, p.plan.Consumer = types.StringValue("acme-data/etl-reports"), consumer("222222222222"), consumer("222222222222")
			if c.account != "" {
				p.plan.Consumer = consumer(c.account)
			}
			p.replaceExternalID(share.Rotation{AfterDays: 90, OverlapDays: c.overlap})
			if len(p.diagnostics) != 1 {
				t.Fatalf("there are %d diagnostics: %v", len(p.diagnostics), p.diagnostics)
			}
			if said := p.diagnostics[0].Detail(); !strings.Contains(said, c.want) {
				t.Errorf("the plan says:\n%s\nwant:\n%s", said, c.want)
			}
		})
	}
}

// The twin of an early end: the ID before comes back, so that nobody's ID is dropped.
func TestAnOverlapThatEndsEarlyIsToldUnlessItsIDComesBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		next  string
		warns bool
	}{
		"a third ID":              {"third-id", true},
		"the one before is again": {"first-id", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := planning{config: model{attributes: attributes{ExternalID: types.StringValue(c.next)}}, state: &model{attributes: attributes{
				ExternalID: types.StringValue("second-id"), ExternalIDPrevious: types.StringValue("first-id"),
				ExternalIDPreviousUntil: types.StringValue("2028-02-08T12:00:00Z"),
			}}}
			p.replaceExternalID(share.Rotation{OverlapDays: 7})
			var warns bool
			for _, said := range p.diagnostics {
				warns = warns || strings.Contains(said.Summary(), "dropped before its overlap ends")
			}
			if warns != c.warns {
				t.Errorf("the plan says %v", p.diagnostics)
			}
		})
	}
}
