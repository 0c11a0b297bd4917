package share

import (
	"fmt"
	"time"
)

// Rotation says when a generated external ID is replaced, and how long the one before stays accepted beside it. Days are
// those of UTC, 24 hours each: no daylight saving time moves a due time.
type Rotation struct {
	// AfterDays is the age at which an ID is due to be replaced; zero means that only a bump of the version replaces it.
	AfterDays int64
	// OverlapDays is how long the previous ID stays accepted; zero means not at all.
	OverlapDays int64
}

// Limits of a rotation, in days.
const (
	DefaultOverlapDays = 7
	MaxAfterDays       = 3650
	MaxOverlapDays     = 365
)

// ParseAfterDays accepts the age at which an external ID is replaced, 1 to 3650 days.
func ParseAfterDays(days int64) (int64, error) {
	if days < 1 || days > MaxAfterDays {
		return 0, fmt.Errorf("an external ID cannot be rotated after %d days: the schedule takes 1 to %d", days, MaxAfterDays)
	}
	return days, nil
}

// ParseOverlapDays accepts for how long the previous external ID stays accepted, 0 to 365 days.
func ParseOverlapDays(days int64) (int64, error) {
	if days < 0 || days > MaxOverlapDays {
		return 0, fmt.Errorf("an overlap of %d days is not possible: it takes 0 (the previous ID is refused at once) to %d", days, MaxOverlapDays)
	}
	return days, nil
}

// Check refuses an overlap that is longer than the life of an ID: a third one would come while two are accepted.
func (r Rotation) Check() error {
	if r.AfterDays > 0 && r.OverlapDays > r.AfterDays {
		return fmt.Errorf("the overlap of %d days is longer than the %d days after which an external ID is replaced: the next one would come while the "+
			"previous one is still accepted, so overlap_days must not be more than after_days", r.OverlapDays, r.AfterDays)
	}
	return nil
}

// IsDue tells that an ID that was made at created is due to be replaced.
func (r Rotation) IsDue(created, now time.Time) bool {
	return r.AfterDays > 0 && !created.IsZero() && !now.Before(addDays(created, r.AfterDays))
}

// AcceptedUntil tells until when the previous ID stays accepted after a rotation; ok is false when it does not.
func (r Rotation) AcceptedUntil(rotated time.Time) (until time.Time, ok bool) {
	return addDays(rotated, r.OverlapDays), r.OverlapDays > 0
}

func addDays(at time.Time, days int64) time.Time { return at.UTC().AddDate(0, 0, int(days)) }
