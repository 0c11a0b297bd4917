package share_test

import (
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestARotationIsDueToTheSecond(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatalf("loading a time zone: %v", err)
	}
	at := func(text string) time.Time {
		parsed, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatalf("parsing %s: %v", text, err)
		}
		return parsed
	}
	for name, c := range map[string]struct {
		created time.Time
		after   int64
		due     time.Time
	}{
		"ninety days":                        {at("2026-01-01T10:00:00Z"), 90, at("2026-04-01T10:00:00Z")},
		"over the end of a leap February":    {at("2028-02-28T00:00:00Z"), 2, at("2028-03-01T00:00:00Z")},
		"over the end of a common February":  {at("2027-02-28T00:00:00Z"), 2, at("2027-03-02T00:00:00Z")},
		"made on a leap day":                 {at("2028-02-29T12:00:00Z"), 366, at("2029-03-01T12:00:00Z")},
		"over the start of summer time":      {at("2026-03-28T12:00:00+01:00").In(berlin), 1, at("2026-03-29T11:00:00Z")},
		"over the end of summer time":        {at("2026-10-24T12:00:00+02:00").In(berlin), 1, at("2026-10-25T10:00:00Z")},
		"made in the hour that comes twice":  {at("2026-10-25T00:30:00Z").In(berlin), 7, at("2026-11-01T00:30:00Z")},
		"over the turn of a year":            {at("2026-12-31T23:59:59Z"), 1, at("2027-01-01T23:59:59Z")},
		"the longest schedule":               {at("2026-06-01T00:00:00Z"), share.MaxAfterDays, at("2036-05-29T00:00:00Z")},
		"written with another offset of UTC": {at("2026-06-01T02:00:00+05:30"), 1, at("2026-06-01T20:30:00Z")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			rotation := share.Rotation{AfterDays: c.after}
			if rotation.IsDue(c.created, c.due.Add(-time.Second)) {
				t.Error("it is due a second before")
			}
			if !rotation.IsDue(c.created, c.due) {
				t.Error("it is not due in time")
			}
			until, ok := share.Rotation{OverlapDays: c.after}.AcceptedUntil(c.created)
			if !ok || !until.Equal(c.due) {
				t.Errorf("the overlap ends at %v, want %v", until, c.due)
			}
		})
	}
}

func TestWithoutAScheduleNothingIsDue(t *testing.T) {
	t.Parallel()
	long := time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)
	if (share.Rotation{}).IsDue(long, long.AddDate(10, 0, 0)) {
		t.Error("it is due without a schedule")
	}
	if (share.Rotation{AfterDays: 1}).IsDue(time.Time{}, long) {
		t.Error("an ID of unknown age is due")
	}
	if _, ok := (share.Rotation{}).AcceptedUntil(long); ok {
		t.Error("the previous ID is accepted without an overlap")
	}
}

func TestRotationsOutOfRange(t *testing.T) {
	t.Parallel()
	for days, want := range map[int64]bool{-1: false, 0: false, 1: true, share.MaxAfterDays: true, share.MaxAfterDays + 1: false} {
		if _, err := share.ParseAfterDays(days); (err == nil) != want {
			t.Errorf("after %d days: %v", days, err)
		}
	}
	for days, want := range map[int64]bool{-1: false, 0: true, share.MaxOverlapDays: true, share.MaxOverlapDays + 1: false} {
		if _, err := share.ParseOverlapDays(days); (err == nil) != want {
			t.Errorf("overlap of %d days: %v", days, err)
		}
	}
	if err := (share.Rotation{AfterDays: 7, OverlapDays: 8}).Check(); err == nil {
		t.Error("an overlap longer than the schedule passes")
	}
	for _, rotation := range []share.Rotation{{7, 7}, {0, 30}, {30, 0}} {
		if err := rotation.Check(); err != nil {
			t.Errorf("%+v: %v", rotation, err)
		}
	}
}
