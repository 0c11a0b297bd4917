package main

// This file has the most calls that a run may take, the target for shares on one bucket in an account with no other
// roles. For several buckets it is the same reckoned on: operations that are under way together may be about different ones,
// each with a round of its own.

const (
	// together is how many operations Terraform runs at a time by itself.
	together = 10
	// perRound are the calls of a round: a read of the bucket policy, a write and a read-back.
	perRound = 3
	// perPage is how many roles there are at most in an answer of IAM.
	perPage = 1000
)

// most is how many calls a run over shares may take.
func (l layout) most(shares int, p phase) int {
	buckets := l.buckets(shares)
	rounds := min(shares, buckets*pages(shares, together))
	unchanged := 5 + 2*pages(shares, perPage) + buckets
	if shares == 1 {
		unchanged = 6
	}
	switch p {
	case create:
		return 2*shares + perRound*rounds + 6
	case change:
		return unchanged + 3
	case destroy:
		return 2*shares + perRound*rounds + 10
	}
	return unchanged
}

func pages(things, each int) int { return (things + each - 1) / each }
