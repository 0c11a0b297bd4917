package changes

import "github.com/crossaccount/terraform-provider-crossaccount/internal/policy"

// This file finds which observed statement took the place of which desired one.

// place is a desired statement and the observed one in its place, nil when there is none.
type place struct {
	want policy.Statement
	have *policy.Statement
	at   int // where have stands among the observed
}

// pair finds for each desired statement its equal, else one of the same Sid, else one that fits.
func pair(want, have []policy.Statement, fits func(want, have policy.Statement) bool) []place {
	places := make([]place, len(want))
	taken := make([]bool, len(have))
	rounds := []func(want, have policy.Statement) bool{
		policy.Statement.Equal,
		func(want, have policy.Statement) bool { return want.Sid == have.Sid && fits(want, have) },
		fits,
	}
	for i, wanted := range want {
		places[i].want = wanted
	}
	for _, matches := range rounds {
		for i := range places {
			for at := range have {
				if places[i].have == nil && !taken[at] && matches(want[i], have[at]) {
					places[i].have, places[i].at, taken[at] = &have[at], at, true
				}
			}
		}
	}
	return places
}

// leftOver gives the observed statements that took no place.
func leftOver(places []place, have []policy.Statement) []policy.Statement {
	taken := map[int]bool{}
	for _, p := range places {
		if p.have != nil {
			taken[p.at] = true
		}
	}
	var rest []policy.Statement
	for at, statement := range have {
		if !taken[at] {
			rest = append(rest, statement)
		}
	}
	return rest
}
